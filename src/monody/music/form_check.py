"""Whether a melody has the form that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from monody.music.form_text import PRIME, NamedForm
from monody.music.melody import Melody
from monody.music.meter import MAX_BAR_TICKS, bar_lines
from monody.music.returns import VARIED_SHARE

Notes = frozenset[tuple[int, int, int]]  # pitch, tick in the section, duration


def keeps_form(melody: Melody, named: NamedForm, bars: int | None = None) -> bool:
    """Tell whether a melody has a form; as ``form_fault``.

    Example:
        >>> from monody import Melody
        >>> from monody.music.form_check import keeps_form
        >>> from monody.music.form_text import parse_form
        >>> notes = [(60, 0, 48), (64, 48, 48), (60, 96, 48), (64, 144, 48)]
        >>> keeps_form(Melody.from_notes(notes), parse_form("AA"), bars=2)
        True
    """
    return not form_fault(melody, named, bars)


def form_fault(melody: Melody, named: NamedForm, bars: int | None = None) -> str:
    """Say where a melody has not the form that was asked for.

    A section that returns must be the same note for note. A varied one must have at
    least half of its notes in common with its source, but not all. Sections with
    different letters must have less in common.

    Args:
        melody: Its bars are counted from tick 0.
        named: The form.
        bars: Of the whole; by default as many as the form's sections have.

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
    spans = named.spans(bars)
    return next(_faults(melody, named, spans), "") if named.has_letters else ""


def _faults(
    melody: Melody, named: NamedForm, spans: Sequence[tuple[int, int]]
) -> Iterator[str]:
    longest = melody.meters[-1].tick + spans[-1][1] * MAX_BAR_TICKS
    lines = bar_lines(melody.meters, longest)
    ticks = [(int(lines[first]), int(lines[end])) for first, end in spans]
    notes = [begun_between(melody, *span) for span in ticks]
    where = [_in_words(first + 1, end) for first, end in spans]
    for index, source in enumerate(named.sources):
        if source is None:
            continue
        letter, _, varied = named.sections[index]
        name, there = f"{letter}{PRIME * varied} in {where[index]}", where[source]
        same = notes[index] == notes[source] and (
            _held_into(melody, ticks[index][0]) == _held_into(melody, ticks[source][0])
        )
        if varied and notes[index] == notes[source]:
            yield f"{name} is that of {there}, not varied"
        elif varied and not are_alike(notes[index], notes[source]):
            yield f"{name} is too unlike that of {there}"
        elif not varied and not same:
            yield f"{name} is not that of {there}"
    fresh = [index for index, source in enumerate(named.sources) if source is None]
    for one, other in combinations(fresh, 2):
        as_long = spans[one][1] - spans[one][0] == spans[other][1] - spans[other][0]
        if as_long and are_alike(notes[one], notes[other]):
            letter = named.sections[other].letter
            yield f"{letter} in {where[other]} is too like {where[one]}"


def _in_words(first: int, last: int) -> str:
    return f"bar {first}" if first == last else f"bars {first}-{last}"


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
