"""Fingerprints: hashes of short patterns that identify a tune in any key and tempo.

The patterns are n-grams of notes, also called shingles. A melody has three sets of
them, and a copy of it shares many of at least one set:

- ``played``: five notes in a row: four intervals, and how much longer each note is than
  the last. Survives changed notes, cuts, another second half.
- ``skeleton``: the pitches that sound on six beats in a row. Survives ornaments.
- ``pitches``: seven pitches in a row, where a repeated pitch counts once. Survives
  another rhythm.

A pattern of fewer than three or four different pitches is left out: repeated notes,
trills and pumping basses are in all kinds of tunes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monody.music.melody_store import MelodyStore
from monody.saved.arrays import let_go

# Of each kind the length of a pattern, and how many different pitches it has at least.
PLAYED_NOTES, PLAYED_PITCHES = 5, 3
BEATS, BEAT_PITCHES = 6, 3
RUN_NOTES, RUN_PITCHES = 7, 4
OPENING_NOTES, OPENING_PITCHES = 14, 4  # see `opening_hashes`
CHUNK_NOTES = 1 << 14  # notes described at a time, in a processor's cache
CHUNKS_KEPT = 256  # chunks of mapped notes that stay in memory
CHUNK_HASHES = 1 << 16  # fingerprints compared at a time, in a processor's cache

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class NoteLines:
    """The notes of some melodies end to end."""

    pitch: Integers  # (notes,)
    start: Integers  # (notes,) ticks
    melody: Integers  # (notes,): the melody of each, 0, 0, …, 1, 1, …
    count: int  # melodies

    @cached_property
    def wait(self) -> Integers:
        """Ticks from each note to the next; 1 at the end of a melody: ``(notes,)``."""
        return np.maximum(np.diff(self.start, append=self.start[-1:] + 1), 1)

    @cached_property
    def is_first(self) -> NDArray[np.bool_]:
        """Whether a melody begins with the note: ``(notes,)``."""
        first: NDArray[np.bool_] = np.diff(self.melody, prepend=-1) != 0
        return first

    @cached_property
    def is_last(self) -> NDArray[np.bool_]:
        """Whether a melody ends with the note: ``(notes,)``."""
        last: NDArray[np.bool_] = np.diff(self.melody, append=-1) != 0
        return last

    def only(self, kept: NDArray[np.bool_]) -> NoteLines:
        """Return the notes that are kept, by a mask ``(notes,)``."""
        return NoteLines(
            self.pitch[kept], self.start[kept], self.melody[kept], self.count
        )


@dataclass(frozen=True)
class FingerprintSets:
    """One set of fingerprints for each melody, end to end, each in rising order."""

    hashes: NDArray[np.uint32]  # (all fingerprints,)
    ends: Integers  # (melodies + 1,): set i is hashes[ends[i] : ends[i + 1]]

    @cached_property
    def sizes(self) -> Integers:
        """Number of fingerprints of each melody: ``(melodies,)``."""
        return np.diff(self.ends)

    def shared(self, pairs: Integers) -> Integers:
        """Count the fingerprints that pairs of melodies have in common.

        Args:
            pairs: ``(pairs, 2)``: indices of melodies.

        Returns:
            ``(pairs,)``.

        Example:
            >>> import numpy as np
            >>> from monody.corpus.fingerprints import FingerprintSets
            >>> hashes = np.array([1, 2, 3, 2, 3, 4], np.uint32)
            >>> sets = FingerprintSets(hashes, ends=np.array([0, 3, 6]))
            >>> sets.shared(np.array([[0, 1]])).tolist()
            [2]
        """
        chunk = np.cumsum(self.sizes[pairs].sum(axis=1)) // CHUNK_HASHES
        parts = np.split(pairs, np.flatnonzero(np.diff(chunk)) + 1)
        return np.concatenate([self._shared(part) for part in parts])

    def _shared(self, pairs: Integers) -> Integers:
        flat = pairs.ravel()
        sizes = self.sizes[flat]
        ends = np.cumsum(sizes)
        at = np.repeat(self.ends[flat] - ends + sizes, sizes)
        at += np.arange(len(at))
        pair = np.arange(len(flat), dtype=np.uint64) >> np.uint64(1) << np.uint64(32)
        keys = np.repeat(pair, sizes)
        keys |= self.hashes[at]
        keys.sort(kind="stable")  # merges the sets, which are in rising order already
        twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
        return np.bincount(twice.astype(np.int64), minlength=len(pairs))


def lines_of(melodies: MelodyStore, chosen: Integers) -> Iterator[NoteLines]:
    """Yield chosen melodies in their order, some ``CHUNK_NOTES`` notes at a time.

    Args:
        melodies: Any melodies.
        chosen: ``(chosen,)``: indices of those to yield.
    """
    counts = melodies.info["note_count"][chosen].astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(counts)])
    first = chunks = 0
    while first < len(chosen):
        chunks += 1
        if chunks % CHUNKS_KEPT == 0:
            let_go(melodies.notes)
        last = int(np.searchsorted(ends, ends[first] + CHUNK_NOTES, side="right")) - 1
        last = max(last, first + 1)
        notes = melodies.take(chosen[first:last]).notes
        melody = np.repeat(np.arange(last - first), counts[first:last])
        pitch, start = notes[:, :2].T.astype(np.int64, order="C")
        yield NoteLines(pitch, start, melody, last - first)
        first = last


def whole_hashes(lines: NoteLines) -> Hashes:
    """Hash all intervals and the rhythm of each melody.

    The rhythm is counted in its own smallest unit, so it is the same at every tempo.

    Returns:
        ``(melodies,)``.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.fingerprints import NoteLines, whole_hashes
        >>> pitch, melody = np.array([60, 64, 67, 62, 66, 69]), np.arange(6) // 3
        >>> start = np.array([0, 24, 48, 0, 12, 24])  # the second is twice as fast
        >>> c_major, d_major = whole_hashes(NoteLines(pitch, start, melody, count=2))
        >>> bool(c_major == d_major)
        True
    """
    begins = np.flatnonzero(lines.is_first)  # (melodies with a note,)
    if not len(begins):
        return np.zeros(lines.count, np.uint64)
    line = np.cumsum(lines.is_first) - 1
    wait = np.where(lines.is_last, 0, lines.wait)
    units = np.maximum(np.gcd.reduceat(wait, begins), 1)
    place = np.arange(len(wait)) - begins[line]
    interval = np.where(lines.is_first, 0, np.diff(lines.pitch, prepend=0))
    symbols = scrambled(place) + interval.astype(np.uint64)
    symbols = scrambled(symbols) + (wait // units[line]).astype(np.uint64)
    hashes = np.zeros(lines.count, np.uint64)
    hashes[lines.melody[begins]] = np.add.reduceat(scrambled(symbols), begins)
    return hashes


def opening_hashes(lines: NoteLines) -> Hashes:
    """Hash the opening of each melody; 0 where it is too short.

    An opening is the first 14 notes without their rhythm; a repeated note counts once.
    Of pairs in the Essen collection that have no more than this in common, about nine
    in ten are versions of one tune; of those that share 12 notes, six in ten.

    Returns:
        ``(melodies,)``.
    """
    lines = lines.only(_moves(lines))
    runs, at = _runs(lines, OPENING_NOTES, OPENING_PITCHES)
    begins = lines.is_first[at]
    hashes = np.zeros(lines.count, np.uint64)
    hashes[lines.melody[at[begins]]] = runs[begins] | np.uint64(1)
    return hashes


def fingerprint_sets(
    melodies: MelodyStore, chosen: Integers, describe: Describe
) -> FingerprintSets:
    """Make the fingerprints of chosen melodies, of one kind.

    Args:
        melodies: Any melodies.
        chosen: ``(chosen,)``: indices of those to describe.
        describe: The kind: ``played``, ``skeleton`` or ``pitches``.

    Example:
        >>> import monody
        >>> import numpy as np
        >>> from monody.corpus.fingerprints import fingerprint_sets, pitches
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> sets = fingerprint_sets(melodies, np.arange(20), pitches)
        >>> len(sets.sizes), bool(sets.sizes[0] < len(melodies[0]))
        (20, True)
    """
    hashes, sizes = [np.zeros(0, np.uint32)], [np.zeros(1, np.int64)]
    for lines in lines_of(melodies, chosen):
        described, at = describe(lines)
        melody = lines.melody[at].astype(np.uint64) << np.uint64(32)
        keys = sorted_once(melody | (described >> np.uint64(32)))
        hashes.append(keys.astype(np.uint32))
        which = (keys >> np.uint64(32)).astype(np.int64)
        sizes.append(np.bincount(which, minlength=lines.count))
    return FingerprintSets(np.concatenate(hashes), np.cumsum(np.concatenate(sizes)))


def sorted_once(values: Hashes) -> Hashes:
    """Sort values in place, and return each once; ``np.unique`` is slower.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.fingerprints import sorted_once
        >>> sorted_once(np.array([3, 1, 3], np.uint64)).tolist()
        [1, 3]
    """
    values.sort()
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values[new]


def played(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash each five notes in a row: their intervals and the ratios of their waits.

    Returns:
        Hashes, and the first note of each, ``(patterns,)``.
    """
    wait, longer = lines.wait, np.zeros(len(lines.pitch))
    longer[1:] = np.clip(np.rint(np.log2(wait[1:] / wait[:-1])), -2, 2)
    longer[lines.is_first] = 0
    interval = np.diff(lines.pitch, append=0)
    symbols = 8 * interval + longer.astype(np.int64)
    at = _within(lines, PLAYED_NOTES, PLAYED_PITCHES)
    return _hashed([symbols[at + i] for i in range(PLAYED_NOTES - 1)]), at


