"""The notes of many tracks in flat arrays.

NumPy's price is by the call, so a file of a hundred notes costs as much as ten such
files together. Extraction therefore works on the tracks of many files at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from monody.reading.raw_score import RawTrack

MAX_TICK = 2**31 - 2**24  # times beyond it wrapped around, or are about to
MAX_QUARTERS = 2**20  # six days at 120 bpm: what lies later is damage

Longs = NDArray[np.int64]
Floats = NDArray[np.floating]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class NoteTable:
    """Notes, in order of their owner, start and pitch. All arrays are ``(notes,)``.

    Args:
        pitch: 0-127.
        start: In ticks.
        end: In ticks, later than the start.
        owner: The track, or the part of one, that each note is of; non-decreasing.
        owners: How many owners there are, those without notes included.

    Example:
        >>> import numpy as np
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, owner = np.array([[60, 62, 64], [0, 24, 0], [0, 0, 2]])
        >>> notes = NoteTable(pitch, start, start + 24, owner, owners=3)
        >>> notes.counts.tolist(), notes.bounds.tolist()
        ([2, 0, 1], [0, 2, 2, 3])
        >>> notes.where(notes.pitch > 60).counts.tolist()
        [1, 0, 1]
    """

    pitch: Longs
    start: Longs
    end: Longs
    owner: Longs
    owners: int

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def first(self) -> Mask:
        """Whether each note is its owner's first."""
        first = np.ones(len(self), bool)
        first[1:] = self.owner[1:] != self.owner[:-1]
        return first

    @property
    def with_next(self) -> Mask:
        """Whether each note but the last of all is followed by one of its owner's."""
        same: Mask = self.owner[1:] == self.owner[:-1]
        return same

    @property
    def starts_with_next(self) -> Mask:
        """Whether each note but the last of all begins with the next, of its owner."""
        together: Mask = self.with_next & (self.start[1:] == self.start[:-1])
        return together

    @property
    def bounds(self) -> Longs:
        """Where the notes of each owner begin, and the end: ``(owners + 1,)``."""
        return np.concatenate([[0], np.cumsum(self.counts)])

    @property
    def counts(self) -> Longs:
        """Notes of each owner, ``(owners,)``."""
        return self.tally(None)

    def tally(self, mask: Mask | None) -> Longs:
        """Count each owner's notes under a mask, ``(owners,)``."""
        owner = self.owner if mask is None else self.owner[mask]
        return np.bincount(owner, minlength=self.owners)

    def where(self, mask: Mask) -> NoteTable:
        """Keep some of the notes; the owners keep their numbers."""
        return replace(
            self,
            pitch=self.pitch[mask],
            start=self.start[mask],
            end=self.end[mask],
            owner=self.owner[mask],
        )


def gather(tracks: Sequence[RawTrack], quarters: Longs) -> NoteTable:
    """Put the notes of tracks into a table, those left out that make no sense.

    Args:
        tracks: As read: nothing is believed of them.
        quarters: ``(tracks,)``: ticks to the quarter of each.

    Returns:
        Notes with a pitch from 0 to 127 and times that did not wrap around, in file
        ticks; the owner of a note is its track's place in ``tracks``.

    Example:
        >>> import numpy as np
        >>> from monody.reading.note_table import gather
        >>> from monody.reading.raw_score import RawTrack
        >>> pitch, start = np.array([[200, 64, 60], [0, 480, 0]])
        >>> track = RawTrack(pitch, start, np.full(3, 480), 0, False, 0)
        >>> gather([track], quarters=np.array([480])).pitch.tolist()
        [60, 64]
    """
    pitch = _joined([track.pitch for track in tracks])  # (notes,)
    start = _joined([track.start for track in tracks])
    end = start + np.maximum(_joined([track.duration for track in tracks]), 1)
    owner = np.repeat(np.arange(len(tracks)), [len(track.pitch) for track in tracks])
    limit = np.minimum(MAX_QUARTERS * quarters, MAX_TICK)[owner]
    good = (pitch >= 0) & (pitch <= 127) & (start >= 0) & (end < limit)  # (notes,)
    return in_order(NoteTable(pitch, start, end, owner, len(tracks)).where(good))


def _joined(columns: list[NDArray[np.integer]]) -> Longs:
    if not columns:
        return np.zeros(0, np.int64)
    return np.concatenate(columns).astype(np.int64)


def in_order(notes: NoteTable) -> NoteTable:
    """Sort notes by owner, start and pitch.

    Args:
        notes: In any order.
    """
    # Together they are one number of 63 bits.
    key = ((notes.owner << 31) + notes.start << 7) + notes.pitch
    if np.all(key[1:] >= key[:-1]):
        return notes
    order = np.argsort(key, kind="stable")
    return NoteTable(
        notes.pitch[order],
        notes.start[order],
        notes.end[order],
        notes.owner[order],
        notes.owners,
    )
