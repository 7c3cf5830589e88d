"""What a melody is.

A melody is a line of notes of which no two sound at once, with the meter, tempo, key
and instrument that it was found with. All its times are whole ticks, 24 to the quarter
note, counted from a bar line: tick 0 is the beginning of the bar in which the first
note begins, so a pickup shows as a first note that begins late in its bar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TICKS_PER_QUARTER = 24
TICKS_PER_STEP = TICKS_PER_QUARTER // 4  # a step is a 16th note
TICKS_PER_WHOLE = 4 * TICKS_PER_QUARTER
DEFAULT_BPM = 120.0  # what a MIDI file without a tempo means
MIN_BPM, MAX_BPM = 4.0, 10_000.0  # MIDI's 24 bits of tempo end at 3.6

Ints = NDArray[np.int32]

MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F",
              "C", "G", "D", "A", "E", "B", "F#", "C#")  # fmt: skip
MINOR_KEYS = ("Ab", "Eb", "Bb", "F", "C", "G", "D",
              "A", "E", "B", "F#", "C#", "G#", "D#", "A#")  # fmt: skip


def key_name(sharps: int, *, minor: bool) -> str:
    """Name a key signature: ``key_name(-1, minor=True) == "D minor"``.

    Args:
        sharps: Sharps in the signature, -7 (seven flats) to 7.
        minor: Whether the mode is minor.
    """
    names = MINOR_KEYS if minor else MAJOR_KEYS
    return f"{names[sharps + 7]} {'minor' if minor else 'major'}"


KEY_NAMES = tuple(
    key_name(sharps, minor=minor) for minor in (False, True) for sharps in range(-7, 8)
)


def key_signature(key: str) -> tuple[int, bool]:
    """Return the sharps of a key, flats negative, and whether it is minor.

    ``key_signature("D minor") == (-1, True)``.
    """
    mode, place = divmod(KEY_NAMES.index(key), len(MAJOR_KEYS))
    return place - 7, bool(mode)


def key_tonic(key: str) -> int:
    """Return the pitch class of a key's tonic: ``key_tonic("D minor") == 2``."""
    sharps, minor = key_signature(key)
    return (7 * sharps - 3 * minor) % 12  # up by fifths; minor is a third below


class Note(NamedTuple):
    """One note: pitch as MIDI number 0-127, start and duration in ticks."""

    pitch: int
    start: int
    duration: int

    @property
    def end(self) -> int:
        """Tick at which the note stops sounding."""
        return self.start + self.duration


class Meter(NamedTuple):
    """A time signature, in force from a tick on."""

    tick: int
    numerator: int
    denominator: int

    @property
    def bar_ticks(self) -> int:
        """Length of a bar: ``Meter(0, 6, 8).bar_ticks == 72``."""
        return TICKS_PER_WHOLE * self.numerator // self.denominator

    @property
    def beat_ticks(self) -> int:
        """Length of a felt beat: a dotted quarter in 6/8, a quarter in 3/4."""
        unit = TICKS_PER_WHOLE // self.denominator
        compound = (
            self.numerator > 3 and self.numerator % 3 == 0 and self.denominator >= 8
        )
        return 3 * unit if compound else unit

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


COMMON_TIME = Meter(0, 4, 4)
MAX_BAR_TICKS = 4 * TICKS_PER_WHOLE


def is_meter(numerator: int, denominator: int) -> bool:
    """Tell whether a time signature makes bars of whole ticks, of sensible length."""
    if denominator not in (1, 2, 4, 8, 16, 32) or numerator < 1:
        return False
    return Meter(0, numerator, denominator).bar_ticks <= MAX_BAR_TICKS


