"""How well a network predicts melodies it has not seen: bits per note.

The figure is the number of bits that the network needs for the whole melody, pitches
and durations and the end included, divided by the notes. Lower is better, and figures
of different encodings can be compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from monody.batches import Batch, Batches, EncodedSet
from monody.model import INPUTS

MAX_ROWS, MAX_EVENTS = 32, 32_768  # of a batch: bounds the memory
MAX_SEQUENCE = 4096  # longer melodies are scored in parts, each from an empty memory


@dataclass(frozen=True)
class Score:
    """Bits that a model needs for a set of melodies."""

    pitch_bits: float
    duration_bits: float
    notes: int
    melodies: int

    @property
    def bits_per_note(self) -> float:
        """Pitch and duration together, end of melody included."""
        return (self.pitch_bits + self.duration_bits) / self.notes

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return {
            "melodies": self.melodies,
            "notes": self.notes,
            "bits_per_note": self.bits_per_note,
            "pitch_bits_per_note": self.pitch_bits / self.notes,
            "duration_bits_per_note": self.duration_bits / self.notes,
        }


class Evaluator:
    """Scores a network on a fixed set of melodies, compiled once.

    Args:
        encoded: The melodies, scored as they are, without transposition, and whole
            unless they have more than ``MAX_SEQUENCE`` events.
    """

    def __init__(self, encoded: EncodedSet) -> None:
        self._batches = Batches(encoded, MAX_ROWS, MAX_SEQUENCE, MAX_EVENTS)
        self._notes = encoded.note_count
        self._melodies = len(encoded)

    def score(self, model: Any) -> Score:
        """Return the bits that the network needs for the set."""
        weights = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        nats = jnp.zeros(2)
        for index in range(len(self._batches)):
            batch = self._batches[index]
            nats += _batch_nats(
                model, weights, fixed, network_inputs(batch), *_targets(batch)
            )
        pitch, duration = (float(value) / math.log(2) for value in nats)
        return Score(pitch, duration, self._notes, self._melodies)


def network_inputs(batch: Batch) -> dict[str, Any]:
    """Return what the network reads of a batch: ``INPUTS``, each ``(batch, time)``."""
    reading = {name: getattr(batch, name) for name in INPUTS[:-1]}
    return {**reading, "pitch_next": batch.pitch}


def _targets(batch: Batch) -> tuple[Any, Any, Any, Any]:
    return batch.pitch, batch.duration, batch.pitch_counts, batch.duration_counts


def _nats(
    model: Any,
    weights: list[jax.Array],
    fixed: list[jax.Array],
    inputs: dict[str, jax.Array],
    pitch: jax.Array,
    duration: jax.Array,
    pitch_counts: jax.Array,
    duration_counts: jax.Array,
) -> jax.Array:
    """Return the nats of a batch's pitches and durations, ``(2,)``."""
    logits, _ = model.stateless_call(weights, fixed, inputs, training=False)
    heads = (("pitch", pitch, pitch_counts), ("duration", duration, duration_counts))
    surprises = []
    for name, target, counts in heads:
        chosen = jnp.take_along_axis(
            jax.nn.log_softmax(logits[name]), target[..., None], axis=-1
        )
        surprises.append(-jnp.sum(jnp.where(counts, chosen[..., 0], 0.0)))
    return jnp.stack(surprises)


_batch_nats = jax.jit(_nats, static_argnums=0)
