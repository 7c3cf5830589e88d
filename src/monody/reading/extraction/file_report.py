"""The reports on files, while extraction fills them in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from monody.reading.note_table import Longs
from monody.reading.raw_score import RawScore
from monody.reading.reasons import FileReport, Reason
from monody.reading.retiming.grid_fit import GridFit
from monody.translation import marked


class FileReports:
    """Collects by file what is left out and done, in the order of the stages.

    Args:
        scores: The files; what was repaired in their bytes comes first.

    Example:
        >>> from monody.reading.extraction.file_report import FileReports
        >>> from monody.reading.raw_score import RawScore
        >>> from monody.reading.reasons import Reason
        >>> reports = FileReports([RawScore(480, (), (), (), (), ("cut short",))])
        >>> reports.leave_out(0, Reason("empty track", "listen to it"))
        >>> reports.count("overlaps trimmed", files=[0, 0], notes=[3, 1])
        >>> [report] = reports.of_files()
        >>> report.repairs, report.left_out_text
        (('cut short', 'overlaps trimmed: 4'), '1 × empty track')
    """

    def __init__(self, scores: Sequence[RawScore]) -> None:
        self._done = [list(score.repairs) for score in scores]
        self._quarters = [score.ticks_per_quarter for score in scores]
        self._left_out: list[Counter[Reason]] = [Counter() for _ in scores]
        self._counts: list[Counter[str]] = [Counter() for _ in scores]
        self._fits: list[list[tuple[GridFit, int]]] = [[] for _ in scores]

    def leave_out(self, file: int, reason: Reason) -> None:
        """Note that a track, or a part of one, was left out."""
        self._left_out[file][reason] += 1

    def repair(self, file: int, text: str) -> None:
        """Note something that was done to a file."""
        self._done[file].append(text)

    def count(
        self, repair: str, files: Longs | list[int], notes: Longs | list[int]
    ) -> None:
        """Note that something was done to notes of tracks, or of parts of tracks.

        Args:
            repair: The repair, such as "overlaps trimmed".
            files: ``(parts,)``: the file of each.
            notes: ``(parts,)``: to how many notes of each; 0 or less is to none.
        """
        for part in np.flatnonzero(np.array(notes) > 0):
            self._counts[files[part]][repair] += int(notes[part])

    def fit(self, file: int, fit: GridFit, notes: int) -> None:
        """Note that a part of a track was re-timed, and the number of its notes."""
        self._fits[file].append((fit, notes))

    def of_files(self) -> list[FileReport]:
        """Return the report of each file."""
        return [self._report(file) for file in range(len(self._done))]

    def _report(self, file: int) -> FileReport:
        repairs = list(dict.fromkeys(self._done[file]))
        if self._fits[file]:
            repairs.append(_fits_text(self._fits[file], self._quarters[file]))
        repairs += [f"{name}: {notes}" for name, notes in self._counts[file].items()]
        return FileReport(tuple(self._left_out[file].items()), tuple(repairs))


def _fits_text(fits: Sequence[tuple[GridFit, int]], quarter: int) -> str:
    """Describe re-timing: the new quarter, what it explains, the least confidence."""
    notes = sum(count for _, count in fits)
    before = sum(fit.before * count for fit, count in fits) / notes
    after = sum(fit.after * count for fit, count in fits) / notes
    confidence = min(fit.confidence for fit, _ in fits)
    quarters = sorted({f"{fit.period / quarter:.3g}" for fit, _ in fits}, key=float)
    span = quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}"
    return marked(
        f"tempo fitted, a quarter is {span} of the declared: {before:.0%} → "
        f"{after:.0%} of the onsets on the 16th grid, confidence {confidence:.2f}"
    )
