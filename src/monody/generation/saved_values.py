"""The values of a passport, each checked as it is read.

A MIDI file from anywhere may carry a passport, and anybody may have written it. What is
read here has the type and the size that monody itself would have written, so that
nothing later trips over it or works on it for hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from monody.music.form_text import MAX_BARS
from monody.music.melody import Melody
from monody.music.meter import Ints, Meter
from monody.translation import marked

# Of bars to continue and of melodies to rewrite. The network hears them in seconds, and
# each note may attend to all others: the memory grows with the square.
MAX_NOTES, MAX_TICKS = 5_000, 96_000  # 1,000 bars of 4/4
MAX_CHARACTERS = 20_000  # of a text; a form of many sections is the longest


def is_too_long(melody: Melody) -> bool:
    """Tell whether a melody has more notes or lasts longer than a passport holds.

    Example:
        >>> from monody import Melody
        >>> from monody.generation.saved_values import is_too_long
        >>> is_too_long(Melody.from_notes([(60, 0, 24), (62, 2**30, 24)]))
        True
    """
    return len(melody) > MAX_NOTES or melody.end > MAX_TICKS


class SavedValues:
    """A JSON object whose values are asked for by name and kind.

    Args:
        values: What ``plain_json.parse_json`` returned, or a part of it.

    Raises:
        ValueError: If it is no object, or a value is missing or of another kind.

    Example:
        >>> from monody.generation.saved_values import SavedValues
        >>> saved = SavedValues({"attempt": 2, "source": "a.mid"})
        >>> saved.whole("attempt", maximum=9), saved.text("source")
        (2, 'a.mid')
        >>> saved.whole("source")
        Traceback (most recent call last):
        ...
        ValueError: source must be a whole number from 0 to 96000
    """

    def __init__(self, values: object) -> None:
        if not isinstance(values, Mapping):
            raise ValueError(marked("expected names with values"))
        self._values = values

    def any(self, name: str) -> Any:
        """Return a value of any kind.

        Raises:
            ValueError: If there is none.
        """
        if name not in self._values:
            raise ValueError(marked(f"{name} is missing"))
        return self._values[name]

    def part(self, name: str) -> SavedValues:
        """Return the object within this one that has a name."""
        return SavedValues(self.any(name))

    def whole(self, name: str, minimum: int = 0, maximum: int = MAX_TICKS) -> int:
        """Return a whole number within its limits, both included."""
        value = self.any(name)
        if type(value) is not int or not minimum <= value <= maximum:
            raise ValueError(
                marked(f"{name} must be a whole number from {minimum} to {maximum}")
            )
        return value

    def text(self, name: str) -> str:
        """Return a text that is not too long."""
        value = self.any(name)
        if not isinstance(value, str) or len(value) > MAX_CHARACTERS:
            raise ValueError(
                marked(f"{name} must be a text of {MAX_CHARACTERS} characters")
            )
        return value

    def settings(self, name: str) -> dict[str, Any]:
        """Return the object with a name as it is; its texts are not too long."""
        part = self.part(name)
        for each, value in part._values.items():
            if isinstance(value, str):
                part.text(each)
        return dict(part._values)

    def melody(self) -> Melody:
        """Return the melody whose ``notes``, ``meters`` and ``bpm`` are among these.

        Raises:
            ValueError: If it is none that monody writes.
        """
        meters = [Meter(*map(int, meter)) for meter in self._rows("meters")]
        if len(meters) > MAX_BARS:
            raise ValueError(marked(f"meters must be {MAX_BARS} at most"))
        bpm = self.any("bpm")
        if type(bpm) not in (int, float):
            raise ValueError(marked("bpm must be a number"))
        melody = Melody(self._rows("notes"), meters=tuple(meters), bpm=bpm)
        if is_too_long(melody):
            raise ValueError(marked("it has too many notes, or they last too long"))
        return melody

    def _rows(self, name: str) -> Ints:
        """Return rows of three whole numbers: ``(rows, 3)``."""
        saved = self.any(name)
        rows = np.array(saved) if saved != [] else np.zeros((0, 3), np.int32)
        if rows.dtype.kind != "i" or rows.ndim != 2 or rows.shape[1] != 3:
            raise ValueError(marked(f"{name} must be rows of three whole numbers"))
        if np.any(rows < 0) or np.any(rows > MAX_TICKS):
            raise ValueError(marked(f"{name} must have numbers from 0 to {MAX_TICKS}"))
        return rows.astype(np.int32)
