"""Features of melodies for the stronger judge of ``realness.py``.

They are broad on purpose: phrases, cadences, contour, likeness of bars, rhythm and
pitch as n-grams, density, metre, key. They were not fitted to what any program does
wrong. A feature that a melody does not have is ``nan``, which boosted trees know.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.corpus.histograms import NOTE_VALUES
from monody.music.melody import Melody
from realness_layout import Floats, Ints, Laid, laid_out

BARS = 16
LAGS = (1, 2, 3, 4, 6, 8, 12)  # bars
MAX_LAG_BEATS = 16
CELLS_PER_BAR = 24
_VALUES = np.array(list(NOTE_VALUES))
_EDGES = np.sqrt(_VALUES[1:] * _VALUES[:-1])


def strong_features(melodies: Iterable[Melody], endings: bool = True) -> Floats:
    """Return many features of each melody, ``(melodies, width)``.

    Args:
        melodies: Of two notes or more; shorter ones are left out.
        endings: Whether how a melody ends counts. If not, its last bar is cut off:
            do so where one side was cut off anyway, or to judge what comes before.
    """
    parts: list[Callable[[Laid], Sequence[float] | Floats]] = [
        _phrases, _contour, _likeness, _beats, _rhythm, _pitch, _motion, _harmony,
        _density,
    ]  # fmt: skip
    laid = laid_out(melodies)
    if endings:
        parts.append(_cadence)
    else:
        laid = laid_out(one.melody.between(0, int(one.lines[-2])) for one in laid)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are nan
        rows = [
            np.concatenate([np.asarray(part(one), float).ravel() for part in parts])
            for one in laid
        ]
    features = np.array(rows)
    return np.where(np.isfinite(features), features, np.nan)


def _by_bar(
    one: Laid, values: NDArray[Any], reduce: Callable[[Floats], float]
) -> Floats:
    """Reduce the values of each bar, 1 to 16: ``(16,)``; ``nan`` of an empty bar."""
    found = np.full(BARS, np.nan)
    for bar in range(1, BARS + 1):
        inside = np.asarray(values[one.numbers == bar], float)
        if len(inside):
            found[bar - 1] = reduce(inside)
    return found


def _by_phrase(by_bar: Floats) -> Floats:
    """Average bars 1, 5, 9, 13, then 2, 6, 10, 14 and so on; then less the mean."""
    means: Floats = np.nanmean(by_bar.reshape(4, 4), axis=0)
    return means - float(np.nanmean(by_bar))


def _phrases(one: Laid) -> Floats:
    longest = _by_bar(one, one.to_next / one.bar_ticks, np.max)
    last = _by_bar(one, one.durations / one.bar_ticks, lambda inside: inside[-1])
    count = _by_bar(one, np.ones(len(one.starts)), np.sum)
    place = _by_bar(one, one.positions / one.bar_ticks, lambda inside: inside[-1])
    tonic = _by_bar(one, np.isin(one.degrees, (0,)), lambda inside: inside[-1])
    stable = _by_bar(one, np.isin(one.degrees, (0, 3, 4, 7)), lambda inside: inside[-1])
    height = _by_bar(one, one.pitches, np.mean)
    columns = [_by_phrase(each) for each in
               (longest, last, count, place, tonic, stable, height)]  # fmt: skip
    gaps = np.flatnonzero(one.to_next >= 2 * np.median(one.to_next))
    between = np.diff(one.starts[gaps] + one.to_next[gaps]) / one.bar_ticks[0]
    return np.concatenate(
        [
            *columns,
            longest[[3, 7, 11]] - np.nanmean(longest),
            [len(gaps) / one.bar_count, np.mean(between), np.std(between)],
            [np.mean(np.isclose(between % 2, 0)), np.mean(np.isclose(between % 4, 0))],
            [float(one.has_pickup), np.nanstd(longest), np.nanstd(count)],
        ]
    )


def _cadence(one: Laid) -> list[float]:
    bar, pitches = one.bar_ticks[-1], one.pitches
    tail = one.intervals[-4:]
    return [
        one.positions[-1] / bar,
        one.durations[-1] / bar,
        one.durations[-1] / np.mean(one.durations),
        one.end_beats,
        float(one.degrees[-1]),
        float(one.degrees[-2]),
        float(one.degrees[-1] == 0),
        *np.pad(tail.astype(float), (4 - len(tail), 0), constant_values=np.nan),
        pitches[-1] - pitches.mean(),
        pitches[-1] - pitches.min(),
        pitches[-1] - pitches[0],
        np.count_nonzero(one.bars == one.bars[-1]),
        np.count_nonzero(one.bars == one.bars[-1] - 1),
        one.to_next[-2] / np.mean(one.to_next),
        (one.melody.end - one.lines[-1]) / bar,
    ]


def _contour(one: Laid) -> list[float]:
    pitches, intervals = one.pitches.astype(float), one.intervals
    time = (one.starts - one.starts[0]) / max(one.melody.end - one.starts[0], 1)
    quarter = np.minimum((4 * time).astype(int), 3)
    moves = np.sign(intervals[intervals != 0])
    turns = np.flatnonzero(np.diff(moves))
    runs = np.diff(np.concatenate([[-1], turns, [len(moves) - 1]]))
    centred, spread = pitches - pitches.mean(), max(pitches.std(), 1e-9)
    arch = 4 * time * (1 - time)
    return [
        *(np.mean(centred[quarter == part]) for part in range(4)),
        *(np.ptp(pitches[quarter == part]) if np.any(quarter == part) else np.nan
          for part in range(4)),
        float(time[pitches.argmax()]), float(time[pitches.argmin()]),
        float(np.mean(pitches == pitches.max())),
        float(np.mean(pitches == pitches.min())),
        np.ptp(pitches), pitches.std(), float(pitches.mean()),
        len(turns) / max(len(moves), 1), np.mean(runs), np.max(runs), np.std(runs),
        float(np.mean(centred * (time - time.mean())) / spread),
        float(np.mean(centred * (arch - arch.mean())) / spread),
        np.abs(intervals).mean(), intervals.std(),
        float(np.mean(np.abs(np.diff(_by_bar(one, one.pitches, np.mean))))),
    ]  # fmt: skip


def _likeness(one: Laid) -> list[float]:
    """Compare each bar with earlier ones: notes, rhythm, shape, and pitch over time."""
    notes: list[Hashable] = list(one.by_bar)
    rhythms = [tuple((at, ticks) for at, _, ticks in bar) for bar in one.by_bar]
    onsets = [tuple(at for at, _, _ in bar) for bar in one.by_bar]
    shapes = [
        tuple((at, pitch - bar[0][1]) for at, pitch, _ in bar) for bar in one.by_bar
    ]
    sampled = _sampled(one)
    found = []
    for lag in LAGS:
        found += [_equal_share(kind, lag) for kind in (notes, rhythms, onsets, shapes)]
        alike = sampled[lag:] == sampled[:-lag]
        found.append(float(alike.mean()) if len(alike) else np.nan)
        by_bar = alike.mean(axis=1) if len(alike) else np.array([np.nan])
        found.append(float(np.mean((by_bar > 0.5) & (by_bar < 1))))
    for kind in (notes, rhythms, shapes):
        found += [len({*kind}) / len(kind), max(Counter(kind).values()) / len(kind)]
    found.append(_longest_again(notes) / len(notes))
    return [*found, *_sections(sampled)]


def _sampled(one: Laid) -> Ints:
    """Return the pitch that sounds, 24 times a bar: ``(bars, 24)``; 0 at the start."""
    inside = np.arange(CELLS_PER_BAR) / CELLS_PER_BAR
    ticks = one.lines[:-1, None] + inside * np.diff(one.lines)[:, None]
    index = np.searchsorted(one.starts, ticks, side="right") - 1
    return np.where(index >= 0, one.pitches[index], 0)


def _sections(sampled: Ints) -> list[float]:
    """Return how alike each two of the first four groups of four bars are."""
    found = []
    for first in range(4):
        for second in range(first + 1, 4):
            one = sampled[4 * first : 4 * first + 4]
            other = sampled[4 * second : 4 * second + 4]
            size = min(len(one), len(other))
            found.append(float(np.mean(one[:size] == other[:size])) if size else np.nan)
    return found


def _equal_share(kind: Sequence[Hashable], lag: int) -> float:
    pairs = [
        one == other for one, other in zip(kind, kind[lag:], strict=False) if other
    ]
    return float(np.mean(pairs)) if pairs else np.nan


def _longest_again(bars: Sequence[Hashable]) -> int:
    """Return how many bars in a row come again later."""
    longest = 0
    for lag in range(1, len(bars)):
        run = 0
        for one, other in zip(bars, bars[lag:], strict=False):
            run = run + 1 if one and one == other else 0
            longest = max(longest, run)
    return longest


def _beats(one: Laid) -> list[float]:
    """Correlate onsets, and pitches over time, with themselves 1 to 16 beats later."""
    cell = max(one.beat_ticks // 4, 1)
    cells = np.arange(one.starts[0], one.melody.end, cell)
    onsets = np.zeros(len(cells))
    onsets[np.minimum((one.starts - one.starts[0]) // cell, len(cells) - 1)] = 1
    index = np.searchsorted(one.starts, cells, side="right") - 1
    found = []
    for series in (onsets, one.pitches[index].astype(float)):
        centred = series - series.mean()
        power = max(float(np.mean(centred**2)), 1e-9)
        for beats in range(1, MAX_LAG_BEATS + 1):
            later = 4 * beats
            products = centred[later:] * centred[:-later]
            found.append(float(np.mean(products)) / power)
    return found


def _entropy(values: Iterable[Hashable]) -> float:
    """Return the entropy in bits."""
    counts = np.array(list(Counter(values).values()), float)
    shares = counts / counts.sum() if len(counts) else counts
    return float(-(shares * np.log2(shares)).sum())


def _grams(values: Sequence[Hashable], size: int) -> list[Hashable]:
    return list(zip(*(values[at:] for at in range(size)), strict=False))


def _diversity(values: Sequence[Hashable]) -> list[float]:
    """Return the entropy and the share of distinct ones of 1-, 2-, 3- and 4-grams."""
    found = []
    for size in (1, 2, 3, 4):
        grams = _grams(values, size)
        found += [_entropy(grams), len({*grams}) / max(len(grams), 1)]
    return found


def _rhythm(one: Laid) -> list[float]:
    durations, gaps = one.durations, one.to_next
    values = np.bincount(np.searchsorted(_EDGES, durations), minlength=len(_VALUES))
    beat, bar = one.beat_ticks, one.bar_ticks
    on_beat = one.positions % beat == 0
    cells = np.minimum((12 * one.positions / bar).astype(int), 11)
    crosses = one.positions + durations > bar
    over_beat = (one.positions % beat + durations > beat) & ~on_beat
    ratio = np.log2(gaps[1:] / gaps[:-1])
    rest = gaps - durations
    return [
        *(values / len(durations)),
        *(np.bincount(cells, minlength=12) / len(cells)),
        *_diversity(durations.tolist()), *_diversity(gaps.tolist()),
        *_diversity(one.positions.tolist()),
        on_beat.mean(), np.mean(one.positions == 0), crosses.mean(), over_beat.mean(),
        np.mean(one.starts % 6 == 0), np.mean(one.starts % 4 == 0),
        np.mean(durations % 3 == 0), np.mean(durations % 6 == 0),
        np.mean(np.isin(durations, _VALUES)),
        np.mean(ratio == 0), np.abs(ratio).mean(), np.mean(np.abs(ratio) >= 2),
        np.mean(np.log2(durations)), np.std(np.log2(durations)),
        np.max(durations) / np.mean(durations), np.min(durations) / np.mean(durations),
        np.mean(rest > 0), np.mean(rest >= 6), rest.sum() / gaps.sum(),
        len({*one.bars.tolist()}) / one.bar_count,
        np.mean(durations[on_beat]) / np.mean(durations),
    ]  # fmt: skip


def _pitch(one: Laid) -> list[float]:
    intervals = np.clip(one.intervals, -12, 12)
    degrees = one.degrees.tolist()
    after = [
        float(np.mean(one.intervals[one.degrees[:-1] == degree]))
        for degree in range(12)
    ]
    weighted = np.bincount(one.degrees, one.durations, 12) / one.durations.sum()
    return [
        *(np.bincount(one.degrees, minlength=12) / len(degrees)),
        *weighted,
        *(np.bincount(intervals + 12, minlength=25) / max(len(intervals), 1)),
        *after,
        *_diversity(degrees), *_diversity(one.intervals.tolist()),
        *_diversity(np.sign(one.intervals).tolist()),
        *_diversity(list(zip(degrees, one.durations.tolist(), strict=True))),
        len({*one.pitches.tolist()}), one.in_scale.mean(), float(one.is_minor),
    ]  # fmt: skip


def _motion(one: Laid) -> list[float]:
    """Describe what follows what: steps, leaps, turns, neighbours."""
    first, then = one.intervals[:-1], one.intervals[1:]
    size, next_size = np.abs(first), np.abs(then)
    found = []
    for least, most in ((1, 2), (3, 4), (5, 7), (8, 99)):
        here = (size >= least) & (size <= most)
        back = here & (np.sign(first) * np.sign(then) < 0)
        found += [
            here.mean(),
            back.sum() / max(here.sum(), 1) if here.any() else np.nan,
            (back & (next_size <= 2)).sum() / here.sum() if here.any() else np.nan,
            (here & (then == 0)).sum() / here.sum() if here.any() else np.nan,
        ]
    strong = one.positions[1:] % one.beat_ticks == 0
    moves = np.abs(one.intervals)
    return [
        *found,
        np.mean(first + then == 0), np.mean((first == 0) & (then == 0)),
        np.mean((size >= 5) & (next_size >= 5)),
        np.mean((np.sign(first) == np.sign(then)) & (size >= 3) & (next_size >= 3)),
        np.mean(moves[strong]), np.mean(moves[~strong]),
        np.mean(moves[one.durations[:-1] >= np.median(one.durations)]),
        np.mean(moves[one.bars[1:] != one.bars[:-1]]),
        float(np.mean(one.pitches[one.positions == 0]) - one.pitches.mean()),
    ]  # fmt: skip


def _harmony(one: Laid) -> list[float]:
    """Describe how sure the key is in each four bars, and what falls on downbeats."""
    fits = one.key_fits[:4]
    best = fits.max(axis=1)
    strongest = fits.argmax(axis=1)
    whole = int(one.key_fits.mean(axis=0).argmax())
    padded = np.pad(best, (0, 4 - len(best)), constant_values=np.nan)
    down = one.positions == 0
    triad = np.isin(one.degrees, (0, 3, 4, 7))
    by_bar = [{pitch % 12 for _, pitch, _ in bar} for bar in one.by_bar]
    shared = [
        len(left & right) / len(left | right)
        for left, right in pairwise(by_bar) if left and right
    ]  # fmt: skip
    return [
        *padded, best.mean(), best.std(), len({*strongest.tolist()}),
        np.mean(strongest == whole), fits[:, whole].min(),
        float(strongest[-1] == strongest[0]),
        np.mean(triad[down]), np.mean(one.degrees[down] == 0), triad.mean(),
        np.mean(~one.in_scale[down]), np.mean(shared), np.std(shared),
        *(np.bincount(one.degrees[down], minlength=12) / max(down.sum(), 1)),
        float(one.degrees[0]),
    ]  # fmt: skip


def _density(one: Laid) -> list[float]:
    """Count notes of each quarter of the melody, and what changes from bar to bar."""
    quarter = np.minimum(4 * one.bars // one.bar_count, 3)
    notes = np.bincount(quarter, minlength=4) / len(quarter)
    first = int(one.has_pickup)  # the bar of a pickup is no bar with few notes
    counts = np.bincount(one.bars, minlength=one.bar_count)[first:]
    ticks = np.diff(one.lines)[first:]
    return [
        *notes, np.mean(counts / ticks) * 24, np.std(counts), np.max(counts),
        np.min(counts), np.mean(np.abs(np.diff(counts))),
        np.mean(np.diff(counts) == 0),
        *(_entropy(one.degrees[quarter == part].tolist()) for part in range(4)),
        *(_entropy(one.durations[quarter == part].tolist()) for part in range(4)),
    ]  # fmt: skip
