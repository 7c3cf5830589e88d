"""From onsets that ignore the declared grid to the grid they were played on.

Many files declare a tempo that means nothing: a transcriber wrote seconds as ticks at
120 bpm, or somebody played without a metronome click. Their onsets lie at random
between the quarter notes of the file, and quantising them scrambles the rhythm. Where
one constant period and one phase explain the onsets far better, `fit_grid` finds them
and `retime` moves the notes; a declared grid that fits is not touched unless asked to.

The pulses come from ``pulses``. A grid is made of one here: how many of them are a
quarter note, which of them is its line, and whether chance could do as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from monody.music.melody import DEFAULT_BPM
from monody.reading.note_table import Floats, Longs
from monody.reading.retiming.grid_alignment import (
    MIN_ONSETS,
    ON_GRID,
    above_chance,
    at_least_half_a_tick,
    chances,
    declared_fits,
    declared_shares,
    divergence,
    exact_share,
    explained_share,
    on_grid_share,
)
from monody.reading.retiming.pulses import find_pulses

MIN_EXPLAINED = 0.5  # of the share of onsets that chance leaves off the grid
MIN_GAIN = 0.3  # in the same share: this is "far better"
MIN_MERIT_GAIN = 0.01  # in the same share, to re-time a melody that fits already
MAX_FALSE_FITS = 1e-4  # among files of random onsets

SAME_BPM = 0.01  # tempos are stored as whole microseconds to the quarter
COMFORTABLE_BPM = 100.0  # the beat level nearest to it is taken if nothing is declared
LOW_BPM, HIGH_BPM = 60.0, 140.0  # beat levels to prefer if nothing is declared
SLOWEST_BPM, FASTEST_BPM = 40.0, 300.0  # beat levels to consider at all
LEVEL_SLACK = 0.15  # a fit at the preferred level may explain less by this
OCTAVE_COST = 0.1  # worth of being one octave nearer to the preferred bpm, as explained
EIGHTHS_WORTH = 0.3  # worth of all onsets on 8ths rather than none, likewise

# The pulses a grid is found by: 16ths, or the 12 parts of a quarter that hold 16ths and
# triplets alike. Each with the bpm between which it is looked for.
PULSES = ((4, SLOWEST_BPM, FASTEST_BPM), (12, LOW_BPM, HIGH_BPM))
PARTS = np.array([parts for parts, _, _ in PULSES])
PULSES_A_MINUTE = PARTS[:, None] * [bpms for _, *bpms in PULSES]  # (bands, 2)
ROUNDING = 1e-6  # of a rate: the fastest, when refined, is as little too fast
BINS = 240  # of a quarter: the fewest with edges at 15 % of a 16th from each line
# Weight of an onset by its twelfth of the quarter. It finds the line of an 8th in 99 %
# of four collections of folk tunes, that of the quarter in 77 to 92 %.
METRICAL_WEIGHTS = np.array([3, 0, 0, 1, 1, 0, 2, 0, 1, 1, 0, 0])
PHASE_SLACK = 0.9  # of the best weight: other phases as good, decided by tick 0


def _to_lines(*divisions: int) -> Floats:
    """Return how far the middle of each bin of a quarter is from the nearest line."""
    middles = (np.arange(BINS) + 0.5) / BINS
    lines = [middles * division for division in divisions]
    away = [np.abs(x - np.rint(x)) / n for x, n in zip(lines, divisions, strict=True)]
    nearest: Floats = np.min(away, axis=0)
    return nearest


TO_LINES = np.stack([_to_lines(4), _to_lines(4, 3), _to_lines(2)])  # (3, bins)


def _support(parts: int) -> Floats:
    """Weigh each bin as support for each pulse as the quarter's line: (bins, parts)."""
    nearest = np.rint((np.arange(BINS) + 0.5) * parts / BINS).astype(np.int64)
    turned = (nearest[:, None] - np.arange(parts)) % parts
    weights: Floats = METRICAL_WEIGHTS[:: 12 // parts][turned].astype(np.float32)
    return weights


# Each pulse of each band could be the line of the quarter: 16 in all.
LINES = np.concatenate([np.arange(parts) / parts for parts in PARTS])  # in quarters
OF_BAND = np.repeat(np.arange(len(PARTS)), PARTS) == np.arange(len(PARTS))[:, None]
SUPPORT = np.concatenate([_support(parts) for parts in PARTS], axis=1)  # (bins, lines)
FROM_LINES = np.stack(  # (lines, 3, bins)
    [np.roll(TO_LINES, round(line * BINS), axis=1) for line in LINES]
)


@dataclass(frozen=True)
class GridFit:
    """The grid that a melody's onsets lie on, in file ticks.

    Args:
        period: File ticks in a quarter note.
        phase: File tick of a quarter-note line, 0 or more and less than `period`.
        confidence: How much of what chance leaves off a grid the fit explains: 0 is
            what random onsets do, 1 is every onset on a 16th or a triplet.
        before: Share of onsets on the declared 16th grid, 0 to 1.
        after: Share of onsets on the fitted 16th grid, 0 to 1.
    """

    period: float
    phase: float
    confidence: float
    before: float
    after: float


class _Candidate(NamedTuple):
    """One grid that could be fitted."""

    period: float  # file ticks in a quarter
    phase: float  # file tick of a quarter-note line
    bpm: float
    explained: float  # as `GridFit.confidence`
    on_eighths: float  # share of onsets on the grid's 8ths


def fit_grid(
    onsets: Longs, ticks_per_quarter: int, bpm: float, *, always: bool = False
) -> GridFit | None:
    """Fit a period and a phase to onsets that do not lie on the declared grid.

    Args:
        onsets: Distinct onsets of one melody, in order, in file ticks.
        ticks_per_quarter: The file's own division.
        bpm: The tempo that the file declares. The beat level nearest to it is taken;
            if it is the default of 120, or if no fit is near, the one nearest 100.
        always: Look at a declared grid that fits, too, and take a fit that is better
            by ``MIN_MERIT_GAIN``, however little it explains, if it is better than
            chance. A melody that is wholly on its grid still gives ``None``: nothing
            is better.

    Returns:
        The fit, or ``None`` where the declared grid is better left alone: because it
        fits, triplets and swing included, or because no grid is far better than it,
        or better than the best that as many random onsets could have. The first two
        are waived by `always`.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_fit import fit_grid
        >>> onsets = 31 + 347 * np.arange(32)  # quarters of 347 ticks, not of 480
        >>> fit = fit_grid(onsets, ticks_per_quarter=480, bpm=150)
        >>> round(fit.period), round(fit.phase), fit.after
        (347, 31, 1.0)
        >>> fit_grid(480 * np.arange(32), ticks_per_quarter=480, bpm=120) is None
        True
    """
    if len(onsets) < MIN_ONSETS:
        return None
    shares = declared_shares(onsets, ticks_per_quarter)
    if not always and declared_fits(shares):
        return None
    explained = explained_share(shares, ticks_per_quarter)
    needed = enough = max(MIN_EXPLAINED, explained + MIN_GAIN)
    if always:
        needed = max(explained, exact_share(shares, ticks_per_quarter)) + MIN_MERIT_GAIN
    if needed > 1:
        return None
    candidates = _candidates(onsets, bpm * ticks_per_quarter, needed)
    good = [x for x in candidates if x.explained >= enough]
    best = _preferred(good or candidates, bpm)
    if best is None:
        return None
    return GridFit(
        period=best.period,
        phase=best.phase,
        confidence=best.explained,
        before=float(shares[0]),
        after=on_grid_share(onsets, best.period, best.phase),
    )


def retime(ticks: Longs, fit: GridFit, ticks_per_quarter: int) -> Longs:
    """Move file ticks to their places on the fitted grid.

    The fitted line at or just before tick 0 becomes tick 0. One that is late by no more
    than half a 16th becomes tick 0 too, so that a file that lags a little behind its
    own grid keeps its bars.

    Args:
        ticks: Times in file ticks, in an array of any shape.
        fit: The fitted grid.
        ticks_per_quarter: The file's own division, which the result is in as well.

    Returns:
        File ticks, in the order of `ticks`, never negative.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_fit import GridFit, retime
        >>> fit = GridFit(period=350, phase=20, confidence=1, before=0, after=1)
        >>> retime(np.array([20, 195, 370]), fit, ticks_per_quarter=480).tolist()
        [0, 240, 480]
    """
    quarters = (ticks - fit.phase) / fit.period
    if fit.phase > fit.period / 8:
        quarters += 1
    moved: Longs = np.rint(quarters * ticks_per_quarter).astype(np.int64)
    return np.maximum(moved, 0)


def _candidates(
    onsets: Longs, ticks_per_minute: float, needed: float
) -> list[_Candidate]:
    """Return the grids of the strongest pulses that explain enough, not by chance."""
    bands = PULSES_A_MINUTE / ticks_per_minute
    rates, ticks = find_pulses(onsets, bands)
    slowest, fastest = bands[:, :1], bands[:, 1:] * (1 + ROUNDING)
    band, pulse = np.nonzero((slowest <= rates) & (rates <= fastest))
    periods = PARTS[band] / rates[pulse]
    phases, shares = _on_grids(onsets, periods, ticks[pulse], band)
    by_chance = chances(periods)  # (grids, 2)
    explained = above_chance(shares[:, :2], by_chance).max(axis=1)
    # Half a turn of the melody more or less is another pulse. Every one of them, at
    # every phase, is another chance for random onsets.
    tried = 2 * float(onsets[-1] - onsets[0]) * float(bands[-1, -1])
    by_luck = math.log(tried * len(PULSES) * 12 / MAX_FALSE_FITS) / len(onsets)
    grids = []
    for grid in np.flatnonzero(explained >= needed).tolist():
        period = float(periods[grid])
        *on_grid, on_eighths = shares[grid].tolist()
        if max(map(divergence, on_grid, by_chance[grid].tolist())) <= by_luck:
            continue
        bpm = ticks_per_minute / period
        phase, explains = float(phases[grid]), float(explained[grid])
        grids.append(_Candidate(period, phase, bpm, explains, on_eighths))
    return grids


def _on_grids(
    onsets: Longs, periods: Floats, ticks: Floats, band: Longs
) -> tuple[Floats, Floats]:
    """Return the phases of grids, and the shares of onsets that are on their lines.

    The line of the quarter is the pulse that most onsets agree with; of several that
    are nearly as good, as the two 8ths of a quarter are in 6/8, the one that is nearest
    to tick 0.

    Args:
        onsets: In file ticks.
        periods: ``(grids,)`` File ticks in a quarter.
        ticks: ``(grids,)`` The file tick of a pulse.
        band: ``(grids,)`` Whose pulse it is.

    Returns:
        Phases in file ticks, ``(grids,)``; shares on the lines of 16ths, of 16ths and
        triplets, and of 8ths, ``(grids, 3)``.
    """
    onsets_in = _in_bins(onsets, periods, ticks)
    periods = periods[:, None]
    phases = (ticks[:, None] + LINES * periods) % periods  # (grids, lines)
    distance = np.minimum(phases, periods - phases)
    support = onsets_in @ SUPPORT * OF_BAND[band]  # (grids, lines)
    distance[support < PHASE_SLACK * support.max(axis=1, keepdims=True)] = np.inf
    lines = distance.argmin(axis=1)
    # (grids, 3, bins)
    near = FROM_LINES[lines] <= at_least_half_a_tick(ON_GRID, periods)[:, :, None]
    shares = (near @ onsets_in[:, :, None])[:, :, 0] / len(onsets)  # (grids, 3)
    return phases[np.arange(len(lines)), lines], shares


def _in_bins(onsets: Longs, periods: Floats, ticks: Floats) -> Floats:
    """Count onsets by the bin of the quarter that they are in.

    Args:
        onsets: In file ticks.
        periods: ``(grids,)`` File ticks in a quarter.
        ticks: ``(grids,)`` The file tick at which the first bin begins.

    Returns:
        ``(grids, BINS)``
    """
    grids = len(periods)
    quarters = np.multiply.outer(1 / periods, onsets)  # (grids, onsets)
    quarters -= (ticks / periods)[:, None]
    quarters -= np.floor(quarters)
    quarters *= BINS - 1e-9  # a quarter less nothing is rounded to a whole one
    bins = quarters.astype(np.int64)
    bins += np.arange(0, BINS * grids, BINS)[:, None]
    counts = np.bincount(bins.ravel(), minlength=BINS * grids)
    return counts.reshape(-1, BINS).astype(np.float32)


def _preferred(good: list[_Candidate], bpm: float) -> _Candidate | None:
    """Return the fit at the best beat level, or ``None`` if there is none."""
    if not good:
        return None
    enough = max(fit.explained for fit in good) - LEVEL_SLACK
    levels = [(COMFORTABLE_BPM, LOW_BPM, HIGH_BPM), (COMFORTABLE_BPM, 0.0, math.inf)]
    if abs(bpm - DEFAULT_BPM) > SAME_BPM:
        levels.insert(0, (bpm, bpm / 2**0.5, bpm * 2**0.5))
    for centre, low, high in levels:
        near = [x for x in good if low <= x.bpm <= high and x.explained >= enough]
        if near:
            return _best(near, centre)
    return None


def _best(candidates: list[_Candidate], centre: float) -> _Candidate:
    """Return the candidate of most merit at a beat level near a tempo."""
    return max(candidates, key=lambda candidate: _merit(candidate, centre))


def _merit(candidate: _Candidate, centre: float) -> float:
    """Weigh the share that a candidate explains, its 8ths, and its tempo's distance.

    Quarters and 8ths fit 16ths and triplets of other tempos too: at 3/2 of their tempo
    they are dotted 8ths. They are told apart by how many onsets are on 8ths.
    """
    octaves = abs(math.log2(candidate.bpm / centre))
    explained = candidate.explained + EIGHTHS_WORTH * candidate.on_eighths
    return explained - OCTAVE_COST * octaves
