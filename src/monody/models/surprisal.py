"""What a model made of each event, and the figures that follow from it.

Surprisal is the information content of an event: minus the base-2 logarithm of the
probability that the model gave to what came. Every model is judged by this one type, so
that networks and references are compared note for note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.models.batches import EncodedSet
from monody.models.events import END, HOLD, REST

RESAMPLES = 1000
INTERVAL_SEED = 1
DRAWS_AT_ONCE = 2_000_000  # bounds the memory: some 40 bytes each
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Surprisal:
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
    def of(cls, surprise: Surprisal, encoded: EncodedSet) -> Score:
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


def interval_of_bits(surprise: Surprisal, encoded: EncodedSet) -> tuple[float, float]:
    """Return the 95 % interval of bits per note over melodies.

    The percentile bootstrap (Efron and Tibshirani, *An Introduction to the Bootstrap*,
    1993, chapter 13): melodies are drawn with replacement, ``RESAMPLES`` times.
    """
    notes = melody_sums((encoded.pitch < REST).astype(float), encoded)
    bits, drawn = resampled(melody_sums(surprise.bits, encoded), notes)
    return _middle_95(bits / drawn)


@dataclass(frozen=True)
class Saving:
    """Which share of another model's bits a model does without; below 0 it needs more.

    The interval is that of the difference, both models on the same resamples of the
    melodies: it is narrower than the two models' own intervals make believe.
    """

    share: float  # 1 - bits of the one / bits of the other
    interval_95: tuple[float, float]

    @classmethod
    def of(cls, surprise: Surprisal, other: Surprisal, encoded: EncodedSet) -> Saving:
        """Compare a model with another on the same melodies.

        Args:
            surprise: The model's.
            other: The other's, which needs some bits.
            encoded: The melodies.
        """
        sums = [melody_sums(model.bits, encoded) for model in (surprise, other)]
        ours, theirs = resampled(*sums)
        share = 1 - float(sums[0].sum() / sums[1].sum())
        return cls(share, _middle_95(1 - ours / theirs))


def resampled(*sums: Floats) -> Floats:
    """Draw melodies with replacement, as many as there are, and add them up.

    The draws depend on the number of melodies only, so that what is drawn for one model
    is drawn for another.

    Args:
        *sums: Values of each melody, ``(melodies,)`` each.

    Returns:
        ``(sums, RESAMPLES)``.
    """
    table = np.stack(sums, axis=1)
    melodies = len(table)
    rng = np.random.default_rng(INTERVAL_SEED)
    at_once = min(max(DRAWS_AT_ONCE // melodies, 1), RESAMPLES)
    totals = []
    for first in range(0, RESAMPLES, at_once):
        rows = min(at_once, RESAMPLES - first)
        drawn = rng.integers(melodies, size=(rows, melodies))
        drawn += melodies * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * melodies)
        totals.append(counts.reshape(rows, melodies) @ table)
    return np.concatenate(totals).T


def _middle_95(figures: Floats) -> tuple[float, float]:
    low, high = np.percentile(figures, [2.5, 97.5])
    return float(low), float(high)


def bits_of_notes(surprise: Surprisal, encoded: EncodedSet, melody: int) -> Floats:
    """Return how surprising each note of one melody is, in bits.

    A rest counts to the note that follows it, a hold to what it lengthens. The end of
    the melody counts to no note.

    Args:
        surprise: Of each event of the set.
        encoded: The set.
        melody: Index of the melody.

    Returns:
        ``(notes,)``: pitch and duration together.
    """
    events = slice(int(encoded.starts[melody]), int(encoded.ends[melody]))
    pitch = encoded.pitch[events]
    index = np.arange(len(pitch))
    head = np.maximum.accumulate(np.where(pitch == HOLD, 0, index))  # what it lengthens
    notes = pitch < REST
    note: NDArray[np.int64] = np.cumsum(notes) - notes  # at a rest: what follows it
    sums = np.zeros(np.count_nonzero(notes) + 1)
    np.add.at(sums, note[head], surprise.bits[events])
    return sums[:-1]
