"""The likelihood that a network in Keras gives to melodies, while it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial

import jax
import numpy as np
from numpy.typing import NDArray

from monody.models.backend import keras
from monody.models.batches import Batches, EncodedSet
from monody.models.likelihood import MAX_SEQUENCE, network_inputs
from monody.models.numpy_ops import Tensor
from monody.models.surprisal import Score, Surprisal
from monody.progress import Progress

MAX_ROWS = 32  # of a batch


class Evaluator:
    """Scores networks on a fixed set of melodies.

    Args:
        encoded: The melodies, judged as `likelihood.surprisal_of` does.
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
            network: From ``keras_network.build_model``.
            progress: Called after each batch.
        """
        weights = [variable.value for variable in network.trainable_variables]
        fixed = [variable.value for variable in network.non_trainable_variables]
        batches = self._batches
        figures = np.zeros((len(fields(Surprisal)), len(self._encoded.pitch)))
        for index in range(len(batches)):
            batch = batches[index]
            logs = _predict(network, weights, fixed, network_inputs(batch))
            source, real = batches.events_of(index)
            found = Surprisal.of(
                np.asarray(logs["pitch"])[real],
                np.asarray(logs["duration"])[real],
                batch.pitch[real],
                batch.duration[real],
            )
            figures[:, source[real]] = found.figures
            if progress is not None:
                progress(index + 1, len(batches))
        return Surprisal.from_figures(figures)


@partial(jax.jit, static_argnums=0)
def _predict(
    network: keras.Model,
    weights: list[Tensor],
    fixed: list[Tensor],
    inputs: Mapping[str, NDArray[np.int32]],
) -> dict[str, Tensor]:
    outputs: dict[str, Tensor]
    outputs, _ = network.stateless_call(weights, fixed, inputs, training=False)
    return outputs
