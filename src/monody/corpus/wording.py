"""The words of the report on a corpus, for the terminal and for the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from monody.corpus.histograms import HistogramName
from monody.corpus.report import Problem, Report, ReportTotals
from monody.corpus.verdicts import (
    DROPPED,
    DUPLICATE,
    KEPT,
    RECOVERED,
    Verdict,
)
from monody.errors import printable
from monody.music.key_words import key_in_words
from monody.sentences import pitch_in_words, translated
from monody.translation import gettext as _
from monody.translation import grouped, ngettext

# The files that need the user come first.
ATTENTION_ORDER = (DROPPED, RECOVERED, DUPLICATE, KEPT)


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


def in_order(files: Sequence[Verdict]) -> Iterator[FileRow]:
    """Yield the files as rows: dropped, recovered, duplicates, kept.

    Example:
        >>> from monody.corpus.wording import in_order
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
        >>> from monody.corpus.wording import counted
        >>> counted(1200, "melody"), counted(1, "file")
        ('1,200 melodies', '1 file')
    """
    one, more = f"{{count}} {noun}", f"{{count}} {plural(noun)}"
    return ngettext(one, more, count)


def plural(noun: str) -> str:
    """Return the plural of one of our nouns, in English.

    Example:
        >>> from monody.corpus.wording import plural
        >>> plural("melody"), plural("more file")
        ('melodies', 'more files')
    """
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def summary(report: Report) -> str:
    """Summarize a report in a few sentences.

    Example:
        >>> from monody.corpus.report import make_report
        >>> from monody.corpus.wording import summary
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
        >>> from monody.corpus.wording import captions
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
        >>> from monody.corpus.wording import label_in_words
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
        >>> from monody.corpus.wording import repair_in_words
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
