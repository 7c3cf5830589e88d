"""How near onsets are to the lines of a grid, and whether chance could do as well."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ON_GRID = 0.15 / 4  # quarters either side of a line: 15 % of a 16th
GOOD_SHARE = 0.85  # of onsets on 16ths or triplets: the declared grid fits
EXACT = 1 / 400  # quarters either side of a line: a tick of 480
EXACT_DIVISIONS = (24, 16)  # parts of a quarter: all triplets of 16ths, and 64ths
EXACT_SHARE = 0.75  # of onsets exactly on them: notation, which declares what it means
MIN_ONSETS = 12  # fewer are never on a grid by more than chance could put them

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

# What the declared grid is asked: lines, how near they are to count, and how many must.
GATES = (((4, 3), ON_GRID, GOOD_SHARE), (EXACT_DIVISIONS, EXACT, EXACT_SHARE))
LINES_OF_NOTATION = len({i / n for n in EXACT_DIVISIONS for i in range(n)})


def on_grid_share(onsets: Ints, period: float, phase: float = 0.0) -> float:
    """Return the share of onsets on the 16th grid: within 15 % of a 16th of a line.

    An onset that was rounded to a whole tick counts as on its line however long a tick.

    Args:
        onsets: One or more, in file ticks.
        period: File ticks in a quarter note.
        phase: File tick of a quarter-note line.

    Returns:
        A share from 0 to 1.
    """
    return share_near(onsets, period, phase, (4,))


def needs_fit(onsets: Ints, quarters: Ints, ends: Ints) -> NDArray[np.bool_]:
    """Tell of many melodies at once which of them `fit_grid` would look at.

    It leaves those alone that are too short, and those whose declared grid fits. Either
    most onsets are near a 16th or a triplet, or they are exactly on finer parts of the
    quarter: the swung 16ths of a notated hornpipe would else pass for another tempo.

    Args:
        onsets: ``(onsets,)`` The onsets of all melodies, one melody after the other, in
            file ticks.
        quarters: ``(melodies,)`` File ticks in a declared quarter note.
        ends: ``(melodies,)`` Index of each melody's last onset, plus 1.

    Returns:
        ``(melodies,)``
    """
    counts = np.diff(ends, prepend=0)
    needs = counts >= MIN_ONSETS
    for divisions, tolerance, enough in GATES:
        length = counts[needs]
        periods = np.repeat(quarters[needs], length)
        ticks = onsets[np.repeat(needs, counts)]
        near = near_lines(ticks, periods, 0.0, divisions, tolerance)
        on_lines = np.add.reduceat(near.astype(np.int64), np.cumsum(length) - length)
        needs[needs] = on_lines / length < enough
    return needs


def declared_fits(onsets: Ints, ticks_per_quarter: int) -> bool:
    """Tell whether the declared grid explains the onsets, as `needs_fit` does."""
    return any(
        share_near(onsets, ticks_per_quarter, 0.0, divisions, tolerance) >= enough
        for divisions, tolerance, enough in GATES
    )


def share_near(
    onsets: Ints,
    period: float,
    phase: float,
    divisions: tuple[int, ...],
    tolerance: float = ON_GRID,
) -> float:
    """Return the share of onsets near a line of any of the divisions of a quarter."""
    near = near_lines(onsets, period, phase, divisions, tolerance)
    return int(np.count_nonzero(near)) / len(onsets)


def near_lines(
    onsets: Ints,
    period: float | Ints,
    phase: float,
    divisions: tuple[int, ...],
    tolerance: float,
) -> NDArray[np.bool_]:
    """Tell which onsets are near a line; each may have a period of its own."""
    tolerances = at_least_half_a_tick(tolerance, period)
    quarters = (onsets - phase) / period
    near = np.zeros(len(onsets), bool)
    for division in divisions:
        lines = quarters * division
        near |= np.abs(lines - np.rint(lines)) <= tolerances * division
    return near


def at_least_half_a_tick(tolerance: float, period: float | Floats | Ints) -> Floats:
    """Return a tolerance in quarters that rounding to whole ticks stays within."""
    wide: Floats = np.maximum(tolerance, 0.5 / period * (1 + 1e-9))
    return wide


def explained_share(onsets: Ints, period: float) -> float:
    """Return the share of onsets on the declared grid, from chance, 0, to all, 1."""
    shares = [share_near(onsets, period, 0.0, lines) for lines in ((4,), (4, 3))]
    return max(map(above_chance, shares, chances(period)))


def exact_share(onsets: Ints, period: float) -> float:
    """Return the same for being exactly on the lines of notation; 0 if it is none."""
    share = share_near(onsets, period, 0.0, EXACT_DIVISIONS, EXACT)
    chance = 2 * LINES_OF_NOTATION * float(at_least_half_a_tick(EXACT, period))
    return above_chance(share, chance) if share >= EXACT_SHARE else 0.0


def chances(period: float) -> tuple[float, float]:
    """Return the share of random onsets on 16ths, and on 16ths and triplets."""
    width = 2 * float(at_least_half_a_tick(ON_GRID, period))
    return min(4 * width, 1.0), min(6 * width, 1.0)


def above_chance(share: float, chance: float) -> float:
    """Return a share on a scale where chance is 0 and all is 1; never negative."""
    return max(share - chance, 0.0) / (1 - chance) if chance < 1 else 0.0


def divergence(share: float, chance: float) -> float:
    """Return the nats per onset by which a share above chance speaks against chance.

    By Chernoff's bound `n` random onsets reach the share with a probability of at most
    ``exp(-n * divergence)``: the Kullback-Leibler divergence of two coins.
    """
    if share <= chance:
        return 0.0
    on = share * math.log(share / chance)
    off = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return on + off
