"""How often a melody repeats a figure on end.

A figure of ``n`` notes that comes ``k`` times in a row makes each note the same as the
one ``n`` before, for ``(k - 1) * n`` notes on end. Real melodies do that, but not for
long; a network that is fed its own notes may never stop.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

FIGURE_NOTES = 64  # notes of the longest figure that is watched
USUAL_PERCENT = 99  # of the training melodies, by their longest repeats
FEWEST_TIMES, FEWEST_NOTES = 4, 24  # as far any figure may repeat: the less of both
MOST_MELODIES = 5000  # looked at
NOTHING = -1  # where there is no note; no note is like it


class Repeats(NamedTuple):
    """The latest notes of melodies and how far they repeat; ``(rows, figures)``."""

    latest: Any  # pitches, the latest first; NOTHING where there is none
    runs: Any  # column n - 1: notes on end that are the same as the one n before


def no_repeats(rows: int) -> Repeats:
    """Begin without a note."""
    blank = np.zeros((rows, FIGURE_NOTES), np.int32)
    return Repeats(blank + NOTHING, blank)


def repeat(repeats: Repeats, pitch: Any, is_note: Any) -> Repeats:
    """Go on by one event; arrays of NumPy or JAX alike.

    Args:
        repeats: So far.
        pitch: ``(rows,)`` of the event.
        is_note: ``(rows,)``; others change nothing.
    """
    pitch, is_note = pitch[:, None], is_note[:, None]
    latest = jnp.concatenate([pitch, repeats.latest[:, :-1]], axis=1)
    runs = (repeats.runs + 1) * (repeats.latest == pitch)
    return Repeats(
        jnp.where(is_note, latest, repeats.latest),
        jnp.where(is_note, runs, repeats.runs),
    )


def repeats_of(pitches: NDArray[np.integer]) -> Repeats:
    """Return the repeats that one melody ends with, ``(figures,)`` each.

    Args:
        pitches: ``(notes,)``.
    """
    [latest], [runs] = no_repeats(1)
    for pitch in pitches.tolist():
        runs = (runs + 1) * (latest == pitch)
        latest = np.append(np.int32(pitch), latest[:-1])
    return Repeats(latest, runs)


def runs_of(same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count, at each place, how many are true on end up to it: of 1 1 0 1, 1 2 0 1.

    Args:
        same: ``(..., places)``.
    """
    count = np.arange(1, same.shape[-1] + 1)
    return count - np.maximum.accumulate(np.where(same, 0, count), axis=-1)


def usual_repeats(pitch: NDArray[np.integer], ends: NDArray[np.integer]) -> list[int]:
    """Return how long figures repeat in nearly all melodies.

    Args:
        pitch: ``(notes,)`` of melodies end to end.
        ends: ``(melodies,)``: where the notes of each end.

    Returns:
        For figures of 1, 2, … notes the run of `Repeats.runs` that 99 of 100 melodies
        keep to; no less than a few short figures make.
    """
    ends = ends[:MOST_MELODIES]
    pitch = pitch[: ends[-1]]
    melody = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    usual = []
    for notes in range(1, FIGURE_NOTES + 1):
        same = np.zeros(len(pitch), np.bool_)
        same[notes:] = (pitch[notes:] == pitch[:-notes]) & (
            melody[notes:] == melody[:-notes]
        )
        longest = np.zeros(len(ends), np.int64)
        np.maximum.at(longest, melody, runs_of(same))
        most = np.percentile(longest, USUAL_PERCENT, method="higher")
        least = min((FEWEST_TIMES - 1) * notes, FEWEST_NOTES)
        usual.append(max(int(most), least))
    return usual
