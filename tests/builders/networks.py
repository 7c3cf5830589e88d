"""Asking a network, compiled: operation by operation it takes many seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import jax
import numpy as np
from numpy.typing import NDArray

from monody.generation.decoding.state import (
    DecoderState,
    EventInputs,
    as_sequence,
    read_event,
    take_pitch,
)
from monody.models.backend import keras
from monody.models.copy_attention import Layers
from monody.models.network import READING, predict_duration, predict_pitch

Inputs: TypeAlias = Mapping[str, NDArray[np.int32]]
Outputs: TypeAlias = dict[str, jax.Array]
Values: TypeAlias = tuple[list[jax.Array], list[jax.Array]]


def predict(network: keras.Model, inputs: Inputs) -> Outputs:
    """Return what the network predicts, as ``network(inputs)`` does."""
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


def inputs_at(inputs: Inputs, index: Any) -> EventInputs[Any]:
    """Return what is read of one event, ``(rows,)`` each, from ``(batch, time)``."""
    return EventInputs(*(inputs[name][index] for name in READING))


def step_of(
    layers: Layers,
    state: DecoderState,
    inputs: EventInputs[jax.Array],
    pitch_next: jax.Array,
    active: jax.Array,
) -> tuple[DecoderState, jax.Array, jax.Array]:
    """Read one event and predict the next, its pitch given."""
    sequence = as_sequence(inputs)
    state, hidden, past = read_event(layers, state, inputs, active)
    pitch = predict_pitch(layers, hidden, state.pitch_keys, past, sequence)
    state, given = take_pitch(layers, state, inputs, hidden, pitch_next, active)
    duration = predict_duration(
        layers, given, state.duration_keys, past, sequence, pitch_next[:, None]
    )
    return state, pitch[:, 0], duration[:, 0]
