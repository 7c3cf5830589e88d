"""What a model made of each event, and the figures that follow from it.

Surprise is the information content of an event: minus the base-2 logarithm of the
probability that the model gave to what came. Every model is judged by this one type, so
that networks and references are compared note for note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.batches import EncodedSet
from monody.events import END, REST

RESAMPLES = 1000
INTERVAL_SEED = 1
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Surprise:
    """What a model made of each event of a set. All arrays are ``(all events,)``."""

    pitch_bits: Floats  # of the pitch symbol; the end of a melody is one
    duration_bits: Floats  # of the duration symbol given the pitch; 0 for an end
    note_pitch_bits: Floats  # of a note's pitch among the 128 pitches; 0 if no note
    pitch_hit: NDArray[np.bool_]  # whether the likeliest pitch symbol came
    duration_hit: NDArray[np.bool_]  # whether the likeliest duration came

    @property
    def bits(self) -> Floats:
        """Bits of each event."""
        return self.pitch_bits + self.duration_bits


@dataclass(frozen=True)
class Score:
    """How well a model predicts a set of melodies.

    Bits per note are the bits of all events, the end of each melody included, divided
    by the notes; accuracies are shares of the events that have a pitch symbol (all) and
    a duration (all but the ends).
    """

    melodies: int
    notes: int
    bits_per_note: float
    pitch_bits_per_note: float
    duration_bits_per_note: float
    pitch_bits_given_note: float
    pitch_accuracy: float
    duration_accuracy: float
    interval_95: tuple[float, float]  # of bits_per_note, over melodies

    @classmethod
    def of(cls, surprise: Surprise, encoded: EncodedSet) -> Score:
        """Add up the surprise at a set of melodies.

        Args:
            surprise: Of each event.
            encoded: The melodies, with at least one note.
        """
        notes = encoded.note_count
        timed = encoded.pitch != END
        duration_accuracy = float(surprise.duration_hit[timed].mean())
        pitch, duration = surprise.pitch_bits.sum(), surprise.duration_bits.sum()
        return cls(
            melodies=len(encoded),
            notes=notes,
            bits_per_note=float(pitch + duration) / notes,
            pitch_bits_per_note=float(pitch) / notes,
            duration_bits_per_note=float(duration) / notes,
            pitch_bits_given_note=float(surprise.note_pitch_bits.sum()) / notes,
            pitch_accuracy=float(surprise.pitch_hit.mean()),
            duration_accuracy=duration_accuracy,
            interval_95=interval_of_bits(surprise, encoded),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {**vars(self), "interval_95": list(self.interval_95)}


def melody_sums(values: Floats, encoded: EncodedSet) -> Floats:
    """Add up a value of each event over each melody, ``(melodies,)``."""
    sums: Floats = np.add.reduceat(values, encoded.starts)
    return sums


def interval_of_bits(surprise: Surprise, encoded: EncodedSet) -> tuple[float, float]:
    """Return the 95 % interval of bits per note over melodies.

    The percentile bootstrap (Efron and Tibshirani, *An Introduction to the Bootstrap*,
    1993, chapter 13): melodies are drawn with replacement, ``RESAMPLES`` times.
    """
    notes = melody_sums((encoded.pitch < REST).astype(float), encoded)
    draws = resamples(len(encoded))
    figures = (draws @ melody_sums(surprise.bits, encoded)) / (draws @ notes)
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def resamples(melodies: int) -> Floats:
    """Draw how often each melody stands in each resample, ``(RESAMPLES, melodies)``."""
    rng = np.random.default_rng(INTERVAL_SEED)
    even = np.full(melodies, 1 / melodies)
    return rng.multinomial(melodies, even, size=RESAMPLES).astype(float)
