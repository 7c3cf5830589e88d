"""A phrase of the musician's own: the melody of notes that were drawn or played."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import monody
from monody.studio.words import _

MAX_NOTES = 5_000  # as many, and as long, as what monody continues
MAX_TICK = 96_000
STRAIGHT, TRIPLET = 6, 8  # ticks of a 16th, and of an 8th triplet


class Phrase(NamedTuple):
    """A melody as it was played."""

    melody: monody.Melody
    velocities: tuple[int, ...] = ()  # of each note, 1-127; empty if they are unknown


def phrase_of(notes: object, meter: str = "4/4", bpm: float = 120.0) -> Phrase:
    """Return the melody of notes that were drawn or played, and how loud each is.

    Where two sound at once, the later one ends the earlier; of two that begin at once,
    the higher is the melody.

    Args:
        notes: Rows of pitch, start tick, end tick and maybe velocity, from anywhere.
        meter: Such as ``"6/8"``.
        bpm: Quarter notes a minute.

    Raises:
        MonodyError: If they are no notes, or too many.

    Example:
        >>> from monody.studio.phrases import phrase_of
        >>> phrase = phrase_of([[64, 24, 48, 90], [60, 0, 30, 52]])
        >>> phrase.melody.notes.tolist(), phrase.velocities
        ([[60, 0, 24], [64, 24, 24]], (52, 90))
    """
    kept: list[_Row] = []
    for row in sorted(_rows(notes), key=lambda row: (row.start, row.pitch)):
        if kept and kept[-1].start == row.start:
            kept.pop()  # the lower of two that begin at once
        if kept and kept[-1].end > row.start:
            kept[-1] = kept[-1]._replace(end=row.start)
        kept.append(row)
    signature = monody.Meter(0, *monody.parse_meter(meter))
    triples = [(row.pitch, row.start, row.end - row.start) for row in kept]
    try:
        melody = monody.Melody.from_notes(triples, [signature], bpm)
    except ValueError as error:
        raise monody.MonodyError(str(error)) from error
    velocities = tuple(row.velocity for row in kept if row.velocity)
    is_known = len(velocities) == len(kept)
    return Phrase(_from_first_bar(melody), velocities if is_known else ())


class _Row(NamedTuple):
    """A note as it came; without a velocity it is 0."""

    pitch: int
    start: int
    end: int
    velocity: int = 0


def _rows(notes: object) -> list[_Row]:
    """Check rows of pitch, start, end and maybe velocity."""
    if not isinstance(notes, list) or not notes:
        raise monody.MonodyError(_("There is no note yet: draw or play one."))
    if len(notes) > MAX_NOTES:
        raise monody.MonodyError(_("This is too long: draw or play a shorter phrase."))
    rows = []
    for row in notes:
        if not isinstance(row, list) or len(row) not in (3, 4):
            raise monody.MonodyError("expected notes as [pitch, start, end, velocity]")
        if not all(type(each) is int and 0 <= each <= MAX_TICK for each in row):
            raise monody.MonodyError("expected notes in whole numbers")
        checked = _Row(*row)
        if checked.pitch > 127 or checked.end <= checked.start:
            raise monody.MonodyError("expected pitches to 127, and ends after starts")
        if len(row) == 4 and not 1 <= checked.velocity <= 127:
            raise monody.MonodyError("expected velocities from 1 to 127")
        rows.append(checked)
    return rows


def _from_first_bar(melody: monody.Melody) -> monody.Melody:
    """Leave out the empty bars before the first note."""
    bar = melody.meters[0].bar_ticks
    begin = int(melody.starts[0]) // bar * bar
    return melody.between(begin, melody.end) if begin else melody


def in_time(notes: object) -> list[list[int]]:
    """Put notes that were played to a click on its 16ths, or on triplets.

    Which of the two, each quarter decides by where its notes begin. A note that ends
    shortly before the next is held until it.

    Args:
        notes: As ``phrase_of`` takes them.

    Raises:
        MonodyError: If they are no notes.

    Example:
        >>> from monody.studio.phrases import in_time
        >>> in_time([[60, 1, 20], [62, 25, 31], [64, 32, 38], [65, 41, 47]])
        [[60, 0, 24], [62, 24, 32], [64, 32, 40], [65, 40, 48]]
    """
    rows = sorted(_rows(notes), key=lambda row: (row.start, row.pitch))
    grids = _grids([row.start for row in rows])
    placed: list[list[int]] = []
    for row in rows:
        begin = _nearest(row.start, grids)
        stop = max(_nearest(row.end, grids), begin + STRAIGHT)
        played = [row.velocity] if row.velocity else []
        placed.append([row.pitch, begin, stop, *played])
    for one, following in pairwise(placed):
        if 0 < following[1] - one[2] <= STRAIGHT or one[2] > following[1] > one[1]:
            one[2] = following[1]
    return placed


def _grids(starts: Sequence[int]) -> dict[int, int]:
    """Choose a grid for each quarter: the one that its onsets are nearer to."""
    quarters: dict[int, list[int]] = {}
    for start in starts:
        quarters.setdefault((start + STRAIGHT // 2) // 24, []).append(start)
    return {quarter: _nearer_grid(own) for quarter, own in quarters.items()}


def _nearer_grid(starts: Sequence[int]) -> int:
    """Return the grid that the onsets of a quarter are nearer to; straight if both."""

    def distance(grid: int) -> int:
        return sum(abs(_rounded(start, grid) - start) for start in starts)

    return min((STRAIGHT, TRIPLET), key=distance)


def _rounded(tick: int, grid: int) -> int:
    return (tick + grid // 2) // grid * grid


def _nearest(tick: int, grids: dict[int, int]) -> int:
    """Put a tick on the grid of its quarter."""
    return _rounded(tick, grids.get((tick + STRAIGHT // 2) // 24, STRAIGHT))


def bpm_of(value: Any) -> float:
    """Return a tempo from anywhere; 120 where none is named.

    Raises:
        MonodyError: If it is none.
    """
    if value is None:
        return 120.0
    monody.SampleSettings(bpm=value)
    return float(value)
