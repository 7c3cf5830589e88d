"""Training melodies that are encoded when a batch needs them.

To encode the sixteen melodies of a batch takes a millisecond, so events need not be
kept. That serves two: of very many melodies only those of the present batches take
memory, and of several processes that train together each encodes its own part of every
batch and nothing else. What batches must know of all melodies beforehand, their lengths
above all, is 16 bytes a melody (``MelodyFigures``). It is found once, by the first
process, which goes through all melodies anyway to say what is usual among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.models import processes
from monody.models.encoded_set import EncodedSet, MelodySet, encode_set
from monody.models.events import REST, Vocabulary
from monody.models.growing import MAX_BYTES_IN_MEMORY
from monody.models.later_outlines import KeptOutlines, LaterOutlines
from monody.music.melody_store import MelodyStore

EVENT_BYTES = 25  # of an event in an `EncodedSet`, rests and ends reckoned with
PART_MELODIES = 4096  # encoded together, where all are gone through


class MelodyFigures(NamedTuple):
    """What is known of each melody without its events, ``(melodies,)`` each."""

    events: NDArray[np.int32]
    notes: NDArray[np.int32]
    lows: NDArray[np.int32]  # the lowest pitch
    highs: NDArray[np.int32]  # the highest


class OnDemandSet:
    """Melodies that are encoded when a batch needs them; see ``batches.MelodySet``.

    Args:
        melodies: A store; it may be memory-mapped.
        vocabulary: The encoding.
        indices: The melodies to encode, in this order. By default all.
        styles: The symbol of the style of each of ``melodies``; by default unknown.

    Example:
        >>> from monody import Melody, MelodyStore, Vocabulary
        >>> from monody.models.batches import Batches
        >>> from monody.models.on_demand import OnDemandSet
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(8)])
        >>> melodies = OnDemandSet(MelodyStore.of([scale] * 5), Vocabulary("notes"))
        >>> melodies.note_count, melodies.ends.tolist()
        (40, [9, 18, 27, 36, 45])
        >>> Batches(melodies, batch_size=2, window_size=128)[0].note_count
        16
    """

    def __init__(
        self,
        melodies: MelodyStore,
        vocabulary: Vocabulary,
        indices: Sequence[int] | None = None,
        styles: Sequence[int] | None = None,
    ) -> None:
        self._melodies = melodies
        self._vocabulary = vocabulary
        every = range(len(melodies)) if indices is None else indices
        self._chosen = np.array(every, np.int32)
        self._styles = styles
        self._outlines = KeptOutlines()

    def __len__(self) -> int:
        return len(self._chosen)

    @cached_property
    def figures(self) -> MelodyFigures:
        """What is known of each melody. Unless it is told, all are gone through."""
        figures = np.empty((4, len(self)), np.int32)
        first = 0
        for part in self.parts():
            stop = first + len(part)
            figures[0, first:stop] = np.diff(part.ends, prepend=0)
            figures[1, first:stop] = np.add.reduceat(
                part.pitch < REST, part.starts, dtype=np.int32
            )
            figures[2:, first:stop] = part.pitch_bounds()
            first = stop
        return MelodyFigures(*figures)

    def tell(self) -> None:
        """Let all processes know the figures that the first one found. All must ask."""
        nothing = np.zeros((4, len(self)), np.int32)
        own = np.stack(self.figures) if processes.is_first() else nothing
        self.figures = MelodyFigures(*processes.from_first(own))

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Where each melody's events would end, were all encoded: ``(melodies,)``."""
        return np.cumsum(self.figures.events, dtype=np.int64)

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each melody's events would begin, ``(melodies,)``."""
        return self.ends - self.figures.events

    @property
    def note_count(self) -> int:
        """Notes in all melodies together."""
        return int(self.figures.notes.sum(dtype=np.int64))

    def pitch_bounds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the lowest and the highest pitch of each melody, ``(melodies,)``."""
        return self.figures.lows.astype(np.int64), self.figures.highs.astype(np.int64)

    def notes_in(self, windows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the notes that begin in each window, ``(windows,)``.

        Only melodies that are cut into several windows are encoded for that.

        Args:
            windows: Some that ``cut_windows`` returns.
        """
        melody = windows[:, 2]
        notes = self.figures.notes[melody].astype(np.int64)
        whole = windows[:, 1] - windows[:, 0] == self.figures.events[melody]
        cut = np.flatnonzero(~whole)
        for first in range(0, len(cut), PART_MELODIES):
            some = cut[first : first + PART_MELODIES]
            encoded, (begin, end, _) = self._encoded(windows[some])
            before = np.append(0, np.cumsum(encoded.pitch < REST))
            notes[some] = before[end] - before[begin]
        return notes

    def holding(
        self, windows: NDArray[np.int64]
    ) -> tuple[EncodedSet, NDArray[np.int64]]:
        """Encode the melodies in which some windows lie, and tell where they lie there.

        Args:
            windows: Some that ``cut_windows`` returns.
        """
        if not len(windows):  # a batch may have nothing for a process
            return self._of(self._chosen[:1]), windows
        encoded, there = self._encoded(windows)
        return encoded, np.stack(there, axis=1)

    def _encoded(
        self, windows: NDArray[np.int64]
    ) -> tuple[EncodedSet, tuple[NDArray[np.int64], ...]]:
        """Encode the melodies of some windows; return the windows' columns there."""
        places, melody = np.unique(windows[:, 2], return_inverse=True)
        encoded = self._of(self._chosen[places])
        moved = (encoded.starts - self.starts[places])[melody]
        return encoded, (windows[:, 0] + moved, windows[:, 1] + moved, melody)

    def _of(self, chosen: NDArray[np.int32]) -> EncodedSet:
        """Encode melodies with all that may be told of them."""
        store, vocabulary = self._melodies, self._vocabulary
        encoded = encode_set(
            store, vocabulary, chosen.tolist(), outlined=True, styles=self._styles
        )
        later = LaterOutlines(store, chosen, vocabulary, self._outlines)
        return replace(encoded, later=later)

    def parts(self) -> Iterator[EncodedSet]:
        """Yield all melodies in their order, encoded, some of them at a time.

        What may be told of them is left out.
        """
        for first in range(0, len(self), PART_MELODIES):
            some = self._chosen[first : first + PART_MELODIES].tolist()
            yield encode_set(self._melodies, self._vocabulary, some)


def training_set(
    melodies: MelodyStore,
    vocabulary: Vocabulary,
    indices: Sequence[int] | None = None,
    styles: Sequence[int] | None = None,
) -> MelodySet:
    """Return melodies to train on: encoded, or on demand where that is better.

    It is where several processes train together, and where events would take much
    memory.

    Args:
        melodies: A store; it may be memory-mapped.
        vocabulary: The encoding.
        indices: The melodies to train on, in this order. By default all.
        styles: The symbol of the style of each of ``melodies``; by default unknown.

    Example:
        >>> from monody import Melody, MelodyStore, Vocabulary
        >>> from monody.models.on_demand import training_set
        >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24)])])
        >>> type(training_set(melodies, Vocabulary("notes"))).__name__
        'EncodedSet'
    """
    counts = melodies.info["note_count"]
    if indices is not None:
        counts = counts[np.array(indices)]
    much = EVENT_BYTES * int(counts.sum(dtype=np.int64)) > MAX_BYTES_IN_MEMORY
    if much or processes.count() > 1:
        return OnDemandSet(melodies, vocabulary, indices, styles)
    return encode_set(melodies, vocabulary, indices, outlined=True, styles=styles)
