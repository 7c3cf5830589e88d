"""The bar lines of played measures, as time signatures from which bars are counted.

A melody's bars follow each other from a time signature on. So a time signature is put
wherever a bar line is written that the one before does not lead to: a measure too long
or too short for its meter, and measures in no meter at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from monody.music.meter import COMMON_TIME, Meter, is_meter
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_WHOLE,
    WrittenMeasure,
    bar_ticks,
)


class PlayedMeasure(NamedTuple):
    """A measure in its place; times in written ticks."""

    start: int
    ticks: int
    meter: Meter  # that holds at its end
    changes: tuple[Meter, ...] = ()  # time signatures in it, at ticks of the score
    after_sign: bool = False  # whether a repeat sign or double bar is before it


def usual_meter(measures: Sequence[WrittenMeasure]) -> Meter:
    """Return the meter of music that names none: the commonest length of a measure.

    Example:
        >>> from monody.reading.notation.bar_grid import usual_meter
        >>> from monody.reading.notation.written_score import WrittenMeasure
        >>> str(usual_meter([WrittenMeasure(ticks=3 * 1_441_440)] * 2))
        '3/4'
    """
    lengths = Counter(measure.ticks for measure in measures if measure.ticks)
    for ticks, times in lengths.most_common(1):
        for unit in (4, 8, 16) if times > 1 else ():
            count, rest = divmod(ticks * unit, WRITTEN_TICKS_PER_WHOLE)
            if not rest and is_meter(count, unit):
                return Meter(0, count, unit)
    return COMMON_TIME


def pickup_gap(measures: Sequence[PlayedMeasure]) -> int:
    """Return the written ticks that are missing before a pickup; 0 if there is none.

    A pickup is one short measure at the beginning, or several that a repeat sign or a
    double bar splits, before the first full one.

    Example:
        >>> from monody.music.meter import Meter
        >>> from monody.reading.notation.bar_grid import PlayedMeasure, pickup_gap
        >>> waltz, quarter = Meter(0, 3, 4), 1_441_440
        >>> pickup = PlayedMeasure(0, quarter, waltz)
        >>> bar = PlayedMeasure(quarter, 3 * quarter, waltz)
        >>> pickup_gap([pickup, bar]) // quarter
        2
    """
    if len(measures) < 2:
        return 0
    first, *others = measures
    full = bar_ticks(*first.meter[1:])
    together = first.ticks
    for measure in others:
        if measure.ticks >= full or not measure.after_sign:
            break
        together += measure.ticks
    return max(full - together if together <= full else full - first.ticks, 0)


def meters_of(measures: Sequence[PlayedMeasure]) -> list[Meter]:
    """Return the time signatures that give each measure its bar line.

    The parts of a measure that a repeat sign splits leave the bars as they are.

    Args:
        measures: In their place, the pickup's gap before them included.

    Returns:
        Time signatures at written ticks, in order; the first at 0.

    Example:
        >>> from monody.music.meter import COMMON_TIME
        >>> from monody.reading.notation.bar_grid import PlayedMeasure, meters_of
        >>> lengths = [4, 3, 4, 1, 3, 4]  # quarters: one measure is too short
        >>> measures, start = [], 0
        >>> for quarters in lengths:
        ...     ticks = quarters * 1_441_440
        ...     measures.append(PlayedMeasure(start, ticks, COMMON_TIME))
        ...     start += ticks
        >>> [meter.tick // 1_441_440 for meter in meters_of(measures)]
        [0, 7]
    """
    if not measures:
        return [COMMON_TIME]
    first = measures[0]
    grid = (first.changes[0] if first.changes else first.meter)._replace(tick=0)
    meters = [grid]
    for measure in measures:
        full = bar_ticks(*grid[1:])
        place = (measure.start - grid.tick) % full
        if place and place + measure.ticks > full:
            grid = grid._replace(tick=measure.start)
            meters.append(grid)
        for change in measure.changes:
            if (change.numerator, change.denominator) != grid[1:] or (
                (change.tick - grid.tick) % bar_ticks(*grid[1:])
            ):
                grid = change
                meters.append(grid)
    return [*{meter.tick: meter for meter in meters}.values()]
