"""Outlines that are found when a batch first needs them.

To find the outline of a melody takes some milliseconds. Of a million melodies that is
an hour before the first step, though the first epoch takes much longer than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from monody.models.events import Vocabulary
from monody.models.outline import Outline, begins_of, outline_of
from monody.music.melody_store import MelodyStore

MAX_KEPT_BYTES = 2**28  # of outlines that are kept
ENTRY_BYTES = 200  # that keeping one takes beside its symbols


class KeptOutlines:
    """Outlines that were found, for melodies that are encoded again each time.

    Once there is no more room, those that are found later are not kept.

    Args:
        max_bytes: The memory that they may take.

    Example:
        >>> import numpy as np
        >>> from monody.models.later_outlines import KeptOutlines
        >>> from monody.models.outline import no_outline
        >>> kept = KeptOutlines()
        >>> kept.keep(7, no_outline(3))
        >>> kept.of(7).phrase_left.tolist(), kept.of(8)
        ([0, 0, 0], None)
    """

    def __init__(self, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._left = max_bytes
        self._found: dict[int, bytes] = {}

    def of(self, melody: int) -> Outline | None:
        """Return the outline of a melody by its number, if it is kept."""
        symbols = self._found.get(melody)
        if symbols is None:
            return None
        rows = np.frombuffer(symbols, np.uint8).reshape(len(Outline._fields), -1)
        return Outline(*rows)

    def keep(self, melody: int, outline: Outline) -> None:
        """Keep the outline of a melody, if there is room."""
        symbols = np.stack(outline).tobytes()
        self._left -= len(symbols) + ENTRY_BYTES
        if self._left >= 0:
            self._found[melody] = symbols


class LaterOutlines:
    """Finds the outlines of some melodies, each once.

    Args:
        melodies: A store; it may be memory-mapped.
        chosen: ``(melodies,)``: indices of those that are encoded.
        vocabulary: The encoding.
        kept: Where outlines are kept that other sets of these melodies need, too.
    """

    def __init__(
        self,
        melodies: MelodyStore,
        chosen: Sequence[int] | NDArray[np.integer],
        vocabulary: Vocabulary,
        kept: KeptOutlines | None = None,
    ) -> None:
        self._melodies = melodies
        self._chosen = chosen
        self._vocabulary = vocabulary
        self._kept = kept
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
            melody = int(self._chosen[place])
            outline = self._kept.of(melody) if self._kept is not None else None
            if outline is None:
                outline = outline_of(
                    self._melodies[melody],
                    begins_of(arrays["duration"][events], self._vocabulary),
                    arrays["bar"][events],
                    int(arrays["tonic"][events.start]),
                )
                if self._kept is not None:
                    self._kept.keep(melody, outline)
            for name, symbols in outline._asdict().items():
                arrays[name][events] = symbols
            self._found[place] = True
