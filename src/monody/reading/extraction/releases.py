"""Where played notes end: note and rest together fill the time to the next onset.

A player lets go of a note when it suits the hand, and many programs end each a little
early. What is written for it is a note that lasts until the next one, or a note value
and and a rest that begins on the grid. Onsets stay where they are. In two steps:

    released_early   a note that was let go just before the next one lasts until it
    on_note_values   what then ends beside the grid ends on a line of it

Notation, and MIDI that was exported from it, ends its notes on the grid: these stay.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_STEP
from monody.reading.note_table import Longs, Mask, NoteTable

EARLY_PARTS = 8  # a note that lacks an eighth of its time or less was let go early
EARLY_PARTS_OF_QUARTER = 2  # half a quarter is a rest even after a long note
LEGATO_PARTS = 4  # a played note that lacks a quarter of its time was meant to last
# Of a part that was played, at least these shares end beside the grid:
MANY_OF_NOTES, MANY_OF_RESTS = 0.1, 0.25  # of all notes, and of those before a rest
MOST_OF_RESTS = 0.7  # or of the latter alone, not even on 32nds
STRAIGHT, TRIPLET = 3, 4  # ticks: a 32nd, a 16th of a triplet
LONG_VALUES = np.array([24, 36, 48, 72, 96, 144, 192])  # ticks, from the quarter up


def released_early(parts: NoteTable, quarters: Longs, played: Mask) -> NoteTable:
    """Let notes last until the next that were let go just before it.

    Programs and players let a note go a little early: 95 % of its length is common. A
    rest that is written begins on the grid, on a line of 32nds or of triplets.

    Args:
        parts: Lines, in file ticks.
        quarters: ``(parts,)``: file ticks in a quarter.
        played: ``(parts,)``: whether it was played; notation is exact.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.releases import released_early
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 62, 64], [0, 96, 192], [91, 168, 283]])
        >>> notes = NoteTable(pitch, start, end, np.zeros(3, int), owners=1)
        >>> released_early(notes, np.array([96]), np.array([True])).end.tolist()
        [96, 168, 283]
    """
    owner = parts.owner[:-1]
    quarter, end, following = quarters[owner], parts.end[:-1], parts.start[1:]
    gap = following - end
    early = parts.with_next & (gap > 0) & played[owner]
    early &= gap * EARLY_PARTS <= following - parts.start[:-1]
    early &= gap * EARLY_PARTS_OF_QUARTER <= quarter
    tick, beside = np.divmod(end * TICKS_PER_QUARTER, quarter)
    early &= (beside != 0) | ((tick % 2 != 0) & (tick % 3 != 0))
    ends = parts.end.copy()
    ends[:-1][early] = following[early]
    return replace(parts, end=ends)


def on_note_values(parts: NoteTable, played: Mask) -> NoteTable:
    """Let played notes end on the grid that the onsets around them keep.

    It is that of 16ths; of 32nds where a note is on one; of triplets among triplets. A
    note that lacks little of its time lasts until the next.

    Args:
        parts: In grid ticks, a single voice each.
        played: ``(parts,)``: whether it was played; a part whose notes end on the grid
            already is left as it is.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.releases import on_note_values
        >>> from monody.reading.note_table import NoteTable
        >>> start = np.array([0, 12, 24, 36, 48, 56, 64, 72])
        >>> length = np.array([10, 5, 7, 11, 7, 5, 7, 23])
        >>> notes = NoteTable(start, start, start + length, start * 0, owners=1)
        >>> exact = on_note_values(notes, played=np.array([True]))
        >>> (exact.end - exact.start).tolist()
        [12, 6, 6, 12, 8, 8, 8, 24]
    """
    following = np.append(parts.start[1:], 0)
    last = np.append(~parts.with_next, True)[: len(parts)]
    rests = ~last & (parts.end < following) & played[parts.owner]  # (notes,)
    if not rests.any():
        return parts
    triplet, step = _grid_around(parts)
    beside = rests & _are_beside(parts, following, triplet, step)
    loose = _are_loose(parts, rests, beside, following - parts.start >= step, triplet)
    never = parts.end + 2 * TICKS_PER_QUARTER
    ends = _on_lines(parts, np.where(last, never, following), step)
    chosen = loose[parts.owner] & (rests | last)
    return replace(parts, end=np.where(chosen, ends, parts.end))


def _are_loose(
    parts: NoteTable, rests: Mask, beside: Mask, plain: Mask, triplet: Mask
) -> Mask:
    """Tell which parts were played, by where their notes end: ``(parts,)``.

    Args:
        parts: In grid ticks.
        rests: ``(notes,)``: whether a rest follows.
        beside: ``(notes,)``: whether the rest begins where notation would have none.
        plain: ``(notes,)``: whether it takes the time of a 16th, or more.
        triplet: ``(notes,)``: whether it is among triplets.
    """
    count, in_all = parts.tally(beside), parts.tally(rests)
    many = (count >= MANY_OF_NOTES * parts.counts) & (count >= MANY_OF_RESTS * in_all)
    off_32nds = parts.end % np.where(triplet, TRIPLET, STRAIGHT) != 0
    count = parts.tally(beside & plain & off_32nds)
    loose: Mask = many | ((count > 0) & (count >= MOST_OF_RESTS * in_all))
    return loose


def _are_beside(parts: NoteTable, following: Longs, triplet: Mask, step: Longs) -> Mask:
    """Tell which ends notation would not have, between two onsets that it would.

    Args:
        parts: In grid ticks.
        following: ``(notes,)``: the next onset.
        triplet: ``(notes,)``: whether the note is among triplets.
        step: ``(notes,)``: ticks from line to line around it.
    """
    place = np.stack([parts.start, parts.end, following])
    fine = np.where(step == STRAIGHT, STRAIGHT, 2 * STRAIGHT)
    straight, triplets = place % fine == 0, (place % TRIPLET == 0) & triplet
    clear = straight[::2].all(axis=0) | triplets[::2].all(axis=0)
    meant = straight[:2].all(axis=0) | triplets[:2].all(axis=0)
    meant |= 2 * (parts.end - parts.start) == following - parts.start  # staccato
    beside: Mask = clear & ~meant
    return beside


def _on_lines(parts: NoteTable, following: Longs, step: Longs) -> Longs:
    """Return the line of its grid nearest to each end, or the next onset.

    Args:
        parts: In grid ticks.
        following: ``(notes,)``: the next onset.
        step: ``(notes,)``: ticks from line to line.
    """
    start, end = parts.start, parts.end
    low = end - end % step
    up = (2 * (end - low) >= step) | (2 * (low - start) < step)
    ends = np.where(up, low + step, low)
    # A whole note of 90 % is a whole note, though another line is nearer.
    place = np.searchsorted(LONG_VALUES[:-1], end - start)
    value = LONG_VALUES[place]
    short = value - (end - start)
    long = (short >= 0) & (short * EARLY_PARTS <= value)
    long &= (start + value) % step == 0
    ends = np.where(long, start + value, ends)
    gap, time = following - end, following - start
    legato = (gap * LEGATO_PARTS <= time) & (gap < TICKS_PER_STEP)
    legato |= 2 * (following - ends) < step
    return np.where(legato, following, ends)


def _grid_around(parts: NoteTable) -> tuple[Mask, Longs]:
    """Find the grid around each note: whether it is of triplets, and its ticks.

    The note and the next tell it; where both are on quarters, or the two differ, the
    one before and the one after them as well, then the whole part.
    """
    place = parts.start % TICKS_PER_QUARTER
    straight = (place % STRAIGHT == 0) & (place > 0)
    triplets = (place % TRIPLET == 0) & (place % 12 > 0)
    most = (parts.tally(triplets) > parts.tally(straight))[parts.owner]
    triplet = most
    for before, after in ((1, 2), (0, 1)):
        by_16ths, by_triplets = (
            _around(parts, kind, before, after) for kind in (straight, triplets)
        )
        told = by_16ths != by_triplets
        triplet = np.where(told, by_triplets, triplet)
    fine = _around(parts, (place % 6 == 3) | (place == 4) | (place == 20), 0, 1)
    step = np.where(triplet, 2 * TRIPLET, 2 * STRAIGHT)
    return triplet, np.where(fine, step // 2, step)


def _around(parts: NoteTable, chosen: Mask, before: int, after: int) -> Mask:
    """Tell which notes have a chosen one of their part so near: ``(notes,)``."""
    found = chosen.copy()
    for away in range(1, max(before, after) + 1):
        same = parts.owner[away:] == parts.owner[:-away]
        if away <= before:
            found[away:] |= chosen[:-away] & same
        if away <= after:
            found[:-away] |= chosen[away:] & same
    return found
