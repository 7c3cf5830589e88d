"""The verdicts of a corpus, each made when it is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.corpus.lazy import LazySequence
from monody.music.keys import KEY_NAMES
from monody.music.melody_store import MelodyStore
from monody.reading.cache import report_from_json
from monody.reading.reasons import FileReport, Reason

KEPT, RECOVERED, DUPLICATE, DROPPED = "kept", "recovered", "duplicate", "dropped"


VERDICTS = (KEPT, RECOVERED, DUPLICATE, DROPPED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file.

    Args:
        path: Relative to the corpus's folder; in an archive, ``book.zip/tune.mid``.
        verdict: One of ``VERDICTS``.
        reason: What of it was left out (kept), what was wrong and what was done
            (recovered), of what it is a copy (duplicate), or why it has no melody
            (dropped). May be empty where it was kept.
        advice: What the user can do about a dropped file; empty otherwise.
        melodies: Melodies found in it.
        notes: Their notes.
        copies: Of its melodies, those left out as copies of other files'.
        repeats: Of its melodies, those left out as copies of its own.
        repairs: What was wrong with the file, and done.
        left_out: What of it was left out, and why; empty if nothing was.
        duplicate_of: The file that has the same tune; empty if the file is no copy.
        tracks: Numbers of the tracks that the melodies were found in, from 1.
        meters: Their time signatures, such as ``"6/8"``, the commonest first.
        bpm: Their tempos in quarter notes a minute, the commonest first.
        keys: Their keys, such as ``"D minor"``, where the file says.
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

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


NOTHING = Reason("no melody", "add files in which an instrument plays a tune")


class VerdictList(LazySequence[Verdict]):
    """One verdict for each file, in their order.

    Args:
        reports: ``[name, left out, repairs]`` of each file.
        melodies: Of all files, in their order.
        copy_of: ``(melodies,)``: the melody that each is a copy of, or -1.
        deduplicate: Whether copies are left out.
    """

    def __init__(
        self,
        reports: Sequence[Any],
        melodies: MelodyStore,
        copy_of: NDArray[np.int32],
        *,
        deduplicate: bool,
    ) -> None:
        self._reports = reports
        self._melodies = melodies
        self._copy_of = copy_of
        self._deduplicate = deduplicate
        counts = np.bincount(melodies.info["file"], minlength=len(reports))
        self._ends = np.cumsum(counts)

    def __len__(self) -> int:
        return len(self._reports)

    def item(self, index: int) -> Verdict:
        """Judge a file."""
        name, *report = self._reports[index]
        begin, end = (
            (int(self._ends[index - 1]) if index else 0),
            int(self._ends[index]),
        )
        found = report_from_json(report)
        if begin == end:
            return _dropped(name, found)
        return self._found(name, found, begin, end)

    def _found(self, name: str, report: FileReport, begin: int, end: int) -> Verdict:
        """Judge a file from which melodies came."""
        originals = self._copy_of[begin:end]
        copied = originals[originals >= 0]
        own = int(np.count_nonzero((copied >= begin) & (copied < end)))
        left = self._deduplicate * len(copied)  # of them left out
        source = self._source_of(copied) if len(copied) == end - begin else ""
        left_out = report.left_out_text
        if source and self._deduplicate:
            verdict, reason = DUPLICATE, f"the same tune as {source}"
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
            copies=max(left - own, 0),
            repeats=min(left, own),
            repairs=report.repairs,
            left_out=left_out,
            duplicate_of=source,
            tracks=tuple((np.unique(info["track"]) + 1).tolist()),
            meters=_commonest(
                str(self._melodies.first_meter(index)) for index in range(begin, end)
            ),
            bpm=_commonest(round(bpm, 1) for bpm in info["bpm"].tolist()),
            keys=_commonest(KEY_NAMES[key] for key in info["key"] if key >= 0),
        )

    def _source_of(self, originals: NDArray[np.int32]) -> str:
        """Name the file that most of a file's melodies are copies of."""
        files = Counter(self._melodies.info["file"][originals].tolist())
        name: str = self._reports[files.most_common(1)[0][0]][0]
        return name


def _dropped(name: str, report: FileReport) -> Verdict:
    """Judge a file without a melody: the reason is what came nearest to one."""
    reason = report.left_out[-1][0] if report.left_out else NOTHING
    return Verdict(
        path=name,
        verdict=DROPPED,
        reason=reason.text,
        advice=reason.advice,
        repairs=report.repairs,
        left_out=report.left_out_text,
    )


def _commonest(values: Any) -> tuple[Any, ...]:
    """Return the different values, the commonest first."""
    return tuple(value for value, _ in Counter(values).most_common())
