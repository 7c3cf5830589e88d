"""Rounding the onsets and lengths of notes to the grid of 24 ticks to the quarter.

Every start and end is rounded to the nearest tick. Onsets of played music that are then
a tick beside a line of 16ths, or of triplets, are put on it; notation is left as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_STEP
from monody.reading.note_table import Longs, Mask, NoteTable

NEAR_SHARE = 0.85  # of a melody's onsets on lines or beside them: it was played to them
BESIDE_SHARE = 0.05  # of them beside: fewer are meant


def quantised(parts: NoteTable, quarters: Longs) -> NoteTable:
    """Round starts and ends to the nearest tick of 24 to the quarter.

    A note lasts a tick or more, however short it was.

    Args:
        parts: In file ticks.
        quarters: ``(parts,)``: file ticks in a quarter.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.quantise import quantised
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 62], [0, 475], [230, 480]])
        >>> notes = NoteTable(pitch, start, end, np.zeros(2, int), owners=1)
        >>> rounded = quantised(notes, quarters=np.array([480]))
        >>> rounded.start.tolist(), rounded.end.tolist()  # 475 and 480 are one tick
        ([0, 24], [12, 25])
    """
    quarter = quarters[parts.owner]  # (notes,)
    start, end = (
        (times * (2 * TICKS_PER_QUARTER) + quarter) // (2 * quarter)
        for times in (parts.start, parts.end)
    )
    return replace(parts, start=start, end=np.maximum(end, start + 1))


def beside_lines(parts: NoteTable) -> Mask:
    """Tell which parts were played to the 16th grid, but not exactly: ``(parts,)``.

    Args:
        parts: In grid ticks.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.quantise import beside_lines
        >>> from monody.reading.note_table import NoteTable
        >>> start, owner = np.array([[0, 7, 12, 0, 6, 12], [0, 0, 0, 1, 1, 1]])
        >>> beside_lines(NoteTable(start, start, start + 6, owner, owners=2)).tolist()
        [True, False]
    """
    place = parts.start % TICKS_PER_STEP  # (notes,)
    beside = (place == 1) | (place == TICKS_PER_STEP - 1)
    counts = np.maximum(parts.counts, 1)  # (parts,)
    near = parts.tally(beside | (place == 0)) / counts
    return (near >= NEAR_SHARE) & (parts.tally(beside) / counts >= BESIDE_SHARE)


def snapped(parts: NoteTable, chosen: Mask) -> NoteTable:
    """Put onsets and ends that are a tick beside a line of 16ths on it.

    Of melodies that play in triplets, the lines are those of triplets. An onset stays
    where it is if it would meet another there.

    Args:
        parts: In grid ticks, a single voice each.
        chosen: ``(parts,)``: the parts that were played.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.quantise import snapped
        >>> from monody.reading.note_table import NoteTable
        >>> start = np.array([0, 7, 11, 24])
        >>> notes = NoteTable(start, start, start + 4, np.zeros(4, int), owners=1)
        >>> snapped(notes, chosen=np.array([True])).start.tolist()
        [0, 6, 12, 24]
    """
    place = parts.start % TICKS_PER_QUARTER  # (notes,)
    straight = parts.tally(_NEAR_16THS[place])  # (parts,)
    triplets = parts.tally(_NEAR_TRIPLETS[place])
    table = np.where((triplets > straight)[:, None], _TO_TRIPLETS, _TO_SIXTEENTHS)
    moves = np.where(chosen[:, None], table, 0)  # (parts, ticks of a quarter)
    start = parts.start + moves[parts.owner, place]
    meeting = np.zeros(len(parts), bool)
    together = parts.with_next & (start[1:] <= start[:-1])
    meeting[1:] |= together
    meeting[:-1] |= together
    start = np.where(meeting, parts.start, start)
    end = parts.end + moves[parts.owner, parts.end % TICKS_PER_QUARTER]
    end[:-1] = np.where(parts.with_next, np.minimum(end[:-1], start[1:]), end[:-1])
    return replace(parts, start=start, end=np.maximum(end, start + 1))


def _moves(lines: Sequence[int]) -> Longs:
    """Return how far each tick of a quarter moves: those beside a line, onto it."""
    moves = np.zeros(TICKS_PER_QUARTER, np.int64)
    for line in lines:
        moves[(line + 1) % TICKS_PER_QUARTER] = -1
        moves[(line - 1) % TICKS_PER_QUARTER] = 1
    return moves


# By the tick within its quarter: how far an onset moves, and what it is near.
_TO_SIXTEENTHS = _moves((0, 6, 12, 18))
_TO_TRIPLETS = _moves((0, 4, 8, 12, 16, 20))
_NEAR_16THS = np.isin(np.arange(TICKS_PER_QUARTER), (5, 6, 7, 17, 18, 19))
_NEAR_TRIPLETS = np.isin(np.arange(TICKS_PER_QUARTER), (7, 8, 9, 15, 16, 17))
