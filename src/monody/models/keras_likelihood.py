"""The likelihood that a network in Keras gives to melodies, while it is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from numpy.typing import NDArray

from monody.models import processes
from monody.models.backend import keras
from monody.models.batches import Batches, Part
from monody.models.encoded_set import EncodedSet
from monody.models.likelihood import MAX_SEQUENCE, network_inputs
from monody.models.numpy_ops import Tensor
from monody.models.surprisal import Score, Surprisal
from monody.progress import Progress

MAX_ROWS = 32  # of a batch


class Evaluator:
    """Scores networks on a fixed set of melodies.

    Where several processes train together, each scores a part of the batches; where one
    has several devices, each of these scores a part of each batch.

    Args:
        encoded: The melodies, judged as `likelihood.surprisal_of` does.
    """

    def __init__(self, encoded: EncodedSet) -> None:
        self._encoded = encoded
        each = Part(index=0, count=1, devices=jax.local_device_count())
        self._batches = Batches(encoded, MAX_ROWS, MAX_SEQUENCE, part=each)

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
        weights, fixed = (
            _on_own_devices([variable.value for variable in variables])
            for variables in (
                network.trainable_variables,
                network.non_trainable_variables,
            )
        )
        batches = self._batches
        figures = np.zeros((len(fields(Surprisal)), len(self._encoded.pitch)))
        for index in range(processes.index(), len(batches), processes.count()):
            batch = batches[index]
            inputs = _on_own_devices(network_inputs(batch), divided=True)
            logs = _predict(network, weights, fixed, inputs)
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
        return Surprisal.from_figures(processes.summed(figures))


def _on_own_devices(values: Any, *, divided: bool = False) -> Any:
    """Lay arrays on the devices of this process; one alone takes them as they are.

    Args:
        values: A list or a dictionary of them.
        divided: Whether each device gets a part of the rows, or all of them.
    """
    devices = jax.local_devices()
    if len(devices) == 1 and processes.count() == 1:
        return values
    mesh = Mesh(np.array(devices), ("rows",))
    spec: Any = PartitionSpec  # without types
    if not divided:  # of all processes
        values = [np.asarray(value) for value in values]
    return jax.device_put(
        values, NamedSharding(mesh, spec("rows") if divided else spec())
    )


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
