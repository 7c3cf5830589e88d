"""The contexts of symbol sequences, of every order, and what came after each.

The context of order k of an event is the k symbols before it in its own sequence; the
longest one begins with the start. Contexts are numbered order by order: an event's
context of order k + 1 is its context of order k with one more symbol, so the number of
the one and the symbol give the number of the other. It is a suffix tree laid out in
flat arrays, one level of it at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Stream:
    """Sequences of symbols end to end."""

    symbols: Ints  # (events,): 0 to alphabet - 1
    places: Ints  # (events,): of each event in its sequence, from 0
    alphabet: int  # symbols that there are

    @classmethod
    def of(cls, symbols: NDArray[np.integer[Any]], ends: Ints, alphabet: int) -> Stream:
        """Lay sequences end to end.

        Args:
            symbols: ``(events,)``.
            ends: ``(sequences,)``: where each sequence ends.
            alphabet: Symbols that there are.
        """
        lengths = np.diff(ends, prepend=0)
        places = np.arange(len(symbols)) - np.repeat(ends - lengths, lengths)
        return cls(symbols.astype(np.int64), places, alphabet)

    def take(self, first: int, end: int) -> Stream:
        """Return the events from ``first`` to before ``end``: whole sequences."""
        part = slice(first, end)
        return Stream(self.symbols[part], self.places[part], self.alphabet)

    def has_context(self, events: Ints, order: int) -> Flags:
        """Tell which events have a context of this order: none goes past the start."""
        return self.places[events] + 1 >= order

    def lengthened(self, contexts: Ints, events: Ints, order: int) -> Ints:
        """Name contexts of one order by those of the order below.

        Args:
            contexts: ``(some,)`` numbers of the events' contexts of ``order - 1``.
            events: ``(some,)`` events that have a context of ``order``.
            order: Of the contexts wanted, 1 or more.

        Returns:
            ``(some,)``: equal where the contexts are.
        """
        before = self.symbols[events - order]
        at_start = self.places[events] < order
        before = np.where(at_start, self.alphabet, before)
        return contexts * (self.alphabet + 1) + before


@dataclass(frozen=True)
class Level:
    """The contexts of one order in a training set, and what came after each.

    Only those whose next shorter context leaves a choice: after it at least two
    different symbols came.
    """

    alphabet: int
    names: Ints  # (contexts,) rising: as Stream.lengthened gives them
    totals: Ints  # (contexts,): events that came after each
    kinds: Ints  # (contexts,): different symbols that came
    shared: Ints  # (contexts,): how often these came after the next shorter context
    firsts: Ints  # (contexts,): where its pairs begin
    pairs: Ints  # (pairs,) rising: context * alphabet + symbol that came
    counts: Ints  # (pairs,): how often

    @classmethod
    def count(
        cls,
        stream: Stream,
        events: Ints,
        names: Ints,
        contexts: Ints,
        shorter: Level | None = None,
    ) -> Level:
        """Count what came after each context.

        Args:
            stream: The training set.
            events: ``(some,)`` of it.
            names: ``(contexts,)``.
            contexts: ``(some,)`` numbers of the events' contexts, into ``names``.
            shorter: The level of the order below.
        """
        came = contexts * stream.alphabet + stream.symbols[events]
        pairs, counts = np.unique(came, return_counts=True)
        owners = pairs // stream.alphabet
        kinds = np.bincount(owners, minlength=len(names))
        firsts = np.cumsum(kinds) - kinds
        shared = np.zeros_like(kinds)
        if shorter:
            parents = names[owners] // (stream.alphabet + 1)
            parent_pairs = parents * stream.alphabet + pairs % stream.alphabet
            places = np.searchsorted(shorter.pairs, parent_pairs)
            shared = np.add.reduceat(shorter.counts[places], firsts)
        return cls(
            alphabet=stream.alphabet,
            names=names,
            totals=np.bincount(contexts, minlength=len(names)),
            kinds=kinds,
            shared=shared,
            firsts=firsts,
            pairs=pairs,
            counts=counts,
        )

    def find(self, names: Ints) -> tuple[Ints, Flags]:
        """Return the number of each named context, and whether it is known."""
        numbers = np.minimum(np.searchsorted(self.names, names), len(self.names) - 1)
        return numbers, self.names[numbers] == names

    def pairs_of(self, contexts: Ints) -> Ints:
        """Return the indices of the pairs of all these contexts, one after another."""
        kinds = self.kinds[contexts]
        before = np.cumsum(kinds) - kinds
        pairs: Ints = np.repeat(self.firsts[contexts] - before, kinds)
        return pairs + np.arange(len(pairs))


def count_contexts(stream: Stream) -> list[Level]:
    """Count the contexts of a training set, order by order from 0.

    A context after which only one symbol ever came is not lengthened: what came after
    a longer one is the same.
    """
    events = np.arange(len(stream.symbols))
    names, contexts = np.zeros(1, np.int64), np.zeros_like(events)
    levels = [Level.count(stream, events, names, contexts)]
    while True:
        order = len(levels)
        longer = (levels[-1].kinds[contexts] > 1) & stream.has_context(events, order)
        if not longer.any():
            return levels
        events, contexts = events[longer], contexts[longer]
        longer_names = stream.lengthened(contexts, events, order)
        names, contexts = np.unique(longer_names, return_inverse=True)
        contexts = contexts.ravel()
        levels.append(Level.count(stream, events, names, contexts, levels[-1]))
