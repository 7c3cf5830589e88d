"""A melody in a passport, checked as it is read.

A MIDI file from anywhere may carry a passport, and anybody may have written it. What is
read here has the size that monody itself would have written, so that nothing later
trips over it or works on it for hours.
"""

from __future__ import annotations

import numpy as np

from monody.music.form_text import MAX_BARS
from monody.music.melody import Melody
from monody.music.meter import Ints, Meter
from monody.saved.damage import require
from monody.saved.values import SavedValues

# Of bars to continue and of melodies to rewrite. The network hears them in seconds, and
# each note may attend to all others: the memory grows with the square.
MAX_NOTES, MAX_TICKS = 5_000, 96_000  # 1,000 bars of 4/4


def is_too_long(melody: Melody) -> bool:
    """Tell whether a melody has more notes or lasts longer than a passport holds.

    Example:
        >>> from monody import Melody
        >>> from monody.generation.saved_melody import is_too_long
        >>> is_too_long(Melody.from_notes([(60, 0, 24), (62, 2**30, 24)]))
        True
    """
    return len(melody) > MAX_NOTES or melody.end > MAX_TICKS


def read_saved_melody(values: SavedValues) -> Melody:
    """Return the melody whose ``notes``, ``meters`` and ``bpm`` are among values.

    Args:
        values: Of a passport.

    Raises:
        ValueError: If it is none that monody writes; a ``DamagedError`` is one.

    Example:
        >>> from monody.generation.saved_melody import read_saved_melody
        >>> from monody.saved.values import SavedValues
        >>> saved = {"notes": [[60, 0, 24]], "meters": [[0, 4, 4]], "bpm": 90}
        >>> read_saved_melody(SavedValues(saved)).bpm
        90
    """
    meters = [Meter(*map(int, meter)) for meter in _rows(values, "meters")]
    require(len(meters) <= MAX_BARS, f"meters must be {MAX_BARS} at most")
    values.number("bpm")  # whole or not: it is written again as it is
    bpm = values.any("bpm")
    melody = Melody(_rows(values, "notes"), meters=tuple(meters), bpm=bpm)
    require(not is_too_long(melody), "it has too many notes, or they last too long")
    return melody


def _rows(values: SavedValues, name: str) -> Ints:
    """Return rows of three whole numbers: ``(rows, 3)``."""
    saved = values.any(name)
    rows = np.array(saved) if saved != [] else np.zeros((0, 3), np.int32)
    of_three = rows.dtype.kind == "i" and rows.ndim == 2 and rows.shape[1] == 3
    require(of_three, f"{name} must be rows of three whole numbers")
    in_range = not (np.any(rows < 0) or np.any(rows > MAX_TICKS))
    require(in_range, f"{name} must have numbers from 0 to {MAX_TICKS}")
    return rows.astype(np.int32)
