"""How often something comes on end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def run_lengths(same: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count, at each place, how many are true on end up to it: of 1 1 0 1, 1 2 0 1.

    Args:
        same: ``(..., places)``.
    """
    count = np.arange(1, same.shape[-1] + 1)
    return count - np.maximum.accumulate(np.where(same, 0, count), axis=-1)