@dataclass(frozen=True, eq=False)
class Melody:
    """A line of notes that never overlap.

    Args:
        notes: ``(notes, 3)`` int32: pitch, start tick, duration in ticks; in order.
        meters: The time signatures in force; the first at tick 0.
        bpm: Quarter notes a minute.
        key: Such as ``"D minor"``, or ``None`` where the file does not say.
        program: General MIDI program, 0-127.
        source: The file it came from, or how it was made.
        track: Index of its track in that file.
        piece: Index of its tune, if the file is a tune book.

    Raises:
        ValueError: If notes overlap, are out of order, or any value is out of range.
    """

    notes: Ints
    meters: tuple[Meter, ...] = (COMMON_TIME,)
    bpm: float = 120.0
    key: str | None = None
    program: int = 0
    source: str = field(default="", compare=False)
    track: int = field(default=0, compare=False)
    piece: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        notes = np.asarray(self.notes, np.int32).reshape(-1, 3)
        pitch, start, duration = notes.T
        if len(notes) and (pitch.min() < 0 or pitch.max() > 127):
            raise ValueError("a melody's pitches must be from 0 to 127")
        if len(notes) and (start[0] < 0 or duration.min() < 1):
            raise ValueError("a melody's notes must start at tick 0 or later and last")
        if np.any(start[1:] < start[:-1] + duration[:-1]):
            raise ValueError("a melody's notes must be in order and not overlap")
        if not self.meters or self.meters[0].tick != 0:
            raise ValueError("a melody's first meter must stand at tick 0")
        if any(one.tick >= other.tick for one, other in pairwise(self.meters)):
            raise ValueError("a melody's meters must be in order, one at a tick")
        if not all(is_meter(m.numerator, m.denominator) for m in self.meters):
            raise ValueError("a melody's meters must make bars of whole ticks")
        if not MIN_BPM <= self.bpm <= MAX_BPM:
            raise ValueError("a melody's tempo must be from 4 to 10,000 bpm")
        notes.flags.writeable = False
        object.__setattr__(self, "notes", notes)

    @classmethod
    def from_notes(
        cls,
        notes: Iterable[tuple[int, int, int]],
        meters: Sequence[Meter] = (COMMON_TIME,),
        bpm: float = 120.0,
    ) -> Melody:
        """Make a melody from ``(pitch, start, duration)`` triples, times in ticks."""
        array = np.array([tuple(note) for note in notes], np.int32).reshape(-1, 3)
        return cls(array, meters=tuple(meters), bpm=bpm)

    @property
    def pitches(self) -> Ints:
        """MIDI pitches, ``(notes,)``."""
        return self.notes[:, 0]

    @property
    def starts(self) -> Ints:
        """Start ticks, ``(notes,)``."""
        return self.notes[:, 1]

    @property
    def durations(self) -> Ints:
        """Durations in ticks, ``(notes,)``."""
        return self.notes[:, 2]

    @property
    def ends(self) -> Ints:
        """End ticks, ``(notes,)``."""
        return self.starts + self.durations

    @property
    def end(self) -> int:
        """Tick at which the last note ends; 0 without notes."""
        return int(self.ends[-1]) if len(self) else 0

    def __len__(self) -> int:
        return len(self.notes)

    def __iter__(self) -> Iterator[Note]:
        return (Note(*map(int, row)) for row in self.notes)

    def __eq__(self, other: object) -> bool:
        """Equal music: where a melody came from does not count."""
        if not isinstance(other, Melody):
            return NotImplemented
        return (
            np.array_equal(self.notes, other.notes)
            and self.meters == other.meters
            and self.bpm == other.bpm
            and self.key == other.key
            and self.program == other.program
        )

    __hash__ = None  # type: ignore[assignment]  # equality looks into an array

    def transposed(self, semitones: int) -> Melody:
        """Return the melody moved up by so many semitones; its key is then unknown."""
        moved = self.notes + np.array([semitones, 0, 0], np.int32)
        return replace(self, notes=moved, key=None if semitones % 12 else self.key)

    def between(self, start: int, end: int) -> Melody:
        """Cut out the music between two ticks; notes that cross an edge are shortened.

        Args:
            start: First tick, best a bar line: it becomes tick 0.
            end: Tick after the last.
        """
        inside = (self.starts < end) & (self.ends > start)
        starts = np.maximum(self.starts[inside], start)
        ends = np.minimum(self.ends[inside], end)
        notes = np.stack([self.pitches[inside], starts - start, ends - starts], axis=1)
        meters = [meter for meter in self.meters if meter.tick < end]
        return replace(self, notes=notes, meters=meters_from(meters, start))


def meters_from(meters: Sequence[Meter], start: int) -> tuple[Meter, ...]:
    """Return the meters in force from a tick on, with that tick as their 0."""
    in_force = [meter for meter in meters if meter.tick <= start][-1:]
    later = [meter for meter in meters if meter.tick > start]
    first = (in_force or [COMMON_TIME])[0]._replace(tick=0)
    return (first, *(meter._replace(tick=meter.tick - start) for meter in later))


def meter_at(tick: int, meters: Sequence[Meter]) -> Meter:
    """Return the meter in force at a tick, 0 or later."""
    return next(meter for meter in reversed(meters) if meter.tick <= tick)


def bar_line_before(tick: int, meters: Sequence[Meter]) -> int:
    """Return the tick of the bar line at or before a tick, 0 or later."""
    in_force = meter_at(tick, meters)
    return tick - (tick - in_force.tick) % in_force.bar_ticks


def shifted(notes: Ints, ticks: int) -> Ints:
    """Move notes ``(notes, 3)`` later."""
    return notes + np.array([0, ticks, 0], np.int32)


def metric_positions(
    ticks: NDArray[np.integer], meters: Sequence[Meter]
) -> tuple[Ints, Ints]:
    """Find where in its bar each tick stands. Bars begin anew at each meter change.

    Args:
        ticks: ``(n,)`` ticks, 0 or later.
        meters: Time signatures; the first at tick 0.

    Returns:
        Ticks since the bar line ``(n,)``, and the index of the meter in force ``(n,)``.
    """
    changes = np.array([meter.tick for meter in meters])
    bars = np.array([meter.bar_ticks for meter in meters])
    index = np.searchsorted(changes, ticks, side="right") - 1
    positions = (np.asarray(ticks) - changes[index]) % bars[index]
    return positions.astype(np.int32), index.astype(np.int32)


def bar_lines(meters: Sequence[Meter], end: int) -> Ints:
    """Return the tick of every bar line from 0 to ``end``, both included, in order."""
    stops = [*(meter.tick for meter in meters[1:]), end + 1]
    lines = [
        np.arange(meter.tick, min(stop, end + 1), meter.bar_ticks)
        for meter, stop in zip(meters, stops, strict=True)
    ]
    return np.concatenate(lines).astype(np.int32)


def lines_around(melody: Melody) -> list[int]:
    """Return the bar lines of a melody, up to the one that closes its last bar."""
    last = melody.end - 1
    line = bar_line_before(last, melody.meters)
    closing = line + meter_at(last, melody.meters).bar_ticks
    lines: list[int] = bar_lines(melody.meters, closing).tolist()
    return lines[: lines.index(next(tick for tick in lines if tick > last)) + 1]
