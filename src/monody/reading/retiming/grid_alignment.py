"""How near onsets are to the lines of a grid, and whether chance could do as well."""

from __future__ import annotations

import functools
import math

import numpy as np

from monody.reading.note_table import Floats, Longs, Mask

ON_GRID = 0.15 / 4  # quarters either side of a line: 15 % of a 16th
GOOD_SHARE = 0.85  # of onsets on 16ths or triplets: the declared grid fits
EXACT = 1 / 400  # quarters either side of a line: a tick of 480
EXACT_DIVISIONS = (24, 16)  # parts of a quarter: all triplets of 16ths, and 64ths
EXACT_SHARE = 0.75  # of onsets exactly on them: notation, whose grid is meant
MIN_ONSETS = 12  # fewer are never on a grid by more than chance could put them

# The questions to the declared grid: which lines, and how near to one counts.
DECLARED = (((4,), ON_GRID), ((4, 3), ON_GRID), (EXACT_DIVISIONS, EXACT))
LINES_OF_NOTATION = len({i / n for n in EXACT_DIVISIONS for i in range(n)})
SIDES = np.array([2 * 4, 2 * 6])  # of the lines of a quarter: 16ths; and triplets too
MIN_LEFT = 1e-9  # by chance off the grid: none is, where ticks are that coarse


def on_grid_share(onsets: Longs, period: float, phase: float = 0.0) -> float:
    """Return the share of onsets on the 16th grid: within 15 % of a 16th of a line.

    An onset that was rounded to a whole tick counts as on its line however long a tick.

    Args:
        onsets: One or more, in file ticks.
        period: File ticks in a quarter note.
        phase: File tick of a quarter-note line.

    Returns:
        A share from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_alignment import on_grid_share
        >>> on_grid_share(np.array([0, 125, 240, 300]), period=480)  # of 120 a 16th
        0.75
    """
    near = near_lines(onsets, period, phase, (4,), ON_GRID)
    return int(np.count_nonzero(near)) / len(onsets)


def needs_fit(onsets: Longs, quarters: Longs, ends: Longs) -> Mask:
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
    length = counts[needs]
    divisions, which = np.unique(quarters[needs], return_inverse=True)
    tables = [_on_declared(division) for division in divisions.tolist()]
    if not tables:
        return needs
    begins = np.cumsum(divisions) - divisions  # of each division's table
    place = onsets[np.repeat(needs, counts)] % np.repeat(divisions[which], length)
    place += np.repeat(begins[which], length)
    near = np.concatenate(tables, axis=1)[:, place].astype(np.int64)
    shares = np.add.reduceat(near, np.cumsum(length) - length, axis=1) / length
    needs[needs] = ~declared_fits(shares)
    return needs


def declared_shares(onsets: Longs, ticks_per_quarter: int) -> Floats:
    """Return the shares of onsets on the lines of a file's own grid.

    Args:
        onsets: One or more, in file ticks.
        ticks_per_quarter: File ticks in a declared quarter note.

    Returns:
        ``(3,)`` Near 16ths, near 16ths or triplets, exactly on lines of notation.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_alignment import declared_shares
        >>> declared_shares(np.array([0, 160, 320, 487]), 480).tolist()
        [0.5, 1.0, 0.75]
    """
    places = np.bincount(onsets % ticks_per_quarter, minlength=ticks_per_quarter)
    shares: Floats = _on_declared(ticks_per_quarter) @ places / len(onsets)
    return shares


def declared_fits(shares: Floats) -> Mask:
    """Tell of one melody or many if the declared grid explains the onsets.

    Args:
        shares: ``(3, …)`` As `declared_shares` returns them.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_alignment import declared_fits
        >>> swing, rubato = [0.5, 0.9, 0.1], [0.4, 0.5, 0.1]
        >>> declared_fits(np.array([swing, rubato]).T).tolist()
        [True, False]
    """
    _, on_triplets, exact = shares
    fits: Mask = (on_triplets >= GOOD_SHARE) | (exact >= EXACT_SHARE)
    return fits


