"""Whether a melody has the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from monody.music.form_text import PRIME, NamedForm
from monody.music.melody import Melody
from monody.music.meter import MAX_BAR_TICKS, bar_lines
from monody.music.returns import VARIED_SHARE

Notes = frozenset[tuple[int, int, int]]  # pitch, tick in the section, duration


def keeps_form(
    melody: Melody, named: NamedForm, bars: int | None = None, start: int = 0
) -> bool:
    """Tell whether a melody has a form; as ``form_fault``.

    Example:
        >>> from monody import Melody
        >>> from monody.music.form_check import keeps_form
        >>> from monody.music.form_text import parse_form
        >>> notes = [(60, 0, 48), (64, 48, 48), (60, 96, 48), (64, 144, 48)]
        >>> keeps_form(Melody.from_notes(notes), parse_form("AA"), bars=2)
        True
    """
    return not form_fault(melody, named, bars, start)


def form_fault(
    melody: Melody, named: NamedForm, bars: int | None = None, start: int = 0
) -> str:
    """Say where a melody has not the form that was asked for.

    A section that returns must be the same note for note. A varied one must have at
    least half of its notes in common with its source, but not all. Sections with
    different letters must have less in common.

    Args:
        melody: The melody.
        named: The form.
        bars: Of the whole; by default as many as the form's sections have.
        start: Tick at which the first section begins, a bar line.

    Returns:
        One line; empty if the melody has the form, or the form says nothing of what
        returns.

    Raises:
        SettingError: If the form cannot have that many bars.

    Example:
        >>> from monody import Melody
        >>> from monody.music.form_check import form_fault
        >>> from monody.music.form_text import parse_form
        >>> notes = [(60, 0, 48), (64, 48, 48), (60, 96, 48), (65, 144, 48)]
        >>> form_fault(Melody.from_notes(notes), parse_form("AA"), bars=2)
        'A in bar 2 is not that of bar 1'
    """
    if not named.has_letters:
        return ""
    return next(_faults(named, _lay_side_by_side(melody, named.spans(bars), start)), "")


class _Played(NamedTuple):
    """The music of one section."""

    where: str  # such as ``bars 1-4``
    bars: int
    held: int  # ticks that a note still sounds which began before
    notes: Notes


def _lay_side_by_side(
    melody: Melody, spans: Sequence[tuple[int, int]], start: int
) -> list[_Played]:
    """Return the music of the sections, each from its own beginning."""
    latest = max(start, melody.meters[-1].tick) + spans[-1][1] * MAX_BAR_TICKS
    lines = [
        tick for tick in bar_lines(melody.meters, latest).tolist() if tick >= start
    ]
    return [
        _Played(
            where=f"bar {end}" if end - first == 1 else f"bars {first + 1}-{end}",
            bars=end - first,
            held=_held_into(melody, lines[first]),
            notes=begun_between(melody, lines[first], lines[end]),
        )
        for first, end in spans
    ]


def _faults(named: NamedForm, played: Sequence[_Played]) -> Iterator[str]:
    """Yield what is not as it was asked for."""
    fresh: list[_Played] = []
    for section, source, here in zip(
        named.sections, named.sources, played, strict=True
    ):
        if source is None:
            for there in fresh:
                if here.bars == there.bars and are_alike(here.notes, there.notes):
                    yield f"{section.letter} in {here.where} is too like {there.where}"
            fresh.append(here)
            continue
        there = played[source]
        fault = _of_varied(here, there) if section.varied else _of_exact(here, there)
        if fault:
            name = f"{section.letter}{PRIME * section.varied}"
            yield f"{name} in {here.where} {fault} {there.where}"


def _of_exact(here: _Played, there: _Played) -> str:
    same = here.notes == there.notes and here.held == there.held
    return "" if same else "is not that of"


def _of_varied(here: _Played, there: _Played) -> str:
    if here.notes == there.notes:
        return "is not varied, but that of"
    return "" if are_alike(here.notes, there.notes) else "is too unlike that of"


def begun_between(melody: Melody, start: int, end: int) -> Notes:
    """Return the notes that begin between two ticks, counted from the first."""
    inside = (melody.starts >= start) & (melody.starts < end)
    return frozenset(
        (pitch, tick - start, duration)
        for pitch, tick, duration in melody.notes[inside].tolist()
    )


def shared_notes(one: Notes, other: Notes) -> float:
    """Return the share of notes that two sections have in common, 0-1.

    Notes are the same if they begin at the same place, with the same pitch and the same
    length. The section with more notes counts; two empty ones have all in common.

    Example:
        >>> from monody.music.form_check import shared_notes
        >>> one = frozenset({(60, 0, 24)})
        >>> shared_notes(one, one | {(62, 24, 24)})
        0.5
    """
    most = max(len(one), len(other))
    return len(one & other) / most if most else 1.0


def are_alike(one: Notes, other: Notes) -> bool:
    """Tell whether two sections have so much in common that one varies the other."""
    return shared_notes(one, other) >= VARIED_SHARE


def _held_into(melody: Melody, tick: int) -> int:
    """Return how many ticks a note still sounds that began before a tick."""
    held = melody.ends[(melody.starts < tick) & (melody.ends > tick)]
    return int(held[0]) - tick if len(held) else 0
