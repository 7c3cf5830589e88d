"""The report on a corpus as a page: one HTML file that needs nothing else.

The page is written as it is rendered, so its size does not matter to memory. Its table
is cut into parts that a browser lays out when they come into view: 100,000 files stay
usable. Of more files the table shows so many, those that need the user first; what it
leaves out is in the JSON of the report, a file a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from monody.corpus.report import Report
from monody.corpus.verdicts import DROPPED, DUPLICATE, KEPT, RECOVERED, VERDICTS
from monody.corpus.wording import (
    FileRow,
    captions,
    counted,
    in_order,
    reason_in_words,
    summary,
)
from monody.errors import printable
from monody.files import last_names
from monody.pages.page import charts_of, write_html
from monody.sentences import translated
from monody.translation import gettext as _
from monody.translation import grouped, marked

ROWS_IN_PART = 250
MAX_ROWS = 100_000  # files in the table
MAX_PROBLEMS = 50  # of each kind

MEANINGS = {
    KEPT: marked("as they are"),
    RECOVERED: marked("put right, or in part"),
    DUPLICATE: marked("copies of others"),
    DROPPED: marked("without a melody"),
}


class Part(NamedTuple):
    """A part of the table: ``ROWS_IN_PART`` files, fewer in the last."""

    first: int  # place of its first file, from 1
    last: int
    rows: list[FileRow]


def write_page(report: Report, path: Path) -> None:
    """Write a report as one HTML file, whole or not at all.

    Args:
        report: What became of the corpus.
        path: The file to write; one that is there is replaced.

    Example:
        >>> from monody.pages.corpus import write_page
        >>> from pathlib import Path
        >>> import numpy as np
        >>> from monody.corpus.report import make_report
        >>> from monody.corpus.verdicts import Verdict
        >>> from monody.music.melody_store import MelodyStore
        >>> files = [Verdict("a.mid", "dropped", "no melody")]
        >>> report = make_report("data", files, MelodyStore.of([]), np.zeros(0, int))
        >>> write_page(report, Path("report.html"))
        >>> "No melody was found in 1 file" in Path("report.html").read_text()
        True
    """
    write_html("corpus.html", _context(report), path)


def _context(report: Report) -> dict[str, object]:
    """Gather the values that the template names."""
    totals = report.totals
    return {
        "root": printable(last_names(report.root)),
        "summary": summary(report),
        "verdicts": [
            (verdict, totals.with_verdict(verdict), _(MEANINGS[verdict]))
            for verdict in VERDICTS
        ],
        "dropped": _problem_lines(report, DROPPED),
        "repaired": _problem_lines(report, RECOVERED),
        "captions": captions(totals.melodies_used, totals.keys_estimated),
        "charts": charts_of(report.histograms),
        "files": totals.files,
        "parts": _parts(report),
        "left_out": _left_out(report),
    }


def _problem_lines(report: Report, verdict: str) -> list[tuple[str, str, str]]:
    """Return files, reason and advice of each problem.

    Beyond ``MAX_PROBLEMS`` the rarest are added up in one line.
    """
    found = [problem for problem in report.problems if problem.verdict == verdict]
    lines = [
        (
            counted(problem.files, "file"),
            reason_in_words(problem),
            translated(problem.advice),
        )
        for problem in found[:MAX_PROBLEMS]
    ]
    rarer = found[MAX_PROBLEMS:]
    if rarer:
        files = sum(problem.files for problem in rarer)
        reasons = _("{reasons}, named in the table").format(
            reasons=counted(len(rarer), "rarer reason")
        )
        lines.append((counted(files, "file"), reasons, ""))
    return lines


def _left_out(report: Report) -> str:
    """Say how many files are not in the table, and where they are; empty for none."""
    left = report.totals.files - MAX_ROWS
    if left <= 0:
        return ""
    return _(
        "{files} more are not in this table: monody inspect --json lists all."
    ).format(files=grouped(left))


def _parts(report: Report) -> Iterator[Part]:
    """Yield the rows of the table, a part at a time."""
    rows, first = islice(in_order(report.files), MAX_ROWS), 1
    while part := list(islice(rows, ROWS_IN_PART)):
        yield Part(first, first + len(part) - 1, part)
        first += len(part)
