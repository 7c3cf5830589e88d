"""How many processor cores are ours to use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Return how many cores this process may use.

    A container, a batch system or ``taskset`` may give it fewer than the machine has.

    Example:
        >>> from monody.cores import usable_cores
        >>> usable_cores() >= 1
        True
    """
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
