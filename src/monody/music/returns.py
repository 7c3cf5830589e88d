"""Which bars of a melody return: exactly, or varied.

A tune holds together because it says things again. For each bar this finds the earlier
bar that it repeats, if there is one. Where several would do, the one whose neighbours
are repeated beside it counts: a phrase returns, not a bar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import Melody
from monody.music.meter import bar_lines
from monody.music.repetition import run_lengths

VARIED_SHARE = 0.5  # of the notes of both bars, that a varied bar shares at least
MAX_BARS_BACK = 64  # that a bar is taken from
LONG_RUN = 8  # bars; of two returns as long as that, the nearer counts
MIN_NOTES = 3  # of a bar that returns alone, without a neighbour

Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Returns:
    """Of each bar of a melody: which earlier bar it repeats.

    Example:
        >>> from monody import Melody
        >>> from monody.music.returns import Returns
        >>> bar = [(60, 24), (62, 24), (64, 48)]
        >>> notes, tick = [], 0
        >>> for pitch, ticks in [*bar, *bar, (67, 96), (65, 96), *bar]:
        ...     notes.append((pitch, tick, ticks))
        ...     tick += ticks
        >>> found = Returns.of(Melody.from_notes(notes))
        >>> found.back.tolist(), found.exact.tolist()
        ([0, 1, 0, 0, 3], [False, True, False, False, True])
    """

    back: Integers  # (bars,) how many bars back the bar lies that it repeats; 0 without
    exact: Bools  # (bars,) whether it repeats it note for note

    @classmethod
    def of(cls, melody: Melody) -> Returns:
        """Find the bars that return.

        Args:
            melody: With one note at least. Bars count from the first bar line.
        """
        common, counts = _shared_notes(melody)
        most = np.maximum(counts[:, None], counts)  # (bars, bars)
        equal = common == most  # two empty bars are equal
        alike = common >= VARIED_SHARE * np.maximum(most, 1)
        bars = len(counts)
        best = np.zeros(bars)
        back, exact = np.zeros(bars, np.int64), np.zeros(bars, np.bool_)
        for distance in range(1, min(bars, MAX_BARS_BACK + 1)):
            here = np.arange(distance, bars)
            there = here - distance
            same = equal[here, there]
            run = _run_lengths(alike[here, there] | same)
            enough = (run > 1) | (counts[here] >= MIN_NOTES)
            score = (2 * np.minimum(run, LONG_RUN) + same) * (enough & (run > 0))
            score = np.where(counts[here] > 0, score, 0)
            better = score > best[here]
            best[here] = np.where(better, score, best[here])
            back[here] = np.where(better, distance, back[here])
            exact[here] = np.where(better, same, exact[here])
        return cls(back, exact)


def _shared_notes(melody: Melody) -> tuple[Integers, Integers]:
    """Count the notes that two bars share, and those of each bar.

    Notes are the same if they begin at the same place in the bar, with the same pitch
    and the same length.

    Returns:
        ``(bars, bars)`` and ``(bars,)``.
    """
    lines = bar_lines(melody.meters, melody.end - 1)
    bar = np.searchsorted(lines, melody.starts, side="right") - 1  # (notes,)
    rows = np.stack([melody.starts - lines[bar], melody.pitches, melody.durations])
    _, kind = np.unique(rows, axis=1, return_inverse=True)
    kind = kind.ravel()
    table = np.zeros((len(lines), int(kind.max()) + 1), np.float32)
    table[bar, kind] = 1
    common = np.rint(table @ table.T).astype(np.int64)
    return common, np.diag(common).copy()


def _run_lengths(same: Bools) -> Integers:
    """Return of each place the length of the run of ``True`` that it is in.

    Example:
        ``T T F T`` is ``2 2 0 1``.
    """
    return (run_lengths(same) + run_lengths(same[::-1])[::-1] - 1) * same
