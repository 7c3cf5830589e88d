"""The reports on the files of a corpus, one JSON line each, parsed when asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from monody.corpus.lazy import LazySequence
from monody.reading.reasons import FileReport
from monody.saved.damage import require
from monody.saved.values import text

_NEWLINE = 10
MAX_LINE_BYTES = 2**20  # the longest name of a member of an archive takes 2**19


class NamedReport(NamedTuple):
    """A file's name in its corpus, and what reading it found besides melodies.

    Example:
        >>> from monody.corpus.saved_reports import NamedReport
        >>> from monody.reading.reasons import FileReport
        >>> print(NamedReport("a.mid", FileReport(repairs=("cut",))).to_line(), end="")
        ["a.mid", [], ["cut"]]
    """

    name: str
    report: FileReport

    def to_line(self) -> str:
        """Return the line that ``from_line`` reads."""
        return json.dumps([self.name, *self.report.to_json()]) + "\n"

    @classmethod
    def from_line(cls, line: bytes) -> NamedReport:
        """Rebuild a report from its line.

        Raises:
            ValueError: If it is none; also ``TypeError``.
        """
        require(len(line) <= MAX_LINE_BYTES, "the report is longer than any")
        name, left_out, repairs = json.loads(line)
        return cls(text(name), FileReport.from_json(left_out, repairs))


class SavedReports(LazySequence[NamedReport]):
    r"""The reports in a file, memory-mapped: only those asked for are in memory.

    Args:
        path: One report a line, as ``NamedReport.to_line`` writes it.

    Example:
        >>> from monody.corpus.saved_reports import SavedReports
        >>> from pathlib import Path
        >>> _ = Path("reports.jsonl").write_text('["a.mid", [], []]\n')
        >>> SavedReports(Path("reports.jsonl"))[0].name
        'a.mid'
    """

    def __init__(self, path: Path) -> None:
        empty = path.stat().st_size == 0
        text = np.zeros(0, np.uint8) if empty else np.memmap(path, np.uint8, "r")
        self._text = np.asarray(text)  # slicing a memmap itself is slow
        self._ends = np.flatnonzero(self._text == _NEWLINE)

    def __len__(self) -> int:
        return len(self._ends)

    def item(self, index: int) -> NamedReport:
        """Parse one report."""
        begin = self._ends[index - 1] + 1 if index else 0
        return NamedReport.from_line(self._text[begin : self._ends[index]].tobytes())
