"""The verdict on each file of a corpus: kept, recovered, duplicate or dropped.

A ``VerdictList`` holds what reading found, and makes each verdict when it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.corpus.lazy import LazySequence
from monody.corpus.saved_reports import NamedReport
from monody.music.keys import KEY_NAMES
from monody.music.melody_store import MelodyStore
from monody.reading.reasons import FileReport, Reason
from monody.translation import marked

KEPT, RECOVERED, DUPLICATE, DROPPED = VERDICTS = marked(
    ("kept", "recovered", "duplicate", "dropped")
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file.

    Args:
        path: Relative to the corpus's folder; in an archive, ``book.zip/tune.mid``.
        verdict: One of ``VERDICTS``.
        reason: Why. For a kept file, what of it was left out, which may be nothing; for
            a recovered one, what was wrong and how it was repaired; for a duplicate,
            the file that it is a copy of; for a dropped one, why it has no melody.
        advice: What the user can do about a dropped file; empty otherwise.
        melodies: Melodies found in it.
        notes: Their notes.
        copies: How many of its melodies are left out as copies of other files'.
        repeats: How many of its melodies are left out as copies of its own.
        repairs: What was wrong with the file, and how it was repaired.
        left_out: What of it was left out, and why; empty if nothing was.
        duplicate_of: The file that has the same tune; empty if the file is no copy.
        tracks: Numbers of the tracks that the melodies were found in, from 1.
        meters: Their time signatures, such as ``"6/8"``, the commonest first.
        bpm: Their tempos in quarter notes a minute, the commonest first.
        keys: Their keys, such as ``"D minor"``, where the file says.

    Example:
        >>> import monody
        >>> verdict = monody.read_corpus("data/midi").verdicts[0]
        >>> verdict.path, verdict.verdict, verdict.melodies, verdict.meters
        ('tune-000.mid', 'kept', 1, ('4/4',))
    """

    path: str
    verdict: str
    reason: str
    advice: str = ""
    melodies: int = 0
    notes: int = 0
    copies: int = 0
    repeats: int = 0
    repairs: tuple[str, ...] = ()
    left_out: str = ""
    duplicate_of: str = ""
    tracks: tuple[int, ...] = ()
    meters: tuple[str, ...] = ()
    bpm: tuple[float, ...] = ()
    keys: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the verdict as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


NOTHING = Reason("no melody", "add files in which an instrument plays a tune")


class VerdictList(LazySequence[Verdict]):
    """One verdict for each file, in their order.

    Args:
        reports: What reading found in each file.
        melodies: Those of all files, in the order of the files.
        copy_of: ``(melodies,)``: index of the melody that each is a copy of, or -1.
        deduplicate: Whether copies are left out.

    Example:
        >>> from monody.corpus.verdicts import VerdictList
        >>> import numpy as np
        >>> from monody.corpus.saved_reports import NamedReport
        >>> from monody.music.melody_store import MelodyStore
        >>> from monody.reading.reasons import FileReport, Reason
        >>> drums = FileReport(left_out=((Reason("drum track", "none"), 2),))
        >>> reports, none = [NamedReport("a.mid", drums)], MelodyStore.of([])
        >>> copy_of = np.zeros(0, np.int32)
        >>> verdicts = VerdictList(reports, none, copy_of, deduplicate=True)
        >>> verdicts[0].verdict, verdicts[0].left_out
        ('dropped', '2 × drum track')
    """

    def __init__(
        self,
        reports: Sequence[NamedReport],
        melodies: MelodyStore,
        copy_of: NDArray[np.int32],
        *,
        deduplicate: bool,
    ) -> None:
        self.reports = reports
        self._melodies = melodies
        self._copy_of = copy_of
        self._deduplicate = deduplicate
        counts = np.bincount(melodies.info["file"], minlength=len(reports))
        self._ends = np.cumsum(counts)

    def __len__(self) -> int:
        return len(self.reports)

    def item(self, index: int) -> Verdict:
        """Judge a file."""
        name, report = self.reports[index]
        begin = int(self._ends[index - 1]) if index else 0
        end = int(self._ends[index])
        if begin == end:
            return _dropped(name, report)
        return self._with_melodies(name, report, begin, end)

    def _with_melodies(
        self, name: str, report: FileReport, begin: int, end: int
    ) -> Verdict:
        """Judge a file whose melodies are those from ``begin`` to ``end``."""
        copy_of = self._copy_of[begin:end]
        originals = copy_of[copy_of >= 0]
        own = int(np.count_nonzero((originals >= begin) & (originals < end)))
        copies = self._deduplicate * len(originals)  # those that are left out
        source = self._source_of(originals) if len(originals) == end - begin else ""
        left_out = report.left_out_text
        if source and self._deduplicate:
            verdict, reason = DUPLICATE, marked(f"the same tune as {source}")
        elif report.repairs:
            verdict, reason = RECOVERED, "; ".join(report.repairs)
        else:
            verdict, reason = KEPT, left_out
        info = self._melodies.info[begin:end]
        return Verdict(
            path=name,
            verdict=verdict,
            reason=reason,
            melodies=end - begin,
            notes=int(info["note_count"].sum()),
            copies=max(copies - own, 0),
            repeats=min(copies, own),
            repairs=report.repairs,
            left_out=left_out,
            duplicate_of=source,
            tracks=tuple((np.unique(info["track"]) + 1).tolist()),
            meters=_commonest(
                str(self._melodies.main_meter(index)) for index in range(begin, end)
            ),
            bpm=_commonest(round(bpm, 1) for bpm in info["bpm"].tolist()),
            keys=_commonest(KEY_NAMES[key] for key in info["key"] if key >= 0),
        )

    def _source_of(self, originals: NDArray[np.int32]) -> str:
        """Name the file that most of these melodies are from."""
        files = Counter(self._melodies.info["file"][originals].tolist())
        return self.reports[files.most_common(1)[0][0]].name


def _dropped(name: str, report: FileReport) -> Verdict:
    """Judge a file without a melody: its reason is why the nearest to one is none."""
    reason = report.left_out[-1][0] if report.left_out else NOTHING
    return Verdict(
        path=name,
        verdict=DROPPED,
        reason=reason.text,
        advice=reason.advice,
        repairs=report.repairs,
        left_out=report.left_out_text,
    )


def _commonest(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return the different values, the commonest first."""
    return tuple(value for value, _ in Counter(values).most_common())
