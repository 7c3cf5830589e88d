"""Which melodies to compare with each other.

Melodies that have a pattern in common stand in a row there, like ones close together,
and meet those that stand close. Those that meet at enough patterns are compared. So the
work grows with the number of notes, not with its square.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monody.corpus.fingerprints import FingerprintSets, Hashes, Integers, scrambled

NEIGHBOURS = 4  # melodies that meet at a pattern, to either side
# To be compared, melodies must meet more than once, and at this share of the patterns
# that they must have in common.
MEETINGS = 0.07
ORDERS = 4  # in which melodies stand at a pattern, so that copies stand close
PART = 1 << 21  # meetings counted at a time, in 50 MB
BLOCK = 1 << 16  # patterns gone through at a time, in a processor's cache

LOW = np.uint64(0xFFFFFFFF)
ORDER_SHIFT = np.uint32(30)  # the highest bits of a pattern say which order


def candidate_pairs(sets: FingerprintSets, least: float) -> Hashes:
    """Find pairs that meet often enough to be compared: their keys, in rising order.

    The pairs are looked at in several parts, one after the other, to save memory.

    Args:
        sets: The patterns of all melodies.
        least: The share of all patterns of two melodies that makes them alike.
    """
    melody, near = _stand(sets)
    parts = _parts(sets)
    found = []
    for part in range(parts):
        met = np.concatenate(list(_met(melody, near, part, parts)))
        met.sort()
        keys, more = _counted(met[1:][met[1:] == met[:-1]])
        needed = MEETINGS * _needed(sets, unpacked(keys), least)
        found.append(keys[1 + more >= needed])
    return np.sort(np.concatenate(found))


def _met(
    melody: NDArray[np.uint32], near: NDArray[np.uint8], part: int, parts: int
) -> Iterator[Hashes]:
    """Yield the keys of pairs that stand close to each other, as often as they do.

    Args:
        melody: ``(n,)``: as `_stand` returns it.
        near: ``(n,)``: as `_stand` returns it.
        part: Which of the parts is looked at.
        parts: In how many parts all pairs are looked at.
    """
    yield np.zeros(0, np.uint64)
    for first in range(0, len(melody), BLOCK):
        end = min(first + BLOCK, len(melody))
        for step in range(1, NEIGHBOURS + 1):
            begin = min(max(first, step), end)
            one, other = melody[begin - step : end - step], melody[begin:end]
            in_part = (one + other) & np.uint32(parts - 1) == part
            at = np.flatnonzero(in_part & (near[begin:end] >= step))
            yield pair_keys(one[at], other[at])


def _stand(sets: FingerprintSets) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Stand the melodies at the patterns that they have, like ones close together.

    Returns:
        Melodies ``(all patterns,)``, and how many of those right before each stand at
        the same pattern, ``NEIGHBOURS`` at most.
    """
    orders = _orders(sets)
    ranks = np.argsort(orders, axis=1).astype(np.uint32)
    melody = np.zeros(len(sets.hashes), np.uint32)
    near = np.zeros(len(sets.hashes), np.uint8)
    parts, end = _parts(sets), 0
    part_of = np.empty(len(melody), np.uint16)
    np.bitwise_and(sets.hashes, np.uint32(parts - 1), out=part_of, casting="unsafe")
    for part in range(parts):
        at = np.flatnonzero(part_of == part)
        sizes = np.diff(np.searchsorted(at, sets.ends))
        whose = np.repeat(np.arange(len(sizes), dtype=np.uint32), sizes)
        patterns = sets.hashes[at]
        rank = ranks[patterns >> ORDER_SHIFT, whose]
        keys = patterns.astype(np.uint64) << np.uint64(32) | rank
        keys.sort()
        patterns = (keys >> np.uint64(32)).astype(np.uint32)
        here = slice(end, end + len(at))
        melody[here] = orders[patterns >> ORDER_SHIFT, keys & LOW]
        for step in range(1, NEIGHBOURS + 1):
            near[here][step:] += patterns[step:] == patterns[:-step]
        end += len(at)
    return melody, near


def _orders(sets: FingerprintSets) -> NDArray[np.uint32]:
    """Put the melodies into several orders, each with like ones often side by side.

    Each is by a MinHash: two sets have the same one as often as their patterns are the
    same (A. Broder, "On the resemblance and containment of documents", 1997).

    Returns:
        ``(ORDERS, melodies)``: melodies in their order.
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
    """Return the number of parts in which meetings are counted: a power of two."""
    return 1 << (NEIGHBOURS * len(sets.hashes) // PART).bit_length()


def _counted(values: Hashes) -> tuple[Hashes, Integers]:
    """Return each of sorted values once, and how many times it is there."""
    new = np.flatnonzero(np.diff(values, prepend=~values[:1]))
    return values[new], np.diff(new, append=len(values))


def _needed(
    sets: FingerprintSets, pairs: Integers, least: float
) -> NDArray[np.float64]:
    """Return how many patterns two melodies must share to be alike: ``(pairs,)``."""
    needed: NDArray[np.float64] = sets.sizes[pairs].sum(axis=1) * least / (1 + least)
    return needed


def pair_keys(one: NDArray[np.integer], other: NDArray[np.integer]) -> Hashes:
    """Pack pairs of melodies into numbers, the lower index first: ``(pairs,)``."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys: Hashes = low.astype(np.uint64) << np.uint64(32) | high.astype(np.uint64)
    return keys


def unpacked(keys: Hashes) -> Integers:
    """Unpack pairs of melodies: ``(pairs, 2)``."""
    return np.stack([keys >> np.uint64(32), keys & LOW], axis=1).astype(np.int64)
