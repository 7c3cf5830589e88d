"""Outlines that are found when a batch first needs them.

To find the outline of a melody takes some milliseconds. Of a million melodies that is
an hour before the first step, though the first epoch takes much longer than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from monody.models.events import Vocabulary
from monody.models.outline import begins_of, outline_of
from monody.music.melody_store import MelodyStore


class LaterOutlines:
    """Finds the outlines of some melodies, each once.

    Args:
        melodies: A store; it may be memory-mapped.
        chosen: ``(melodies,)``: indices of those that are encoded.
        vocabulary: The encoding.
    """

    def __init__(
        self, melodies: MelodyStore, chosen: Sequence[int], vocabulary: Vocabulary
    ) -> None:
        self._melodies = melodies
        self._chosen = chosen
        self._vocabulary = vocabulary
        self._found = np.zeros(len(chosen), np.bool_)

    def find(
        self,
        which: NDArray[np.int64],
        ends: NDArray[np.int64],
        arrays: Mapping[str, NDArray[np.integer]],
    ) -> None:
        """Find the outlines of melodies, unless that was done before.

        A melody's outline depends on the melody alone, so nothing is lost where two
        threads find the same one.

        Args:
            which: Places of the melodies among those that are encoded.
            ends: ``(melodies,)`` where the events of each end.
            arrays: Those of all events: ``duration``, ``bar`` and ``tonic``, and the
                arrays of an `Outline`, which are written to.
        """
        for place in np.unique(which[~self._found[which]]).tolist():
            events = slice(int(ends[place - 1]) if place else 0, int(ends[place]))
            outline = outline_of(
                self._melodies[self._chosen[place]],
                begins_of(arrays["duration"][events], self._vocabulary),
                arrays["bar"][events],
                int(arrays["tonic"][events.start]),
            )
            for name, symbols in outline._asdict().items():
                arrays[name][events] = symbols
            self._found[place] = True
