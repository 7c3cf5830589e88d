"""How often the melody so far repeats a figure in a row.

A figure of ``n`` notes that comes ``k`` times in a row makes each note the same as the
one ``n`` before, for ``(k - 1) * n`` notes in a row. Real melodies do that, but not for
long; a network that is fed its own notes may never stop.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.music.repetition import FIGURE_NOTES

NOTHING = -1  # where there is no note; no note is like it


class Repeats(NamedTuple):
    """The latest notes of melodies and how far they repeat.

    Both are ``(rows, figures)``; of one melody ``(figures,)``.
    """

    latest: Integers  # MIDI numbers, the latest first; NOTHING where there is none
    runs: Integers  # column n - 1: notes in a row that are the same as the one n before


def no_repeats(rows: int) -> Repeats:
    """Return the repeats of melodies without a note, ``(rows, figures)`` each.

    Example:
        >>> from monody.generation.constraints.repetition import no_repeats
        >>> no_repeats(rows=2).runs.shape
        (2, 64)
    """
    blank = np.zeros((rows, FIGURE_NOTES), np.int64)
    return Repeats(blank + NOTHING, blank)


def repeat(repeats: Repeats, pitch: Integers, is_note: Bools) -> Repeats:
    """Take in one event of each melody.

    Args:
        repeats: Those before the event, ``(rows, figures)`` each.
        pitch: ``(rows,)`` pitch symbol of the event.
        is_note: ``(rows,)`` bool; other events change nothing.

    Returns:
        The repeats with the event, ``(rows, figures)`` each.
    """
    pitch, is_note = pitch[:, None], is_note[:, None]  # (rows, 1)
    latest = np.concatenate([pitch, repeats.latest[:, :-1]], axis=1)
    runs = (repeats.runs + 1) * (repeats.latest == pitch)  # (rows, figures)
    return Repeats(
        np.where(is_note, latest, repeats.latest),
        np.where(is_note, runs, repeats.runs),
    )


def repeats_of(pitches: NDArray[np.integer]) -> Repeats:
    """Return the repeats that one melody ends with, ``(figures,)`` each.

    Args:
        pitches: ``(notes,)`` MIDI numbers.

    Example:
        A figure of three notes that comes four times, and of six notes, twice:

        >>> import numpy as np
        >>> from monody.generation.constraints.repetition import repeats_of
        >>> repeats_of(np.array([60, 62, 64] * 4)).runs[:6].tolist()
        [0, 0, 9, 0, 0, 6]
    """
    [latest], [runs] = no_repeats(1)
    for pitch in pitches.tolist():
        runs = (runs + 1) * (latest == pitch)
        latest = np.append(pitch, latest[:-1])
    return Repeats(latest, runs)
