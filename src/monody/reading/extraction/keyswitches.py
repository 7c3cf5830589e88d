"""Keyswitches: notes far below an instrument that only tell a sampler how to play."""

from __future__ import annotations

import numpy as np

from monody.reading.note_table import Mask, NoteTable

MAX_KEYSWITCH = 35  # B1: sample libraries put them below C2
MIN_GAP = 19  # semitones between keyswitches and music: an octave and a fifth
MAX_SHARE = 0.5  # of a track's notes


def keyswitches(notes: NoteTable, played: Mask) -> Mask:
    """Tell which notes are keyswitches, ``(notes,)``.

    Args:
        notes: In any ticks.
        played: ``(owners,)``: whether it was played; notation has none.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.keyswitches import keyswitches
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start = np.array([[24, 67, 69, 71], [0, 10, 480, 960]])
        >>> line = NoteTable(pitch, start, start + 480, np.zeros(4, int), owners=1)
        >>> keyswitches(line, np.array([True])).tolist()
        [True, False, False, False]
    """
    low = (notes.pitch <= MAX_KEYSWITCH) & played[notes.owner]
    if not low.any():
        return low
    highest = np.zeros(notes.owners, np.int64)
    np.maximum.at(highest, notes.owner[low], notes.pitch[low])
    lowest = np.full(notes.owners, 127 + MIN_GAP)
    np.minimum.at(lowest, notes.owner[~low], notes.pitch[~low])
    apart = lowest - highest >= MIN_GAP  # (owners,)
    few = notes.tally(low) <= MAX_SHARE * notes.counts
    found: Mask = low & (apart & few)[notes.owner]
    return found
