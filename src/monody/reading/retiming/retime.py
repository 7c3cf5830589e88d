"""Putting notes that ignore the grid of their file on the one they were played on.

``grid_fit`` finds the grid of a melody, or of all that its track plays where the melody
is too short to tell; notes, tempos, meters and keys are moved to it. Played onsets that
then stand a tick beside a line are put on it. Notation is left as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from monody.music.melody import DEFAULT_BPM, MAX_BPM, MIN_BPM
from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_STEP
from monody.reading.note_table import Longs, Mask, NoteTable
from monody.reading.raw_score import RawScore
from monody.reading.retiming.grid_alignment import (
    GOOD_SHARE,
    MIN_ONSETS,
    needs_fit,
    on_grid_share,
)
from monody.reading.retiming.grid_fit import GridFit, fit_grid, retime

NEAR_SHARE = 0.85  # of a melody's onsets on lines or beside them: it was played to them
BESIDE_SHARE = 0.05  # of them beside: fewer are meant


def fits_of(
    parts: NoteTable, track: Longs, around: Sequence[RawScore], *, always: bool
) -> dict[int, GridFit]:
    """Find the grids of the parts that ignore the one that their file declares.

    Args:
        parts: In file ticks.
        track: ``(parts,)``: the track of each; non-decreasing.
        around: The file of each track.
        always: Fit every part that has a steady pulse.

    Returns:
        Grids by part, ``before`` and ``after`` counted over the part's own onsets.
    """
    onsets = _Onsets(parts)
    quarters = np.array([score.ticks_per_quarter for score in around], np.int64)[track]
    doubtful = np.ones(parts.owners, bool) if always else onsets.doubt(quarters)
    fits: dict[int, GridFit] = {}
    for owner, own in _by_track(np.flatnonzero(doubtful), track):
        played = {part: onsets.of(part) for part in own}
        fits |= _fits_of_track(played, around[owner], always=always)
    return fits


def _fits_of_track(
    played: dict[int, Longs], score: RawScore, *, always: bool
) -> dict[int, GridFit]:
    """Find the grids of a track's parts; what one of them lies on may suit others.

    The longest part is asked first, because it tells the grid best.
    """
    known: list[GridFit] = []
    fits: dict[int, GridFit] = {}
    for part in sorted(played, key=lambda part: -len(played[part])):
        onsets = played[part]
        suiting = [(on_grid_share(onsets, x.period, x.phase), x) for x in known]
        own = None
        if max((after for after, _ in suiting), default=0.0) < GOOD_SHARE:
            own = _fit(onsets, score, always=always)
        if own is not None:
            known.append(own)
            suiting.append((own.after, own))
        after, best = max(suiting, key=lambda fit: fit[0], default=(0.0, None))
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
        distinct[1:] = ~parts.with_next | (parts.start[1:] != parts.start[:-1])
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
    bpm = longest_tempo(score.tempos, int(onsets[0]), int(onsets[-1]))
    return fit_grid(onsets, score.ticks_per_quarter, bpm, always=always)


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


def retimed(parts: NoteTable, fits: dict[int, GridFit], quarters: Longs) -> NoteTable:
    """Move the notes of parts to their fitted grids.

    Args:
        parts: In file ticks.
        fits: Grids by part.
        quarters: ``(parts,)``: ticks to the quarter of their files.
    """
    start, end = parts.start.copy(), parts.end.copy()
    bounds = np.searchsorted(parts.owner, np.arange(parts.owners + 1))
    for part, fit in fits.items():
        own = slice(bounds[part], bounds[part + 1])
        quarter = int(quarters[part])
        start[own] = retime(start[own], fit, quarter)
        end[own] = np.maximum(retime(end[own], fit, quarter), start[own] + 1)
    return replace(parts, start=start, end=end)


def beside_lines(parts: NoteTable) -> Mask:
    """Tell which parts were played to the 16th grid, but not exactly: ``(parts,)``.

    Args:
        parts: In grid ticks.
    """
    place = parts.start % TICKS_PER_STEP
    beside = (place == 1) | (place == TICKS_PER_STEP - 1)
    counts = np.maximum(parts.counts, 1)
    near = parts.tally(beside | (place == 0)) / counts
    return (near >= NEAR_SHARE) & (parts.tally(beside) / counts >= BESIDE_SHARE)


def snapped(parts: NoteTable, chosen: Mask) -> NoteTable:
    """Put onsets and ends that are a tick beside a line of 16ths on it.

    Of melodies that play in triplets, the lines are those of triplets. An onset stays
    where it is if it would meet another there.

    Args:
        parts: In grid ticks, a single voice each.
        chosen: ``(parts,)``: the parts that were played.
    """
    place = parts.start % TICKS_PER_QUARTER
    straight = parts.tally(_NEAR_16THS[place])
    triplets = parts.tally(_NEAR_TRIPLETS[place])
    table = np.where((triplets > straight)[:, None], _TO_TRIPLETS, _TO_SIXTEENTHS)
    moves = np.where(chosen[:, None], table, 0)  # (parts, ticks of a quarter)
    start = parts.start + moves[parts.owner, place]
    meeting = np.zeros(len(parts), bool)
    together = parts.with_next & (start[1:] <= start[:-1])
    meeting[1:] |= together
    meeting[:-1] |= together
    start = np.where(meeting, parts.start, start)
    end = parts.end + moves[parts.owner, parts.end % TICKS_PER_QUARTER]
    end[:-1] = np.where(parts.with_next, np.minimum(end[:-1], start[1:]), end[:-1])
    return replace(parts, start=start, end=np.maximum(end, start + 1))


def _moves(lines: Sequence[int]) -> Longs:
    """Return how far each tick of a quarter moves: those beside a line, onto it."""
    moves = np.zeros(TICKS_PER_QUARTER, np.int64)
    for line in lines:
        moves[(line + 1) % TICKS_PER_QUARTER] = -1
        moves[(line - 1) % TICKS_PER_QUARTER] = 1
    return moves


_TO_SIXTEENTHS = _moves((0, 6, 12, 18))
_TO_TRIPLETS = _moves((0, 4, 8, 12, 16, 20))
_NEAR_16THS = np.isin(np.arange(TICKS_PER_QUARTER), (5, 6, 7, 17, 18, 19))
_NEAR_TRIPLETS = np.isin(np.arange(TICKS_PER_QUARTER), (7, 8, 9, 15, 16, 17))


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
