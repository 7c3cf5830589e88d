"""Candidate pairs: which melodies are worth comparing with each other.

Comparing every melody with every other would take the square of their number. Instead,
all melodies that have a fingerprint in common are put in a row, similar ones close
together, and each is paired with its neighbours there. Pairs that are neighbours at
enough fingerprints are candidates. So the work grows with the number of notes: each
fingerprint is put in its place once, and looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.corpus.fingerprints import FingerprintSets, Hashes, Integers, scrambled

NEIGHBOURS = 4  # melodies to either side that one is paired with, at a fingerprint
# A candidate pair must be neighbours more than once, and at this share of the
# fingerprints that the two melodies must have in common to be alike.
NEIGHBOUR_SHARE = 0.07
ORDERS = 4  # of all melodies; each fingerprint has one of them for its row
PART = 1 << 19  # fingerprints put in their rows at a time
BLOCK = 1 << 16  # fingerprints gone through at a time, in a processor's cache

LOW = np.uint64(0xFFFFFFFF)
BEFORE, AFTER = 15, 4  # the bits of those before, and the place of those after
ORDER_SHIFT = np.uint32(30)  # the highest bits of a fingerprint say which order

Counts = NDArray[np.uint32]


class _Rows(NamedTuple):
    """For each fingerprint a row of melodies, all rows end to end."""

    melody: Counts  # (all fingerprints,): indices of melodies
    # (all fingerprints,): how many places right before one are in the same row and, in
    # the four higher bits, how many right after it; ``NEIGHBOURS`` at most
    near: NDArray[np.uint8]
    place: Counts  # (all fingerprints,): where each has its melody


def candidate_pairs(sets: FingerprintSets, least: float) -> Hashes:
    """Find pairs of melodies that are neighbours often enough to be compared.

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
    rows = _rows(sets)
    found = [np.zeros(0, np.uint64)]
    for first, end in _blocks(sets.ends):
        keys = np.concatenate(list(_neighbours(rows, sets, first, end)))
        keys.sort()
        keys, more = _counted(keys[1:][keys[1:] == keys[:-1]])
        enough = NEIGHBOUR_SHARE * _needed(sets, unpacked(keys), least)
        found.append(keys[1 + more >= enough])
    return np.concatenate(found)


def _blocks(ends: Integers) -> Iterator[tuple[int, int]]:
    """Yield the first melody of some, and the one after the last.

    Args:
        ends: ``(melodies + 1,)``: of their fingerprints; some have ``BLOCK`` or fewer,
            unless one melody alone has more.
    """
    first = 0
    while first < len(ends) - 1:
        end = int(np.searchsorted(ends, ends[first] + BLOCK, side="right")) - 1
        end = max(end, first + 1)
        yield first, end
        first = end


def _neighbours(
    rows: _Rows, sets: FingerprintSets, first: int, end: int
) -> Iterator[Hashes]:
    """Yield the keys of neighbours, once for each fingerprint at which they are.

    Args:
        rows: Of all melodies.
        sets: The fingerprints of all melodies.
        first: The first melody of some.
        end: The melody after the last of them. Each is paired with those neighbours
            alone that come after it, so each pair is met once.
    """
    place = rows.place[sets.ends[first] : sets.ends[end]]
    near = rows.near[place]
    some = np.flatnonzero(near)  # most fingerprints of few melodies are of one alone
    place, near = place[some].astype(np.int64), near[some]
    own = np.repeat(np.arange(first, end, dtype=np.uint32), sets.sizes[first:end])[some]
    high = own.astype(np.uint64) << np.uint64(32)  # of a key, as of `pair_keys`
    for count, way in ((near & BEFORE, -1), (near >> AFTER, 1)):
        for step in range(1, NEIGHBOURS + 1):
            at = np.flatnonzero(count >= step)
            other = rows.melody[place[at] + way * step]
            later = np.flatnonzero(other > own[at])
            yield high[at[later]] | other[later]


def _rows(sets: FingerprintSets) -> _Rows:
    """Put the melodies that have a fingerprint in a row, similar ones close together.

    The fingerprints are first dealt out to parts, all that are equal to the same one;
    then the rows of each part are made.
    """
    orders = _orders(sets)
    ranks = np.argsort(orders, axis=1).astype(np.uint32)  # (ORDERS, melodies)
    count = len(sets.hashes)
    melody = np.empty(count, np.uint32)
    near = np.zeros(count, np.uint8)
    place = np.empty(count, np.uint32)
    dealt, ends = _dealt_out(sets.hashes)
    for begin, end in pairwise(ends.tolist()):
        at = dealt[begin:end]
        owners = np.searchsorted(sets.ends, at, side="right") - 1
        hashes = sets.hashes[at]
        rank = ranks[hashes >> ORDER_SHIFT, owners]
        order = np.argsort(hashes.astype(np.uint64) << np.uint64(32) | rank)
        hashes = hashes[order]
        melody[begin:end] = owners[order]
        here = near[begin:end]
        for step in range(1, NEIGHBOURS + 1):
            same = (hashes[step:] == hashes[:-step]).view(np.uint8)
            here[step:] += same
            here[:-step] += same << AFTER
        place[at[order]] = np.arange(begin, end, dtype=np.uint32)
    return _Rows(melody, near, place)


def _dealt_out(hashes: Counts) -> tuple[Counts, Integers]:
    """Deal fingerprints out to parts of about ``PART``, by their lowest bits.

    Returns:
        ``(all fingerprints,)``: their indices, part after part, rising in each; and
        ``(parts + 1,)``: where each part ends.
    """
    parts = 1 << min((len(hashes) // PART).bit_length(), 16)
    lowest = np.uint32(parts - 1)
    blocks = range(0, len(hashes), BLOCK)
    sizes = np.zeros(parts, np.int64)
    for first in blocks:
        part = hashes[first : first + BLOCK] & lowest
        sizes += np.bincount(part, minlength=parts)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    dealt = np.empty(len(hashes), np.uint32)
    filled = ends[:-1].copy()
    for first in blocks:
        part = (hashes[first : first + BLOCK] & lowest).astype(np.uint16)
        order = np.argsort(part, kind="stable")
        counts = np.bincount(part, minlength=parts)
        begins = np.cumsum(counts) - counts
        part = part[order]
        dealt[filled[part] + np.arange(len(part)) - begins[part]] = first + order
        filled += counts
    return dealt, ends


def _orders(sets: FingerprintSets) -> NDArray[np.uint32]:
    """Put the melodies into several orders, in each of which similar ones are close.

    Each is by a MinHash: two sets have the same one as often as their fingerprints are
    the same (A. Broder, "On the resemblance and containment of documents", 1997).

    Returns:
        ``(ORDERS, melodies)``: indices of melodies, in their order.
    """
    least = np.zeros((ORDERS + 1, len(sets.sizes)), np.uint32)
    for first, end in _blocks(sets.ends):
        hashes = sets.hashes[sets.ends[first] : sets.ends[end]]
        if not len(hashes):
            continue
        begins = np.minimum(sets.ends[first:end] - sets.ends[first], len(hashes) - 1)
        for i in range(len(least)):
            factor = scrambled(np.array([i])).astype(np.uint32) | np.uint32(1)
            least[i, first:end] = np.minimum.reduceat(hashes * factor, begins)
    least = least.astype(np.uint64)
    both = least[:-1] << np.uint64(32) | least[1:]  # by the next where one is the same
    return np.argsort(both, axis=1).astype(np.uint32)


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
