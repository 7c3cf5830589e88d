"""Going through many melodies in blocks, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monody.music.melody_store import MELODIES_AT_A_TIME, NOTES_AT_A_TIME, MelodyStore
from monody.music.meter import Ints


def melody_blocks(melodies: MelodyStore) -> Iterator[slice]:
    """Yield the melodies' indices, 32,768 at a time.

    Between two blocks the memory of mapped files is given back.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.music.melody_blocks import melody_blocks
        >>> list(melody_blocks(MelodyStore.of([Melody.from_notes([(60, 0, 24)])])))
        [slice(0, 1, None)]
    """
    for start in range(0, len(melodies), MELODIES_AT_A_TIME):
        yield slice(start, min(start + MELODIES_AT_A_TIME, len(melodies)))
        melodies.let_go()


def note_chunks(
    melodies: MelodyStore, block: slice
) -> Iterator[tuple[NDArray[np.int64], Ints]]:
    """Yield a block's notes, 262,144 at a time, and whose they are.

    Args:
        melodies: The whole store.
        block: The melodies whose notes are wanted, by their indices.

    Yields:
        The place in the block of each note's melody, ``(notes,)``, and the notes,
        ``(notes, 3)``.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.music.melody_blocks import note_chunks
        >>> notes = [(60, 0, 24), (62, 24, 24)]
        >>> melodies = MelodyStore.of([Melody.from_notes(notes)] * 3)
        >>> [place.tolist() for place, _ in note_chunks(melodies, slice(1, 3))]
        [[0, 0, 1, 1]]
    """
    counts = melodies.info["note_count"]
    first = int(counts[: block.start].sum(dtype=np.int64))
    ends = first + np.cumsum(counts[block], dtype=np.int64)  # (melodies,)
    for start in range(first, int(ends[-1]), NOTES_AT_A_TIME):
        stop = min(start + NOTES_AT_A_TIME, int(ends[-1]))
        place = np.searchsorted(ends, np.arange(start, stop), side="right")
        yield place, melodies.notes[start:stop]
