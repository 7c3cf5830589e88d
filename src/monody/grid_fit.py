"""From onsets that ignore the declared grid to the grid they were played on.

Many files declare a tempo that means nothing: a transcriber wrote seconds as ticks at
120 bpm, or somebody played without a metronome click. Their onsets stand at chance
against the quarter notes of the file, and quantising them scrambles the rhythm. Where
one constant period and one phase explain the onsets far better, `fit_grid` finds them
and `retime` moves the notes; a declared grid that fits is never touched.

The fit is a resonator, as in E. W. Large and J. F. Kolen, "Resonance and the perception
of musical meter" (1994), computed by Fourier transform of the onsets: a steady pulse
stands out as a peak. Each peak is refined by regression of the onsets' phases on time,
because a relative error of 0.0001 is a 16th note after 2,500 quarters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.melody import DEFAULT_BPM

ON_GRID = 0.15 / 4  # quarters either side of a line: 15 % of a 16th
GOOD_SHARE = 0.85  # of onsets on 16ths or triplets: the declared grid fits
EXACT = 1 / 400  # quarters either side of a line: a tick of 480
EXACT_DIVISIONS = (24, 16)  # parts of a quarter: all triplets of 16ths, and 64ths
EXACT_SHARE = 0.75  # of onsets exactly on them: notation, which declares what it means
MIN_EXPLAINED = 0.5  # of the share of onsets that chance leaves off the grid
MIN_GAIN = 0.3  # in the same share: what "far better" means
MAX_FALSE_FITS = 1e-4  # among files of random onsets
MIN_ONSETS = 12  # fewer are never on a grid by more than chance could put them

SAME_BPM = 0.01  # tempos are stored as whole microseconds to the quarter
COMFORTABLE_BPM = 100.0  # the beat level nearest to it is taken if nothing is declared
LOW_BPM, HIGH_BPM = 60.0, 140.0  # beat levels to prefer if nothing is declared
SLOWEST_BPM, FASTEST_BPM = 40.0, 300.0  # beat levels to consider at all
LEVEL_SLACK = 0.15  # what a fit at the preferred level may explain less than the best
OCTAVE_COST = 0.1  # what one octave nearer to the preferred bpm is worth, as explained
EIGHTHS_WORTH = 0.3  # what all onsets on 8ths rather than none are worth, likewise

# The pulses a grid is found by: 16ths, or the 12 parts of a quarter that hold 16ths and
# triplets alike. Each with the bpm between which it is looked for.
PULSES = ((4, SLOWEST_BPM, FASTEST_BPM), (12, LOW_BPM, HIGH_BPM))
PEAKS_OF_PULSE = 8
MIN_STRENGTH = 0.25  # of a peak: 1 is all onsets on the pulse, 0.35 the least that fits
BINS_OF_PULSE = 4  # Fourier bins in the shortest pulse: 10 % is lost to rounding there
MAX_BINS = 2**19  # 78 minutes; what lasts longer is not one melody at one tempo
REFINEMENTS = 3
# Weight of an onset by its twelfth of the quarter. It finds the line of an 8th in 99 %
# of four collections of folk tunes, that of the quarter in 77 to 92 %.
METRICAL_WEIGHTS = np.array([3, 0, 0, 1, 1, 0, 2, 0, 1, 1, 0, 0])
PHASE_SLACK = 0.9  # of the best weight: other phases as good, decided by tick 0

Floats = NDArray[np.floating]


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


@dataclass(frozen=True)
class _Candidate:
    """One grid that could be fitted."""

    period: float  # file ticks in a quarter
    phase: float  # file tick of a quarter-note line
    bpm: float
    explained: float  # as `GridFit.confidence`
    on_eighths: float  # share of onsets on the grid's 8ths
    evidence: float  # nats against chance


def on_grid_share(
    onsets: NDArray[np.int64], period: float, phase: float = 0.0
) -> float:
    """Return the share of onsets on the 16th grid: within 15 % of a 16th of a line.

    An onset that was rounded to a whole tick counts as on its line however long a tick.

    Args:
        onsets: One or more, in file ticks.
        period: File ticks in a quarter note.
        phase: File tick of a quarter-note line.

    Returns:
        A share from 0 to 1.
    """
    return _share(onsets, period, phase, (4,))


def fit_grid(
    onsets: NDArray[np.int64], ticks_per_quarter: int, bpm: float
) -> GridFit | None:
    """Fit a period and a phase to onsets that do not lie on the declared grid.

    Args:
        onsets: Distinct onsets of one melody, in order, in file ticks.
        ticks_per_quarter: The file's own division.
        bpm: The tempo that the file declares. The beat level nearest to it is taken;
            if it is the default of 120, or if no fit is near, the one nearest 100.

    Returns:
        The fit, or ``None`` where the declared grid is better left alone: because it
        fits, triplets and swing included, or because no grid is far better than it,
        or better than the best that as many random onsets could have.
    """
    if len(onsets) < MIN_ONSETS or _fits(onsets, ticks_per_quarter):
        return None
    declared = _explained(onsets, ticks_per_quarter, 0.0)
    needed = max(MIN_EXPLAINED, declared + MIN_GAIN)
    ticks_per_minute = bpm * ticks_per_quarter
    best = _preferred(list(_candidates(onsets, ticks_per_minute)), bpm, needed)
    if best is None:
        return None
    return GridFit(
        period=best.period,
        phase=best.phase,
        confidence=best.explained,
        before=on_grid_share(onsets, ticks_per_quarter),
        after=on_grid_share(onsets, best.period, best.phase),
    )


def retime(
    ticks: NDArray[np.int64], fit: GridFit, ticks_per_quarter: int
) -> NDArray[np.int64]:
    """Move file ticks to where they stand on the fitted grid.

    The fitted line at or just before tick 0 becomes tick 0. One that is late by no more
    than half a 16th becomes tick 0 too, so that a file that lags a little behind its
    own grid keeps its bars.

    Args:
        ticks: Any times of the file, in file ticks, in any shape.
        fit: The fitted grid.
        ticks_per_quarter: The file's own division, which the result is in as well.

    Returns:
        File ticks, in the order of `ticks`, never negative.
    """
    quarters = (ticks - fit.phase) / fit.period
    if fit.phase > fit.period / 8:
        quarters += 1
    moved: NDArray[np.int64] = np.rint(quarters * ticks_per_quarter).astype(np.int64)
    return np.maximum(moved, 0)


def _fits(onsets: NDArray[np.int64], ticks_per_quarter: int) -> bool:
    """Tell whether the declared grid explains the onsets.

    Either most are near a 16th or a triplet, or they are exactly on finer parts of the
    quarter: the swung 16ths of a notated hornpipe would else pass for another tempo.
    """
    if _share(onsets, ticks_per_quarter, 0.0, (4, 3)) >= GOOD_SHARE:
        return True
    exact = _share(onsets, ticks_per_quarter, 0.0, EXACT_DIVISIONS, EXACT)
    return exact >= EXACT_SHARE


def _share(
    onsets: NDArray[np.int64],
    period: float,
    phase: float,
    divisions: tuple[int, ...],
    tolerance: float = ON_GRID,
) -> float:
    """Return the share of onsets near a line of any of the divisions of a quarter."""
    tolerance = _at_least_half_a_tick(tolerance, period)
    quarters = (onsets - phase) / period
    near = np.zeros(len(onsets), bool)
    for division in divisions:
        lines = quarters * division
        near |= np.abs(lines - np.rint(lines)) <= tolerance * division
    return float(near.mean())


def _at_least_half_a_tick(tolerance: float, period: float) -> float:
    """Return a tolerance in quarters that rounding to whole ticks stays within."""
    return max(tolerance, 0.5 / period * (1 + 1e-9))


def _measures(
    onsets: NDArray[np.int64], period: float, phase: float
) -> list[tuple[float, float]]:
    """Return share and chance for the 16ths alone, then for 16ths and triplets."""
    width = 2 * _at_least_half_a_tick(ON_GRID, period)
    return [
        (_share(onsets, period, phase, (4,)), min(4 * width, 1.0)),
        (_share(onsets, period, phase, (4, 3)), min(6 * width, 1.0)),
    ]


def _explained(onsets: NDArray[np.int64], period: float, phase: float) -> float:
    """Return the share of onsets on the grid on a scale from chance, 0, to all, 1."""
    return max(_above(*measure) for measure in _measures(onsets, period, phase))


def _above(share: float, chance: float) -> float:
    """Return a share on a scale where chance is 0 and all is 1; never negative."""
    return max(share - chance, 0.0) / (1 - chance) if chance < 1 else 0.0


def _divergence(share: float, chance: float) -> float:
    """Return the nats per onset by which a share above chance speaks against chance.

    By Chernoff's bound `n` random onsets reach the share with a probability of at most
    ``exp(-n * divergence)``: the Kullback-Leibler divergence of two coins.
    """
    if share <= chance:
        return 0.0
    on = share * np.log(share / chance)
    off = (1 - share) * np.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return float(on + off)


def _candidates(
    onsets: NDArray[np.int64], ticks_per_minute: float
) -> Iterator[_Candidate]:
    """Yield the grids of the strongest pulses that are better than chance."""
    fastest = max(parts * high for parts, _, high in PULSES) / ticks_per_minute
    spectrum = _spectrum(onsets, fastest)
    if spectrum is None:
        return
    strength, bin_width = spectrum
    # Every bin of every pulse, at every phase, is another chance for random onsets.
    tried = len(strength) * len(PULSES) * max(parts for parts, _, _ in PULSES)
    for parts, low, high in PULSES:
        reach = np.array([low, high]) * parts / ticks_per_minute / bin_width
        for peak in _peaks(strength, *np.rint(reach).astype(int)):
            pulse, phase = _refined(onsets, peak * bin_width)
            if low * parts <= pulse * ticks_per_minute <= high * parts:
                grid = _grid(onsets, pulse, phase, parts, ticks_per_minute)
                if grid.evidence > np.log(tried / MAX_FALSE_FITS):
                    yield grid


def _spectrum(onsets: NDArray[np.int64], fastest: float) -> tuple[Floats, float] | None:
    """Return how strongly each pulse is in the onsets, and the width of a bin.

    Args:
        onsets: In file ticks.
        fastest: Pulses a tick.

    Returns:
        Strengths for 0, 1, 2 ... bins, up to `fastest`, and the pulses a tick of one
        bin; or ``None`` if the music ends hours after its file begins.
    """
    bins_of_tick = fastest * BINS_OF_PULSE
    if onsets[-1] * bins_of_tick > MAX_BINS:
        return None
    places = ((onsets - onsets[0]) * bins_of_tick).astype(np.int64)
    # Twice the length: a peak is then at most a quarter of a turn off at either end.
    size = _fast_size(2 * int(places[-1]) + 2)
    counts = np.bincount(places, minlength=size).astype(np.float32)
    strength = np.abs(np.fft.rfft(counts)[: size // BINS_OF_PULSE + 2]) / len(onsets)
    return strength, bins_of_tick / size


def _fast_size(size: int) -> int:
    """Return 4, 5, 6 or 7 times a power of 2, the next: Fourier is fast for those."""
    unit = 1 << max(size.bit_length() - 3, 0)
    return -(-size // unit) * unit


def _peaks(strength: Floats, low: int, high: int) -> NDArray[np.int64]:
    """Return the bins of the strongest local maxima from bin `low` to `high`."""
    loud = np.flatnonzero(strength[:-1] >= MIN_STRENGTH)
    loud = loud[(loud >= max(low, 1)) & (loud <= high)]
    here = strength[loud]
    found = loud[(here >= strength[loud - 1]) & (here > strength[loud + 1])]
    return found[np.argsort(-strength[found], kind="stable")[:PEAKS_OF_PULSE]]


def _refined(onsets: NDArray[np.int64], pulse: float) -> tuple[float, float]:
    """Improve a pulse by regression; return pulses a tick and the tick of one."""
    centre = float(onsets.mean())
    time = onsets - centre
    for _ in range(REFINEMENTS):
        turns = np.exp(2j * np.pi * pulse * time)
        residual = np.angle(turns * np.conj(turns.sum())) / (2 * np.pi)
        # Onsets off the pulse, triplets among 16ths, have no say.
        weight = np.maximum(np.cos(2 * np.pi * residual), 0.0)
        middle = time - np.average(time, weights=weight)
        pulse -= float(weight @ (middle * residual) / (weight @ middle**2))
    turn = np.angle(np.exp(2j * np.pi * pulse * time).sum()) / (2 * np.pi)
    return pulse, centre + float(turn) / pulse


def _grid(
    onsets: NDArray[np.int64],
    pulse: float,
    tick: float,
    parts: int,
    ticks_per_minute: float,
) -> _Candidate:
    """Return the grid whose quarter has `parts` of a pulse that passes at `tick`."""
    period = float(parts / pulse)
    phase = _quarter_line(onsets, pulse, tick, parts)
    measures = _measures(onsets, period, phase)
    return _Candidate(
        period=period,
        phase=phase,
        bpm=ticks_per_minute / period,
        explained=max(_above(*measure) for measure in measures),
        on_eighths=_share(onsets, period, phase, (2,)),
        evidence=len(onsets) * max(_divergence(*measure) for measure in measures),
    )


def _quarter_line(
    onsets: NDArray[np.int64], pulse: float, tick: float, parts: int
) -> float:
    """Return the tick, from 0 to a period, of the pulse that is the quarter note's.

    It is the one that most onsets agree with; of several that are nearly as good, as
    the two 8ths of a quarter are in 6/8, the one that is nearest to tick 0.
    """
    period = parts / pulse
    place = np.rint((onsets - tick) * pulse).astype(np.int64) % parts
    counts = np.bincount(place, minlength=parts)
    weights = METRICAL_WEIGHTS[:: 12 // parts]
    support = np.array([weights @ np.roll(counts, -shift) for shift in range(parts)])
    phases = (tick + np.arange(parts) / pulse) % period  # period itself if just below 0
    distance = np.minimum(phases, period - phases)
    distance[support < PHASE_SLACK * support.max()] = np.inf
    return float(phases[np.argmin(distance)] % period)


def _preferred(
    candidates: list[_Candidate], bpm: float, needed: float
) -> _Candidate | None:
    """Return the fit at the best beat level, or ``None`` if none explains enough."""
    good = [fit for fit in candidates if fit.explained >= needed]
    if not good:
        return None
    enough = max(fit.explained for fit in good) - LEVEL_SLACK
    levels = [(COMFORTABLE_BPM, LOW_BPM, HIGH_BPM), (COMFORTABLE_BPM, 0.0, np.inf)]
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
    """Return what a candidate explains, by which lines, less its tempo's distance.

    Quarters and 8ths fit 16ths and triplets of other tempos too: at 3/2 of their tempo
    they are dotted 8ths. They are told apart by how many onsets are on 8ths.
    """
    octaves = abs(float(np.log2(candidate.bpm / centre)))
    explained = candidate.explained + EIGHTHS_WORTH * candidate.on_eighths
    return explained - OCTAVE_COST * octaves
