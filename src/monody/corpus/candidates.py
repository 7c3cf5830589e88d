"""Candidate pairs: which melodies are worth comparing with each other.

Comparing every melody with every other would take the square of their number. Instead,
all melodies that have a fingerprint in common are put in a row, similar ones close
together, and each is paired with its neighbours there. Pairs that are neighbours at
enough fingerprints are candidates. So the work grows with the number of notes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monody.corpus.fingerprints import FingerprintSets, Hashes, Integers, scrambled

NEIGHBOURS = 4  # melodies to either side that one is paired with, at a fingerprint
# A candidate pair must be neighbours more than once, and at this share of the
# fingerprints that the two melodies must have in common to be alike.
NEIGHBOUR_SHARE = 0.07
ORDERS = 4  # of all melodies; each fingerprint has one of them for its row
PART = 1 << 21  # pairs of neighbours counted at a time, in 50 MB
BLOCK = 1 << 16  # fingerprints gone through at a time, in a processor's cache

LOW = np.uint64(0xFFFFFFFF)
ORDER_SHIFT = np.uint32(30)  # the highest bits of a fingerprint say which order


def candidate_pairs(sets: FingerprintSets, least: float) -> Hashes:
    """Find pairs of melodies that are neighbours often enough to be compared.

    The pairs are counted in several parts, one after the other, to save memory.

    Args:
        sets: The fingerprints of all melodies.
        least: The share of all fingerprints of two melodies that makes them alike, 0-1.

    Returns:
        ``(pairs,)``: keys of ``pair_keys``, in rising order.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.candidates import candidate_pairs, unpacked
        >>> from monody.corpus.fingerprints import FingerprintSets
        >>> hashes = np.array([1, 2, 3, 1, 2, 3, 7, 8], np.uint32)
        >>> sets = FingerprintSets(hashes, ends=np.array([0, 3, 6, 8]))
        >>> unpacked(candidate_pairs(sets, least=0.5)).tolist()
        [[0, 1]]
    """
    melody, before = _rows(sets)
    parts = _parts(sets)
    found = []
    for part in range(parts):
        keys = np.concatenate(list(_neighbours(melody, before, part, parts)))
        keys.sort()
        keys, more = _counted(keys[1:][keys[1:] == keys[:-1]])
        enough = NEIGHBOUR_SHARE * _needed(sets, unpacked(keys), least)
        found.append(keys[1 + more >= enough])
    return np.sort(np.concatenate(found))


def _neighbours(
    melody: NDArray[np.uint32], before: NDArray[np.uint8], part: int, parts: int
) -> Iterator[Hashes]:
    """Yield the keys of neighbours, once for each fingerprint at which they are.

    Args:
        melody: ``(all fingerprints,)``: as `_rows` returns it.
        before: ``(all fingerprints,)``: as `_rows` returns it.
        part: Which of the parts is counted.
        parts: In how many parts all pairs are counted.
    """
    yield np.zeros(0, np.uint64)
    for first in range(0, len(melody), BLOCK):
        end = min(first + BLOCK, len(melody))
        for step in range(1, NEIGHBOURS + 1):
            begin = min(max(first, step), end)
            one, other = melody[begin - step : end - step], melody[begin:end]
            in_part = (one + other) & np.uint32(parts - 1) == part
            at = np.flatnonzero(in_part & (before[begin:end] >= step))
            yield pair_keys(one[at], other[at])


def _rows(sets: FingerprintSets) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Put the melodies that have a fingerprint in a row, similar ones close together.

    Returns:
        The rows of all fingerprints end to end, ``(all fingerprints,)``: indices of
        melodies; and how many of those right before each are in the same row,
        ``NEIGHBOURS`` at most.
    """
    orders = _orders(sets)
    ranks = np.argsort(orders, axis=1).astype(np.uint32)  # (ORDERS, melodies)
    melody = np.zeros(len(sets.hashes), np.uint32)
    before = np.zeros(len(sets.hashes), np.uint8)
    parts, end = _parts(sets), 0
    part_of = np.empty(len(melody), np.uint16)
    np.bitwise_and(sets.hashes, np.uint32(parts - 1), out=part_of, casting="unsafe")
    for part in range(parts):
        at = np.flatnonzero(part_of == part)
        sizes = np.diff(np.searchsorted(at, sets.ends))
        owners = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
        hashes = sets.hashes[at]
        rank = ranks[hashes >> ORDER_SHIFT, owners]
        keys = hashes.astype(np.uint64) << np.uint64(32) | rank
        keys.sort()
        hashes = (keys >> np.uint64(32)).astype(np.uint32)
        here = slice(end, end + len(at))
        melody[here] = orders[hashes >> ORDER_SHIFT, keys & LOW]
        for step in range(1, NEIGHBOURS + 1):
            before[here][step:] += hashes[step:] == hashes[:-step]
        end += len(at)
    return melody, before


def _orders(sets: FingerprintSets) -> NDArray[np.uint32]:
    """Put the melodies into several orders, in each of which similar ones are close.

    Each is by a MinHash: two sets have the same one as often as their fingerprints are
    the same (A. Broder, "On the resemblance and containment of documents", 1997).

    Returns:
        ``(ORDERS, melodies)``: indices of melodies, in their order.
    """
    begins = np.minimum(sets.ends[:-1], max(len(sets.hashes) - 1, 0))
    least = np.zeros((ORDERS + 1, len(begins)), np.uint32)
    for i in range(len(least) if len(sets.hashes) else 0):
        factor = scrambled(np.array([i])).astype(np.uint32) | np.uint32(1)
        least[i] = np.minimum.reduceat(sets.hashes * factor, begins)
    least = least.astype(np.uint64)
    both = least[:-1] << np.uint64(32) | least[1:]  # by the next where one is the same
    return np.argsort(both, axis=1).astype(np.uint32)


def _parts(sets: FingerprintSets) -> int:
    """Return the number of parts in which pairs are counted: a power of two."""
    return 1 << (NEIGHBOURS * len(sets.hashes) // PART).bit_length()


def _counted(values: Hashes) -> tuple[Hashes, Integers]:
    """Return each of sorted values once, and how many times it is there."""
    new = np.flatnonzero(np.diff(values, prepend=~values[:1]))
    return values[new], np.diff(new, append=len(values))


def _needed(
    sets: FingerprintSets, pairs: Integers, least: float
) -> NDArray[np.float64]:
    """Return how many fingerprints a pair must share to be alike: ``(pairs,)``."""
    needed: NDArray[np.float64] = sets.sizes[pairs].sum(axis=1) * least / (1 + least)
    return needed


def pair_keys(one: NDArray[np.integer], other: NDArray[np.integer]) -> Hashes:
    """Pack pairs of melodies into numbers, the lower index first.

    Args:
        one: ``(pairs,)``: index of a melody.
        other: ``(pairs,)``: index of another.

    Returns:
        ``(pairs,)``.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.candidates import pair_keys, unpacked
        >>> unpacked(pair_keys(np.array([5]), np.array([2]))).tolist()
        [[2, 5]]
    """
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys: Hashes = low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)
    return keys


def unpacked(keys: Hashes) -> Integers:
    """Unpack what ``pair_keys`` packed: ``(pairs, 2)``."""
    return np.stack([keys >> np.uint64(32), keys & LOW], axis=1).astype(np.int64)
