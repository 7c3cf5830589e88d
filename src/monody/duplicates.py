"""Which melodies are the same tune.

Tunes come in many copies: in another key, at another speed, with ornaments. Each melody
is described by two sets of short patterns, both blind to transposition:

- as played: four intervals in a row with how much longer each note is than the last,
  the same at every speed;
- its skeleton: the steps between the pitches that sound on seven beats in a row, which
  ornaments change little.

MinHash signatures of the sets (A. Broder, "On the resemblance and containment of
documents", 1997) are cut into bands; melodies that agree in a whole band are compared.
The work grows linearly with the corpus: 5,000 melodies take less than a second.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.melody import Ints
from monody.melody_store import MelodyStore

HASHES, BAND = 252, 3  # sets that share a third meet in one of 84 bands: 95 %
NEIGHBOURS = 4  # melodies compared within a band's bucket, to either side
MIN_PATTERNS = 12  # a melody with fewer different ones is only compared whole

Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class _Patterns:
    """Symbols of all melodies end to end, and how they are compared."""

    symbols: NDArray[np.int64]  # (all symbols,)
    counts: NDArray[np.int64]  # (melodies,): symbols of each
    length: int  # symbols in a pattern
    min_shared: float  # share of common patterns that makes two melodies one tune


def duplicate_groups(melodies: MelodyStore) -> NDArray[np.int32]:
    """Find the duplicate groups.

    Two melodies are in one group if their intervals are the same, if most of their
    patterns are, if they come from one file, or if a chain of such pairs links them.

    Args:
        melodies: The melodies of a corpus.

    Returns:
        ``(melodies,)``: the group of each melody, numbered in order of appearance.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(melodies)
    pairs = [_exact_pairs(melodies)]
    if count:
        pairs += [_near_pairs(kind) for kind in (_played(melodies), _beats(melodies))]
    links = np.concatenate(pairs)
    graph = coo_array((np.ones(len(links)), links.T), shape=(count, count))
    groups: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return groups


def _exact_pairs(melodies: MelodyStore) -> NDArray[np.int64]:
    """Link melodies of one file, and those with the same intervals: ``(links, 2)``."""
    first_with: dict[object, int] = {}
    links = []
    for index in range(len(melodies)):
        file = int(melodies.info[index]["file"])
        traits = (_intervals_hash(melodies.notes_of(index)), file)
        links += [(first_with.setdefault(trait, index), index) for trait in traits]
    return np.array(links, np.int64).reshape(-1, 2)


def _intervals_hash(notes: Ints) -> bytes:
    return hashlib.sha256(np.diff(notes[:, 0]).tobytes()).digest()


def _played(melodies: MelodyStore) -> _Patterns:
    """Describe each note by its interval and by how the time to it has changed."""
    symbols, counts = [], []
    for index in range(len(melodies)):
        pitch, start, _ = melodies.notes_of(index).T
        times = np.diff(start)
        change = np.zeros(len(times))
        change[1:] = np.clip(np.rint(np.log2(times[1:] / times[:-1])), -2, 2)
        symbols.append(8 * (np.diff(pitch) + 128) + change.astype(np.int64) + 2)
        counts.append(len(times))
    return _Patterns(np.concatenate(symbols), np.array(counts), 4, min_shared=0.25)


def _beats(melodies: MelodyStore) -> _Patterns:
    """Describe each beat by the step from the pitch that sounded on the one before.

    A beat is two notes of the usual length, so that slow music is not all waiting.
    """
    symbols, counts = [], []
    for index in range(len(melodies)):
        pitch, start, _ = melodies.notes_of(index).T
        usual = int(np.median(np.diff(start))) if len(start) > 1 else 1
        beats = np.arange(start[0], start[-1] + 1, 2 * usual)
        sounding = pitch[np.searchsorted(start, beats, side="right") - 1]
        symbols.append(np.diff(sounding).astype(np.int64) + 128)
        counts.append(len(beats) - 1)
    return _Patterns(np.concatenate(symbols), np.array(counts), 6, min_shared=0.33)


def _near_pairs(patterns: _Patterns) -> NDArray[np.int64]:
    """Link melodies that share enough of their patterns: ``(links, 2)``."""
    from rensa import RMinHash

    hashes, counts = _pattern_hashes(patterns)
    rows = np.concatenate([np.zeros(1, np.uint64), np.cumsum(counts, dtype=np.uint64)])
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, rows, HASHES, 1)
    signatures = np.array(matrix.to_rows(), np.uint64)  # (melodies, HASHES)
    pairs = _bucket_pairs(signatures, _rich(hashes, counts))
    alike = signatures[pairs[:, 0]] == signatures[pairs[:, 1]]
    chosen: NDArray[np.int64] = pairs[alike.mean(axis=1) >= patterns.min_shared]
    return chosen


def _rich(hashes: Hashes, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the melodies with enough different patterns to be told by them."""
    melody = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((hashes, melody))
    new = np.ones(len(hashes), bool)
    again = (np.diff(hashes[order]) == 0) & (np.diff(melody[order]) == 0)
    new[1:] = ~again
    different = np.bincount(melody[order][new], minlength=len(counts))
    return np.flatnonzero(different >= MIN_PATTERNS)


def _pattern_hashes(patterns: _Patterns) -> tuple[Hashes, NDArray[np.int64]]:
    """Hash every run of symbols within a melody; return also how many each has."""
    symbols = _scrambled(patterns.symbols.astype(np.uint64))
    hashes = np.zeros(len(symbols), np.uint64)
    for offset in range(patterns.length):
        hashes = _scrambled(hashes + np.roll(symbols, -offset))
    kept = np.maximum(patterns.counts - patterns.length + 1, 0)
    melody = np.repeat(np.arange(len(kept)), patterns.counts)
    first = np.cumsum(patterns.counts) - patterns.counts
    return hashes[np.arange(len(symbols)) - first[melody] < kept[melody]], kept


def _scrambled(values: Hashes) -> Hashes:
    """Mix 64-bit values so that similar ones differ everywhere (splitmix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _bucket_pairs(signatures: Hashes, melodies: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pair melodies that agree in all the hashes of some band: ``(pairs, 2)``."""
    pairs = [np.zeros((0, 2), np.int64)]
    for start in range(0, HASHES, BAND):
        key = np.zeros(len(melodies), np.uint64)
        for column in range(start, start + BAND):
            key = _scrambled(key + signatures[melodies, column])
        order = np.argsort(key, kind="stable")
        for step in range(1, NEIGHBOURS + 1):
            same = key[order[step:]] == key[order[:-step]]
            one, other = order[:-step][same], order[step:][same]
            pairs.append(np.stack([melodies[one], melodies[other]], axis=1))
    return np.unique(np.concatenate(pairs), axis=0)