def pitches(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash each seven pitches in a row, where a repeated pitch counts once.

    Returns:
        Hashes, and the first note of each, ``(patterns,)``.
    """
    moves = np.flatnonzero(_moves(lines))
    hashes, at = _runs(lines.only(_moves(lines)), RUN_NOTES, RUN_PITCHES)
    return hashes, moves[at]


def skeleton(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash the pitches that sound on each six beats in a row.

    A beat is two of the note values that fill most of the melody. In a second
    description it is four, so that ornaments that halve the usual value leave one of
    the two as it was.

    Returns:
        Hashes, and the first note of each, ``(patterns,)``.
    """
    unit = _usual_waits(lines)[lines.melody]
    both = [_on_beats(lines, beat) for beat in (2 * unit, 4 * unit)]
    hashes, at = zip(*both, strict=True)
    return np.concatenate(hashes), np.concatenate(at)


Describe = Callable[[NoteLines], tuple[Hashes, Integers]]


def _usual_waits(lines: NoteLines) -> Integers:
    """Return the median wait of each melody, weighted by time, in ticks."""
    wait = np.where(lines.is_last, 0, lines.wait)
    order = np.lexsort((wait, lines.melody))
    filled = np.cumsum(wait[order])
    whole = np.bincount(lines.melody, wait, lines.count).astype(np.int64)
    half = np.cumsum(whole) - (whole + 1) // 2
    usual: Integers = np.append(wait[order], 1)[np.searchsorted(filled, half)]
    return np.maximum(usual, 1)


def _on_beats(lines: NoteLines, beat: Integers) -> tuple[Hashes, Integers]:
    """Hash the pitches that sound from each note on, one beat apart.

    Args:
        lines: Some melodies.
        beat: ``(notes,)``: ticks.
    """
    last = lines.start[lines.is_last][np.cumsum(lines.is_first) - 1]
    at = np.flatnonzero(lines.start + (BEATS - 1) * beat <= last)
    clock = (lines.melody << 32) + lines.start  # rises through all melodies
    sounding = [lines.pitch[at]]
    for i in range(1, BEATS):
        there = np.searchsorted(clock, clock[at] + i * beat[at], side="right") - 1
        sounding.append(lines.pitch[there])
    varied = _different(sounding) >= BEAT_PITCHES
    steps = [later - earlier for earlier, later in pairwise(sounding)]
    return _hashed([step[varied] for step in steps]), at[varied]


def _moves(lines: NoteLines) -> NDArray[np.bool_]:
    """Tell whether the pitch of each note is another than the last: ``(notes,)``."""
    moves: NDArray[np.bool_] = np.diff(lines.pitch, prepend=0) != 0
    return lines.is_first | moves


def _runs(lines: NoteLines, notes: int, different: int) -> tuple[Hashes, Integers]:
    """Hash the intervals of each run of notes, and return the first note of each."""
    at = _within(lines, notes, different)
    interval = np.diff(lines.pitch, append=0)
    return _hashed([interval[at + i] for i in range(notes - 1)]), at


def _within(lines: NoteLines, notes: int, different: int) -> Integers:
    """Return the first notes of runs with enough different pitches.

    Args:
        lines: Some melodies.
        notes: Of a run, which lies within one melody.
        different: Pitches at least.
    """
    at: Integers = np.arange(max(len(lines.pitch) - notes + 1, 0))
    at = at[lines.melody[at] == lines.melody[at + notes - 1]]
    varied = _different([lines.pitch[at + i] for i in range(notes)]) >= different
    return at[varied]


def _different(pitches: list[Integers]) -> NDArray[np.uint8]:
    """Count the different pitches across arrays; those 64 semitones apart are one."""
    seen = np.zeros(len(pitches[0]), np.uint64)
    for pitch in pitches:
        seen |= np.uint64(1) << (pitch & 63).astype(np.uint64)
    return np.bitwise_count(seen)


def _hashed(symbols: list[Integers]) -> Hashes:
    """Hash symbols that follow each other, one array for each place."""
    hashes = np.zeros(len(symbols[0]), np.uint64)
    for symbol in symbols:
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + symbol.astype(np.uint64)
    return scrambled(hashes)


def scrambled(values: NDArray[np.integer]) -> Hashes:
    """Mix 64-bit values so that similar ones differ in all bits (splitmix64)."""
    mixed = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
