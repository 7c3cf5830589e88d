"""Which notes of a track are a line of single notes.

Played lines are legato: 97 % of 909 labelled melody tracks pass the tolerant rule, 8 %
the strict one.

- strict: no note begins before the one before it has ended;
- tolerant: 95 % of the notes stand alone, which means that no other note begins with
  them and that they reach into the next by a 32nd at most;
- skyline: whatever sounds on top. After A. Uitdenbogerd and J. Zobel, "Manipulation of
  music for melody matching" (1998).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monody.reading.note_table import Floats, Longs, Mask, NoteTable

MIN_FREE_SHARE = 0.95  # of its notes stand alone, in a track that is a line
OVERLAP_PARTS_OF_QUARTER = 8  # an overlap of 1/8 of a quarter, a 32nd, is legato


def without_doubles(notes: NoteTable) -> NoteTable:
    """Drop notes that repeat another's pitch and start: a doubled voice.

    The longest of them stays: of voices in unison, one hears until the last ends.

    Args:
        notes: In any ticks.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import without_doubles
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 60, 62], [0, 0, 24], [12, 24, 48]])
        >>> unison = NoteTable(pitch, start, end, np.zeros(3, int), owners=1)
        >>> without_doubles(unison).end.tolist()
        [24, 48]
    """
    again = np.zeros(len(notes), bool)
    again[1:] = notes.starts_with_next & (notes.pitch[1:] == notes.pitch[:-1])
    if not again.any():
        return notes
    longest = np.maximum.reduceat(notes.end, np.flatnonzero(~again))
    return replace(notes.where(~again), end=longest)


def struck_again(notes: NoteTable) -> NoteTable:
    """End notes where the next strikes their pitch again: no voice holds both.

    Args:
        notes: In any ticks, none doubled.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import struck_again
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 60, 62], [0, 24, 48], [48, 48, 72]])
        >>> again = NoteTable(pitch, start, end, np.zeros(3, int), owners=1)
        >>> struck_again(again).end.tolist()
        [24, 48, 72]
    """
    same = notes.with_next & (notes.pitch[1:] == notes.pitch[:-1])
    same &= notes.end[:-1] > notes.start[1:]
    if not same.any():
        return notes
    end = notes.end.copy()
    end[:-1][same] = notes.start[1:][same]
    return replace(notes, end=end)


def free_shares(notes: NoteTable, quarters: Longs) -> Floats:
    """Return each track's share of notes that stand alone, ``(tracks,)``.

    Args:
        notes: In file ticks.
        quarters: ``(tracks,)``: ticks to the quarter of each.

    Returns:
        From 0 to 1; 1 for a track without notes.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import free_shares
        >>> from monody.reading.note_table import NoteTable
        >>> start = np.array([0, 0, 24, 48])  # a chord of two, then single notes
        >>> notes = NoteTable(start, start, start + 24, np.zeros(4, int), owners=1)
        >>> free_shares(notes, quarters=np.array([24])).tolist()
        [0.5]
    """
    legato = (quarters / OVERLAP_PARTS_OF_QUARTER)[notes.owner[:-1]]
    together = notes.starts_with_next
    reaching = notes.with_next & (notes.end[:-1] > notes.start[1:] + legato)
    bound = np.zeros(len(notes), bool)
    bound[:-1] = together | reaching
    bound[1:] |= together
    return 1 - notes.tally(bound) / np.maximum(notes.counts, 1)


def overlaps(notes: NoteTable) -> Mask:
    """Tell which notes sound on while the next begins, ``(notes,)``.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import overlaps
        >>> from monody.reading.note_table import NoteTable
        >>> start, end = np.array([[0, 24, 48], [24, 50, 72]])
        >>> overlaps(NoteTable(start, start, end, np.zeros(3, int), owners=1)).tolist()
        [False, True, False]
    """
    found = np.zeros(len(notes), bool)
    found[:-1] = notes.with_next & (notes.end[:-1] > notes.start[1:])
    return found


def sounding_until(notes: NoteTable, ends: Longs) -> Longs:
    """Return the latest of ``ends`` up to each note of its owner, ``(notes,)``.

    Args:
        notes: The notes.
        ends: ``(notes,)`` ticks; those of notes that do not count are 0.
    """
    shift = _one_after_the_other(notes)
    latest: Longs = np.maximum.accumulate(ends + shift) - shift
    return latest


def _one_after_the_other(notes: NoteTable) -> Longs:
    """Return what to add to times so that each owner begins after the last one ends."""
    lengths = np.zeros(notes.owners, np.int64)
    np.maximum.at(lengths, notes.owner, notes.end + 1)
    shifts: Longs = (np.cumsum(lengths) - lengths)[notes.owner]
    return shifts


def top_line(notes: NoteTable, legato: Longs) -> NoteTable:
    """Keep the notes above which nothing sounds.

    A note goes where a higher one of its track sounds a 32nd after its start, so broken
    chords count as chords and a legato descent stays.

    Args:
        notes: In any ticks.
        legato: ``(owners,)``: a 32nd in the same ticks.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import top_line
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start = np.array([[48, 72, 52, 74], [0, 0, 12, 24]])
        >>> notes = NoteTable(pitch, start, start + 24, np.zeros(4, int), owners=1)
        >>> top_line(notes, legato=np.array([3])).pitch.tolist()
        [72, 74]
    """
    after = notes.start + legato[notes.owner]
    # The last note that has begun by then: owner and time are one number of 63 bits.
    owner = notes.owner << 32
    begun = np.searchsorted(owner + notes.start, owner + after) - 1
    covered = np.zeros(len(notes), bool)
    for pitch in np.flatnonzero(np.bincount(notes.pitch)):
        here = np.flatnonzero(notes.pitch == pitch)
        above = sounding_until(notes, np.where(notes.pitch > pitch, notes.end, 0))
        covered[here] = above[begun[here]] > after[here]
    return notes.where(~covered)


def one_voice(notes: NoteTable) -> NoteTable:
    """Keep the highest of notes at one start, and trim each note at the next.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.monophony import one_voice
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start = np.array([[60, 64, 62], [0, 0, 20]])
        >>> notes = NoteTable(pitch, start, start + 24, np.zeros(3, int), owners=1)
        >>> single = one_voice(notes)
        >>> single.pitch.tolist(), single.end.tolist()
        ([64, 62], [20, 44])
    """
    below = np.zeros(len(notes), bool)  # (notes,)
    below[:-1] = notes.starts_with_next  # of one start, the next is the higher
    single = notes.where(~below)
    next_start = np.append(single.start[1:], 0)
    last = np.append(~single.with_next, True)[: len(single)]
    ends = np.where(last, single.end, np.minimum(single.end, next_start))
    return replace(single, end=ends)
