"""What time can still be filled, as tables that are looked up by the ticks left.

A melody has an exact length. What may come next depends on whether the rest of it can
still be filled by the durations there are, with a note at the end, and with the right
number of notes in each bar where these are counted.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from monody.generation.constraints.arrays import Bools, Integers

UNNEEDED = 2**30  # bars: no later bar must have a note


class Kind(IntEnum):
    """Kinds of events, by what durations they may have."""

    NOTE = 0
    REST = 1
    HOLD = 2
    CLOSING = 3  # a note of a pitch that a melody may end with
    END = 4


class Sounds(IntEnum):
    """What sounds before an event, that a hold would lengthen."""

    NOTHING = 0
    NOTE = 1
    CLOSING = 2  # a note of a pitch that a melody may end with


@dataclass(frozen=True)
class Durations:
    """The lengths in ticks that each kind of event may have."""

    notes: frozenset[int]
    rests: frozenset[int]
    holds: frozenset[int]


def fillable_lengths(
    durations: Durations, length_ticks: int, any_end: bool = False
) -> Bools:
    """Find the lengths that notes and rests can fill exactly, a note at the end.

    Args:
        durations: What there is to fill with.
        length_ticks: The longest length asked about.
        any_end: Whether a rest may be at the end, too.

    Returns:
        ``(length_ticks + 1,)``.

    Example:
        With notes of 2 ticks and rests of 3; 5 ticks are a rest, then a note:

        >>> import numpy as np
        >>> from monody.generation.constraints.reachable import (
        ...     Durations, fillable_lengths,
        ... )
        >>> durations = Durations(frozenset({2}), frozenset({3}), frozenset())
        >>> np.flatnonzero(fillable_lengths(durations, length_ticks=5)).tolist()
        [0, 2, 4, 5]
    """
    everything = (1 << (length_ticks + 1)) - 1
    sums = 1  # bit n is set if events of any kind can add up to n ticks
    for ticks in sorted(durations.notes | durations.rests):
        step = ticks
        while step <= length_ticks:  # 1, 2, 4, … of them more
            sums |= (sums << step) & everything
            step *= 2
    ending = sums if any_end else 1
    for ticks in durations.notes:
        ending |= (sums << ticks) & everything
    bits = f"{ending:b}"[::-1].ljust(length_ticks + 1, "0")
    return np.array([bit == "1" for bit in bits])


def can_fill(values: frozenset[int] | None, ticks: int) -> bool:
    """Tell whether note values can add up to a time.

    Args:
        values: Ticks of each; ``None`` for any, which fill every time.
        ticks: The time.

    Example:
        >>> from monody.generation.constraints.reachable import can_fill
        >>> can_fill(frozenset({24, 36}), 60), can_fill(frozenset({24, 36}), 42)
        (True, False)
    """
    if values is None or not ticks:
        return True
    durations = Durations(values, frozenset(), frozenset())
    return bool(fillable_lengths(durations, ticks)[-1])


class Counts(NamedTuple):
    """How many notes may begin in each bar; a table has a row for each span."""

    low: Integers  # (…, bars) fewest
    high: Integers  # (…, bars) most
    needy: Integers  # (…, bars): bars before each that must have a note

    @classmethod
    def of(cls, low: ArrayLike, high: ArrayLike) -> Counts:
        """Make the arrays of a melody's bars, the first and the last whole or not.

        Args:
            low: ``(…, bars)`` the fewest notes of each bar.
            high: ``(…, bars)`` the most notes of each bar.

        Example:
            >>> from monody.generation.constraints.reachable import Counts
            >>> Counts.of(low=[2, 0, 1], high=[4, 0, 4]).needy.tolist()
            [0, 1, 1]
        """
        needs = np.array(low) > 0
        needy: Integers = np.cumsum(needs, axis=-1) - needs
        return Counts(np.array(low), np.array(high), needy)


def count_event(
    counts: Counts, span: Integers, begun: Integers, bar: Integers, lines: Integers
) -> tuple[Bools, Integers]:
    """Move the count of a bar's notes on by one event. The arrays broadcast.

    Args:
        counts: How many notes may begin in each bar, ``(spans, bars)`` each.
        span: Row of the melody's span in them.
        begun: Notes begun in the bar in which the event begins, its own included.
        bar: Index of that bar.
        lines: Bar lines that lie in the event, or at its end.

    Returns:
        Whether the bars that are over have as many notes as they should, and the notes
        begun in the bar in which the event ends.

    Example:
        Each bar must have two notes. The second note of the first bar lasts to the bar
        line, or over all of the next bar, which then has none:

        >>> import numpy as np
        >>> from monody.generation.constraints.reachable import Counts, count_event
        >>> counts = Counts.of(low=[[2, 2, 2]], high=[[2, 2, 2]])
        >>> first, lines = np.array(0), np.array([1, 2])
        >>> ok, begun = count_event(counts, first, np.array(2), first, lines)
        >>> ok.tolist(), begun.tolist()
        ([True, False], [0, 0])
    """
    last = counts.low.shape[-1] - 1
    passed = counts.needy[span, (bar + lines).clip(0, last)]
    passed = passed - counts.needy[span, (bar + 1).clip(0, last)]
    bar = bar.clip(0, last)
    low, high = counts.low[span, bar], counts.high[span, bar]
    ok = (begun <= high) & ((lines == 0) | (begun >= low))
    return ok & ((lines < 2) | (passed <= 0)), begun * (lines == 0)


def fillable_by_counts(
    durations: Durations,
    length_ticks: int,
    bar_ticks: int,
    counts: Counts,
    position: int = 0,
    any_end: bool = False,
) -> Bools:
    """Find what can be filled with the right number of notes beginning in each bar.

    Args:
        durations: What there is to fill with.
        length_ticks: Length of the melody.
        bar_ticks: Length of its bars.
        counts: Of all its bars, and one more.
        position: Ticks from the bar line to where the melody begins.
        any_end: Whether a rest may be at the end, too.

    Returns:
        ``(length_ticks + 1, sounds, most + 1)``: by the ticks left, by what ``Sounds``,
        and by the notes begun in this bar so far.

    Example:
        Two notes of 2 ticks in a bar of 4, of which none, one or two have begun:

        >>> from monody.generation.constraints.reachable import (
        ...     Counts, Durations, Sounds, fillable_by_counts,
        ... )
        >>> twos = Durations(frozenset({2}), frozenset(), frozenset())
        >>> table = fillable_by_counts(twos, 4, 4, Counts.of([2, 0], [2, 0]))
        >>> table[[4, 2], Sounds.NOTE].tolist()  # with 4 ticks left, and with 2
        [[True, False, False], [False, True, False]]
    """
    ticks = [each.tolist() for each in _by_kind(durations)]
    end = position + length_ticks  # from the first bar line
    last, in_last = divmod(end, bar_ticks)
    bars = _bars(counts, last)
    # Of each sound, by the ticks left: the notes that may have begun in the bar.
    done = bars[last].over if in_last else 1
    sets = [[done], [done], [done]] if any_end else [[0], [0], [done]]
    for left in range(1, length_ticks + 1):
        bar, in_bar = divmod(end - left, bar_ticks)
        event = _Event(bars[bar], bar_ticks - in_bar, bar_ticks)
        note = event.begun(ticks[Kind.NOTE], sets[Sounds.CLOSING], left) >> 1
        rest = event.begun(ticks[Kind.REST], sets[Sounds.NOTHING], left)
        for sounds in Sounds:
            held = 0
            if sounds != Sounds.NOTHING:
                held = event.begun(ticks[Kind.HOLD], sets[sounds], left)
            sets[sounds].append(note | rest | held)
    most = int(counts.high.max())
    return np.stack([_bits(each, most + 1) for each in sets], axis=1)


class _Bar(NamedTuple):
    """How many notes may begin in a bar: sets of numbers, whose bits are the members.

    Arithmetic on them is quicker than on arrays: there are a handful of members, and
    hundreds of thousands of sets.
    """

    most: int  # as many as the bar may have, or fewer
    over: int  # as many as it must have when it is over
    bars_to_need: int  # to the next bar that must have a note


def _bars(counts: Counts, last: int) -> list[_Bar]:
    """Return what all bars up to the last one ask for."""
    found: list[_Bar] = []
    to_need = UNNEEDED
    for bar in range(last, -1, -1):
        low, high = int(counts.low[bar]), int(counts.high[bar])
        most = (1 << (high + 1)) - 1
        found.append(_Bar(most, most >> low << low, to_need))
        to_need = 1 if low else to_need + 1
    return found[::-1]


class _Event(NamedTuple):
    """The place of an event."""

    bar: _Bar
    to_line: int  # ticks to the next bar line
    bar_ticks: int

    def begun(self, ticks: list[int], then: list[int], left: int) -> int:
        """Return how many notes may have begun in its bar, its own included.

        Args:
            ticks: The lengths that it may have, rising.
            then: How many may have begun after it, by the ticks left.
            left: Ticks left before it.
        """
        bar, to_line, bar_ticks = self
        within = crossing = 0
        longest = min(left, bar.bars_to_need * bar_ticks + to_line - 1)
        for each in ticks[: bisect_right(ticks, longest)]:
            if each < to_line:
                within |= then[left - each]
            else:
                crossing |= then[left - each]
        return (within & bar.most) | (bar.over if crossing & 1 else 0)


def _bits(sets: list[int], size: int) -> Bools:
    """Return the members of sets of small numbers as an array: ``(sets, size)``."""
    width = (size + 7) // 8
    data = b"".join(each.to_bytes(width, "little") for each in sets)
    rows = np.frombuffer(data, np.uint8).reshape(len(sets), width)
    return np.unpackbits(rows, axis=1, count=size, bitorder="little").astype(np.bool_)


def _by_kind(durations: Durations) -> list[Integers]:
    """Return the ticks of notes, rests and holds: by ``Kind``."""
    kinds = (durations.notes, durations.rests, durations.holds)
    return [np.array(sorted(ticks), np.int64) for ticks in kinds]
