"""What of each file was left out and what was repaired, while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monody.reading.raw_score import RawScore
from monody.reading.reasons import FileReport, Reason
from monody.reading.retiming.grid_fit import GridFit


class FileReports:
    """Takes notes by file; their order is that of the stages of extraction.

    Args:
        scores: The files.
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

    def count(self, file: int, what: str, count: int) -> None:
        """Note that something was done to so many notes."""
        self._counts[file][what] += count

    def fit(self, file: int, fit: GridFit, notes: int) -> None:
        """Note that a part of so many notes was re-timed."""
        self._fits[file].append((fit, notes))

    def reports(self) -> list[FileReport]:
        """Return the report of each file."""
        return [self._report(file) for file in range(len(self._done))]

    def _report(self, file: int) -> FileReport:
        repairs = list(dict.fromkeys(self._done[file]))
        if self._fits[file]:
            repairs.append(_fits_text(self._fits[file], self._quarters[file]))
        repairs += [f"{what}: {count}" for what, count in self._counts[file].items()]
        return FileReport(tuple(self._left_out[file].items()), tuple(repairs))


def _fits_text(fits: Sequence[tuple[GridFit, int]], quarter: int) -> str:
    """Say what re-timing did: the new quarter, what it explains, the least certain."""
    notes = sum(count for _, count in fits)
    before = sum(fit.before * count for fit, count in fits) / notes
    after = sum(fit.after * count for fit, count in fits) / notes
    confidence = min(fit.confidence for fit, _ in fits)
    quarters = sorted({f"{fit.period / quarter:.3g}" for fit, _ in fits}, key=float)
    span = quarters[0] if len(quarters) == 1 else f"{quarters[0]} to {quarters[-1]}"
    return (
        f"tempo fitted, a quarter is {span} of the declared: {before:.0%} → "
        f"{after:.0%} of the onsets on the 16th grid, confidence {confidence:.2f}"
    )
