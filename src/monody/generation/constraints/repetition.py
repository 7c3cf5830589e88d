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

from monody.experiments.corpus_style import FIGURE_NOTES

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
