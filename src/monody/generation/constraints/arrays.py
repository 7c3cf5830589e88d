"""The types of arrays, and how tables made with NumPy get into the compiled loop."""

from __future__ import annotations

from typing import TypeVar

import jax
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
# Of NumPy while tables are made, of JAX inside the compiled loop.
Array = TypeVar("Array", Integers, jax.Array)
Scalar = TypeVar("Scalar", bound=np.generic)


def on_device(table: NDArray[Scalar] | np.generic) -> jax.Array:
    """Hand an array to JAX as it is; 64 bits become 32.

    Unlike ``jnp.asarray`` this compiles nothing.

    Example:
        >>> import numpy as np
        >>> from monody.generation.constraints.arrays import on_device
        >>> on_device(np.array([1, 2])).dtype
        dtype('int32')
    """
    array: jax.Array = jax.device_put(table)
    return array


def power_of_two(number: int, minimum: int = 64) -> int:
    """Return the smallest power of two that is no less than a number or a minimum.

    Tables are padded to such sizes, because the loop is compiled for each size.

    Example:
        >>> from monody.generation.constraints.arrays import power_of_two
        >>> power_of_two(65), power_of_two(5), power_of_two(5, minimum=1)
        (128, 64, 8)
    """
    return max(minimum, 1 << (number - 1).bit_length())
