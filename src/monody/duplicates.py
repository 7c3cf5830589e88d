"""Which melodies are the same tune.

Tunes come in many copies: in another key, at another speed, with ornaments. Two
melodies are alike if they are the same throughout, if they open alike, or if they share
enough of their patterns (``tune_patterns``), as Jaccard's share of two sets.

Which melodies to compare is read off the patterns, too: sorted, equal ones stand side
by side, and melodies that meet there more than once are compared. So the work grows
with the number of notes, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator
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
MIN_SHARED = 8  # patterns in common: fewer are a stock phrase
NEIGHBOURS = 4  # melodies that meet at a pattern, to either side
MIN_MEETINGS = 2  # patterns at which two melodies must meet to be compared
ORDERS = 8  # in which melodies stand at a pattern, so that copies stand close
PARTS = 4  # of the patterns that are sorted at a time
CHUNK_PATTERNS = 1 << 20  # patterns compared at a time: 16 MB

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


def duplicate_groups(melodies: MelodyStore) -> NDArray[np.int32]:
    """Return the duplicate group of each melody: ``(melodies,)``."""
    return find_duplicates(melodies).groups


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
        found = [
            np.stack([self.first_same, index], axis=1),
            np.stack([first_open, opening], axis=1),
        ]
        for sets, least in self.sets:
            pairs = _meetings(sets, distinct)
            found.append(pairs[_share_enough(sets, pairs, least)])
        links = np.concatenate(found)
        return np.unique(links[links[:, 0] != links[:, 1]], axis=0)

    def alike(self, one: int, other: int) -> bool:
        """Compare two melodies that may not be linked."""
        same = self.first_same[one] == self.first_same[other]
        opening = self.opening[one] and self.opening[one] == self.opening[other]
        pair = np.array([[one, other]])
        return bool(same or opening) or any(
            _share_enough(sets, pair, least)[0] for sets, least in self.sets
        )


def _first_alike(values: Hashes) -> Integers:
    """Return the index at which each value is first found: ``(values,)``."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which]


def _pieces(melodies: MelodyStore) -> Hashes:
    """Return a number for the piece of each melody: ``(melodies,)``."""
    file = melodies.info["file"].astype(np.uint64)
    return file << np.uint64(32) | melodies.info["piece"].astype(np.uint64)


def _meetings(sets: PatternSets, distinct: NDArray[np.bool_]) -> Integers:
    """Pair melodies that meet at some patterns: ``(pairs, 2)``, the lower index first.

    A part of all patterns is looked at after the other, to save memory.
    """
    melody = np.repeat(np.arange(len(distinct), dtype=np.uint32), np.diff(sets.ends))
    orders = _orders(sets)
    met = [np.zeros((0, 2), np.int64)]
    for part in range(PARTS):
        at = np.flatnonzero((sets.hashes % PARTS == part) & distinct[melody])
        met.append(_met(sets.hashes[at], melody[at], orders))
    return np.unique(np.concatenate(met), axis=0)


def _met(
    patterns: NDArray[np.uint32],
    melody: NDArray[np.uint32],
    orders: NDArray[np.uint32],
) -> Integers:
    """Pair the melodies that stand close to each other at two patterns or more.

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
    pairs, end = np.empty(NEIGHBOURS * len(patterns), np.uint64), 0
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(patterns[step:] == patterns[:-step])
        one, other = melody[same], melody[same + step]
        key = np.minimum(one, other).astype(np.uint64) << np.uint64(32)
        pairs[end : end + len(same)] = key | np.maximum(one, other)
        end += len(same)
    return _repeated(pairs[:end])


def _repeated(pairs: Hashes) -> Integers:
    """Sort pairs in place and return those found ``MIN_MEETINGS`` times, once each."""
    pairs.sort()
    earlier = MIN_MEETINGS - 1
    pairs = pairs[earlier:][pairs[earlier:] == pairs[: len(pairs) - earlier]]
    pairs = np.unique(pairs)
    return np.stack([pairs >> np.uint64(32), pairs & LOW], axis=1).astype(np.int64)


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
    sizes = np.diff(sets.ends)[pairs]
    shared = np.concatenate(
        [
            np.zeros(0, np.int64),
            *(_shared(sets, part) for part in _chunks(pairs, sizes)),
        ]
    )
    union = sizes.sum(axis=1) - shared
    enough: NDArray[np.bool_] = (shared >= MIN_SHARED) & (shared >= least * union)
    return enough


def _chunks(pairs: Integers, sizes: Integers) -> Iterator[Integers]:
    """Cut pairs into parts of about ``CHUNK_PATTERNS`` patterns."""
    chunk = np.cumsum(sizes.sum(axis=1)) // CHUNK_PATTERNS
    return iter(np.split(pairs, np.flatnonzero(np.diff(chunk)) + 1))


def _shared(sets: PatternSets, pairs: Integers) -> Integers:
    """Count the patterns that the two sets of each pair share: ``(pairs,)``."""
    flat = pairs.ravel()
    sizes = np.diff(sets.ends)[flat]
    before = np.cumsum(sizes) - sizes
    where = np.repeat(sets.ends[flat] - before, sizes) + np.arange(sizes.sum())
    pair = np.repeat(np.arange(len(flat), dtype=np.uint64) // 2, sizes)
    keys = pair << np.uint64(32) | sets.hashes[where]
    keys.sort()
    twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    return np.bincount(twice.astype(np.int64), minlength=len(pairs))


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

    Args:
        traits: What is compared.
        links: ``(links, 2)``: pairs that are alike.
        rank: ``(melodies,)``: what is kept rather comes first.
    """
    near = _neighbours(links)
    stands_for: dict[int, int] = {}  # the kept melody for each that is settled
    for index in sorted(near, key=rank.__getitem__):
        kept = [other for other in near[index] if stands_for.get(other) == other]
        if not kept:
            around = {index for other in near[index] for index in (other, *near[other])}
            others = {stands_for[other] for other in around if other in stands_for}
            kept = [other for other in others if traits.alike(index, other)]
        stands_for[index] = min(kept, key=rank.__getitem__, default=index)
    copy_of = np.full(len(rank), -1, np.int32)
    for index, kept_one in stands_for.items():
        if kept_one != index:
            copy_of[index] = kept_one
    return copy_of


def _neighbours(links: Integers) -> dict[int, list[int]]:
    """List the melodies that each is linked to."""
    near: dict[int, list[int]] = {}
    for one, other in links.tolist():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    return near
