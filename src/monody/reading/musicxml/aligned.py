"""The measures of all parts put under each other, as the measures of the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TypeVar

from monody.reading.musicxml.part_measure import BarLine, PartMeasure
from monody.reading.notation.written_score import WRITTEN_TICKS_PER_WHOLE, bar_ticks

Value = TypeVar("Value")


@dataclass
class ScoreMeasure:
    """A measure of all parts; times in written ticks since its beginning.

    Args:
        sounds: Whether there are notes in it.
        ticks: Its length.
        meters: As in `PartMeasure`; of two parts that differ, the upper one's.
        keys: Likewise.
        tempos: Likewise.
        bar_lines: The signs of all parts.
        lengths: Those of the parts with notes in it.
        notes_end: Where the last note ends.
    """

    sounds: bool = False
    ticks: int = 0
    meters: dict[int, tuple[int, int]] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    tempos: dict[int, float] = field(default_factory=dict)
    bar_lines: dict[int, BarLine] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)
    notes_end: int = 0


def aligned(parts: Sequence[Sequence[PartMeasure]]) -> list[ScoreMeasure]:
    """Lay out the measures, each as long as in the part where its notes last longest.

    Parts where it is empty count only if all are: beside a pickup, some programs leave
    a measure empty, or fill it with a whole rest. A measure that is empty in all parts
    is at most as long as its meter: such a rest may mean a measure of any length. Rests
    at the end do not make it longer than its meter if other parts keep to that.

    Args:
        parts: The measures of each part, from the top of the page.

    Example:
        >>> from monody.reading.musicxml.aligned import aligned
        >>> from monody.reading.musicxml.part_measure import PartMeasure, PartNote
        >>> pickup = PartMeasure([PartNote(1, "1", 67, 0, 480)], ticks=480)
        >>> rest = PartMeasure(ticks=1920)
        >>> [measure.ticks for measure in aligned([[pickup], [rest]])]
        [480]
    """
    measures = [ScoreMeasure() for _ in range(max(map(len, parts), default=0))]
    for part in parts:
        for measure, own in zip(measures, part, strict=False):
            _add(measure, own)
    full = WRITTEN_TICKS_PER_WHOLE
    for index, measure in enumerate(measures):
        if 0 in measure.meters:
            full = bar_ticks(*measure.meters[0])
        measure.ticks = _length(measure, full)
        if index + 1 < len(measures):
            _move_late_signs(measure, measures[index + 1])
        for _, meter in sorted(measure.meters.items()):
            full = bar_ticks(*meter)
    return measures


def starts_of(measures: Sequence[ScoreMeasure]) -> list[int]:
    """Return where each measure begins, as they follow on the page.

    Example:
        >>> from monody.reading.musicxml.aligned import ScoreMeasure, starts_of
        >>> starts_of([ScoreMeasure(ticks=48), ScoreMeasure(ticks=96)])
        [0, 48]
    """
    return [*accumulate((measure.ticks for measure in measures), initial=0)][:-1]


def _add(measure: ScoreMeasure, own: PartMeasure) -> None:
    """Add what a part says of a measure; what an upper part said stays."""
    length = (bool(own.notes), own.ticks)
    measure.sounds, measure.ticks = max(length, (measure.sounds, measure.ticks))
    if own.notes:
        measure.lengths.add(own.ticks)
        notes_end = max(note.end for note in own.notes)
        measure.notes_end = max(measure.notes_end, notes_end)
    _add_missing(measure.meters, own.meters)
    _add_missing(measure.keys, own.keys)
    _add_missing(measure.tempos, own.tempos)
    for tick, line in own.bar_lines.items():
        measure.bar_lines.setdefault(tick, BarLine()).add(line)


def _add_missing(signs: dict[int, Value], more: dict[int, Value]) -> None:
    """Add signs at ticks that have none; only the new ones cost time."""
    for tick, value in more.items():
        signs.setdefault(tick, value)


def _length(measure: ScoreMeasure, full: int) -> int:
    """Return how long a measure is.

    Args:
        measure: With what all parts say.
        full: The length that its meter asks for.
    """
    if not measure.sounds:
        return min(measure.ticks or full, full)
    if full in measure.lengths and measure.notes_end <= full:
        return full
    return measure.ticks


def _move_late_signs(measure: ScoreMeasure, following: ScoreMeasure) -> None:
    """Let signs at the end of a measure hold from the next one on."""
    if measure.ticks:
        _move_late(measure.meters, following.meters, measure.ticks)
        _move_late(measure.keys, following.keys, measure.ticks)
        _move_late(measure.tempos, following.tempos, measure.ticks)


def _move_late(signs: dict[int, Value], later: dict[int, Value], ticks: int) -> None:
    """Move what is written at the end of a measure to the beginning of the next."""
    late = [tick for tick in sorted(signs) if tick >= ticks]
    for tick in late[-1:]:
        later.setdefault(0, signs[tick])
    for tick in late:
        del signs[tick]


def cuts_of(measure: ScoreMeasure) -> Iterator[int]:
    """Yield the ticks inside of a measure where a repeat or an ending divides it."""
    for tick, line in sorted(measure.bar_lines.items()):
        if 0 < tick < measure.ticks and line.splits:
            yield tick
