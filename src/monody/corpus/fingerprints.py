"""Short patterns that tell a tune, whatever its key and its speed.

A melody is described by three sets of patterns; a copy shares many of at least one:

- ``played``: five notes in a row: four intervals, and how much longer each note is than
  the last. Survives changed notes, cuts, another second half.
- ``skeleton``: the pitches that sound on six beats in a row. Survives ornaments.
- ``pitches``: seven pitches in a row, told once where they repeat. Survives another
  rhythm.

A pattern of fewer than three or four different pitches is left out: repeated notes,
trills and pumping basses are alike everywhere and tell no tune.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monody.music.melody_store import MelodyStore

PLAYED_NOTES, PLAYED_PITCHES = 5, 3  # notes in a pattern, different pitches at least
BEATS, BEAT_PITCHES = 6, 3
RUN_NOTES, RUN_PITCHES = 7, 4
OPENING_NOTES, OPENING_PITCHES = 14, 4  # see `opening_hashes`
CHUNK_NOTES = 1 << 14  # notes described at a time, in a processor's cache
CHUNK_PATTERNS = 1 << 16  # patterns compared at a time, in a processor's cache

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True)
class NoteLines:
    """The notes of some melodies end to end."""

    pitch: Integers  # (notes,)
    start: Integers  # (notes,) ticks
    melody: Integers  # (notes,): 0, 0, …, 1, 1, …: which of the melodies
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
        """Leave out the notes that are not kept."""
        return NoteLines(
            self.pitch[kept], self.start[kept], self.melody[kept], self.count
        )


@dataclass(frozen=True)
class FingerprintSets:
    """One set of patterns for each melody, end to end, each in rising order."""

    hashes: NDArray[np.uint32]  # (all patterns,)
    ends: Integers  # (melodies + 1,): set i is hashes[ends[i] : ends[i + 1]]

    @cached_property
    def sizes(self) -> Integers:
        """Patterns of each melody: ``(melodies,)``."""
        return np.diff(self.ends)

    def shared(self, pairs: Integers) -> Integers:
        """Count the patterns in common of pairs of melodies ``(n, 2)``: ``(n,)``."""
        chunk = np.cumsum(self.sizes[pairs].sum(axis=1)) // CHUNK_PATTERNS
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
        keys.sort()
        twice = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
        return np.bincount(twice.astype(np.int64), minlength=len(pairs))


def lines_of(melodies: MelodyStore, chosen: Integers) -> Iterator[NoteLines]:
    """Yield chosen melodies in their order, some 100,000 notes at a time."""
    counts = melodies.info["note_count"][chosen].astype(np.int64)
    ends = np.concatenate([[0], np.cumsum(counts)])
    first = 0
    while first < len(chosen):
        last = int(np.searchsorted(ends, ends[first] + CHUNK_NOTES, side="right")) - 1
        last = max(last, first + 1)
        notes = melodies.take(chosen[first:last]).notes
        melody = np.repeat(np.arange(last - first), counts[first:last])
        pitch, start = notes[:, :2].T.astype(np.int64, order="C")
        yield NoteLines(pitch, start, melody, last - first)
        first = last


def whole_hashes(lines: NoteLines) -> Hashes:
    """Hash all intervals and the rhythm of each melody: ``(melodies,)``.

    The rhythm is told in its own smallest unit, so it is the same at every speed.
    """
    begins = np.flatnonzero(lines.is_first)
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
    """Hash the opening of each melody, 0 where it is too short: ``(melodies,)``.

    An opening is the first 14 notes, repeated notes told once, without their rhythm. Of
    pairs in the Essen collection that have no more than this in common, about nine in
    ten are versions of one tune; of those that share 12 notes, six in ten.
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
    """Describe chosen melodies by sets of patterns of one kind."""
    hashes, sizes = [np.zeros(0, np.uint32)], [np.zeros(1, np.int64)]
    for lines in lines_of(melodies, chosen):
        patterns, at = describe(lines)
        melody = lines.melody[at].astype(np.uint64) << np.uint64(32)
        keys = sorted_once(melody | (patterns >> np.uint64(32)))
        hashes.append(keys.astype(np.uint32))
        which = (keys >> np.uint64(32)).astype(np.int64)
        sizes.append(np.bincount(which, minlength=lines.count))
    return FingerprintSets(np.concatenate(hashes), np.cumsum(np.concatenate(sizes)))


def sorted_once(values: Hashes) -> Hashes:
    """Sort values in place; return each once (``np.unique`` hashes them: slower)."""
    values.sort()
    new = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=new[1:])
    return values[new]


