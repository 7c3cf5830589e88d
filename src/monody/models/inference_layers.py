"""The layers of a trained network as arrays, for decoding.

They answer to the same calls as the Keras layers of the same names, one event at a
time. Opening the whole network takes Keras seconds, for it traces hundreds of
operations of the look at the past; decoding does that look another way. Being plain
trees of arrays they are arguments of a compiled function, not part of it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Embedding:
    """``keras.layers.Embedding``."""

    embeddings: Any  # (symbols, features)

    def __call__(self, symbols: Any) -> Any:
        """Look up ``(…)``: ``(…, features)``."""
        return jnp.asarray(self.embeddings)[symbols]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Dense:
    """``keras.layers.Dense``."""

    kernel: Any  # (features, units)
    bias: Any  # (units,)
    rectified: bool = field(metadata={"static": True})  # whether a ReLU follows

    def __call__(self, features: Any) -> Any:
        """Multiply ``(…, features)``: ``(…, units)``."""
        units = features @ self.kernel + self.bias
        return jax.nn.relu(units) if self.rectified else units


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class LSTM:
    """``keras.layers.LSTM``, for one event."""

    kernel: Any  # (features, 4 * units): input, forget, new, output
    recurrent_kernel: Any  # (units, 4 * units)
    bias: Any  # (4 * units,)

    @property
    def units(self) -> int:
        """Its units."""
        return int(self.recurrent_kernel.shape[0])

    def __call__(self, features: Any, initial_state: list[Any]) -> tuple[Any, Any, Any]:
        """Read one event.

        Args:
            features: ``(batch, 1, features)``.
            initial_state: Output and cell after the event before, ``(batch, units)``.

        Returns:
            Its output ``(batch, 1, units)``, and output and cell to carry on.
        """
        output, cell = initial_state
        gates = features[:, 0] @ self.kernel + output @ self.recurrent_kernel
        reads, keeps, new, shows = jnp.split(gates + self.bias, 4, axis=1)
        cell = jax.nn.sigmoid(keeps) * cell + jax.nn.sigmoid(reads) * jnp.tanh(new)
        output = jax.nn.sigmoid(shows) * jnp.tanh(cell)
        return output[:, None], output, cell


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Identity:
    """``keras.layers.Dropout``, which rests when nothing is trained."""

    def __call__(self, features: Any) -> Any:
        """Return what is given."""
        return features


def read_layers(path: Path) -> dict[str, Any]:
    """Read the layers of a ``.keras`` file, by name.

    Keras stores a layer's weights under the name of its class, numbered in the order of
    the configuration.

    Raises:
        KeyError, ValueError, OSError, zipfile.BadZipFile: If the file is damaged.
    """
    import h5py

    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json"))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    seen: Counter[str] = Counter()
    layers = {}
    with h5py.File(weights, "r") as file:
        for each in config["config"]["layers"]:
            kind = each["class_name"].lower()
            number, seen[kind] = seen[kind], seen[kind] + 1
            if kind in _KINDS:
                group = file[f"layers/{kind}_{number}" if number else f"layers/{kind}"]
                stored = group["cell/vars" if kind == "lstm" else "vars"]
                arrays = [np.array(stored[name]) for name in sorted(stored, key=int)]
                layers[each["name"]] = _KINDS[kind](arrays, each["config"])
    return layers


_KINDS: dict[str, Any] = {
    "embedding": lambda arrays, _: Embedding(*arrays),
    "dense": lambda arrays, config: Dense(
        arrays[0], arrays[1], rectified=config["activation"] == "relu"
    ),
    "lstm": lambda arrays, _: LSTM(*arrays),
    "dropout": lambda *_: Identity(),
}
