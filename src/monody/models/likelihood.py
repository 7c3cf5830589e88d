"""How well a network predicts melodies it has not seen: bits per note.

The figure is the number of bits that the network needs for the whole melody, pitches
and durations and the end included, divided by the notes. Lower is better, and figures
of different encodings can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from monody.models.batches import Batch, Batches, EncodedSet
from monody.models.events import REST
from monody.models.network import READING
from monody.models.surprisal import Score, Surprisal

MAX_ROWS = 32  # of a batch
MAX_SEQUENCE = 1024  # longer melodies are scored in parts, each from an empty memory

Progress = Callable[[int, int], None]  # batches done, batches in all


class Evaluator:
    """Scores a network on a fixed set of melodies, compiled once.

    Args:
        encoded: The melodies, scored as they are, without transposition, and whole
            unless they have more than ``MAX_SEQUENCE`` events.
    """

    def __init__(self, encoded: EncodedSet) -> None:
        self._encoded = encoded
        self._batches = Batches(encoded, MAX_ROWS, MAX_SEQUENCE)

    def score(self, model: Any) -> Score:
        """Return how well the network predicts the set."""
        return Score.of(self.surprise(model), self._encoded)

    def surprise(self, model: Any, progress: Progress | None = None) -> Surprisal:
        """Return what the network made of each event, in the order of the set.

        Args:
            model: A network of ``model.build_model``.
            progress: Called after each batch.
        """
        weights = [variable.value for variable in model.trainable_variables]
        fixed = [variable.value for variable in model.non_trainable_variables]
        made = np.zeros((len(fields(Surprisal)), len(self._encoded.pitch)), np.float32)
        for index in range(len(self._batches)):
            batch = self._batches[index]
            found = _batch_surprise(
                model, weights, fixed, network_inputs(batch), *_targets(batch)
            )
            source, real = self._batches.events_of(index)
            made[:, source[real]] = np.asarray(found)[:, real]
            if progress is not None:
                progress(index + 1, len(self._batches))
        bits, hits = made[:3].astype(np.float64), made[3:] > 0
        return Surprisal(*bits, *hits)


def network_inputs(batch: Batch) -> dict[str, Any]:
    """Return the ``INPUTS`` of the network for a batch, each ``(batch, time)``."""
    reading = {name: getattr(batch, name) for name in READING}
    return {**reading, "pitch_next": batch.pitch}


def _targets(batch: Batch) -> tuple[Any, Any, Any]:
    return batch.pitch, batch.duration, batch.duration_counts


def _surprise(
    model: Any,
    weights: list[jax.Array],
    fixed: list[jax.Array],
    inputs: dict[str, jax.Array],
    pitch: jax.Array,
    duration: jax.Array,
    duration_counts: jax.Array,
) -> jax.Array:
    """Return the fields of ``Surprisal`` for a batch, ``(fields, batch, time)``."""
    logits, _ = model.stateless_call(weights, fixed, inputs, training=False)
    is_note = pitch < REST
    among_notes = _bits(logits["pitch"][..., :REST], jnp.where(is_note, pitch, 0))
    return jnp.stack(
        [
            _bits(logits["pitch"], pitch),
            jnp.where(duration_counts, _bits(logits["duration"], duration), 0),
            jnp.where(is_note, among_notes, 0),
            jnp.argmax(logits["pitch"], axis=-1) == pitch,
            duration_counts & (jnp.argmax(logits["duration"], axis=-1) == duration),
        ]
    )


def _bits(logits: jax.Array, symbols: jax.Array) -> jax.Array:
    """Return the surprise of symbols ``(batch, time)``, in bits."""
    nats = -jax.nn.log_softmax(logits.astype(jnp.float32))
    chosen = jnp.take_along_axis(nats, symbols[..., None], axis=-1)
    return chosen[..., 0] / math.log(2)


_batch_surprise = jax.jit(_surprise, static_argnums=0)
