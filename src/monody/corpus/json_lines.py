"""Many small records in one text file, a line of JSON each, read when asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus.lazy import LazySequence

_NEWLINE = 10


class JsonLines(LazySequence[Any]):
    """The records of a file, memory-mapped: only what is looked at is in memory.

    Args:
        path: One JSON value a line, each line ended.
    """

    def __init__(self, path: Path) -> None:
        empty = path.stat().st_size == 0
        text = np.zeros(0, np.uint8) if empty else np.memmap(path, np.uint8, "r")
        self._text = np.asarray(text)  # slicing a memmap itself is slow
        self._ends = np.flatnonzero(self._text == _NEWLINE)

    def __len__(self) -> int:
        return len(self._ends)

    def item(self, index: int) -> Any:
        """Read a record."""
        begin = self._ends[index - 1] + 1 if index else 0
        return json.loads(self._text[begin : self._ends[index]].tobytes())
