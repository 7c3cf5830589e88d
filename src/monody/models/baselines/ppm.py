"""PPM*: prediction by partial matching, without a bound on the order.

The next symbol is estimated from its contexts of all orders. The estimate of each
context is mixed with that of the next shorter one (interpolated smoothing), down to the
distribution of order -1. The longest context taken is the shortest one after which only
one symbol ever came or, if there is none, the longest that is known.

Sources: Cleary and Teahan, "Unbounded length contexts for PPM", Computer Journal
40(2/3), 1997; Bunton, "Semantically motivated improvements for PPM variants", ibid.;
Pearce, *The construction and evaluation of statistical models of melodic structure in
music perception and composition*, PhD thesis, City University, London, 2005, chapter 6.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from monody.models.baselines.context_tree import Flags, Ints, Level, Stream

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int32]
# After hundreds of orders a product would be 0, which has no logarithm.
MIN_PROBABILITY = 1e-300


def order_minus_one(tree: list[Level]) -> Floats:
    """Return the distribution of order -1, which no count enters: ``(alphabet,)``.

    All symbols of the training set are equally likely. So are the others of the
    alphabet, which have a small share.

    Example:
        >>> import numpy as np
        >>> from monody.models.baselines.context_tree import Stream, build_tree
        >>> from monody.models.baselines.ppm import order_minus_one
        >>> tree = build_tree(Stream.of(np.array([0, 0, 1]), np.array([3]), 4))
        >>> order_minus_one(tree).round(3).tolist()
        [0.417, 0.417, 0.083, 0.083]
    """
    alphabet = tree[0].alphabet
    known = np.zeros(alphabet)
    known[tree[0].pairs] = 1
    alike: Floats = (known + 1 / alphabet) / (known.sum() + 1)
    return alike


def long_term(tree: list[Level], stream: Stream) -> Floats:
    """Predict each event from the context tree of a training set.

    Escape method C: a new symbol is expected as often as there were different symbols.
    With exclusion (Pearce, section 6.2.3.3): a symbol that came after the longer
    context has no weight in the mixture of the shorter one.

    Args:
        tree: The training set's.
        stream: The events to predict.

    Returns:
        ``(events, alphabet)`` probabilities.

    Example:
        >>> import numpy as np
        >>> from monody.models.baselines.context_tree import Stream, build_tree
        >>> from monody.models.baselines.ppm import long_term
        >>> tree = build_tree(Stream.of(np.array([0, 1] * 9), np.array([18]), 2))
        >>> chances = long_term(tree, Stream.of(np.array([0, 1]), np.array([2]), 2))
        >>> chances.round(2).tolist()  # after the start; after a
        [[0.68, 0.32], [0.08, 0.92]]
    """
    chances = np.tile(order_minus_one(tree), (len(stream.symbols), 1))
    events = np.arange(len(chances))
    contexts = np.zeros_like(events)
    for order, level in enumerate(tree, start=1):
        weights = level.totals[contexts]
        if order == len(tree):
            _mix(chances, events, level, contexts, weights)
            break
        rows, longer = _lengthen(level, tree[order], stream, events, contexts, order)
        weights[rows] -= tree[order].shared[longer]
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
    """Find the contexts of ``order`` of events whose shorter contexts leave a choice.

    Returns:
        Which of the events have a known one, ``(known,)`` indices, and its number,
        ``(known,)``.
    """
    choice = (level.kinds[contexts] > 1) & stream.has_context(events, order)
    rows = np.flatnonzero(choice)
    keys = stream.keys_of(contexts[rows], events[rows], order)
    longer, known = longer_level.find(keys)
    return rows[known], longer[known]


def _mix(
    chances: Floats, events: Ints, level: Level, contexts: Ints, weights: Ints
) -> None:
    """Mix the symbols that came after the events' contexts into their chances.

    Args:
        chances: ``(all events, alphabet)``, changed in place.
        events: ``(some,)``.
        level: The contexts' level.
        contexts: ``(some,)``.
        weights: ``(some,)``: of each context; one of weight 0 adds nothing.
    """
    used = weights > 0
    events, contexts, weights = events[used], contexts[used], weights[used]
    kinds = level.kinds[contexts]
    total = weights + kinds
    chances[events] *= (kinds / total)[:, None]
    pairs = level.pairs_of(contexts)
    symbols = level.pairs[pairs] % level.alphabet
    shares = level.counts[pairs] / np.repeat(total, kinds)
    chances[np.repeat(events, kinds), symbols] += shares


def short_term(stream: Stream, prior: Floats) -> Floats:
    """Predict each event from the contexts of its own sequence up to it.

    Escape method X: a new symbol is expected once, and once more for each symbol that
    came just once. Update exclusion: an event counts for a context only if it was new
    after the next longer one. But if a context is taken because only one symbol ever
    came after it, every event counts.

    Args:
        stream: The events to predict.
        prior: ``(alphabet,)``: the distribution of order -1.

    Returns:
        ``(events, alphabet)`` probabilities.

    Example:
        >>> import numpy as np
        >>> from monody.models.baselines.context_tree import Stream
        >>> from monody.models.baselines.ppm import short_term
        >>> stream = Stream.of(np.array([0, 0, 0, 1]), np.array([4]), 2)
        >>> short_term(stream, np.full(2, 0.5)).round(2)[:, 0].tolist()
        [0.5, 0.67, 0.83, 0.88]
    """
    chances = np.tile(prior, (len(stream.symbols), 1))
    events = np.arange(len(chances))  # in order of context, then of time
    contexts = np.cumsum(stream.places == 0) - 1  # order 0: one for each sequence
    climbing = stream.places > 0  # whether the event's context came before
    order = 0
    while climbing.any():
        order += 1
        longer = _numbers(stream.keys_of(contexts, events, order))
        counts = _counts_before(stream, events, contexts, longer)
        _mix_counts(chances, events[climbing], counts[climbing])
        climbing &= ~_is_first(longer) & (np.count_nonzero(counts, axis=1) > 1)
        rows = _with_climbers(longer, climbing)
        events, contexts, climbing = events[rows], longer[rows], climbing[rows]
    return np.maximum(chances, MIN_PROBABILITY)


def _counts_before(
    stream: Stream, events: Ints, contexts: Ints, longer: Ints
) -> Counts:
    """Count the symbols that came after each event's context, up to the event.

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
    # Whether an event counts, at its symbol: (some, alphabet).
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


def _numbers(keys: Ints) -> Ints:
    """Give each key its number, from 0 in rising order."""
    _, numbers = np.unique(keys, return_inverse=True)
    return numbers.ravel()


def _is_first(values: Ints) -> Flags:
    """Mark the first of equal values."""
    first = np.zeros(len(values), bool)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _with_climbers(contexts: Ints, climbing: Flags) -> Ints:
    """Return the rows of the contexts that a climber has, in order of context."""
    climbed = np.zeros(len(contexts), bool)
    climbed[contexts[climbing]] = True
    rows = np.flatnonzero(climbed[contexts])
    return rows[np.argsort(contexts[rows], kind="stable")]
