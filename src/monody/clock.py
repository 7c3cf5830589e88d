"""What can still be filled: tables that are looked up by the ticks left.

A melody has an exact length. What may come next depends on whether the rest can still
be filled by the durations there are, with a note at the end, and with the right number
of notes where these are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

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


def fillable_lengths(durations: Durations, length_ticks: int) -> Bools:
    """Find the lengths that notes and rests can fill exactly, a note at the end.

    With notes of 2 and rests of 3, of lengths up to 5: 0, 2, 4 and 5 (a rest, then a
    note).

    Args:
        durations: What there is to fill with.
        length_ticks: The longest length asked about.

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
        ending |= (sums << ticks) & everything
    bits = f"{ending:b}"[::-1].ljust(length_ticks + 1, "0")
    return np.array([bit == "1" for bit in bits])


def fillable_by_bars(
    durations: Durations, length_ticks: int, bar_ticks: int, low: int, high: int
) -> Bools:
    """Find what can be filled with so many notes beginning in each bar.

    A melody begins on a bar line. A last bar that is not whole has no fewest notes.

    Args:
        durations: What there is to fill with.
        length_ticks: Length of the melody.
        bar_ticks: Length of its bars.
        low: Fewest notes that begin in a bar.
        high: Most notes.

    Returns:
        ``(length_ticks + 1, sounds, high + 1)``: by the ticks left, by what ``Sounds``,
        and by the notes begun in this bar so far.
    """
    table = np.zeros((length_ticks + 1, len(Sounds), high + 1), np.bool_)
    table[0, Sounds.CLOSING] = True
    begun = np.arange(high + 1)
    for left in range(1, length_ticks + 1):
        position = (length_ticks - left) % bar_ticks
        for kind, ticks in enumerate(_by_kind(durations)):
            after = left - ticks[ticks <= left, None]  # (durations, 1)
            lines = (position + left - after) // bar_ticks
            count = begun + (kind == Kind.NOTE)
            ok, count = count_in_bar(count, lines, low, high)
            for sounds in list(Sounds)[kind == Kind.HOLD :]:
                then = table[after, _then(kind, sounds), np.minimum(count, high)]
                table[left, sounds] |= (ok & then).any(axis=0)
    return table


def count_in_bar(begun: Any, lines: Any, low: Any, high: Any) -> tuple[Any, Any]:
    """Count notes bar by bar; arrays of NumPy or JAX alike.

    Args:
        begun: Notes begun in the bar in which an event begins, its own included.
        lines: Bar lines that stand in the event, or at its end.
        low: Fewest notes that begin in a bar.
        high: Most notes.

    Returns:
        Whether the bars that are over have as many as they should, and the notes begun
        in the bar in which the event ends.
    """
    ok = (begun <= high) & ((lines == 0) | (begun >= low)) & ((lines < 2) | (low == 0))
    return ok, begun * (lines == 0)


def fillable_by_notes(durations: Durations, length_ticks: int, notes: int) -> Bools:
    """Find what can be filled with an exact number of notes.

    Args:
        durations: What there is to fill with.
        length_ticks: Length of the melody.
        notes: Notes in all.

    Returns:
        ``(length_ticks + 1, sounds, notes + 1)``: by the ticks left, by what
        ``Sounds``, and by the notes that are still to come.
    """
    table = np.zeros((length_ticks + 1, len(Sounds), notes + 1), np.bool_)
    table[0, Sounds.CLOSING, 0] = True
    for left in range(1, length_ticks + 1):
        for kind, ticks in enumerate(_by_kind(durations)):
            after = left - ticks[ticks <= left]
            for sounds in list(Sounds)[kind == Kind.HOLD :]:
                ok = table[after, _then(kind, sounds)].any(axis=0)
                if kind == Kind.NOTE:
                    ok = np.append(False, ok[:-1])
                table[left, sounds] |= ok
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
