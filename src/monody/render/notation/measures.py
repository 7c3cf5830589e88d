"""From a melody to bars, ties and triplets, as one would write it by hand.

A note is cut at bar lines, and where no single value lasts as long or where it would
hide a beat; the pieces are tied. Notes that fit no plain or dotted value are written
in triplets of the longest value that fits, down to triplets of 64ths, whose notes last
one tick: so every melody can be written exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import NamedTuple

from monody.music.melody import Melody, lines_around
from monody.music.meter import TICKS_PER_QUARTER, Meter, meter_at

# Plain and dotted values in ticks, from a dotted breve to a 32nd.
VALUES = (288, 192, 144, 96, 72, 48, 36, 24, 18, 12, 9, 6, 3)
SHORTEST = VALUES[-1]
# The ticks of a whole triplet: of quarters, of 8ths, of 16ths, of 32nds, of 64ths.
TRIPLETS = (48, 24, 12, 6, 3)


class BarNote(NamedTuple):
    """One written note or rest."""

    note: int | None  # index in the melody, the same in all tied pieces; None: a rest
    start: int  # ticks since the bar line
    value: Fraction  # in quarters, as written: a note of a triplet sounds 2/3 of it
    tied: bool  # to the next one


class Group(NamedTuple):
    """Neighbours that are all plain, or make one triplet (3 in the time of 2)."""

    triplet: bool
    notes: tuple[BarNote, ...]


class Measure(NamedTuple):
    """The music between two bar lines."""

    meter: Meter
    new_meter: bool  # whether its time signature is to be shown
    groups: tuple[Group, ...]  # none in a whole bar of rest

    @property
    def quarters(self) -> Fraction:
        """Length of a whole bar in quarters."""
        return Fraction(self.meter.bar_ticks, TICKS_PER_QUARTER)


class _Sound(NamedTuple):
    """A stretch of a note or of silence, from tick to tick."""

    start: int
    end: int
    note: int | None
    tied: bool


def measures_of(melody: Melody) -> list[Measure]:
    """Write a melody down, from tick 0 to the bar line after its last note.

    Silence is written as rests. A meter that begins within a bar cuts it short.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.measures import measures_of
        >>> for bar in measures_of(Melody.from_notes([(60, 24, 48), (64, 72, 48)])):
        ...     notes = [note for group in bar.groups for note in group.notes]
        ...     print([(note.note, str(note.value), note.tied) for note in notes])
        [(None, '1', False), (0, '2', False), (1, '1', True)]
        [(1, '1', False), (None, '1', False), (None, '2', False)]
    """
    lines = lines_around(melody) if len(melody) else [0, melody.meters[0].bar_ticks]
    bars: list[Measure] = []
    by_bar = groupby(_sounds(melody, lines), lambda one: bisect_right(lines, one.start))
    for number, sounds in by_bar:
        start, end = lines[number - 1 : number + 1]
        meter = meter_at(start, melody.meters)
        inside = [one._replace(start=one.start - start, end=one.end - start)
                  for one in sounds]  # fmt: skip
        is_rest = end - start == meter.bar_ticks and inside[0].note is None
        groups = () if is_rest and len(inside) == 1 else tuple(_groups(inside, meter))
        bars.append(Measure(meter, meter.tick == start, groups))
    return bars


def _sounds(melody: Melody, lines: Sequence[int]) -> Iterator[_Sound]:
    """Cut notes and silence at the bar lines."""
    starts, ends = melody.starts.tolist(), melody.ends.tolist()
    note = 0
    for start, end in pairwise(sorted({*lines, *starts, *ends})):
        while note < len(starts) and ends[note] <= start:
            note += 1
        sounding = note < len(starts) and starts[note] <= start
        tied = sounding and ends[note] > end
        yield _Sound(start, end, note if sounding else None, tied)


def _groups(sounds: Sequence[_Sound], meter: Meter) -> Iterator[Group]:
    """Write one bar; times count from its bar line."""
    edges = [0, *(sound.end for sound in sounds)]
    plain_from = 0
    for start, end in [*_triplets(edges, meter), (edges[-1], edges[-1])]:
        plain = [
            note
            for sound in _between(sounds, plain_from, start)
            for note in _plain(sound, meter)
        ]
        if plain:
            yield Group(False, tuple(plain))
        if start < end:
            in_triplet = [_in_triplet(sound) for sound in _between(sounds, start, end)]
            yield Group(True, tuple(in_triplet))
        plain_from = end


def _between(sounds: Sequence[_Sound], start: int, end: int) -> Iterator[_Sound]:
    """Cut out the sounds between two ticks."""
    for one in sounds:
        if one.start < end and one.end > start:
            tied = one.tied or (one.end > end and one.note is not None)
            yield _Sound(max(one.start, start), min(one.end, end), one.note, tied)


def _triplets(edges: Sequence[int], meter: Meter) -> Iterator[tuple[int, int]]:
    """Find where triplets begin and end: around all that is off the grid of 32nds.

    Args:
        edges: Of the bar and of the sounds in it, in order, from 0.
        meter: Of the bar.
    """
    free_from = 0
    for edge in edges:
        if edge % SHORTEST and edge > free_from:
            start, end = _triplet_around(edge, edges, meter, free_from)
            yield start, end
            free_from = end


def _triplet_around(
    edge: int, edges: Sequence[int], meter: Meter, free_from: int
) -> tuple[int, int]:
    """Find the longest triplet around a tick that all notes in it fit into.

    Only the last one of a bar that a new meter cuts short may be incomplete.
    """
    beat = meter.beat_ticks
    for length in TRIPLETS:
        if beat % length and length % beat:
            continue
        step = min(beat, length)
        for start in range(edge // step * step, edge - length, -step):
            inside = [one - start for one in edges if start < one < start + length]
            fits = not any(one % (length // 3) for one in inside)
            if fits and free_from <= start and start + length <= edges[-1]:
                return start, start + length
    start = edge // SHORTEST * SHORTEST
    return start, min(start + SHORTEST, edges[-1])


def _in_triplet(sound: _Sound) -> BarNote:
    """Write a note of a triplet: one or two thirds of it, so never a dotted value."""
    value = Fraction(sound.end - sound.start, TICKS_PER_QUARTER) * Fraction(3, 2)
    return BarNote(sound.note, sound.start, value, sound.tied)


def _plain(sound: _Sound, meter: Meter) -> Iterator[BarNote]:
    """Write a stretch on the grid of 32nds as one value, or as several that are tied.

    Each is the longest that reads well.
    """
    start = sound.start
    reads_well = _rest_reads_well if sound.note is None else _note_reads_well
    while start < sound.end:
        ticks = next(
            ticks
            for ticks in VALUES
            if start + ticks <= sound.end and reads_well(start, ticks, meter)
        )
        tied = sound.tied or (start + ticks < sound.end and sound.note is not None)
        yield BarNote(sound.note, start, Fraction(ticks, TICKS_PER_QUARTER), tied)
        start += ticks


def _note_reads_well(start: int, ticks: int, meter: Meter) -> bool:
    """Tell whether a note shows the beats: it may last over them, but not vaguely.

    It lies within a beat; or it begins on one, in compound meters for whole beats; or
    it is of a simple meter, within a pair of beats, and ends on a beat or is the middle
    of short-long-short.
    """
    beat, pair = meter.beat_ticks, 2 * meter.beat_ticks
    place = start % beat
    is_compound = beat % 9 == 0
    if place + ticks <= beat:
        return True
    if place == 0:
        return not is_compound or ticks % beat == 0
    if is_compound or start // pair != (start + ticks - 1) // pair:
        return False
    return (start + ticks) % beat == 0 or ticks == beat == 2 * place


def _rest_reads_well(start: int, ticks: int, meter: Meter) -> bool:
    """Tell whether a rest shows each beat, as teachers want it.

    A beat has a rest of its own; two share one where pairs are felt, as in half a bar
    of 4/4. Within a beat a rest is plain and where a row of such rests has one. In a
    compound one its first two thirds may share one, its last two may not.
    """
    beat = meter.beat_ticks
    place, beats = start % beat, meter.bar_ticks // beat
    if place + ticks > beat:
        has_pairs = beats % 4 == 0 or (beats > 3 and beat < TICKS_PER_QUARTER)
        return has_pairs and ticks == 2 * beat and start % ticks == 0
    if place == 0 and (ticks == beat or 3 * ticks == 2 * beat):
        return True
    longest = beat // 3 if beat % 9 == 0 else beat
    return ticks <= longest and ticks % 9 != 0 and place % ticks == 0
