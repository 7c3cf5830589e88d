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
    skeleton,
    whole_hashes,
)

# The share of all patterns of two melodies, from 0 to 1, that makes them one tune.
KINDS = ((played, 0.12), (skeleton, 0.12), (pitches, 0.4))
MIN_SHARED = 8  # patterns in common: fewer are a stock phrase
NEIGHBOURS = 4  # melodies that meet at a pattern, to either side
MIN_MEETINGS = 2  # patterns at which two melodies must meet to be compared
CHUNK_PATTERNS = 1 << 20  # patterns compared at a time: 16 MB


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
    links = traits.links()
    pieces = _first_alike(_pieces(melodies))
    same_piece = np.stack([pieces, np.arange(len(pieces))], axis=1)
    groups = _components(np.concatenate([links, same_piece]), len(melodies))
    return Duplicates(groups, _copies(traits, links, melodies.info["note_count"]))


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
        self._sets = [pattern_sets(melodies, describe) for describe, _ in KINDS]

    def links(self) -> Integers:
        """Find pairs that are alike, each melody after the first same one once.

        Returns:
            ``(links, 2)``: indices of melodies.
        """
        index = np.arange(len(self.first_same))
        distinct = self.first_same == index
        opening = np.flatnonzero(distinct & (self.opening != 0))
        first_open = opening[_first_alike(self.opening[opening])]
        pairs = [(self.first_same, index), (first_open, opening)]
        near = []
        for sets, (_, least) in zip(self._sets, KINDS, strict=True):
            candidates = _meetings(sets, distinct)
            near.append(candidates[_share_enough(sets, candidates, least)])
        links = np.concatenate([*(np.stack(pair, axis=1) for pair in pairs), *near])
        return np.unique(links[links[:, 0] != links[:, 1]], axis=0)

    def alike(self, one: int, other: int) -> bool:
        """Compare two melodies that may not be linked."""
        pair = np.array([[one, other]])
        return bool(
            self.first_same[one] == self.first_same[other]
            or (self.opening[one] and self.opening[one] == self.opening[other])
            or any(
                _share_enough(sets, pair, least)[0]
                for sets, (_, least) in zip(self._sets, KINDS, strict=True)
            )
        )


def _first_alike(values: Hashes) -> Integers:
    """Return the index at which each value is first found: ``(values,)``."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which]


def _pieces(melodies: MelodyStore) -> Hashes:
    """Number the pieces that melodies come from: ``(melodies,)``."""
    file = melodies.info["file"].astype(np.uint64)
    return file << np.uint64(32) | melodies.info["piece"].astype(np.uint64)


def _meetings(sets: PatternSets, distinct: NDArray[np.bool_]) -> Integers:
    """Pair melodies that meet at some patterns: ``(pairs, 2)``, the lower index first.

    Half of the patterns are looked at, the same half of every melody.
    """
    melody = np.repeat(np.arange(len(distinct), dtype=np.uint64), np.diff(sets.ends))
    looked_at = (sets.hashes % 2 == 0) & distinct[melody]
    keys = sets.hashes[looked_at].astype(np.uint64) << np.uint64(32)
    keys |= melody[looked_at]
    keys.sort()
    pattern, melody = keys >> np.uint64(32), keys & np.uint64(0xFFFFFFFF)
    met = [np.zeros(0, np.uint64)]
    for step in range(1, NEIGHBOURS + 1):
        same = np.flatnonzero(pattern[step:] == pattern[:-step])
        met.append(melody[same] << np.uint64(32) | melody[same + step])
    pairs, times = np.unique(np.concatenate(met), return_counts=True)
    pairs = pairs[times >= MIN_MEETINGS]
    low = np.uint64(0xFFFFFFFF)
    return np.stack([pairs >> np.uint64(32), pairs & low], axis=1).astype(np.int64)


def _share_enough(
    sets: PatternSets, pairs: Integers, least: float
) -> NDArray[np.bool_]:
    """Whether the two sets of each pair have enough in common: ``(pairs,)``."""
    sizes = np.diff(sets.ends)[pairs]
    shared = np.concatenate(
        [np.zeros(0, np.int64), *(_shared(sets, part) for part in _chunks(pairs, sizes))]
    )
    union = np.maximum(sizes.sum(axis=1) - shared, 1)
    return (shared >= MIN_SHARED) & (shared >= least * union)


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
    """Number the connected components in order of appearance: ``(count,)``."""
    lowest = np.arange(count)
    while True:
        one, other = lowest[links].T
        if np.array_equal(one, other):
            return np.unique(lowest, return_inverse=True)[1].astype(np.int32)
        np.minimum.at(lowest, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(lowest, lowest[lowest]):
            lowest = lowest[lowest]


def _copies(
    traits: _Traits, links: Integers, note_counts: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Choose what to keep, the longest first: what each is a copy of, or -1."""
    near = _neighbours(links)
    order = np.lexsort((np.arange(len(note_counts)), -note_counts))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    copy_of = np.full(len(note_counts), -1, np.int32)
    settled: dict[int, int] = {}  # the kept melody that stands for each
    linked = order[np.isin(order, links)].tolist()
    for index in linked:
        around = near[index]
        kept = {other for other in around if settled.get(other) == other}
        if not kept:
            further = {settled[other] for other in around if other in settled}
            kept = {other for other in further if traits.alike(index, other)}
        settled[index] = min(kept, key=rank.__getitem__, default=index)
        if kept:
            copy_of[index] = settled[index]
    return copy_of


def _neighbours(links: Integers) -> dict[int, list[int]]:
    """List the melodies that each is linked to."""
    near: dict[int, list[int]] = {}
    for one, other in links.tolist():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    return near
