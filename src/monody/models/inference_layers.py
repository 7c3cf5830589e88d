"""The layers of a trained network as plain arrays, for decoding.

They are called as the Keras layers of the same names are, with one event at a time.
Opening the whole network takes Keras seconds, because it traces the hundreds of
operations by which whole sequences look back at their past. Decoding looks back in
another way and needs only these arrays. JAX sees each layer as a tree of arrays, so the
layers are arguments of a compiled function and no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = jax.Array | NDArray[np.float32]  # JAX's inside a compiled function


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Embedding:
    """``keras.layers.Embedding``.

    Example:
        >>> import numpy as np
        >>> from monody.models.inference_layers import Embedding
        >>> table = Embedding(np.array([[0.0, 1.0], [2.0, 3.0]]))
        >>> table(np.array([1, 0, 1])).tolist()
        [[2.0, 3.0], [0.0, 1.0], [2.0, 3.0]]
    """

    embeddings: Array  # (symbols, features)

    def __call__(self, symbols: jax.Array) -> jax.Array:
        """Look up ``(…)``: ``(…, features)``."""
        return jnp.asarray(self.embeddings)[symbols]


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Dense:
    """``keras.layers.Dense``, linear or with a ReLU.

    Example:
        >>> import numpy as np
        >>> from monody.models.inference_layers import Dense
        >>> layer = Dense(np.array([[1.0, -1.0]]), np.array([0.5, 0.5]), rectified=True)
        >>> layer(np.array([[2.0]])).tolist()
        [[2.5, 0.0]]
    """

    kernel: Array  # (features, units)
    bias: Array  # (units,)
    rectified: bool = field(metadata={"static": True})  # whether a ReLU follows

    def __call__(self, features: jax.Array) -> jax.Array:
        """Multiply ``(…, features)``: ``(…, units)``."""
        units = features @ self.kernel + self.bias  # (…, units)
        return jax.nn.relu(units) if self.rectified else units


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class LSTM:
    """``keras.layers.LSTM``, for one event."""

    kernel: Array  # (features, 4 * units): input, forget, new, output
    recurrent_kernel: Array  # (units, 4 * units)
    bias: Array  # (4 * units,)

    @property
    def units(self) -> int:
        """Numbers in its output and in its cell."""
        return int(self.recurrent_kernel.shape[0])

    def __call__(
        self, features: jax.Array, initial_state: Sequence[jax.Array]
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Read one event.

        Args:
            features: ``(batch, 1, features)``.
            initial_state: Output and cell after the event before, ``(batch, units)``.

        Returns:
            Its output ``(batch, 1, units)``, and the output and the cell to begin the
            next event with.
        """
        output, cell = initial_state
        gates = features[:, 0] @ self.kernel + output @ self.recurrent_kernel
        reads, keeps, new, shows = jnp.split(gates + self.bias, 4, axis=1)
        cell = jax.nn.sigmoid(keeps) * cell + jax.nn.sigmoid(reads) * jnp.tanh(new)
        output = jax.nn.sigmoid(shows) * jnp.tanh(cell)  # (batch, units)
        return output[:, None], output, cell


@jax.tree_util.register_dataclass
@dataclass(frozen=True)
class Identity:
    """``keras.layers.Dropout``, which does nothing outside training."""

    def __call__(self, features: jax.Array) -> jax.Array:
        """Return the features as they are."""
        return features


Layer: TypeAlias = Embedding | Dense | LSTM | Identity

# The arrays of each Keras class, in the order of its ``get_weights()``.
PARTS: dict[str, tuple[str, ...]] = {
    "Embedding": ("embeddings",),
    "Dense": ("kernel", "bias"),
    "LSTM": ("kernel", "recurrent_kernel", "bias"),
    "Dropout": (),
}


def make_layer(kind: str, arrays: Sequence[NDArray[np.float32]], relu: bool) -> Layer:
    """Make a layer from its arrays.

    Args:
        kind: A key of ``PARTS``.
        arrays: As ``PARTS`` says.
        relu: Whether a ReLU follows.

    Raises:
        KeyError: If there is no such kind.
        TypeError, ValueError: If it has another number of arrays.

    Example:
        >>> from monody.models.inference_layers import make_layer
        >>> make_layer("Dropout", [], relu=False)
        Identity()
    """
    if kind == "Dense":
        kernel, bias = arrays
        return Dense(kernel, bias, rectified=relu)
    without_relu: dict[str, type[Embedding | LSTM | Identity]] = {
        "Embedding": Embedding,
        "LSTM": LSTM,
        "Dropout": Identity,
    }
    return without_relu[kind](*arrays)
