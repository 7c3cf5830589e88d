"""Batches that are made while the network learns from those before them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Made = TypeVar("Made")

AHEAD = 3  # made before they are asked for: one that is slow to make is not waited for


class Prefetched(Generic[Made]):
    """Things that a thread makes in their order, a few ahead of whoever takes them.

    Args:
        make: Makes the thing of an index.
        count: How many there are.

    Example:
        >>> from monody.training.prefetch import Prefetched
        >>> squares = Prefetched(lambda index: index**2, 4)
        >>> [squares.next() for _ in range(4)]
        [0, 1, 4, 9]
        >>> squares.close()
    """

    def __init__(self, make: Callable[[int], Made], count: int) -> None:
        self.waited = 0.0  # seconds, by whoever takes them
        self._make = make
        self._left = iter(range(count))
        self._thread = ThreadPoolExecutor(1, "batches")
        self._ahead: deque[Future[Made]] = deque()
        for _ in range(AHEAD):
            self._begin()

    def _begin(self) -> None:
        """Ask for one more, if there is one."""
        index = next(self._left, None)
        if index is not None:
            self._ahead.append(self._thread.submit(self._make, index))

    def next(self) -> Made:
        """Return the next one; what making it raised is raised here.

        Raises:
            IndexError: If there is none left.
        """
        began = time.monotonic()
        made = self._ahead.popleft().result()
        self.waited += time.monotonic() - began
        self._begin()
        return made

    def close(self) -> None:
        """Make no more of them, and wait for the one that is half made."""
        self._thread.shutdown(cancel_futures=True)
