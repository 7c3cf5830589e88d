"""The array operations that the network is written with, on NumPy.

``network``, ``tonality`` and the two modules of the copy are given what they use:
``keras.ops`` where a network is built and trained, this module where it writes. Both
have the same names and arguments. So the network is written down once, and writing
needs neither Keras nor JAX.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy import (
    add,
    concatenate,
    cumsum,
    equal,
    exp,
    expand_dims,
    greater,
    greater_equal,
    less,
    log,
    logaddexp,
    logical_and,
    maximum,
    minimum,
    mod,
    ones_like,
    pad,
    reshape,
    split,
    stack,
    subtract,
    sum,  # noqa: A004 - Keras's name
    take,
    transpose,
    where,
    zeros_like,
)
from numpy.typing import NDArray

# Of Keras while a network is built or trained, of NumPy while it writes.
Tensor: TypeAlias = Any
Ops: TypeAlias = Any  # the module ``keras.ops``, or this one

__all__ = [
    "add",
    "cast",
    "clip",
    "concatenate",
    "cumsum",
    "equal",
    "exp",
    "expand_dims",
    "greater",
    "greater_equal",
    "less",
    "log",
    "log_softmax",
    "logaddexp",
    "logical_and",
    "maximum",
    "minimum",
    "mod",
    "one_hot",
    "ones_like",
    "pad",
    "reshape",
    "segment_sum",
    "split",
    "stack",
    "subtract",
    "sum",
    "take",
    "take_along_axis",
    "transpose",
    "where",
    "zeros_like",
]

Numbers: TypeAlias = NDArray[Any]


def cast(values: Numbers, dtype: str) -> Numbers:
    """Return the values as another type.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import cast
        >>> cast(np.array([True, False]), "float32").tolist()
        [1.0, 0.0]
    """
    return np.asarray(values).astype(dtype, copy=False)


def clip(values: Numbers, low: float, high: float) -> Numbers:
    """Bring values between two limits. A fifth of the time of ``numpy.clip``.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import clip
        >>> clip(np.array([-3, 0, 3]), -1, 1).tolist()
        [-1, 0, 1]
    """
    clipped: Numbers = np.minimum(np.maximum(values, low), high)
    return clipped


def one_hot(symbols: Numbers, classes: int, dtype: str = "float32") -> Numbers:
    """Return 1 at each symbol and 0 elsewhere, ``(…, classes)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import one_hot
        >>> one_hot(np.array([2, 0]), 3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    same: Numbers = np.asarray(symbols)[..., None] == np.arange(classes)
    return same.astype(dtype)


def log_softmax(logits: Numbers, axis: int = -1) -> Numbers:
    """Return the logarithm of the softmax.

    The sum is made in 64 bits: how many empty slots stand beside the filled ones then
    makes no difference to its rounding.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import log_softmax
        >>> np.exp(log_softmax(np.array([1.0, 1.0]))).tolist()
        [0.5, 0.5]
    """
    below: Numbers = logits - logits.max(axis=axis, keepdims=True)
    total = np.exp(below).sum(axis=axis, keepdims=True, dtype=np.float64)
    below -= np.log(total).astype(below.dtype)
    return below


def segment_sum(values: Numbers, segments: Numbers, count: int) -> Numbers:
    """Add up values ``(n,)`` by segment: ``(count,)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import segment_sum
        >>> segment_sum(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 3).tolist()
        [2.0, 5.0, 0.0]
    """
    sums: Numbers = np.bincount(segments, weights=values, minlength=count)
    return sums.astype(values.dtype)


def take_along_axis(values: Numbers, index: Numbers, axis: int = -1) -> Numbers:
    """Look up along the last axis: ``(…, n)`` at ``(…, m)`` is ``(…, m)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.numpy_ops import take_along_axis
        >>> take_along_axis(np.array([[5, 6, 7]]), np.array([[2, 0]])).tolist()
        [[7, 5]]
    """
    if axis not in (-1, index.ndim - 1):
        raise ValueError(f"axis must be the last one, not {axis}")
    flat, at = values.reshape(-1, values.shape[-1]), index.reshape(-1, index.shape[-1])
    found: Numbers = flat[np.arange(len(flat))[:, None], at]
    return found.reshape(index.shape)
