"""Asking a network, compiled: operation by operation it takes many seconds."""

from __future__ import annotations

from typing import Any

import jax


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
