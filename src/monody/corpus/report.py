"""What became of every file of a corpus, gathered for a person or a program to read.

``report_terminal`` prints a report, ``report_page`` writes it as a page; the words that
both use are found here. A report reads its files lazily, so 100,000 of them fit.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.corpus.histograms import histograms, hours_of_music, notes_in
from monody.corpus.verdicts import (
    DROPPED,
    DUPLICATE,
    KEPT,
    RECOVERED,
    VERDICTS,
    Verdict,
)
from monody.music.melody_store import MelodyStore

# Who needs the user comes first.
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
class Report:
    """What became of a corpus.

    Args:
        root: The folder, as the user named it.
        files: The verdict on each file; may be read from disk anew at each iteration.
        totals: Files by verdict (``"files"``, ``"kept"``, ...); ``"melodies"`` and
            ``"notes"`` found; ``"melodies_used"`` and ``"notes_used"`` without copies;
            ``"hours"`` of music used; ``"keys_estimated"``: melodies used whose file
            names no key.
        histograms: Counts by label, of the melodies used (``statistics.histograms``).
        problems: Why files were dropped, then what was repaired, commonest first.
    """

    root: str
    files: Sequence[Verdict]
    totals: dict[str, Any]
    histograms: dict[str, dict[str, int]]
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
        used: Indices of the melodies to learn from, copies left out.
    """
    chosen = np.zeros(len(melodies), bool)
    chosen[used] = True
    by_verdict = Counter(verdict.verdict for verdict in files)
    totals = {
        "files": by_verdict.total(),
        **{verdict: by_verdict[verdict] for verdict in VERDICTS},
        "melodies": len(melodies),
        "melodies_used": len(used),
        "notes": len(melodies.notes),
        "notes_used": notes_in(melodies, chosen),
        "hours": round(hours_of_music(melodies, chosen), 4),
        "keys_estimated": int((melodies.info["key"][used] < 0).sum()),
    }
    charts = histograms(melodies, chosen)
    return Report(root, files, totals, charts, _problems(files))


def report_json(report: Report) -> Iterator[str]:
    """Yield the report as the pieces of one JSON text, a file a line.

    It is plain ASCII: whatever bytes a file name is made of, it can be written.
    """
    yield f'{{"root": {json.dumps(report.root)},\n"files": ['
    separator = "\n"
    for verdict in report.files:
        yield separator + json.dumps(verdict.to_json())
        separator = ",\n"
    problems = [asdict(problem) for problem in report.problems]
    yield f'\n],\n"totals": {json.dumps(report.totals)}'
    yield f',\n"histograms": {json.dumps(report.histograms)}'
    yield f',\n"problems": {json.dumps(problems)}}}\n'


def in_order(files: Sequence[Verdict]) -> Iterator[FileRow]:
    """Yield the files as rows: dropped, recovered, duplicates, kept."""
    ranks = {verdict: rank for rank, verdict in enumerate(ATTENTION_ORDER)}
    order = np.array([ranks[verdict.verdict] for verdict in files], np.uint8)
    for index in np.argsort(order, kind="stable").tolist():
        yield row_of(files[index])


def row_of(verdict: Verdict) -> FileRow:
    """Put a verdict into the words that a person reads."""
    return FileRow(
        verdict.verdict,
        printable(verdict.path),
        f"{verdict.melodies:,}" if verdict.melodies else "",
        f"{verdict.notes:,}" if verdict.notes else "",
        _first_of(verdict.meters),
        _first_of([f"{bpm:.0f}" for bpm in verdict.bpm]),
        _first_of(verdict.keys),
        _first_of([str(track) for track in verdict.tracks]),
        printable(_finding(verdict)),
        printable(verdict.advice),
    )


def printable(text: str) -> str:
    r"""Spell out what would not show as itself, or would command a terminal.

    >>> printable("\x1b[31m.mid")
    '\\x1b[31m.mid'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def counted(count: int, noun: str) -> str:
    """Say how many: ``counted(1200, "melody") == "1,200 melodies"``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count:,} {noun if count == 1 else plural}"


