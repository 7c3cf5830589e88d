"""The layers of a trained network on NumPy, for writing.

They are called as the Keras layers of the same names are, with one event. Their
products are a few hundred numbers wide, so what would cost most is importing Keras and
JAX, and compiling: without them the first melody is there in a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

Array: TypeAlias = NDArray[np.float32]

# Rows are multiplied so many at a time. How a product is rounded
# depends on its size: so what a melody gets does not depend on how many are beside it.
BLOCK_ROWS = 16


def whole_blocks(rows: int) -> int:
    """Return the fewest rows, as many or more, that fill whole blocks.

    Example:
        >>> from monody.models.inference_layers import whole_blocks
        >>> whole_blocks(1), whole_blocks(16), whole_blocks(17)
        (16, 16, 32)
    """
    return -(-rows // BLOCK_ROWS) * BLOCK_ROWS


def one_thread() -> AbstractContextManager[object]:
    """Let products be made by one thread, while this context lasts.

    Of a few rows they are no quicker with two, and are rounded in another way.

    Example:
        >>> from monody.models.inference_layers import one_thread
        >>> with one_thread():
        ...     pass  # whatever is written here has the same bytes on any cores
    """
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


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

    def __call__(self, symbols: NDArray[np.integer]) -> Array:
        """Look up ``(…)``: ``(…, features)``."""
        found: Array = self.embeddings[symbols]
        return found


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
    rectified: bool  # whether a ReLU follows

    def __call__(self, features: Array) -> Array:
        """Multiply ``(…, features)``: ``(…, units)``."""
        rows = features.reshape(-1, features.shape[-1])
        units = _product(rows, self._turned) + self.bias  # (rows, units)
        if self.rectified:
            np.maximum(units, 0, out=units)
        return units.reshape(*features.shape[:-1], -1)

    @cached_property
    def _turned(self) -> Array:
        return np.ascontiguousarray(self.kernel.T)


@dataclass(frozen=True)
class LSTM:
    """``keras.layers.LSTM``, for one event."""

    kernel: Array  # (features, 4 * units): input, forget, new, output
    recurrent_kernel: Array  # (units, 4 * units)
    bias: Array  # (4 * units,)

    @property
    def units(self) -> int:
        """Numbers in its output and in its cell."""
        return len(self.recurrent_kernel)

    def __call__(
        self, features: Array, initial_state: Sequence[Array]
    ) -> tuple[Array, Array, Array]:
        """Read one event.

        Args:
            features: ``(batch, 1, features)``.
            initial_state: Output and cell after the event before, ``(batch, units)``.

        Returns:
            Its output ``(batch, 1, units)``, and the output and the cell to begin the
            next event with.
        """
        output, cell = initial_state
        # One product of both, for a product costs more than its numbers.
        both = np.concatenate([features[:, 0], output], axis=1)
        gates = _product(both, self._turned) + self.bias  # (batch, 4 * units)
        units = self.units
        new = np.tanh(gates[:, 2 * units : 3 * units])
        reads, keeps = _sigmoid(gates[:, :units]), _sigmoid(gates[:, units : 2 * units])
        cell = keeps * cell + reads * new
        output = _sigmoid(gates[:, 3 * units :]) * np.tanh(cell)
        return output[:, None], output, cell

    @cached_property
    def _turned(self) -> Array:
        kernel = np.concatenate([self.kernel, self.recurrent_kernel])
        return np.ascontiguousarray(kernel.T)  # (4 * units, features + units)


@dataclass(frozen=True)
class Identity:
    """``keras.layers.Dropout``, which does nothing outside training."""

    def __call__(self, features: Array) -> Array:
        """Return the features as they are."""
        return features


def _product(rows: Array, turned: Array) -> Array:
    """Multiply ``(rows, features)`` by a kernel that is kept turned.

    With ``(units, features)`` on the left a product of few rows takes two thirds of the
    time.
    """
    count = len(rows)
    if count <= BLOCK_ROWS:
        return (turned @ rows.T).T
    product = np.empty((len(turned), count), np.float32)
    for first in range(0, count, BLOCK_ROWS):
        block = slice(first, first + BLOCK_ROWS)
        np.matmul(turned, rows[block].T, out=product[:, block])
    return product.T


def _sigmoid(gates: Array) -> Array:
    """Return 1 / (1 + exp(-x)), by a tangent that never overflows."""
    gates = np.tanh(gates * np.float32(0.5))
    gates += 1
    gates *= np.float32(0.5)
    return gates


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


def arrays_of(layer: Layer) -> list[Array]:
    """Return the arrays of a layer, in the order of Keras's ``get_weights()``.

    Example:
        >>> import numpy as np
        >>> from monody.models.inference_layers import Embedding, arrays_of
        >>> [array.shape for array in arrays_of(Embedding(np.zeros((3, 2))))]
        [(3, 2)]
    """
    values = [getattr(layer, field.name) for field in fields(layer)]
    return [value for value in values if isinstance(value, np.ndarray)]
