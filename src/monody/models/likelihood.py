"""Running a network over melodies: the likelihood it gives to each event.

``surprisal`` turns that into the figure to watch, bits per note: the bits for the whole
melody, its pitches, its durations and its end, divided by the notes. Lower is better,
and figures of different encodings can be compared.
"""

from __future__ import annotations

import math
from dataclasses import fields

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from monody.models.backend import keras
from monody.models.batches import Batch, Batches, EncodedSet
from monody.models.events import REST
from monody.models.network import READING
from monody.models.surprisal import Score, Surprisal
from monody.progress import Progress

MAX_ROWS = 32  # of a batch
MAX_SEQUENCE = 1024  # events; a longer melody is scored in parts, none knows another


class Evaluator:
    """Scores networks on a fixed set of melodies.

    Args:
        encoded: The melodies. They are not transposed, and not cut unless they have
            more than ``MAX_SEQUENCE`` events.
    """

    def __init__(self, encoded: EncodedSet) -> None:
        self._encoded = encoded
        self._batches = Batches(encoded, MAX_ROWS, MAX_SEQUENCE)

    def score(self, network: keras.Model) -> Score:
        """Return how well the network predicts the set."""
        return Score.of(self.surprisal(network), self._encoded)

    def surprisal(
        self, network: keras.Model, progress: Progress | None = None
    ) -> Surprisal:
        """Return the surprisal of each event, in the order of the set.

        Args:
            network: From ``network.build_model``.
            progress: Called after each batch.
        """
        weights = [variable.value for variable in network.trainable_variables]
        fixed = [variable.value for variable in network.non_trainable_variables]
        # (fields, all events)
        found = np.zeros((len(fields(Surprisal)), len(self._encoded.pitch)), np.float32)
        for index in range(len(self._batches)):
            batch = self._batches[index]
            of_batch = _batch_surprisal(
                network,
                weights,
                fixed,
                network_inputs(batch),
                batch.pitch,
                batch.duration,
                batch.duration_counts,
            )
            source, real = self._batches.events_of(index)
            found[:, source[real]] = np.asarray(of_batch)[:, real]
            if progress is not None:
                progress(index + 1, len(self._batches))
        bits, hits = found[:3].astype(np.float64), found[3:] > 0
        return Surprisal(*bits, *hits)


def network_inputs(batch: Batch) -> dict[str, NDArray[np.int32]]:
    """Return the ``INPUTS`` of the network for a batch, ``(batch, time)`` each.

    Example:
        >>> from monody.models.batches import Batches, encode_set
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.likelihood import network_inputs
        >>> from monody.music.melody import Melody
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 24)])
        >>> encoded = encode_set([melody], Vocabulary("notes"))
        >>> batch = Batches(encoded, batch_size=1, window_size=9)[0]
        >>> network_inputs(batch)["pitch_next"][0, :3].tolist()  # C4, D4, end
        [60, 62, 130]
    """
    reading = {name: getattr(batch, name) for name in READING}
    return {**reading, "pitch_next": batch.pitch}


def _surprisal(
    network: keras.Model,
    weights: list[jax.Array],
    fixed: list[jax.Array],
    inputs: dict[str, jax.Array],
    pitch: jax.Array,
    duration: jax.Array,
    duration_counts: jax.Array,
) -> jax.Array:
    """Return the fields of ``Surprisal`` for a batch, ``(fields, batch, time)``."""
    logits, _ = network.stateless_call(weights, fixed, inputs, training=False)
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
    """Return the surprisal of symbols ``(batch, time)``, in bits.

    Args:
        logits: ``(batch, time, alphabet)``.
        symbols: ``(batch, time)``.
    """
    nats = -jax.nn.log_softmax(logits.astype(jnp.float32))
    chosen = jnp.take_along_axis(nats, symbols[..., None], axis=-1)
    return chosen[..., 0] / math.log(2)


_batch_surprisal = jax.jit(_surprisal, static_argnums=0)
