"""The weights that training begins with.

They are what Keras's own initialisers give. But those compile something for each shape,
seconds in all, for weights that a base replaces in the next moment; NumPy draws them at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from monody import seeds
from monody.models.backend import keras
from monody.models.copy_attention import (
    CODES,
    COPIES,
    LIKENESSES,
    PLACES,
    SCORE_SCALE,
)

FIRST_FRESH, FIRST_LIKENESS = 2.0, 2.5  # scores that training begins with, at most
EMBEDDING_LIMIT = 0.05  # as in Keras

Shape = tuple[int, ...]
Array = NDArray[np.float64]


def set_first_weights(layers: Mapping[str, keras.Layer], seed: int) -> None:
    """Give layers the weights that training begins with.

    Args:
        layers: Those of ``keras_network.make_layers`` by name, built.
        seed: Of the training.
    """
    rng = seeds.first_weights(seed)
    for layer in layers.values():
        draw = _DRAW.get(type(layer).__name__)
        if draw is not None:
            _set(layer, draw([weight.shape for weight in layer.weights], rng))
    for name in ("pitch_fresh", "duration_fresh"):
        kernel, bias = layers[name].get_weights()
        _set(layers[name], [kernel, np.full_like(bias, FIRST_FRESH)])
    for name, table in _first_likenesses().items():
        _set(layers[name], [table])
    for name in ("like_given", "like_return"):
        _set(layers[name], [np.zeros(layers[name].weights[0].shape)])


def _set(layer: keras.Layer, weights: Sequence[NDArray[np.floating]]) -> None:
    # As 32 bits: converting them on the device would compile something, too.
    layer.set_weights([weight.astype(np.float32) for weight in weights])


def _first_likenesses() -> dict[str, Array]:
    """Return the first scores: the longer two moments are alike, the likelier a copy.

    Training improves the tables. From zeros it would learn them late, and from few
    melodies hardly at all.
    """
    rising = np.linspace(0, FIRST_LIKENESS, CODES)[:, None, None]  # (codes, 1, 1)
    same_place = np.minimum(np.arange(PLACES), 1)[:, None] / len(LIKENESSES)
    tables = {}
    for name, copies in zip(LIKENESSES, ((1, 1, 0), (1, 1, 0), (0, 0, 1)), strict=True):
        table = (rising * copies + same_place) / SCORE_SCALE  # (codes, places, copies)
        tables[name] = table.reshape(-1, COPIES)
    return tables


def _embedding(shapes: Sequence[Shape], rng: np.random.Generator) -> list[Array]:
    return [rng.uniform(-EMBEDDING_LIMIT, EMBEDDING_LIMIT, shape) for shape in shapes]


def _dense(shapes: Sequence[Shape], rng: np.random.Generator) -> list[Array]:
    kernel, bias = shapes
    return [glorot_uniform(kernel, rng), np.zeros(bias)]


def _lstm(shapes: Sequence[Shape], rng: np.random.Generator) -> list[Array]:
    """Draw the weights of an LSTM layer; its forget gates begin open."""
    kernel, recurrent_kernel, bias = shapes
    first = np.zeros(bias)
    units = recurrent_kernel[0]
    first[units : 2 * units] = 1
    return [glorot_uniform(kernel, rng), orthogonal(recurrent_kernel, rng), first]


_DRAW: dict[str, Callable[[Sequence[Shape], np.random.Generator], list[Array]]] = {
    "Embedding": _embedding,
    "Dense": _dense,
    "LSTM": _lstm,
}


def glorot_uniform(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw a kernel as Glorot and Bengio do, *AISTATS*, 2010.

    Args:
        shape: Of the kernel, ``(features, units)``.
        rng: Decides.

    Example:
        >>> import numpy as np
        >>> from monody.models.first_weights import glorot_uniform
        >>> kernel = glorot_uniform((3, 3), np.random.default_rng(1))
        >>> bool(np.abs(kernel).max() <= 1)  # the root of 6 / (3 + 3)
        True
    """
    limit = np.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


def orthogonal(shape: Shape, rng: np.random.Generator) -> Array:
    """Draw a kernel whose rows are orthonormal (Saxe et al., arXiv:1312.6120, 2013).

    Args:
        shape: Of the kernel, with no more rows than columns.
        rng: Decides.

    Example:
        >>> import numpy as np
        >>> from monody.models.first_weights import orthogonal
        >>> kernel = orthogonal((2, 4), np.random.default_rng(1))
        >>> np.allclose(kernel @ kernel.T, np.eye(2))
        True
    """
    rows, columns = shape
    q, r = np.linalg.qr(rng.normal(size=(columns, rows)))
    turned: Array = q * np.sign(np.diagonal(r))  # one draw in as many ways as any other
    return turned.T
