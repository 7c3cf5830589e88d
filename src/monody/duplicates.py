"""Which melodies are the same tune.

Tunes come in many copies: in another key, at another speed, with ornaments. Two
melodies are alike if they are the same throughout, if they open alike, or if they share
enough of their patterns (``tune_patterns``), as Jaccard's share of two sets.

Which melodies to compare is read off the patterns, too: sorted, equal ones stand side
by side, and melodies that meet there more than once are compared. So the work grows
with the number of notes, not with its square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.melody_store import MelodyStore
from monody.tune_patterns import (
    Hashes,
    Integers,
    PatternSets,
    lines_of,
    opening_hashes,
    pattern_sets,
    pitches,
    played,
    scrambled,
    skeleton,
    whole_hashes,
)

# The share of all patterns of two melodies, from 0 to 1, that makes them one tune.
KINDS = ((played, 0.12), (skeleton, 0.12), (pitches, 0.4))
MIN_SHARED = 7  # patterns in common: fewer are a stock phrase
NEIGHBOURS = 4  # melodies that meet at a pattern, to either side
MIN_MEETINGS = 2  # patterns at which two melodies must meet to be compared
ORDERS = 4  # in which melodies stand at a pattern, so that copies stand close
PARTS = 5  # of the patterns that are sorted at a time

LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Duplicates:
    """What is the same tune in a corpus."""

    # (melodies,): melodies of one group never stand on two sides of the split; numbered
    # in order of appearance
    groups: NDArray[np.int32]
    # (melodies,): index of the kept melody that this one is a copy of; -1 where it is
    # kept itself
    copy_of: NDArray[np.int32]


def find_duplicates(melodies: MelodyStore) -> Duplicates:
    """Find groups of copies, and choose the melodies to keep.

    Groups are linked by chains: two melodies are in one if they are alike or of one
    piece, or if a chain of such pairs leads from one to the other. Copies are not: each
    is alike to the melody that is kept in its place, the longest such one.

    Args:
        melodies: The melodies of a corpus.

    Returns:
        The group of each melody, and the melody that it is a copy of.
    """
    if not len(melodies):
        nothing = np.zeros(0, np.int32)
        return Duplicates(nothing, nothing)
    traits = _Traits(melodies)
    order = np.argsort(-melodies.info["note_count"], kind="stable")
    rank = np.argsort(order)
    links = traits.links(rank)
    pieces = _first_alike(_pieces(melodies))
    same_piece = np.stack([pieces, np.arange(len(pieces))], axis=1)
    groups = _components(np.concatenate([links, same_piece]), len(melodies))
    return Duplicates(groups, _copies(traits, links, rank))


class _Traits:
    """What of all melodies is compared.

    Args:
        melodies: The melodies of a corpus.
    """

    def __init__(self, melodies: MelodyStore) -> None:
        chunks = [(whole_hashes(x), opening_hashes(x)) for x in lines_of(melodies)]
        wholes, openings = zip(*chunks, strict=True)
        self.first_same = _first_alike(np.concatenate(wholes))  # (melodies,)
        self.opening: Hashes = np.concatenate(openings)  # (melodies,), 0: none
        self.sets = [(pattern_sets(melodies, kind), least) for kind, least in KINDS]

    def links(self, rank: Integers) -> Integers:
        """Find pairs of melodies that are alike.

        Melodies that are the same, or open alike, are all linked to one of them. Of the
        same ones only the first is compared further.

        Args:
            rank: ``(melodies,)``: the lowest of those that open alike is linked to.

        Returns:
            ``(links, 2)``: indices of melodies.
        """
        index = np.arange(len(self.first_same))
        distinct = self.first_same == index
        opening = np.flatnonzero(distinct & (self.opening != 0))
        opening = opening[np.argsort(rank[opening])]
        first_open = opening[_first_alike(self.opening[opening])]
        found = [_keys(self.first_same, index), _keys(first_open, opening)]
        for sets, least in self.sets:
            keys = _meetings(sets, distinct)
            found.append(keys[_share_enough(sets, _pairs(keys), least)])
        links = _pairs(np.unique(np.concatenate(found)))
        between_two: Integers = links[links[:, 0] != links[:, 1]]
        return between_two

    def alike(self, one: int, others: Integers) -> NDArray[np.bool_]:
        """Compare a melody with others: ``(others,)``."""
        alike: NDArray[np.bool_] = self.first_same[others] == self.first_same[one]
        if self.opening[one]:
            alike |= self.opening[others] == self.opening[one]
        pairs = np.stack([np.full_like(others, one), others], axis=1)
        for sets, least in self.sets:
            alike |= _share_enough(sets, pairs, least)
        return alike


def _keys(one: NDArray[np.integer], other: NDArray[np.integer]) -> Hashes:
    """Pack pairs of melodies into numbers, the lower index first: ``(pairs,)``."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys: Hashes = low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)
    return keys


def _pairs(keys: Hashes) -> Integers:
    """Unpack pairs of melodies: ``(pairs, 2)``."""
    return np.stack([keys >> np.uint64(32), keys & LOW], axis=1).astype(np.int64)


