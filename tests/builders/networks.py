"""Asking a network, compiled: operation by operation it takes many seconds."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from monody.generation.decoding.state import Heard, expect, hear
from monody.models.network import (
    predict_duration,
    predict_pitch,
)


def predict(network: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return what the network predicts, as ``network(inputs)`` does."""
    outputs: dict[str, Any] = _predict(network, _values(network), inputs)
    return outputs


def _values(network: Any) -> tuple[list[Any], list[Any]]:
    return (
        [variable.value for variable in network.trainable_variables],
        [variable.value for variable in network.non_trainable_variables],
    )


def _call(network: Any, values: Any, inputs: dict[str, Any]) -> Any:
    return network.stateless_call(*values, inputs, training=False)[0]


_predict = jax.jit(_call, static_argnums=0)


def taught(network: Any) -> Any:
    """Make every weight count, those that begin at zero as well."""
    rng = np.random.default_rng(1)
    network.set_weights(
        [weight + rng.normal(0, 0.3, weight.shape) for weight in network.get_weights()]
    )
    return network


def step_of(made: Any, told: Any, heard: Heard, coming: Any, active: Any = None) -> Any:
    """Read one event and predict the next, its pitch given."""
    active = np.ones(len(coming), bool) if active is None else active
    told, hidden, past = hear(made, told, heard, active)
    pitch = predict_pitch(made, hidden, told.pitch_keys, past, heard.reading())
    told, given = expect(made, told, heard, hidden, coming, active)
    duration = predict_duration(
        made, given, told.duration_keys, past, heard.reading(), coming[:, None]
    )
    return told, pitch[:, 0], duration[:, 0]
