"""Prediction by partial matching without a bound on the order (PPM*).

What comes next is estimated from the contexts of all orders that came before: the
estimate of each is mixed with that of the next shorter one (interpolated smoothing),
down to ``all_alike``. The longest context taken is the shortest after which only one
symbol ever came or, if there is none, the longest that is known. Sources: Cleary and
Teahan, "Unbounded length contexts for PPM", Computer Journal 40(2/3), 1997; Bunton,
"Semantically motivated improvements for PPM variants", ibid.; Pearce, *The construction
and evaluation of statistical models of melodic structure in music perception and
composition*, PhD thesis, City University, London, 2005, chapter 6.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from monody.models.baselines.context_tree import Flags, Ints, Level, Stream

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int32]
MIN_PROBABILITY = (
    1e-300  # after hundreds of orders products run to 0, which has no logarithm
)


def all_alike(levels: list[Level]) -> Floats:
    """Return the distribution that is believed without any count, ``(alphabet,)``.

    All symbols of the training set alike, and once in a while one of the alphabet.
    """
    alphabet = levels[0].alphabet
    known = np.zeros(alphabet)
    known[levels[0].pairs] = 1
    alike: Floats = (known + 1 / alphabet) / (known.sum() + 1)
    return alike


def long_term(levels: list[Level], stream: Stream) -> Floats:
    """Predict each event from the contexts of a training set.

    Escape method C: a symbol that never came is expected as often as different ones
    did. With exclusion (Pearce, section 6.2.3.3): a symbol that came after the longer
    context does not weigh in the mixture of the shorter.

    Args:
        levels: The training set's contexts.
        stream: What to predict.

    Returns:
        ``(events, alphabet)`` probabilities.
    """
    chances = np.tile(all_alike(levels), (len(stream.symbols), 1))
    events = np.arange(len(chances))
    contexts = np.zeros_like(events)
    for order, level in enumerate(levels, start=1):
        weights = level.totals[contexts]
        if order == len(levels):
            _mix(chances, events, level, contexts, weights)
            break
        rows, longer = _lengthen(level, levels[order], stream, events, contexts, order)
        weights[rows] -= levels[order].shared[longer]
        _mix(chances, events, level, contexts, weights)
        events, contexts = events[rows], longer
    chances /= chances.sum(axis=1, keepdims=True)
    return np.maximum(chances, MIN_PROBABILITY)


def _lengthen(
    level: Level,
    longer_level: Level,
    stream: Stream,
    events: Ints,
    contexts: Ints,
    order: int,
) -> tuple[Ints, Ints]:
    """Find the contexts of ``order`` of events whose contexts below leave a choice.

    Returns:
        Which of the events have a known one ``(known,)``, and its number ``(known,)``.
    """
    choice = (level.kinds[contexts] > 1) & stream.has_context(events, order)
    rows = np.flatnonzero(choice)
    names = stream.lengthened(contexts[rows], events[rows], order)
    longer, known = longer_level.find(names)
    return rows[known], longer[known]


def _mix(
    chances: Floats, events: Ints, level: Level, contexts: Ints, weights: Ints
) -> None:
    """Mix what came after the events' contexts into their chances.

    Args:
        chances: ``(all events, alphabet)``, changed in place.
        events: ``(some,)``.
        level: The contexts' level.
        contexts: ``(some,)``.
        weights: ``(some,)``: of each context; one of weight 0 adds nothing.
    """
    heard = weights > 0
    events, contexts, weights = events[heard], contexts[heard], weights[heard]
    kinds = level.kinds[contexts]
    total = weights + kinds
    chances[events] *= (kinds / total)[:, None]
    pairs = level.pairs_of(contexts)
    symbols = level.pairs[pairs] % level.alphabet
    shares = level.counts[pairs] / np.repeat(total, kinds)
    chances[np.repeat(events, kinds), symbols] += shares


def short_term(stream: Stream, shortest: Floats) -> Floats:
    """Predict each event from the contexts of its own sequence up to it.

    Escape method X: a new symbol is expected as often as symbols came just once, and
    once more. Update exclusion: an event counts for a context only if it was new after
    the next longer one; but after a context taken because only one symbol ever came,
    every event counts.

    Args:
        stream: What to predict.
        shortest: ``(alphabet,)``: what is believed without any count.

    Returns:
        ``(events, alphabet)`` probabilities.
    """
    chances = np.tile(shortest, (len(stream.symbols), 1))
    events = np.arange(len(chances))  # in order of context, then of time
    contexts = np.cumsum(stream.places == 0) - 1  # order 0: one for each sequence
    climbing = stream.places > 0  # whether the event's context came before
    order = 0
    while climbing.any():
        order += 1
        longer = _numbers(stream.lengthened(contexts, events, order))
        counts = _counts_before(stream, events, contexts, longer)
        _mix_counts(chances, events[climbing], counts[climbing])
        climbing &= ~_is_first(longer) & (np.count_nonzero(counts, axis=1) > 1)
        rows = _with_climbers(longer, climbing)
        events, contexts, climbing = events[rows], longer[rows], climbing[rows]
    return np.maximum(chances, MIN_PROBABILITY)


def _counts_before(
    stream: Stream, events: Ints, contexts: Ints, longer: Ints
) -> Counts:
    """Count what came after each event's context up to the event.

    Args:
        stream: The sequences.
        events: ``(some,)`` in order of context, then of time.
        contexts: ``(some,)`` rising.
        longer: ``(some,)`` contexts of the next order.

    Returns:
        ``(some, alphabet)``: of the events that were new after the longer context, or
        of all if only one symbol came and the event's longer context came before.
    """
    symbols = stream.symbols[events]
    rows = np.arange(len(events))
    counted = np.zeros((len(events), stream.alphabet), np.int32)
    counted[rows, symbols] = _is_first(longer * stream.alphabet + symbols)
    starts = np.searchsorted(contexts, contexts)
    counts = np.cumsum(counted, axis=0, dtype=np.int32) - counted
    counts -= counts[starts]
    certain = ~_is_first(longer) & (np.count_nonzero(counts, axis=1) == 1)
    ages = (rows - starts).astype(np.int32)
    counts[certain] = np.where(counts[certain] > 0, ages[certain, None], 0)
    return counts


def _mix_counts(chances: Floats, events: Ints, counts: Counts) -> None:
    """Mix ``counts`` ``(some, alphabet)`` into the chances of ``events``, in place."""
    escapes = np.count_nonzero(counts == 1, axis=1) + 1
    total = counts.sum(axis=1) + escapes
    chances[events] = (counts + escapes[:, None] * chances[events]) / total[:, None]


def _numbers(names: Ints) -> Ints:
    """Give each name its number, from 0 in rising order."""
    _, numbers = np.unique(names, return_inverse=True)
    return numbers.ravel()


def _is_first(values: Ints) -> Flags:
    """Mark the first of equal values."""
    first = np.zeros(len(values), bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _with_climbers(contexts: Ints, climbing: Flags) -> Ints:
    """Return the rows of the contexts that a climber has, in order of context."""
    wanted = np.zeros(len(contexts), bool)
    wanted[contexts[climbing]] = True
    rows = np.flatnonzero(wanted[contexts])
    return rows[np.argsort(contexts[rows], kind="stable")]
