"""Asking a network: whole sequences with Keras, and event by event on NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import jax
import numpy as np
from numpy.typing import NDArray

from monody.models import numpy_ops
from monody.models.backend import keras
from monody.models.decoder_state import DecoderState, EventInputs
from monody.models.inference_layers import PARTS, Layer
from monody.models.layer_shapes import LayerShape
from monody.models.network import READING
from monody.models.parts import Parts
from monody.models.stored_layers import pack_layers, unpack_layers

Inputs: TypeAlias = Mapping[str, NDArray[np.int32]]
Outputs: TypeAlias = dict[str, jax.Array]
Values: TypeAlias = tuple[list[jax.Array], list[jax.Array]]
Floats: TypeAlias = NDArray[np.float32]


def predict(network: keras.Model, inputs: Inputs) -> Outputs:
    """Return what the network predicts, as ``network(inputs)`` does.

    It is compiled: operation by operation it takes many seconds.
    """
    outputs: Outputs = _predict(network, _values(network), inputs)
    return outputs


def _values(network: keras.Model) -> Values:
    return (
        [variable.value for variable in network.trainable_variables],
        [variable.value for variable in network.non_trainable_variables],
    )


def _call(network: keras.Model, values: Values, inputs: Inputs) -> Outputs:
    outputs: Outputs = network.stateless_call(*values, inputs, training=False)[0]
    return outputs


_predict = jax.jit(_call, static_argnums=0)


def taught(network: keras.Model) -> keras.Model:
    """Make every weight count, those that begin at zero as well."""
    rng = np.random.default_rng(1)
    network.set_weights(
        [weight + rng.normal(0, 0.3, weight.shape) for weight in network.get_weights()]
    )
    return network


def shapes_of(network: keras.Model) -> dict[str, LayerShape]:
    """Return the shapes of the layers of a network that a model file keeps."""
    return {
        layer.name: LayerShape(
            type(layer).__name__,
            tuple(weight.shape for weight in layer.weights),
            layer.get_config().get("activation") == "relu",
        )
        for layer in network.layers
        if type(layer).__name__ in PARTS
    }


def stored_layers(network: keras.Model) -> dict[str, Layer]:
    """Return the layers of a network as a model file keeps them."""
    return unpack_layers(pack_layers(network), shapes_of(network))


def parts_of(network: keras.Model) -> Parts:
    """Return a network on NumPy, as a model file keeps it."""
    return Parts(stored_layers(network), numpy_ops)


def inputs_at(inputs: Inputs, index: Any) -> EventInputs[Any]:
    """Return what is read of one event, ``(rows,)`` each, from ``(batch, time)``."""
    return EventInputs(*(inputs[name][index] for name in READING))


def event_by_event(
    state: DecoderState, inputs: Inputs, events: range
) -> dict[str, Floats]:
    """Read events one after the other, and predict the one after each.

    Args:
        state: Of as many rows as the inputs have.
        inputs: What the network reads, ``(rows, time)`` each.
        events: Which are read now.

    Returns:
        The log-probabilities ``(rows, events, symbols)``: ``pitch`` and ``duration``.
    """
    pitches, durations = [], []
    for event in events:
        state.read(inputs_at(inputs, np.s_[:, event]))
        pitches.append(state.pitches())
        state.choose(inputs["pitch_next"][:, event])
        durations.append(state.durations())
    return {"pitch": np.stack(pitches, 1), "duration": np.stack(durations, 1)}
