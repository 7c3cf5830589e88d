"""The context tree: contexts of every order, and the symbols that came after each.

The context of order k of an event is the k symbols before it in its own sequence; the
longest one begins with the start. Each order is a level of the tree. A context of order
k + 1 is one of order k with one more symbol in front, so the number of the shorter one
and that symbol are its key. The tree is a suffix tree, laid out in flat arrays one
level after another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Stream:
    """Sequences of symbols end to end."""

    symbols: Ints  # (events,): 0 to alphabet - 1
    places: Ints  # (events,): index of each event in its sequence
    alphabet: int  # number of symbols

    @classmethod
    def of(cls, symbols: NDArray[np.integer], ends: Ints, alphabet: int) -> Stream:
        """Lay sequences end to end.

        Args:
            symbols: ``(events,)``.
            ends: ``(sequences,)``: where each sequence ends.
            alphabet: Number of symbols.

        Example:
            >>> import numpy as np
            >>> from monody.models.baselines.context_tree import Stream
            >>> stream = Stream.of(np.array([0, 1, 2, 0, 1]), np.array([3, 5]), 3)
            >>> stream.places.tolist()
            [0, 1, 2, 0, 1]
        """
        lengths = np.diff(ends, prepend=0)
        places = np.arange(len(symbols)) - np.repeat(ends - lengths, lengths)
        return cls(symbols.astype(np.int64), places, alphabet)

    def take(self, first: int, end: int) -> Stream:
        """Return the events from ``first`` to before ``end``: whole sequences."""
        part = slice(first, end)
        return Stream(self.symbols[part], self.places[part], self.alphabet)

    def has_context(self, events: Ints, order: int) -> Flags:
        """Tell which events have a context of this order: none goes past the start.

        Args:
            events: ``(some,)`` indices.
            order: Symbols in the context.

        Returns:
            ``(some,)``.
        """
        return self.places[events] + 1 >= order

    def keys_of(self, contexts: Ints, events: Ints, order: int) -> Ints:
        """Return the keys of contexts, made from those of the order below.

        Args:
            contexts: ``(some,)`` numbers of the events' contexts of ``order - 1``.
            events: ``(some,)`` events that have a context of ``order``.
            order: Symbols in the contexts, 1 or more.

        Returns:
            ``(some,)``: equal where the contexts are equal.
        """
        before = self.symbols[events - order]
        at_start = self.places[events] < order
        before = np.where(at_start, self.alphabet, before)
        return contexts * (self.alphabet + 1) + before


@dataclass(frozen=True)
class Level:
    """The contexts of one order in a training set, and the symbols after each.

    Only contexts whose next shorter one leaves a choice, because at least two different
    symbols came after it.
    """

    alphabet: int  # number of symbols
    keys: Ints  # (contexts,) rising: see Stream.keys_of
    totals: Ints  # (contexts,): events that came after each
    kinds: Ints  # (contexts,): different symbols that came after each
    shared: Ints  # (contexts,): how often these came after the next shorter context
    firsts: Ints  # (contexts,): where its pairs begin
    pairs: Ints  # (pairs,) rising: context * alphabet + symbol that came
    counts: Ints  # (pairs,): how often it came

    @classmethod
    def count(
        cls,
        stream: Stream,
        events: Ints,
        keys: Ints,
        contexts: Ints,
        shorter: Level | None = None,
    ) -> Level:
        """Count the symbols that came after each context.

        Args:
            stream: The training set.
            events: ``(some,)`` of it.
            keys: ``(contexts,)``.
            contexts: ``(some,)`` indices into ``keys``: the events' contexts.
            shorter: The level of the order below.
        """
        came = contexts * stream.alphabet + stream.symbols[events]
        pairs, counts = np.unique(came, return_counts=True)
        owners = pairs // stream.alphabet  # (pairs,): the context of each
        kinds = np.bincount(owners, minlength=len(keys))
        firsts = np.cumsum(kinds) - kinds
        shared = np.zeros_like(kinds)
        if shorter:
            parents = keys[owners] // (stream.alphabet + 1)
            parent_pairs = parents * stream.alphabet + pairs % stream.alphabet
            places = np.searchsorted(shorter.pairs, parent_pairs)
            shared = np.add.reduceat(shorter.counts[places], firsts)
        return cls(
            alphabet=stream.alphabet,
            keys=keys,
            totals=np.bincount(contexts, minlength=len(keys)),
            kinds=kinds,
            shared=shared,
            firsts=firsts,
            pairs=pairs,
            counts=counts,
        )

    def find(self, keys: Ints) -> tuple[Ints, Flags]:
        """Return the number of the context of each key, and whether it is known."""
        numbers = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return numbers, self.keys[numbers] == keys

    def pairs_of(self, contexts: Ints) -> Ints:
        """Return the indices of the pairs of all these contexts, one after another."""
        kinds = self.kinds[contexts]
        before = np.cumsum(kinds) - kinds
        pairs: Ints = np.repeat(self.firsts[contexts] - before, kinds)
        return pairs + np.arange(len(pairs))


def build_tree(stream: Stream) -> list[Level]:
    """Build the context tree of a training set.

    A context after which only one symbol ever came is not made longer, since that
    symbol would come after the longer one too.

    Returns:
        Its levels, from order 0.

    Example:
        >>> import numpy as np
        >>> from monody.models.baselines.context_tree import Stream, build_tree
        >>> abab = Stream.of(np.array([0, 1, 0, 1]), np.array([4]), 2)
        >>> tree = build_tree(abab)
        >>> len(tree), tree[0].counts.tolist()  # nothing, then the start, a and b
        (2, [2, 2])
        >>> tree[1].totals.tolist(), tree[1].kinds.tolist()
        ([2, 1, 1], [1, 1, 1])
    """
    events = np.arange(len(stream.symbols))
    keys, contexts = np.zeros(1, np.int64), np.zeros_like(events)
    levels = [Level.count(stream, events, keys, contexts)]
    while True:
        order = len(levels)
        longer = (levels[-1].kinds[contexts] > 1) & stream.has_context(events, order)
        if not longer.any():
            return levels
        events, contexts = events[longer], contexts[longer]
        longer_keys = stream.keys_of(contexts, events, order)
        keys, contexts = np.unique(longer_keys, return_inverse=True)
        contexts = contexts.ravel()
        levels.append(Level.count(stream, events, keys, contexts, levels[-1]))
