"""The layers of a trained network on NumPy, for writing and judging.

They are called as the Keras layers of the same names are, with one event or with whole
sequences. Their products are a few hundred numbers wide, so what would cost most is
importing Keras and JAX, and compiling: without them the first melody is there at once.

How a product is rounded depends on its size, but what a melody gets must not depend on
how many are beside it. So of one event each melody is multiplied by itself, and
sequences in blocks of one size.
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

BLOCK_EVENTS = 32  # of sequences, that are multiplied at a time


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
        >>> layer(np.array([[[2.0]]])).tolist()
        [[[2.5, 0.0]]]
    """

    kernel: Array  # (features, units)
    bias: Array  # (units,)
    rectified: bool  # whether a ReLU follows

    def __call__(self, features: Array) -> Array:
        """Multiply ``(batch, time, features)``: ``(batch, time, units)``."""
        one_event = features.shape[1] == 1
        multiply = _product if one_event else _product_of_sequences
        units = multiply(features, self._turned) + self.bias
        if self.rectified:
            np.maximum(units, 0, out=units)
        return units

    @cached_property
    def _turned(self) -> Array:
        return np.ascontiguousarray(self.kernel.T)


@dataclass(frozen=True)
class LSTM:
    """``keras.layers.LSTM``, for one event after another or for whole sequences."""

    kernel: Array  # (features, 4 * units): input, forget, new, output
    recurrent_kernel: Array  # (units, 4 * units)
    bias: Array  # (4 * units,)

    @property
    def units(self) -> int:
        """Numbers in its output and in its cell."""
        return len(self.recurrent_kernel)

    def __call__(
        self, features: Array, initial_state: Sequence[Array] | None = None
    ) -> tuple[Array, Array, Array]:
        """Read one event, or whole sequences.

        Args:
            features: ``(batch, time, features)``; with a state, time is 1.
            initial_state: Output and cell after the event before, ``(batch, units)``;
                without them sequences are read from their beginning.

        Returns:
            The output of each event ``(batch, time, units)``, and the output and the
            cell to begin the next event with.
        """
        if initial_state is None:
            return self._read_sequences(features)
        output, cell = initial_state
        gates = _product(features, self._turned)[:, 0] + self.bias
        output, cell = self._after(gates, output, cell)
        return output[:, None], output, cell

    def _read_sequences(self, features: Array) -> tuple[Array, Array, Array]:
        """Read sequences: what does not wait for the event before is done at once."""
        gates = _product_of_sequences(features, self._turned) + self.bias
        output = cell = np.zeros((len(features), self.units), np.float32)
        outputs = np.empty((*features.shape[:2], self.units), np.float32)
        for event in range(features.shape[1]):
            output, cell = self._after(gates[:, event], output, cell)
            outputs[:, event] = output
        return outputs, output, cell

    def _after(self, gates: Array, output: Array, cell: Array) -> tuple[Array, Array]:
        """Return the output and the cell after an event, ``(batch, units)`` each.

        Args:
            gates: Of what is read, ``(batch, 4 * units)``.
            output: After the event before, ``(batch, units)``.
            cell: Likewise.
        """
        gates = gates + _product(output[:, None], self._turned_recurrent)[:, 0]
        units = self.units
        both = _sigmoid(gates[:, : 2 * units])  # what is read, and what is kept
        new = np.tanh(gates[:, 2 * units : 3 * units])
        cell = both[:, units:] * cell + both[:, :units] * new
        return _sigmoid(gates[:, 3 * units :]) * np.tanh(cell), cell

    @cached_property
    def _turned(self) -> Array:
        return np.ascontiguousarray(self.kernel.T)  # (4 * units, features)

    @cached_property
    def _turned_recurrent(self) -> Array:
        return np.ascontiguousarray(self.recurrent_kernel.T)  # (4 * units, units)


@dataclass(frozen=True)
class Identity:
    """``keras.layers.Dropout``, which does nothing outside training."""

    def __call__(self, features: Array) -> Array:
        """Return the features as they are."""
        return features


def _product(features: Array, turned: Array) -> Array:
    """Multiply one event of each melody, ``(batch, 1, features)``, each by itself.

    One melody takes a seventh of what a block of sixteen takes, sixteen take twice as
    much.
    """
    return _product_of_blocks(features, turned)


def _product_of_sequences(features: Array, turned: Array) -> Array:
    """Multiply the events of sequences, ``(batch, time, features)``, in blocks."""
    batch, time, size = features.shape
    blocks = -(-batch * time // BLOCK_EVENTS)
    rows = np.zeros((blocks, BLOCK_EVENTS, size), np.float32)
    rows.reshape(-1, size)[: batch * time] = features.reshape(-1, size)
    product = _product_of_blocks(rows, turned).reshape(-1, len(turned))
    return product[: batch * time].reshape(batch, time, len(turned))


def _product_of_blocks(rows: Array, turned: Array) -> Array:
    """Multiply ``(blocks, rows, features)`` by a kernel that is kept turned.

    With ``(units, features)`` on the left a product of few rows takes two thirds of the
    time.
    """
    product: Array = turned @ rows.transpose(0, 2, 1)  # (blocks, units, rows)
    return product.transpose(0, 2, 1)


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
