"""The bars of a melody as they are printed: a pickup is a short bar."""

from __future__ import annotations

from itertools import dropwhile
from typing import NamedTuple

from monody.music.melody import Melody
from monody.render.notation.measures import Group, Measure, measures_of
from monody.render.pickup import has_pickup


class PrintedBars(NamedTuple):
    """The bars of a melody."""

    bars: list[Measure]
    first_number: int  # 0 for a pickup, else 1


def printed_bars(melody: Melody) -> PrintedBars:
    """Write a melody down, and leave out the rests before a pickup.

    Readers make such a first bar end on a bar line, so it is read back in its place.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.pickup_bar import printed_bars
        >>> bars, number = printed_bars(Melody.from_notes([(60, 72, 24), (62, 96, 96)]))
        >>> [len(group.notes) for group in bars[0].groups], number
        ([1], 0)
    """
    bars = measures_of(melody)
    if not has_pickup(melody):
        return PrintedBars(bars, 1)
    first = bars[0]._replace(groups=_from_first_note(bars[0].groups))
    return PrintedBars([first, *bars[1:]], 0)


def _from_first_note(groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Leave out the rests before the first note; a triplet with it stays whole."""
    first, *others = groups
    if first.triplet:
        return groups
    notes = tuple(dropwhile(lambda one: one.note is None, first.notes))
    return (first._replace(notes=notes), *others) if notes else tuple(others)
