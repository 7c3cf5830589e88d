"""Re-timing a track whose onsets ignore the grid that its file declares.

``grid_fit`` finds the grid; the notes, and the tempos, meters and keys around them, are
moved to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from monody.grid_fit import GridFit, retime
from monody.melody import DEFAULT_BPM, MAX_BPM, MIN_BPM
from monody.note_table import Mask, NoteTable
from monody.raw_score import RawScore


def fit_text(score: RawScore, fit: GridFit) -> str:
    """Say what a fit did: the period in quarters of the file, and what it explains."""
    quarters = fit.period / score.ticks_per_quarter
    return (
        f"tempo fitted, a quarter is {quarters:.3g} of the declared: "
        f"{fit.before:.0%} → {fit.after:.0%} of the onsets on the 16th grid, "
        f"confidence {fit.confidence:.2f}"
    )


def retimed_score(score: RawScore, fit: GridFit) -> RawScore:
    """Move the tempos, meters and keys of a file to the fitted grid."""
    quarter = score.ticks_per_quarter

    def moved(tick: int) -> int:
        return int(retime(np.array([tick]), fit, quarter)[0]) if tick else 0

    faster = quarter / fit.period
    tempos = score.tempos or ((0, DEFAULT_BPM),)
    return replace(
        score,
        tempos=tuple(
            (moved(tick), min(max(bpm * faster, MIN_BPM), MAX_BPM))
            for tick, bpm in tempos
        ),
        meters=tuple(meter._replace(tick=moved(meter.tick)) for meter in score.meters),
        keys=tuple((moved(tick), key) for tick, key in score.keys),
    )


def retimed(notes: NoteTable, own: Mask, fit: GridFit, quarter: int) -> NoteTable:
    """Move one track's notes to the fitted grid.

    Args:
        notes: In file ticks.
        own: ``(notes,)``: which of them are the track's.
        fit: Its grid.
        quarter: Ticks to the quarter of its file.
    """
    start, end = notes.start.copy(), notes.end.copy()
    start[own] = retime(notes.start[own], fit, quarter)
    end[own] = np.maximum(retime(notes.end[own], fit, quarter), start[own] + 1)
    return replace(notes, start=start, end=end)


def longest_tempo(
    tempos: Sequence[tuple[int, float]], start: float, end: float
) -> float:
    """Return the bpm that is in force longest between two ticks of the file."""
    if not tempos or (len(tempos) == 1 and tempos[0][0] <= start):
        return tempos[0][1] if tempos else DEFAULT_BPM
    held: defaultdict[float, float] = defaultdict(float)
    changes = [(0, DEFAULT_BPM), *tempos, (end, DEFAULT_BPM)]
    for (tick, bpm), (until, _) in pairwise(changes):
        held[bpm] += max(min(until, end) - max(tick, start), 0.0)
    return max(held, key=lambda bpm: held[bpm])
