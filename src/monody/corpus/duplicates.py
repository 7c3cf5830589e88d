"""Duplicates: which melodies are the same tune.

Tunes come in many copies: in another key, at another speed, with ornaments. Two
melodies are alike if they are the same throughout, if they open alike, or if they share
enough of their fingerprints, by the Jaccard index of the two sets (``fingerprints``).

Only pairs that are likely to be alike are compared (``candidates``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.corpus.candidates import candidate_pairs, pair_keys, unpacked
from monody.corpus.fingerprints import (
    FingerprintSets,
    Hashes,
    Integers,
    fingerprint_sets,
    lines_of,
    opening_hashes,
    pitches,
    played,
    skeleton,
    sorted_once,
    whole_hashes,
)
from monody.music.melody_store import MelodyStore

# The Jaccard index of two sets of fingerprints, from 0 to 1, that makes them one tune.
# The kind with the most fingerprints comes first, while no other set takes memory.
KINDS = ((skeleton, 0.12), (played, 0.12), (pitches, 0.4))
PAIRS_AT_ONCE = 1 << 18  # compared: bounds the memory, some 100 bytes each
MIN_SHARED = 7  # fingerprints in common; fewer are a stock phrase


@dataclass(frozen=True)
class Duplicates:
    """The melodies of a corpus that are the same tune."""

    # (melodies,): number of the group of each, in order of appearance; the melodies of
    # a group are all on the same side of a split
    groups: NDArray[np.int32]
    # (melodies,): index of the kept melody that each is a copy of; -1 if it is kept
    copy_of: NDArray[np.int32]


def find_duplicates(melodies: MelodyStore) -> Duplicates:
    """Find groups of copies, and choose the melodies to keep.

    Two melodies are in one group if they are alike or of one piece, or if a chain of
    such pairs leads from one to the other. A copy needs more than a chain: it is itself
    alike to the melody that is kept in its place, the longest such one.

    Args:
        melodies: The melodies of a corpus.

    Returns:
        The group of each melody, and the melody that it is a copy of.

    Example:
        >>> from monody.corpus.duplicates import find_duplicates
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> pitches = (60, 62, 64, 60, 67, 65, 64, 62)
        >>> in_c = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate(pitches)])
        >>> in_d = Melody.from_notes([(p + 2, 6 * i, 6) for i, p in enumerate(pitches)])
        >>> find_duplicates(MelodyStore.of([in_c, in_d])).copy_of.tolist()
        [-1, 0]
    """
    if not len(melodies):
        nothing = np.zeros(0, np.int32)
        return Duplicates(nothing, nothing)
    # Of melodies that are the same only the first is looked at further.
    first_same = _first_alike(_whole_hashes(melodies))
    distinct = np.flatnonzero(first_same == np.arange(len(melodies)))
    rank = np.argsort(np.argsort(-melodies.info["note_count"][distinct], kind="stable"))
    traits = _Traits(melodies, distinct, rank)
    kept = _kept(traits, rank)
    copy_of = distinct[kept][np.searchsorted(distinct, first_same)].astype(np.int32)
    copy_of[copy_of == np.arange(len(melodies))] = -1
    pieces = _first_alike(_pieces(melodies))
    linked = [distinct[traits.links], _beside(first_same), _beside(pieces)]
    return Duplicates(_components(np.concatenate(linked), len(melodies)), copy_of)


def are_known(melodies: MelodyStore, known: MelodyStore) -> NDArray[np.bool_]:
    """Tell which melodies are in a duplicate group with known ones.

    Args:
        melodies: Any melodies.
        known: Those to look for.

    Returns:
        ``(melodies,)``.

    Example:
        >>> import monody
        >>> from monody.corpus.duplicates import are_known
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> are_known(melodies[2:4], melodies[3:]).tolist()
        [False, True]
    """
    groups = find_duplicates(known.beside(melodies)).groups
    return np.isin(groups[len(known) :], groups[: len(known)])


class _Traits:
    """The traits of melodies that are compared, and which melodies are alike by them.

    No two of the melodies are the same throughout. Of melodies that open alike, all are
    linked to one of them.

    Args:
        melodies: The melodies of a corpus.
        distinct: ``(distinct,)``: indices of those that are compared.
        rank: ``(distinct,)``: of those that open alike, the one with the lowest rank is
            linked to all others.
    """

    def __init__(
        self, melodies: MelodyStore, distinct: Integers, rank: Integers
    ) -> None:
        openings = [opening_hashes(lines) for lines in lines_of(melodies, distinct)]
        self.opening: Hashes = np.concatenate(openings)  # (distinct,), 0 for none
        self.sets: list[tuple[FingerprintSets, float]] = []
        found = _open_alike(self.opening, rank)
        for kind, least in KINDS:
            sets = fingerprint_sets(melodies, distinct, kind)
            self.sets.append((sets, least))
            alike: list[Hashes] = []
            keys = _without(candidate_pairs(sets, least), found)
            for first in range(0, len(keys), PAIRS_AT_ONCE):
                some = keys[first : first + PAIRS_AT_ONCE]
                alike.append(some[_share_enough(sets, unpacked(some), least)])
            found = sorted_once(np.concatenate([found, *alike]))
        self.links = unpacked(found)  # (links, 2): pairs of the distinct that are alike

    def alike(self, one: int, others: Integers) -> NDArray[np.bool_]:
        """Compare a melody with others: ``(others,)``."""
        alike: NDArray[np.bool_] = self.opening[others] == self.opening[one]
        alike &= self.opening[others] != 0
        for sets, least in self.sets:
            rest = np.flatnonzero(~alike)
            pairs = np.stack([np.full_like(rest, one), others[rest]], axis=1)
            alike[rest] = _share_enough(sets, pairs, least)
        return alike


def _open_alike(opening: Hashes, rank: Integers) -> Hashes:
    """Pair melodies that open alike with the first of them by rank.

    Returns:
        ``(pairs,)``: keys of ``pair_keys``, in rising order.
    """
    some = np.flatnonzero(opening)
    some = some[np.argsort(rank[some])]
    first = some[_first_alike(opening[some])]
    other = first != some
    return sorted_once(pair_keys(first[other], some[other]))


def _whole_hashes(melodies: MelodyStore) -> Hashes:
    everything = lines_of(melodies, np.arange(len(melodies)))
    return np.concatenate([whole_hashes(lines) for lines in everything])


def _beside(values: Integers) -> Integers:
    """Pair each value with its own index: ``(values, 2)``."""
    return np.stack([values, np.arange(len(values))], axis=1)


def _first_alike(values: Hashes) -> Integers:
    """Return the index at which each value is first found: ``(values,)``."""
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which]


def _pieces(melodies: MelodyStore) -> Hashes:
    """Return a number for the piece of each melody: ``(melodies,)``."""
    file = melodies.info["file"].astype(np.uint64)
    return file << np.uint64(32) | melodies.info["piece"].astype(np.uint64)


def _without(keys: Hashes, found: Hashes) -> Hashes:
    """Leave out the keys that are found already; both are in rising order."""
    at = np.searchsorted(found, keys)
    # Behind the last stands what is no key: all bits of one, the other way round.
    new: Hashes = keys[np.append(found, ~keys[-1:])[at] != keys]
    return new


def _share_enough(
    sets: FingerprintSets, pairs: Integers, least: float
) -> NDArray[np.bool_]:
    """Tell whether the two sets of each pair have enough in common: ``(pairs,)``."""
    sizes = sets.sizes[pairs]
    few, many = sizes.min(axis=1), sizes.max(axis=1)
    enough: NDArray[np.bool_] = (few >= MIN_SHARED) & (few >= least * many)
    shared = sets.shared(pairs[enough])
    union = sizes[enough].sum(axis=1) - shared
    enough[enough] = (shared >= MIN_SHARED) & (shared >= least * union)
    return enough


def _components(links: Integers, count: int) -> NDArray[np.int32]:
    """Return the connected component of each, numbered in order of appearance.

    ``scipy.sparse.csgraph`` has this, too. To import it takes longer than `monody
    inspect` does for all other imports of a corpus.

    Args:
        links: ``(links, 2)``: pairs of indices.
        count: The number of indices.

    Returns:
        ``(count,)``.
    """
    lowest = np.arange(count)
    while True:
        one, other = lowest[links].T
        if np.array_equal(one, other):
            return np.unique(lowest, return_inverse=True)[1].astype(np.int32)
        np.minimum.at(lowest, np.maximum(one, other), np.minimum(one, other))
        while not np.array_equal(lowest, lowest[lowest]):
            lowest = lowest[lowest]


def _kept(traits: _Traits, rank: Integers) -> Integers:
    """Choose the melody that is kept in the place of each, which may be itself.

    Each kept melody takes as copies those that are linked to it; then those that are
    linked to its copies and alike to itself as well, and so on. Every link is followed
    once.

    Args:
        traits: What is compared.
        rank: ``(distinct,)``: the lowest is kept.

    Returns:
        ``(distinct,)``.
    """
    near, ends = _neighbours(traits.links, len(rank))
    kept_for = np.arange(len(rank))
    settled = np.diff(ends) == 0
    asked_by = np.full(len(rank), -1)  # the last melody that each was compared to
    for kept in sorted(np.flatnonzero(~settled).tolist(), key=rank.__getitem__):
        if settled[kept]:
            continue
        settled[kept] = True
        copies = near[ends[kept] : ends[kept + 1]]
        copies = copies[~settled[copies]]
        while len(copies):
            kept_for[copies], settled[copies] = kept, True
            around = [near[ends[copy] : ends[copy + 1]] for copy in copies.tolist()]
            asked = np.unique(np.concatenate(around))
            asked = asked[~settled[asked] & (asked_by[asked] != kept)]
            asked_by[asked] = kept
            copies = asked[traits.alike(kept, asked)] if len(asked) else asked
    return kept_for


def _neighbours(links: Integers, count: int) -> tuple[Integers, Integers]:
    """List the melodies that each melody is linked to, all lists end to end.

    Returns:
        Melodies ``(2 × links,)``, and ends ``(count + 1,)``: melody i is linked to
        ``melodies[ends[i] : ends[i + 1]]``.
    """
    both = np.concatenate([links, links[:, ::-1]])
    near = both[np.argsort(both[:, 0], kind="stable"), 1]
    sizes = np.bincount(both[:, 0], minlength=count)
    return near, np.concatenate([[0], np.cumsum(sizes)])
