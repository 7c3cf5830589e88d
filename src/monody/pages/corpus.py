"""A report on a corpus as a page: one HTML file that needs nothing else.

The page is written as it is made, so its size does not show in memory. Its table is cut
into parts that a browser lays out when they come into view: 100,000 files stay usable.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from monody.corpus.report import (
    FileRow,
    Report,
    captions,
    counted,
    in_order,
    printable,
    summary,
)
from monody.corpus.verdicts import DROPPED, DUPLICATE, KEPT, RECOVERED, VERDICTS
from monody.pages.page import charts_of, write_html

ROWS_IN_PART = 250
MAX_PROBLEMS = 50  # of each kind

MEANINGS = {
    KEPT: "as they are",
    RECOVERED: "put right, or in part",
    DUPLICATE: "copies of others",
    DROPPED: "without a melody",
}


class Part(NamedTuple):
    """A few hundred rows of the table."""

    first: int  # place of its first file, from 1
    last: int
    rows: list[FileRow]


def write_page(report: Report, path: Path) -> None:
    """Write a report as one HTML file, whole or not at all.

    Args:
        report: What became of the corpus.
        path: Where to; a file there is replaced.
    """
    write_html("report.html", _context(report), path)


def _context(report: Report) -> dict[str, object]:
    """Gather what the template shows."""
    return {
        "root": printable(report.root),
        "summary": summary(report),
        "totals": report.totals,
        "verdicts": [(verdict, MEANINGS[verdict]) for verdict in VERDICTS],
        "dropped": _problem_lines(report, DROPPED),
        "repaired": _problem_lines(report, RECOVERED),
        "captions": captions(report.totals),
        "charts": charts_of(report.histograms),
        "parts": _parts(report),
    }


def _problem_lines(report: Report, verdict: str) -> list[tuple[str, str, str]]:
    """Return how many files, why, and the advice; the rarest beyond a limit as one."""
    found = [problem for problem in report.problems if problem.verdict == verdict]
    lines = [
        (counted(problem.files, "file"), problem.reason, problem.advice)
        for problem in found[:MAX_PROBLEMS]
    ]
    rarer = found[MAX_PROBLEMS:]
    if rarer:
        files = sum(problem.files for problem in rarer)
        reasons = f"{counted(len(rarer), 'rarer reason')}, named in the table"
        lines.append((counted(files, "file"), reasons, ""))
    return lines


def _parts(report: Report) -> Iterator[Part]:
    """Yield the table's rows, a part at a time; the last may be shorter."""
    rows, first = in_order(report.files), 1
    while part := list(islice(rows, ROWS_IN_PART)):
        yield Part(first, first + len(part) - 1, part)
        first += len(part)
