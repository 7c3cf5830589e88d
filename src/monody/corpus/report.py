"""The report on a corpus: what became of every file, for a person or a program.

``cli.corpus_report`` prints a report and ``pages.corpus`` writes it as a page; both
take their words from ``wording``. A report reads its verdicts lazily, so 100,000 files
fit.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from monody.corpus.histograms import (
    Histograms,
    histograms,
    hours_of_music,
    notes_in,
)
from monody.corpus.verdicts import (
    DROPPED,
    RECOVERED,
    VERDICTS,
    Verdict,
)
from monody.errors import printable
from monody.music.melody_store import MelodyStore
from monody.translation import marked


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason that files share.

    Args:
        verdict: ``"dropped"``, or ``"recovered"`` for a repair.
        reason: What was wrong, without the numbers that differ from file to file.
        advice: What the user can do about it; empty for a repair.
        files: How many files have it.
    """

    verdict: str
    reason: str
    advice: str
    files: int


@dataclass(frozen=True)
class ReportTotals:
    """The figures of a whole corpus, under the names that they have in its JSON.

    Args:
        files: All files.
        kept: Files with this verdict.
        recovered: Files with this verdict.
        duplicate: Files with this verdict.
        dropped: Files with this verdict.
        melodies: Melodies found, copies included.
        melodies_used: Melodies to learn from, copies left out.
        notes: Notes of all melodies found.
        notes_used: Notes of the melodies used.
        hours: Hours of music in the melodies used, at their own tempos.
        keys_estimated: Melodies used whose file names no key.
    """

    files: int
    kept: int
    recovered: int
    duplicate: int
    dropped: int
    melodies: int
    melodies_used: int
    notes: int
    notes_used: int
    hours: float
    keys_estimated: int

    @property
    def usable(self) -> int:
        """Files that were kept or recovered."""
        return self.kept + self.recovered

    def with_verdict(self, verdict: str) -> int:
        """Return the number of files that have a verdict, one of ``VERDICTS``."""
        files: int = getattr(self, verdict)
        return files

    def to_json(self) -> dict[str, int | float]:
        """Return the figures as JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Report:
    """What became of a corpus.

    Args:
        root: The folder, as the user named it.
        files: The verdict on each file; each iteration may read them from disk again.
        totals: The figures of the whole corpus.
        histograms: Counts by label, of the melodies used.
        problems: Why files were dropped, then what was repaired, commonest first.
    """

    root: str
    files: Sequence[Verdict]
    totals: ReportTotals
    histograms: Histograms
    problems: tuple[Problem, ...]


def make_report(
    root: str,
    files: Sequence[Verdict],
    melodies: MelodyStore,
    used: NDArray[np.int64],
) -> Report:
    """Gather a report.

    Args:
        root: The folder, as the user named it.
        files: The verdict on each file; iterated, never held.
        melodies: All melodies found.
        used: ``(used,)``: indices of the melodies to learn from, copies left out.

    Example:
        >>> from monody.corpus.report import make_report
        >>> import monody
        >>> corpus = monody.read_corpus("data/midi")
        >>> report = make_report(
        ...     "data/midi", corpus.verdicts, corpus.melodies, corpus.used
        ... )
        >>> report.totals.files, report.totals.kept, report.totals.dropped
        (20, 20, 0)
    """
    chosen = np.zeros(len(melodies), bool)
    chosen[used] = True
    by_verdict = Counter(verdict.verdict for verdict in files)
    totals = ReportTotals(
        files=by_verdict.total(),
        **{verdict: by_verdict[verdict] for verdict in VERDICTS},
        melodies=len(melodies),
        melodies_used=len(used),
        notes=len(melodies.notes),
        notes_used=notes_in(melodies, chosen),
        hours=round(hours_of_music(melodies, chosen), 4),
        keys_estimated=int((melodies.info["key"][used] < 0).sum()),
    )
    charts = histograms(melodies, chosen)
    return Report(root, files, totals, charts, _problems(files))


def report_json(report: Report) -> Iterator[str]:
    """Yield the report as the pieces of one JSON text, a file a line.

    It is plain ASCII: whatever bytes a file name is made of, it can be written.

    Args:
        report: What became of the corpus.
    """
    yield f'{{"root": {json.dumps(report.root)},\n"files": ['
    separator = "\n"
    for verdict in report.files:
        yield separator + json.dumps(verdict.to_json())
        separator = ",\n"
    problems = [asdict(problem) for problem in report.problems]
    yield f'\n],\n"totals": {json.dumps(report.totals.to_json())}'
    yield f',\n"histograms": {json.dumps(report.histograms)}'
    yield f',\n"problems": {json.dumps(problems)}}}\n'


def _problems(files: Iterable[Verdict]) -> tuple[Problem, ...]:
    """Count the files by why they were dropped, and by each kind of repair."""
    dropped: Counter[tuple[str, str]] = Counter()
    repairs: Counter[str] = Counter()
    for verdict in files:
        if verdict.verdict == DROPPED:
            dropped[verdict.reason, verdict.advice] += 1
        elif verdict.verdict == RECOVERED:
            repairs.update(dict.fromkeys(map(_kind_of_repair, verdict.repairs), 1))
    return (
        *(
            Problem(DROPPED, printable(reason), printable(advice), count)
            for (reason, advice), count in dropped.most_common()
        ),
        *(
            Problem(RECOVERED, printable(repair), "", count)
            for repair, count in repairs.most_common()
        ),
    )


_TRACK_NUMBERS = re.compile(r"\btracks? \d+(?:, \d+)*(?: and \d+(?: more)?)?")


def _kind_of_repair(repair: str) -> str:
    """Leave out the numbers and names that differ from file to file.

    >>> from monody.corpus.report import _kind_of_repair
    >>> _kind_of_repair("cut at the last whole event of tracks 3 and 5")
    'cut at the last whole event of a track'
    >>> _kind_of_repair("track count put right: 3, not 4")
    'track count put right'
    """
    text = _TRACK_NUMBERS.sub(marked("a track"), repair)
    text = re.sub(r"(header length) of \d+", r"\1", text)
    return re.sub(r"[:,] .*\d.*$", "", text)
