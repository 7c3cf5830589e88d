"""Moving notes that ignore the grid of their file to the grid they were played on.

``grid_fit`` finds the grid of a melody, or of all that its track plays where the melody
is too short to tell. Notes, tempos, meters and keys are moved to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from monody.music.melody import DEFAULT_BPM, MAX_BPM, MIN_BPM
from monody.reading.note_table import Longs, Mask, NoteTable
from monody.reading.raw_score import RawScore
from monody.reading.retiming.grid_alignment import (
    GOOD_SHARE,
    MIN_ONSETS,
    needs_fit,
    on_grid_share,
)
from monody.reading.retiming.grid_fit import GridFit, fit_grid, retime

MAX_GRIDS = 16  # of a track that its other parts are tried on


def fits_of(
    parts: NoteTable, track: Longs, scores: Sequence[RawScore], *, always: bool
) -> dict[int, GridFit]:
    """Find the grids of the parts that ignore the one that their file declares.

    Args:
        parts: In file ticks.
        track: ``(parts,)``: the track of each; non-decreasing.
        scores: ``(tracks,)``: the file of each track.
        always: Fit every part that has a steady pulse, but none that was written.

    Returns:
        Grids by part, ``before`` and ``after`` counted over the part's own onsets.
    """
    onsets = _Onsets(parts)
    quarters = np.array([score.ticks_per_quarter for score in scores], np.int64)[track]
    doubtful = np.ones(parts.owners, bool) if always else onsets.doubt(quarters)
    doubtful &= ~np.array([score.is_written for score in scores], bool)[track]
    fits: dict[int, GridFit] = {}
    for owner, own in _by_track(np.flatnonzero(doubtful), track):
        played = {part: onsets.of(part) for part in own}
        fits |= _fits_of_track(played, scores[owner], always=always)
    return fits


def _fits_of_track(
    played: dict[int, Longs], score: RawScore, *, always: bool
) -> dict[int, GridFit]:
    """Find the grids of a track's parts; the grid of one may fit the others too.

    The longest part is asked first, because it tells the grid best.
    """
    known: list[GridFit] = []
    fits: dict[int, GridFit] = {}
    for part in sorted(played, key=lambda part: -len(played[part])):
        onsets = played[part]
        shares = [(on_grid_share(onsets, x.period, x.phase), x) for x in known]
        own = None
        if max((after for after, _ in shares), default=0.0) < GOOD_SHARE:
            own = _fit(onsets, score, always=always)
        if own is not None:
            known += [own] if len(known) < MAX_GRIDS else []
            shares.append((own.after, own))
        after, best = max(shares, key=lambda share: share[0], default=(0.0, None))
        before = on_grid_share(onsets, score.ticks_per_quarter)
        if best is not None and after > before:
            fits[part] = replace(best, before=before, after=after)
    return fits


def _by_track(parts: Longs, track: Longs) -> Iterator[tuple[int, list[int]]]:
    """Yield each track that has any of the parts, and those."""
    owners, begins = np.unique(track[parts], return_index=True)
    bounds = [*begins.tolist(), len(parts)]
    for owner, (begin, end) in zip(owners.tolist(), pairwise(bounds), strict=True):
        yield owner, parts[begin:end].tolist()


class _Onsets:
    """The distinct onsets of parts, in file ticks, one part after the other."""

    def __init__(self, parts: NoteTable) -> None:
        distinct = np.ones(len(parts), bool)
        distinct[1:] = ~parts.starts_with_next
        self._ticks = parts.start[distinct]
        self._ends = np.cumsum(parts.tally(distinct))

    def doubt(self, quarters: Longs) -> Mask:
        """Tell which parts the declared grid does not fit, or are too short to tell."""
        counts = np.diff(self._ends, prepend=0)
        return needs_fit(self._ticks, quarters, self._ends) | (counts < MIN_ONSETS)

    def of(self, part: int) -> Longs:
        """Return the onsets of a part."""
        begin = self._ends[part - 1] if part else 0
        return self._ticks[begin : self._ends[part]]


def _fit(onsets: Longs, score: RawScore, *, always: bool) -> GridFit | None:
    """Fit a grid to onsets, near the tempo that the file declares for them."""
    first, last = int(onsets[0]), int(onsets[-1])
    bpm = longest_tempo(score.between(first, last).tempos, first, last)
    return fit_grid(onsets, score.ticks_per_quarter, bpm, always=always)


def retimed_score(score: RawScore, fit: GridFit) -> RawScore:
    """Move the tempos, meters and keys of a file to the fitted grid.

    The tempos are those of the new quarter, within the range that a melody may have.
    """
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


def retimed(parts: NoteTable, fits: dict[int, GridFit], quarters: Longs) -> NoteTable:
    """Move the notes of parts to their fitted grids.

    Args:
        parts: In file ticks.
        fits: Grids by part.
        quarters: ``(parts,)``: ticks to the quarter of their files.

    Returns:
        The notes at as many ticks to the quarter, which now is one of their own.
    """
    start, end = parts.start.copy(), parts.end.copy()
    bounds = parts.bounds
    for part, fit in fits.items():
        own = slice(bounds[part], bounds[part + 1])
        quarter = int(quarters[part])
        start[own] = retime(start[own], fit, quarter)
        end[own] = np.maximum(retime(end[own], fit, quarter), start[own] + 1)
    return replace(parts, start=start, end=end)


def longest_tempo(
    tempos: Sequence[tuple[int, float]], start: float, end: float
) -> float:
    """Return the tempo that is in force longest between two ticks of the file.

    Args:
        tempos: Tick and bpm of each change, in order.
        start: File tick.
        end: File tick.

    Returns:
        Quarter notes a minute; the default of 120 where the file says nothing.

    Example:
        >>> from monody.reading.retiming.retime import longest_tempo
        >>> longest_tempo([(0, 90.0), (480, 132.0)], start=0, end=4800)
        132.0
        >>> longest_tempo([], start=0, end=4800)
        120.0
    """
    if not tempos or (len(tempos) == 1 and tempos[0][0] <= start):
        return tempos[0][1] if tempos else DEFAULT_BPM
    held: defaultdict[float, float] = defaultdict(float)
    changes = [(0, DEFAULT_BPM), *tempos, (end, DEFAULT_BPM)]
    for (tick, bpm), (until, _) in pairwise(changes):
        held[bpm] += max(min(until, end) - max(tick, start), 0.0)
    return max(held, key=lambda bpm: held[bpm])
