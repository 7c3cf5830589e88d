"""Counting how many times in a row something is so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIGURE_NOTES = 64  # notes of the longest figure whose repeats are watched


def run_lengths(same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count, at each place, how many are true in a row up to it.

    Args:
        same: ``(..., places)``.

    Returns:
        ``(..., places)``, 0 where ``same`` is false.

    Example:
        >>> import numpy as np
        >>> from monody.music.repetition import run_lengths
        >>> run_lengths(np.array([True, True, False, True])).tolist()
        [1, 2, 0, 1]
    """
    count = np.arange(1, same.shape[-1] + 1)  # (places,)
    return count - np.maximum.accumulate(np.where(same, 0, count), axis=-1)
