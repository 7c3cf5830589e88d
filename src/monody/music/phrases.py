"""Where the phrases of a melody end.

Listeners hear the end of a phrase after a note that is longer than those around it,
before a rest, and where something begins that they have heard before (E.
Cambouropoulos, "The local boundary detection model", ICMC 2001; B. Ahlbäck, "Melodic
similarity as a determinant of melody structure", Musicae Scientiae 11, 2007). And they
expect phrases of about four bars. The boundaries chosen are those that serve all of
this best together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import Melody, bar_places, lines_around
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.returns import Returns

USUAL_BARS = 4.0  # of a phrase
MIN_BARS, MAX_BARS = 0.9, 12.0  # of one
NEIGHBOURS = 4  # notes on either side that a note's length is compared with
MAX_LONGER = 2.0  # octaves of length; what is longer still counts as this
REST_BONUS, RETURN_BONUS = 0.75, 1.0  # of a boundary, in the unit of the costs
LENGTH_COST = 1.0  # of a phrase of twice or half the usual length
UNEVEN_COST = 1.0  # of a phrase of no whole number of bars
EVEN_BARS = 0.13  # as far from a whole number is still even
PHRASE_COST = 0.4  # of each phrase: no boundary without a reason

Floats = NDArray[np.float64]


def phrase_ends(melody: Melody, returns: Returns | None = None) -> list[int]:
    """Find where phrases end, and the next begin.

    Args:
        melody: With one note at least.
        returns: Which bars return, if that is known.

    Returns:
        The tick at which each next phrase begins, rising; last the melody's end.

    Example:
        Two phrases of four bars, each with a long note at its end:

        >>> from monody import Melody
        >>> from monody.music.phrases import phrase_ends
        >>> lengths = [24] * 12 + [96] + [24] * 12 + [96]
        >>> notes, tick = [], 0
        >>> for place, ticks in enumerate(lengths):
        ...     notes.append((60 + place % 5, tick, ticks))
        ...     tick += ticks
        >>> phrase_ends(Melody.from_notes(notes))
        [384, 768]
    """
    returns = returns or Returns.of(melody)
    starts = melody.starts.astype(np.int64)
    ticks_around = np.append(starts, melody.end)
    places = bar_places(lines_around(melody), ticks_around)  # (notes + 1,)
    strength = _strengths(melody, returns, places)  # (notes,), of the place before each
    last = len(starts)
    candidates = [0, *(np.flatnonzero(strength[1:] > 0) + 1).tolist(), last]
    at = places[candidates]
    gain = np.append(strength, 0.0)[candidates]
    chosen = _best_path(at, gain)
    ticks = [int(starts[candidates[index]]) for index in chosen[1:-1]]
    return [*ticks, melody.end]


def _best_path(at: Floats, gain: Floats) -> list[int]:
    """Choose boundaries, from the first place to the last.

    Args:
        at: ``(places,)`` in bars, rising.
        gain: ``(places,)``: what a boundary there is worth.

    Returns:
        Indices of the places chosen, the first and the last included.
    """
    best = np.full(len(at), -np.inf)
    best[0] = 0.0
    before = np.zeros(len(at), np.int64)
    for place in range(1, len(at)):
        first = int(np.searchsorted(at[:place], at[place] - MAX_BARS))
        first = min(first, place - 1)
        lengths = at[place] - at[first:place]
        scores = best[first:place] - _cost(lengths)
        choice = int(np.argmax(scores))
        best[place] = scores[choice] + gain[place]
        before[place] = first + choice
    path = [len(at) - 1]
    while path[-1]:
        path.append(int(before[path[-1]]))
    return path[::-1]


def _cost(lengths: Floats) -> Floats:
    """Return what phrases of some lengths in bars cost."""
    octaves = np.abs(np.log2(np.maximum(lengths, 0.05) / USUAL_BARS))
    uneven = np.abs(lengths - np.rint(lengths)) > EVEN_BARS
    short = (lengths < MIN_BARS) * 4.0
    cost: Floats = PHRASE_COST + LENGTH_COST * octaves + UNEVEN_COST * uneven + short
    return cost


def _strengths(melody: Melody, returns: Returns, places: Floats) -> Floats:
    """Return how strongly the place before each note is heard as a boundary."""
    starts = melody.starts.astype(np.int64)
    gaps = np.diff(np.append(starts, melody.end))  # (notes,) from onset to onset
    strength = np.zeros(len(starts))
    logs = np.log2(np.maximum(gaps, 1))
    padded = np.pad(logs, NEIGHBOURS, mode="edge")
    window = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    longer = (logs - window.mean(axis=1)).clip(0, MAX_LONGER)
    rests = gaps - melody.durations
    rest = (rests >= TICKS_PER_QUARTER // 2) * REST_BONUS
    strength[1:] = longer[:-1] + rest[:-1]
    # A phrase that returns begins with a bar that returns, or with its pickup.
    begins = np.zeros(len(returns.back) + 2, np.bool_)
    fresh = np.append(0, returns.back[:-1])
    begins[: len(returns.back)] = (returns.back > 0) & (returns.back != fresh)
    ended = (returns.back == 0) & (fresh > 0)
    begins[: len(ended)] |= ended
    bar = np.floor(places[:-1]).astype(np.int64)
    later = places[:-1] - bar
    begun = np.where(later > 0.5, begins[bar + 1], begins[bar] & (later == 0))
    strength[1:] += RETURN_BONUS * begun[1:] * (strength[1:] > 0)
    strength[1:] += 0.5 * RETURN_BONUS * begun[1:] * (later[1:] == 0)
    return strength