@functools.lru_cache(maxsize=64)
def _on_declared(ticks_per_quarter: int) -> Mask:
    """Tell which ticks of a quarter are near which lines: ``(3, ticks)``.

    Files have few ticks to a quarter, and many of them the same number.
    """
    ticks = np.arange(ticks_per_quarter)
    return np.stack(
        [near_lines(ticks, ticks_per_quarter, 0.0, *lines) for lines in DECLARED]
    )


def near_lines(
    onsets: Longs,
    period: float | Longs,
    phase: float,
    divisions: tuple[int, ...],
    tolerance: float,
) -> Mask:
    """Tell which onsets are near a line of a grid, ``(onsets,)``.

    Args:
        onsets: In file ticks.
        period: File ticks in a quarter; each onset may have a period of its own.
        phase: File tick of a quarter-note line.
        divisions: Parts of a quarter whose edges are lines.
        tolerance: Quarters either side of a line.
    """
    tolerances = at_least_half_a_tick(tolerance, period)
    quarters = (onsets - phase) / period
    near = np.zeros(len(onsets), bool)
    for division in divisions:
        lines = quarters * division
        near |= np.abs(lines - np.rint(lines)) <= tolerances * division
    return near


def at_least_half_a_tick(tolerance: float, period: float | Floats | Longs) -> Floats:
    """Return a tolerance in quarters that rounding to whole ticks stays within."""
    wide: Floats = np.maximum(tolerance, 0.5 / period * (1 + 1e-9))
    return wide


def explained_share(shares: Floats, period: float) -> float:
    """Return how much the declared grid explains, from chance, 0, to all, 1.

    Args:
        shares: ``(3,)`` of ``declared_shares``.
        period: File ticks in a declared quarter note.
    """
    return float(above_chance(shares[:2], chances(period)).max())


def exact_share(shares: Floats, period: float) -> float:
    """Return how much lies exactly on the lines of notation, from chance, 0, to all, 1.

    It is 0 where less than ``EXACT_SHARE`` do: such a file was not notated.

    Args:
        shares: ``(3,)`` of ``declared_shares``.
        period: File ticks in a declared quarter note.
    """
    exact = float(shares[2])
    chance = 2 * LINES_OF_NOTATION * at_least_half_a_tick(EXACT, period)
    return float(above_chance(exact, chance)) if exact >= EXACT_SHARE else 0.0


def chances(period: float | Floats) -> Floats:
    """Return the share of random onsets on 16ths, and on 16ths and triplets.

    Returns:
        ``(…, 2)``
    """
    tolerance = at_least_half_a_tick(ON_GRID, period)
    by_chance: Floats = np.minimum(np.multiply.outer(tolerance, SIDES), 1.0)
    return by_chance


def above_chance(share: float | Floats, chance: Floats) -> Floats:
    """Return shares on a scale where chance is 0 and all is 1; never negative.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.grid_alignment import above_chance
        >>> above_chance(np.array([0.2, 0.65, 1.0]), np.array(0.3)).round(2).tolist()
        [0.0, 0.5, 1.0]
    """
    left = np.maximum(1 - chance, MIN_LEFT)
    above: Floats = np.maximum(share - chance, 0) / left
    return above


def divergence(share: float, chance: float) -> float:
    """Return the nats per onset by which a share above chance speaks against chance.

    By Chernoff's bound `n` random onsets reach the share with a probability of at most
    ``exp(-n * divergence)``: the Kullback-Leibler divergence of two coins.

    Example:
        >>> from monody.reading.retiming.grid_alignment import divergence
        >>> divergence(0.3, chance=0.3), round(divergence(0.9, chance=0.3), 3)
        (0.0, 0.794)
    """
    if share <= chance:
        return 0.0
    on = share * math.log(share / chance)
    off = (1 - share) * math.log((1 - share) / (1 - chance)) if share < 1 else 0.0
    return on + off