def played(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash each five notes as played; return also which note begins each."""
    wait, longer = lines.wait, np.zeros(len(lines.pitch))
    longer[1:] = np.clip(np.rint(np.log2(wait[1:] / wait[:-1])), -2, 2)
    longer[lines.is_first] = 0
    interval = np.diff(lines.pitch, append=0)
    symbols = 8 * interval + longer.astype(np.int64)
    at = _within(lines, PLAYED_NOTES, PLAYED_PITCHES)
    return _hashed([symbols[at + i] for i in range(PLAYED_NOTES - 1)]), at


def pitches(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash each seven pitches in a row; return also which note begins each."""
    moves = np.flatnonzero(_moves(lines))
    hashes, at = _runs(lines.only(_moves(lines)), RUN_NOTES, RUN_PITCHES)
    return hashes, moves[at]


def skeleton(lines: NoteLines) -> tuple[Hashes, Integers]:
    """Hash the pitches on each six beats; return also which note begins each.

    A beat is two of the note values that fill most of the melody; or four, so that
    ornaments that halve the usual value leave one of the two descriptions as it was.
    """
    unit = _usual_waits(lines)[lines.melody]
    both = [_on_beats(lines, beat) for beat in (2 * unit, 4 * unit)]
    hashes, at = zip(*both, strict=True)
    return np.concatenate(hashes), np.concatenate(at)


Describe = Callable[[NoteLines], tuple[Hashes, Integers]]


def _usual_waits(lines: NoteLines) -> Integers:
    """Return the ticks between notes that half of a melody's time is filled with."""
    wait = np.where(lines.is_last, 0, lines.wait)
    order = np.lexsort((wait, lines.melody))
    filled = np.cumsum(wait[order])
    whole = np.bincount(lines.melody, wait, lines.count).astype(np.int64)
    half = np.cumsum(whole) - (whole + 1) // 2
    usual: Integers = np.append(wait[order], 1)[np.searchsorted(filled, half)]
    return np.maximum(usual, 1)


def _on_beats(lines: NoteLines, beat: Integers) -> tuple[Hashes, Integers]:
    """Hash the pitches that sound from each note on, a beat apart."""
    last = lines.start[lines.is_last][np.cumsum(lines.is_first) - 1]
    at = np.flatnonzero(lines.start + (BEATS - 1) * beat <= last)
    clock = (lines.melody << 32) + lines.start
    sounding = [lines.pitch[at]]
    for i in range(1, BEATS):
        there = np.searchsorted(clock, clock[at] + i * beat[at], side="right") - 1
        sounding.append(lines.pitch[there])
    varied = _different(sounding) >= BEAT_PITCHES
    steps = [later - earlier for earlier, later in pairwise(sounding)]
    return _hashed([step[varied] for step in steps]), at[varied]


def _moves(lines: NoteLines) -> NDArray[np.bool_]:
    """Whether each note's pitch is another than the last: ``(notes,)``."""
    moves: NDArray[np.bool_] = np.diff(lines.pitch, prepend=0) != 0
    return lines.is_first | moves


def _runs(lines: NoteLines, notes: int, different: int) -> tuple[Hashes, Integers]:
    """Hash the intervals of each run of notes; return also where each begins."""
    at = _within(lines, notes, different)
    interval = np.diff(lines.pitch, append=0)
    return _hashed([interval[at + i] for i in range(notes - 1)]), at


def _within(lines: NoteLines, notes: int, different: int) -> Integers:
    """Return where runs of notes begin that have so many different pitches."""
    at: Integers = np.arange(max(len(lines.pitch) - notes + 1, 0))
    at = at[lines.melody[at] == lines.melody[at + notes - 1]]
    varied = _different([lines.pitch[at + i] for i in range(notes)]) >= different
    return at[varied]


def _different(pitches: list[Integers]) -> NDArray[np.uint8]:
    """Count the different pitches across lists; those 64 semitones apart are one."""
    seen = np.zeros(len(pitches[0]), np.uint64)
    for pitch in pitches:
        seen |= np.uint64(1) << (pitch & 63).astype(np.uint64)
    return np.bitwise_count(seen)


def _hashed(symbols: list[Integers]) -> Hashes:
    """Hash symbols that stand in a row, one list for each place."""
    hashes = np.zeros(len(symbols[0]), np.uint64)
    for symbol in symbols:
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + symbol.astype(np.uint64)
    return scrambled(hashes)


def scrambled(values: NDArray[np.integer]) -> Hashes:
    """Mix 64-bit values so that similar ones differ everywhere (splitmix64)."""
    mixed = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
