"""The report on a corpus: what became of every file, for a person or a program.

``cli.corpus_report`` prints a report and ``pages.corpus`` writes it as a page. The
words that both use are here. A report reads its verdicts lazily, so 100,000 files fit.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.corpus.histograms import (
    HistogramName,
    Histograms,
    histograms,
    hours_of_music,
    notes_in,
)
from monody.corpus.verdicts import (
    DROPPED,
    DUPLICATE,
    KEPT,
    RECOVERED,
    VERDICTS,
    Verdict,
)
from monody.errors import printable
from monody.music.key_words import key_in_words
from monody.music.melody_store import MelodyStore
from monody.sentences import pitch_in_words, translated
from monody.translation import gettext as _
from monody.translation import grouped, marked, ngettext

# The files that need the user come first.
ATTENTION_ORDER = (DROPPED, RECOVERED, DUPLICATE, KEPT)


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


class FileRow(NamedTuple):
    """A file as a person reads it: every text is safe to show."""

    verdict: str
    path: str
    melodies: str
    notes: str
    meter: str  # "6/8"; with more than one, "6/8 +2"
    tempo: str  # quarter notes a minute
    key: str
    track: str  # from 1
    finding: str  # what was found, done or left out
    advice: str


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


def in_order(files: Sequence[Verdict]) -> Iterator[FileRow]:
    """Yield the files as rows: dropped, recovered, duplicates, kept.

    Example:
        >>> from monody.corpus.report import in_order
        >>> from monody.corpus.verdicts import Verdict
        >>> files = [Verdict("a.mid", "kept", ""), Verdict("b.mid", "dropped", "empty")]
        >>> [row.path for row in in_order(files)]
        ['b.mid', 'a.mid']
    """
    ranks = {verdict: rank for rank, verdict in enumerate(ATTENTION_ORDER)}
    order = np.array([ranks[verdict.verdict] for verdict in files], np.uint8)
    for index in np.argsort(order, kind="stable").tolist():
        yield verdict_in_words(files[index])


def verdict_in_words(verdict: Verdict) -> FileRow:
    """Put a verdict into the words that a person reads.

    Example:
        >>> from monody import Verdict, verdict_in_words
        >>> verdict = Verdict("a.mid", "kept", "", notes=1200, meters=("6/8", "4/4"))
        >>> row = verdict_in_words(verdict)
        >>> row.notes, row.meter
        ('1,200', '6/8 +1')
    """
    return FileRow(
        verdict.verdict,
        printable(verdict.path),
        grouped(verdict.melodies) if verdict.melodies else "",
        grouped(verdict.notes) if verdict.notes else "",
        _first_of(verdict.meters),
        _first_of([f"{bpm:.0f}" for bpm in verdict.bpm]),
        _first_of([key_in_words(key) for key in verdict.keys]),
        _first_of([str(track) for track in verdict.tracks]),
        printable(_finding(verdict)),
        printable(translated(verdict.advice)),
    )


def counted(count: int, noun: str) -> str:
    """Write a number and its noun, in the plural where it must be.

    Args:
        count: The number.
        noun: In English; it is said in the language of the task.

    Example:
        >>> from monody.corpus.report import counted
        >>> counted(1200, "melody"), counted(1, "file")
        ('1,200 melodies', '1 file')
    """
    one, more = f"{{count}} {noun}", f"{{count}} {plural(noun)}"
    return ngettext(one, more, count)


def plural(noun: str) -> str:
    """Return the plural of one of our nouns, in English.

    Example:
        >>> from monody.corpus.report import plural
        >>> plural("melody"), plural("more file")
        ('melodies', 'more files')
    """
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def summary(report: Report) -> str:
    """Summarize a report in a few sentences.

    Example:
        >>> from monody.corpus.report import make_report, summary
        >>> import monody
        >>> corpus = monody.read_corpus("data/midi")
        >>> summary(make_report("", corpus.verdicts, corpus.melodies, corpus.used))
        'All 20 files can be used. That makes 20 melodies, ... notes, ... of music.'
    """
    totals = report.totals
    if not totals.melodies_used:
        return _(
            "No melody was found in {files}: nothing can be learned from this folder "
            "yet."
        ).format(files=counted(totals.files, "file"))
    makes = _("That makes {melodies}, {notes}, {time} of music.").format(
        melodies=counted(totals.melodies_used, "melody"),
        notes=counted(totals.notes_used, "note"),
        time=_duration(totals.hours),
    )
    return f"{_condition(totals)} {makes}"


def captions(melodies: int, keys_estimated: int) -> dict[HistogramName, str]:
    """Caption each histogram.

    Args:
        melodies: The melodies that are counted.
        keys_estimated: Those among them whose key is estimated.

    Example:
        >>> from monody.corpus.report import captions
        >>> captions(20, keys_estimated=5)["key"]
        'Melodies by key, 5 of them estimated'
    """
    by_key = _("Melodies by key")
    if keys_estimated == melodies and melodies:
        by_key = _("Melodies by key, all of them estimated")
    elif keys_estimated:
        by_key = _("Melodies by key, {count} of them estimated").format(
            count=grouped(keys_estimated)
        )
    return {
        "pitch": _("Notes by pitch; C4 is middle C"),
        "duration": _("Notes by note value"),
        "meter": _("Melodies by meter"),
        "key": by_key,
        "length": _("Melodies by number of notes"),
    }


def label_in_words(label: str) -> str:
    """Say a label of a histogram in the language of the task.

    Args:
        label: A note value, a meter, a key, a pitch or a number of notes.

    Example:
        >>> from monody.corpus.report import label_in_words
        >>> label_in_words("dotted quarter"), label_in_words("D minor")
        ('dotted quarter', 'D minor')
    """
    return pitch_in_words(key_in_words(translated(label)))


def _condition(totals: ReportTotals) -> str:
    """Say how many files can be used, and what is the matter with the others."""
    files = counted(totals.files, "file")
    if totals.usable < totals.files:
        usable = _("{count} of {files} can be used")
    elif totals.usable == 1:
        usable = _("The file can be used")
    else:
        usable = _("All {files} can be used")
    parts = [usable.format(count=grouped(totals.usable), files=files)]
    if totals.recovered:
        repaired = _(", {count} of them after a repair")
        if totals.usable == 1:
            repaired = _(", after a repair")
        parts[0] += repaired.format(count=grouped(totals.recovered))
    if totals.duplicate:
        parts.append(
            ngettext(
                "{count} is a copy of another", "{count} are copies", totals.duplicate
            )
        )
    if totals.dropped:
        parts.append(
            ngettext(
                "{count} has no melody to use",
                "{count} have no melody to use",
                totals.dropped,
            )
        )
    return f"{'; '.join(parts)}."


def _duration(hours: float) -> str:
    """Round a time to its unit: 0.5 is "30 minutes"."""
    if hours >= 2:
        return _("{count} hours").format(count=grouped(round(hours)))
    if hours * 60 >= 2:
        return _("{count} minutes").format(count=round(hours * 60))
    return _("{count} seconds").format(count=round(hours * 3600))


def _finding(verdict: Verdict) -> str:
    """Say what was found in a file, repaired in it or left out of it."""
    if verdict.verdict == DROPPED:
        once = verdict.left_out in ("", f"1 × {verdict.reason}")
        return translated(verdict.reason) if once else _left_out(verdict)
    repairs = [repair_in_words(repair) for repair in verdict.repairs]
    if verdict.verdict == DUPLICATE:
        return "; ".join((translated(verdict.reason), *repairs))
    parts = [] if verdict.verdict == KEPT else repairs or [translated(verdict.reason)]
    if verdict.left_out:
        parts.append(_("left out: {what}").format(what=_left_out(verdict)))
    found = {"melodies": counted(verdict.melodies, "melody")}
    if verdict.copies:
        found_elsewhere = ngettext(
            "{count} of its {melodies} is found elsewhere",
            "{count} of its {melodies} are found elsewhere",
            verdict.copies,
        )
        parts.append(found_elsewhere.format(**found))
    if verdict.repeats:
        found_twice = ngettext(
            "{count} of its {melodies} is found twice",
            "{count} of its {melodies} are found twice",
            verdict.repeats,
        )
        parts.append(found_twice.format(**found))
    return "; ".join(parts)


def _left_out(verdict: Verdict) -> str:
    """Say what was left out: ``"3 × drum track, 1 × no notes"``."""
    times = re.split(r"(?:^|, )([0-9,]+ × )", verdict.left_out)
    return ", ".join(
        count + translated(reason)
        for count, reason in zip(times[1::2], times[2::2], strict=True)
    )


def reason_in_words(problem: Problem) -> str:
    """Say in the language of the task why files were dropped, or what was repaired."""
    return translated(problem.reason)


def repair_in_words(repair: str) -> str:
    """Say what was done to a file in the language of the task.

    Args:
        repair: In English; of what was done to notes it ends in their number.

    Example:
        >>> from monody.corpus.report import repair_in_words
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     repair_in_words("overlaps trimmed: 3")
        'solapamientos recortados: 3'
    """
    said = translated(repair)
    what, colon, number = repair.rpartition(": ")
    return said if said != repair else f"{translated(what)}{colon}{number}"


def _first_of(values: Sequence[str]) -> str:
    """Return the commonest value, and how many others there are: "6/8 +1"."""
    distinct = list(dict.fromkeys(values))
    if not distinct:
        return ""
    others = f" +{len(distinct) - 1}" if len(distinct) > 1 else ""
    return f"{printable(distinct[0])}{others}"


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