def _first_alike(values: Hashes) -> Integers:
    """Return the index at which each value is first found: ``(values,)``."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which]


def _pieces(melodies: MelodyStore) -> Hashes:
    """Return a number for the piece of each melody: ``(melodies,)``."""
    file = melodies.info["file"].astype(np.uint64)
    return file << np.uint64(32) | melodies.info["piece"].astype(np.uint64)


def _meetings(sets: PatternSets, distinct: NDArray[np.bool_]) -> Hashes:
    """Find pairs that meet at some patterns: their keys, in rising order.

    The patterns are looked at in several parts, one after the other, to save memory.
    """
    orders = _orders(sets)
    met = [np.zeros(0, np.uint64)]
    for part in range(PARTS):
        at = np.flatnonzero(sets.hashes % PARTS == part)
        melody = np.searchsorted(sets.ends, at, side="right").astype(np.uint32) - 1
        kept = distinct[melody]
        met.append(_met(sets.hashes[at[kept]], melody[kept], orders))
    return np.unique(np.concatenate(met))


def _met(
    patterns: NDArray[np.uint32],
    melody: NDArray[np.uint32],
    orders: NDArray[np.uint32],
) -> Hashes:
    """Find pairs that stand close to each other at two patterns or more: their keys.

    Args:
        patterns: ``(n,)``: patterns of any melodies.
        melody: ``(n,)``: whose each is.
        orders: ``(ORDERS, melodies)``: how melodies stand at a pattern.
    """
    ranks = np.argsort(orders, axis=1).astype(np.uint32)
    rank = ranks[patterns // PARTS % ORDERS, melody]
    keys = patterns.astype(np.uint64) << np.uint64(32) | rank
    keys.sort()
    patterns = (keys >> np.uint64(32)).astype(np.uint32)
    melody = orders[patterns // PARTS % ORDERS, keys & LOW]
    del keys, rank
    met, end = np.empty(NEIGHBOURS * len(patterns), np.uint64), 0
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(patterns[step:] == patterns[:-step])
        met[end : end + len(same)] = _keys(melody[same], melody[same + step])
        end += len(same)
    return _repeated(met[:end])


def _repeated(values: Hashes) -> Hashes:
    """Sort in place, and return what is there ``MIN_MEETINGS`` times, once each."""
    values.sort()
    earlier = MIN_MEETINGS - 1
    again = values[earlier:] == values[: len(values) - earlier]
    return np.unique(values[earlier:][again])


def _orders(sets: PatternSets) -> NDArray[np.uint32]:
    """Put the melodies into several orders, each with like ones often side by side.

    Each is by a MinHash: two sets have the same one as often as their patterns are the
    same (A. Broder, "On the resemblance and containment of documents", 1997).

    Returns:
        ``(ORDERS, melodies)``: melodies in their order.
    """
    begins = np.minimum(sets.ends[:-1], max(len(sets.hashes) - 1, 0))
    orders = np.zeros((ORDERS, len(begins)), np.uint32)
    for i in range(ORDERS if len(sets.hashes) else 0):
        factor = scrambled(np.array([i])).astype(np.uint32) | np.uint32(1)
        orders[i] = np.argsort(np.minimum.reduceat(sets.hashes * factor, begins))
    return orders


def _share_enough(
    sets: PatternSets, pairs: Integers, least: float
) -> NDArray[np.bool_]:
    """Whether the two sets of each pair have enough in common: ``(pairs,)``."""
    shared = sets.shared(pairs)
    union = np.diff(sets.ends)[pairs].sum(axis=1) - shared
    enough: NDArray[np.bool_] = (shared >= MIN_SHARED) & (shared >= least * union)
    return enough


def _components(links: Integers, count: int) -> NDArray[np.int32]:
    """Return the component of each, numbered in order of appearance: ``(count,)``."""
    lowest = np.arange(count)
    while True:
        one, other = lowest[links].T
        if np.array_equal(one, other):
            return np.unique(lowest, return_inverse=True)[1].astype(np.int32)
        np.minimum.at(lowest, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(lowest, lowest[lowest]):
            lowest = lowest[lowest]


def _copies(traits: _Traits, links: Integers, rank: Integers) -> NDArray[np.int32]:
    """Choose what to keep: what each melody is a copy of, or -1: ``(melodies,)``.

    Each kept melody takes those that are linked to it, then those linked to its copies
    that are alike to it as well, and so on: every link is followed once.

    Args:
        traits: What is compared.
        links: ``(links, 2)``: pairs that are alike.
        rank: ``(melodies,)``: the lowest is kept.
    """
    near, ends = _neighbours(links, len(rank))
    copy_of = np.full(len(rank), -1, np.int32)
    settled = np.diff(ends) == 0
    asked_by = copy_of.copy()  # the last kept melody that each was compared to
    for kept in sorted(np.flatnonzero(~settled).tolist(), key=rank.__getitem__):
        if settled[kept]:
            continue
        settled[kept] = True
        copies = near[ends[kept] : ends[kept + 1]]
        copies = copies[~settled[copies]]
        while len(copies):
            copy_of[copies], settled[copies] = kept, True
            around = [near[ends[copy] : ends[copy + 1]] for copy in copies.tolist()]
            asked = np.unique(np.concatenate(around))
            asked = asked[~settled[asked] & (asked_by[asked] != kept)]
            asked_by[asked] = kept
            copies = asked[traits.alike(kept, asked)] if len(asked) else asked
    return copy_of


def _neighbours(links: Integers, count: int) -> tuple[Integers, Integers]:
    """List the melodies that each is linked to, end to end, and where lists end.

    Returns:
        Melodies ``(2 × links,)``, and ends ``(count + 1,)``: melody i is linked to
        those from ``ends[i]`` to ``ends[i + 1]``.
    """
    both = np.concatenate([links, links[:, ::-1]])
    near = both[np.argsort(both[:, 0], kind="stable"), 1]
    sizes = np.bincount(both[:, 0], minlength=count)
    return near, np.concatenate([[0], np.cumsum(sizes)])
