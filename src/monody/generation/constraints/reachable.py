"""What can still be filled: tables that are looked up by the ticks left.

A melody has an exact length. What may come next depends on whether the rest can still
be filled by the durations there are, with a note at the end, and with the right number
of notes where these are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


class Kind(IntEnum):
    """Kinds of events, by what durations they may have."""

    NOTE = 0
    REST = 1
    HOLD = 2
    CLOSING = 3  # a note of a pitch that a melody may end with
    END = 4


class Sounds(IntEnum):
    """What sounds, that a hold would lengthen."""

    NOTHING = 0
    NOTE = 1
    CLOSING = 2  # a note of a pitch that a melody may end with


@dataclass(frozen=True)
class Durations:
    """The ticks that each kind of event may have."""

    notes: frozenset[int]
    rests: frozenset[int]
    holds: frozenset[int]

    @property
    def shortest(self) -> int:
        """Ticks of the shortest event."""
        return min(self.notes | self.rests | self.holds)


def power_of_two(number: int, least: int = 64) -> int:
    """Return the next power of two: ``power_of_two(65) == 128``."""
    return max(least, 1 << (number - 1).bit_length())


def fillable_lengths(
    durations: Durations, length_ticks: int, last_ticks: int = 0
) -> Bools:
    """Find the lengths that notes and rests can fill exactly, a note at the end.

    With notes of 2 and rests of 3, of lengths up to 5: 0, 2, 4 and 5 (a rest, then a
    note).

    Args:
        durations: What there is to fill with.
        length_ticks: The longest length asked about.
        last_ticks: What the last note has at least.

    Returns:
        ``(length_ticks + 1,)``.
    """
    everything = (1 << (length_ticks + 1)) - 1
    sums = 1  # bit n is set if events of any kind can add up to n ticks
    for ticks in sorted(durations.notes | durations.rests):
        step = ticks
        while step <= length_ticks:  # 1, 2, 4, … of them more
            sums |= (sums << step) & everything
            step *= 2
    ending = 1
    for ticks in durations.notes:
        if ticks >= last_ticks:
            ending |= (sums << ticks) & everything
    bits = f"{ending:b}"[::-1].ljust(length_ticks + 1, "0")
    return np.array([bit == "1" for bit in bits])


class Counts(NamedTuple):
    """How many notes begin in each bar; arrays of NumPy or JAX alike."""

    low: Any  # (bars,) fewest
    high: Any  # (bars,) most
    needy: Any  # (bars,): bars before each that must have a note

    @classmethod
    def of(cls, low: Sequence[int], high: Sequence[int]) -> Counts:
        """Make the arrays of a melody's bars, the last one whole or not."""
        needs = np.array(low) > 0
        return cls(np.array(low), np.array(high), np.cumsum(needs) - needs)

    def go_on(self, begun: Any, bar: Any, lines: Any) -> tuple[Any, Any]:
        """Count on by an event.

        Args:
            begun: Notes begun in the bar in which the event begins, its own included.
            bar: Index of that bar.
            lines: Bar lines that stand in the event, or at its end.

        Returns:
            Whether the bars that are over have as many notes as they should, and the
            notes begun in the bar in which the event ends.
        """
        last = len(self.low) - 1
        passed = self.needy[(bar + lines).clip(0, last)]
        passed = passed - self.needy[(bar + 1).clip(0, last)]
        bar = bar.clip(0, last)
        ok = (begun <= self.high[bar]) & ((lines == 0) | (begun >= self.low[bar]))
        return ok & ((lines < 2) | (passed <= 0)), begun * (lines == 0)


def fillable_by_counts(
    durations: Durations,
    length_ticks: int,
    bar_ticks: int,
    counts: Counts,
    last_ticks: int = 0,
) -> Bools:
    """Find what can be filled with so many notes beginning in each bar.

    A melody begins on a bar line.

    Args:
        durations: What there is to fill with.
        length_ticks: Length of the melody.
        bar_ticks: Length of its bars.
        counts: Of all its bars, and one more.
        last_ticks: What the last event has at least, be it a note or a hold.

    Returns:
        ``(length_ticks + 1, sounds, most + 1)``: by the ticks left, by what ``Sounds``,
        and by the notes begun in this bar so far.
    """
    most = int(counts.high.max())
    begun = np.arange(most + 1)
    table = np.zeros((length_ticks + 1, len(Sounds), most + 1), np.bool_)
    bar, position = divmod(length_ticks, bar_ticks)
    enough = (begun >= counts.low[bar]) & (begun <= counts.high[bar])
    table[0, Sounds.CLOSING] = enough if position else begun == 0
    for left in range(1, length_ticks + 1):
        bar, position = divmod(length_ticks - left, bar_ticks)
        for kind, ticks in enumerate(_by_kind(durations)):
            after = left - ticks[ticks <= left, None]  # (durations, 1)
            lines = (position + left - after) // bar_ticks
            ok, count = counts.go_on(begun + (kind == Kind.NOTE), np.array(bar), lines)
            ok = ok & ((after > 0) | (left >= last_ticks))
            for sounds in list(Sounds)[kind == Kind.HOLD :]:
                then = table[after, _then(kind, sounds), np.minimum(count, most)]
                table[left, sounds] |= (ok & then).any(axis=0)
    return table


def _by_kind(durations: Durations) -> list[Integers]:
    """Return the ticks of notes, rests and holds: by ``Kind``."""
    kinds = (durations.notes, durations.rests, durations.holds)
    return [np.array(sorted(ticks), np.int64) for ticks in kinds]


def _then(kind: int, sounds: Sounds) -> Sounds:
    """Return what sounds after an event; a note may always be a closing one."""
    if kind == Kind.HOLD:
        return sounds
    return Sounds.CLOSING if kind == Kind.NOTE else Sounds.NOTHING