def summary(report: Report) -> str:
    """Say in a few sentences how the corpus is."""
    totals = report.totals
    usable = totals[KEPT] + totals[RECOVERED]
    if not totals["melodies_used"]:
        return (
            f"No melody was found in {counted(totals['files'], 'file')}: "
            "nothing can be learned from this folder yet."
        )
    music = (
        f"{counted(totals['melodies_used'], 'melody')}, "
        f"{counted(totals['notes_used'], 'note')}, {_lasting(totals['hours'])} of music"
    )
    return f"{_condition(totals, usable)} That makes {music}."


def captions(totals: Mapping[str, Any]) -> dict[str, str]:
    """Say what each histogram counts.

    Args:
        totals: ``"melodies_used"``, and ``"keys_estimated"`` among them.
    """
    used, estimated = totals["melodies_used"], totals["keys_estimated"]
    how_many = "all" if estimated == used else f"{estimated:,}"
    by_key = f"Melodies by key, {how_many} of them estimated"
    return {
        "pitch": "Notes by pitch; C4 is middle C",
        "duration": "Notes by note value",
        "meter": "Melodies by the meter they begin in",
        "key": by_key if estimated else "Melodies by key",
        "length": "Melodies by number of notes",
    }


def _condition(totals: dict[str, int], usable: int) -> str:
    """Say how many files can be used, and what is the matter with the others."""
    files = counted(totals["files"], "file")
    usable_files = f"{usable:,} of {files}"
    if usable == totals["files"]:
        usable_files = "The file" if usable == 1 else f"All {files}"
    parts = [f"{usable_files} can be used"]
    if totals[RECOVERED]:
        which = f"{totals[RECOVERED]:,} of them " if usable > 1 else ""
        parts[0] += f", {which}after a repair"
    if totals[DUPLICATE]:
        copies = "is a copy of another" if totals[DUPLICATE] == 1 else "are copies"
        parts.append(f"{totals[DUPLICATE]:,} {copies}")
    if totals[DROPPED]:
        have = "has" if totals[DROPPED] == 1 else "have"
        parts.append(f"{totals[DROPPED]:,} {have} no melody to use")
    return f"{'; '.join(parts)}."


def _lasting(hours: float) -> str:
    """Say a time: ``_lasting(0.5) == "30 minutes"``."""
    if hours >= 2:
        return f"{hours:,.0f} hours"
    if hours * 60 >= 2:
        return f"{hours * 60:.0f} minutes"
    return f"{hours * 3600:.0f} seconds"


def _finding(verdict: Verdict) -> str:
    """Say what was found in a file, done to it or left out of it."""
    if verdict.verdict == DROPPED:
        once = verdict.left_out in ("", f"1 × {verdict.reason}")
        return verdict.reason if once else verdict.left_out
    parts = [] if verdict.verdict == KEPT else [verdict.reason]
    if verdict.verdict == DUPLICATE:
        return "; ".join((*parts, *verdict.repairs))
    if verdict.left_out:
        parts.append(f"left out: {verdict.left_out}")
    melodies = counted(verdict.melodies, "melody")
    for count, where in ((verdict.copies, "elsewhere"), (verdict.repeats, "twice")):
        if count:
            are = "is" if count == 1 else "are"
            parts.append(f"{count:,} of its {melodies} {are} found {where}")
    return "; ".join(parts)


def _first_of(values: Sequence[str]) -> str:
    """Show the commonest, and how many others there are."""
    distinct = list(dict.fromkeys(values))
    if not distinct:
        return ""
    others = f" +{len(distinct) - 1}" if len(distinct) > 1 else ""
    return f"{printable(distinct[0])}{others}"


def _escape(char: str) -> str:
    if "\udc80" <= char <= "\udcff":  # an odd byte of a file name, see os.fsdecode
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


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
    """Drop what differs from file to file.

    >>> _kind_of_repair("cut at the last whole event of tracks 3 and 5")
    'cut at the last whole event of a track'
    >>> _kind_of_repair("track count put right: 3, not 4")
    'track count put right'
    """
    text = _TRACK_NUMBERS.sub("a track", repair)
    text = re.sub(r"(header length) of \d+", r"\1", text)
    return re.sub(r"[:,] .*\d.*$", "", text)
