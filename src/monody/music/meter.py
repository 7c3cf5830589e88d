"""Musical time: ticks, time signatures, bars, and places in a bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TICKS_PER_QUARTER = 24
TICKS_PER_STEP = TICKS_PER_QUARTER // 4  # a step is a 16th note
TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER
MAX_BAR_TICKS = 4 * TICKS_PER_WHOLE

Ints = NDArray[np.int32]


class Meter(NamedTuple):
    """A time signature, in force from a tick on.

    Example:
        >>> from monody import Meter
        >>> jig = Meter(0, 6, 8)
        >>> str(jig), jig.bar_ticks, jig.beat_ticks  # 24 ticks to the quarter
        ('6/8', 72, 36)
    """

    tick: int
    numerator: int
    denominator: int

    @property
    def bar_ticks(self) -> int:
        """Length of a bar."""
        return TICKS_PER_WHOLE * self.numerator // self.denominator

    @property
    def beat_ticks(self) -> int:
        """Length of a felt beat: a dotted quarter in 6/8, a quarter in 3/4."""
        unit = TICKS_PER_WHOLE // self.denominator
        compound = (
            self.numerator > 3 and self.numerator % 3 == 0 and self.denominator >= 8
        )
        return 3 * unit if compound else unit

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


COMMON_TIME = Meter(0, 4, 4)


def is_meter(numerator: int, denominator: int) -> bool:
    """Tell whether bars of a time signature are whole ticks, ``MAX_BAR_TICKS`` at most.

    Example:
        >>> from monody.music.meter import is_meter
        >>> is_meter(6, 8), is_meter(4, 3), is_meter(17, 4)
        (True, False, False)
    """
    if denominator not in (1, 2, 4, 8, 16, 32) or numerator < 1:
        return False
    return Meter(0, numerator, denominator).bar_ticks <= MAX_BAR_TICKS


def meters_from(meters: Sequence[Meter], start: int) -> tuple[Meter, ...]:
    """Return the meters in force from a tick on, with that tick as their 0.

    Example:
        >>> from monody.music.meter import Meter, meters_from
        >>> [str(meter) for meter in meters_from([Meter(0, 4, 4), Meter(96, 3, 4)], 96)]
        ['3/4']
    """
    in_force = [meter for meter in meters if meter.tick <= start][-1:]
    later = [meter for meter in meters if meter.tick > start]
    first = (in_force or [COMMON_TIME])[0]._replace(tick=0)
    return (first, *(meter._replace(tick=meter.tick - start) for meter in later))


def meter_at(tick: int, meters: Sequence[Meter]) -> Meter:
    """Return the meter in force at a tick, 0 or later.

    Example:
        >>> from monody.music.meter import Meter, meter_at
        >>> str(meter_at(100, [Meter(0, 4, 4), Meter(96, 3, 4)]))
        '3/4'
    """
    return next(meter for meter in reversed(meters) if meter.tick <= tick)


def longest_meter(meters: Sequence[Meter], end: int) -> Meter:
    """Return the meter that is in force longest, with all of its times together.

    Args:
        meters: In order, one or more.
        end: Tick at which the music ends.

    Returns:
        Where it begins for the first time. Of several as long, the first.

    Example:
        >>> from monody.music.meter import Meter, longest_meter
        >>> passing = [Meter(0, 4, 4), Meter(384, 5, 8), Meter(444, 4, 4)]
        >>> str(longest_meter(passing, end=960)), str(longest_meter(passing[1:], 960))
        ('4/4', '4/4')
    """
    held: dict[tuple[int, int], int] = {}
    stops = [*(meter.tick for meter in meters[1:]), end]
    for (tick, *signature), stop in zip(meters, stops, strict=True):
        above, below = signature
        held[above, below] = held.get((above, below), 0) + min(stop, end) - tick
    longest = max(held, key=lambda signature: held[signature])
    return next(meter for meter in meters if meter[1:] == longest)


def bar_line_before(tick: int, meters: Sequence[Meter]) -> int:
    """Return the tick of the bar line at or before a tick, 0 or later.

    Example:
        >>> from monody.music.meter import COMMON_TIME, bar_line_before
        >>> bar_line_before(100, [COMMON_TIME])
        96
    """
    in_force = meter_at(tick, meters)
    return tick - (tick - in_force.tick) % in_force.bar_ticks


def metric_positions(
    ticks: NDArray[np.integer], meters: Sequence[Meter]
) -> tuple[Ints, Ints]:
    """Find where in its bar each tick is. A change of meter begins a new bar.

    Args:
        ticks: ``(ticks,)``, 0 or later.
        meters: Time signatures; the first at tick 0.

    Returns:
        Ticks since the bar line, and the index of the meter in force: ``(ticks,)``.

    Example:
        >>> import numpy as np
        >>> from monody.music.meter import Meter, metric_positions
        >>> meters = [Meter(0, 4, 4), Meter(96, 3, 4)]
        >>> since, index = metric_positions(np.array([24, 100, 168]), meters)
        >>> since.tolist(), index.tolist()
        ([24, 4, 0], [0, 1, 1])
    """
    changes = np.array([meter.tick for meter in meters])  # (meters,)
    bars = np.array([meter.bar_ticks for meter in meters])  # (meters,)
    index = np.searchsorted(changes, ticks, side="right") - 1  # (ticks,)
    positions = (np.asarray(ticks) - changes[index]) % bars[index]
    return positions.astype(np.int32), index.astype(np.int32)


def bar_lines(meters: Sequence[Meter], end: int) -> Ints:
    """Return the tick of every bar line from 0 to ``end``, both included, in order.

    Example:
        >>> from monody.music.meter import Meter, bar_lines
        >>> bar_lines([Meter(0, 4, 4), Meter(96, 3, 4)], 300).tolist()
        [0, 96, 168, 240]
    """
    stops = [*(meter.tick for meter in meters[1:]), end + 1]
    lines = [
        np.arange(meter.tick, min(stop, end + 1), meter.bar_ticks)
        for meter, stop in zip(meters, stops, strict=True)
    ]
    return np.concatenate(lines).astype(np.int32)
