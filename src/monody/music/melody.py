"""Melodies and their notes.

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

from monody.music.keys import KEY_NAMES, pitch_in_key
from monody.music.meter import (
    COMMON_TIME,
    Ints,
    Meter,
    bar_line_before,
    bar_lines,
    is_meter,
    meter_at,
    meters_from,
)
from monody.showing import ShownInNotebooks, counted

DEFAULT_BPM = 120.0  # what a MIDI file without a tempo means
MAX_SHOWN = 3  # meters that are named where a melody is printed
MIN_BPM, MAX_BPM = 4.0, 10_000.0  # MIDI's 24 bits of tempo end at 3.6


class Note(NamedTuple):
    """One note: pitch as MIDI number 0-127, start and duration in ticks.

    Example:
        >>> from monody import Note
        >>> note = Note(pitch=60, start=24, duration=12)  # an 8th on the second quarter
        >>> note.end
        36
    """

    pitch: int
    start: int
    duration: int

    @property
    def end(self) -> int:
        """Tick at which the note stops sounding."""
        return self.start + self.duration


@dataclass(frozen=True, eq=False, repr=False)
class Melody(ShownInNotebooks):
    """A line of notes that never overlap.

    A notebook shows it: its sound, its staff and its piano roll.

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

    Example:
        >>> from monody import Melody, Meter
        >>> notes = [(67, 0, 24), (72, 24, 36), (74, 60, 12), (76, 72, 24)]
        >>> melody = Melody.from_notes(notes, [Meter(0, 3, 4)], bpm=96)
        >>> melody
        <Melody: 4 notes in 2 bars of 3/4, G4 to E5, 96 bpm>
        >>> len(melody), melody.end, melody.pitches.tolist()
        (4, 96, [67, 72, 74, 76])
        >>> for note in melody.between(24, 72):
        ...     print(note)
        Note(pitch=72, start=0, duration=36)
        Note(pitch=74, start=36, duration=12)
        >>> melody.transposed(2).pitches.tolist()
        [69, 74, 76, 78]
    """

    notes: Ints
    meters: tuple[Meter, ...] = (COMMON_TIME,)
    bpm: float = DEFAULT_BPM
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
        bpm: float = DEFAULT_BPM,
    ) -> Melody:
        """Make a melody from ``(pitch, start, duration)`` triples, times in ticks.

        Args:
            notes: In order.
            meters: The time signatures in force; the first at tick 0.
            bpm: Quarter notes a minute.

        Raises:
            ValueError: As the class does.

        Example:
            >>> from monody import Melody
            >>> Melody.from_notes([(60, 0, 24), (62, 24, 24)]).starts.tolist()
            [0, 24]
        """
        array = np.array([tuple(note) for note in notes], np.int32).reshape(-1, 3)
        return cls(array, meters=tuple(meters), bpm=bpm)

    @property
    def bars(self) -> int:
        """Bars from tick 0 to the end of the last note, one that is not full included.

        The bar of a pickup counts, too.
        """
        stops = [*(meter.tick for meter in self.meters[1:]), self.end]
        spans = zip(self.meters, stops, strict=True)
        return sum(
            max(0, -(-(min(stop, self.end) - meter.tick) // meter.bar_ticks))
            for meter, stop in spans
        )

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

    def __repr__(self) -> str:
        """Say what it is in a line; its notes are an array for the asking."""
        meters = list(dict.fromkeys(str(meter) for meter in self.meters))
        more = ["…"] if len(meters) > MAX_SHOWN else []
        notes = counted(len(self), "note", "notes")
        bars = counted(self.bars, "bar", "bars")
        about = [f"{notes} in {bars} of {', '.join([*meters[:MAX_SHOWN], *more])}"]
        if len(self):
            key = self.key if self.key in KEY_NAMES else None  # a mode's, in a score
            ends = int(self.pitches.min()), int(self.pitches.max())
            about.append(" to ".join(pitch_in_key(end, key) for end in ends))
        about.append(f"{self.bpm:g} bpm")
        about += [self.key] if self.key else []
        about += [f"from {self.source!r}"] if self.source else []
        return f"<Melody: {', '.join(about)}>"

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
        """Return the melody moved up; its key is then unknown.

        Args:
            semitones: How far; down where negative.

        Raises:
            ValueError: If a pitch leaves 0-127.

        Example:
            >>> from monody import Melody
            >>> Melody.from_notes([(60, 0, 24), (62, 24, 24)]).transposed(-12).pitches
            array([48, 50], dtype=int32)
        """
        moved = self.notes + np.array([semitones, 0, 0], np.int32)
        return replace(self, notes=moved, key=None if semitones % 12 else self.key)

    def between(self, start: int, end: int) -> Melody:
        """Cut out the music between two ticks; notes that cross an edge are shortened.

        Args:
            start: First tick, best a bar line: it becomes tick 0.
            end: Tick after the last.

        Example:
            >>> from monody import Melody
            >>> melody = Melody.from_notes([(60, 0, 96), (62, 96, 96), (64, 192, 96)])
            >>> melody.between(96, 240).notes.tolist()
            [[62, 0, 96], [64, 96, 48]]
        """
        inside = (self.starts < end) & (self.ends > start)  # (notes,)
        starts = np.maximum(self.starts[inside], start)
        ends = np.minimum(self.ends[inside], end)
        notes = np.stack([self.pitches[inside], starts - start, ends - starts], axis=1)
        meters = [meter for meter in self.meters if meter.tick < end]
        return replace(self, notes=notes, meters=meters_from(meters, start))


def shifted(notes: Ints, ticks: int) -> Ints:
    """Move notes ``(notes, 3)`` later.

    Example:
        >>> from monody import Melody
        >>> from monody.music.melody import shifted
        >>> shifted(Melody.from_notes([(60, 0, 24)]).notes, 96).tolist()
        [[60, 96, 24]]
    """
    return notes + np.array([0, ticks, 0], np.int32)


def bar_places(
    lines: Sequence[int], ticks: NDArray[np.integer] | Sequence[int]
) -> NDArray[np.float64]:
    """Return ticks as bars from the melody's beginning, ``(ticks,)``.

    Args:
        lines: From ``lines_around``.
        ticks: ``(ticks,)``, none after the last line.

    Example:
        >>> from monody.music.melody import bar_places
        >>> bar_places([0, 96, 168], [48, 96, 132]).tolist()
        [0.5, 1.0, 1.5]
    """
    places: NDArray[np.float64]
    places = np.interp(np.asarray(ticks), lines, np.arange(len(lines)))
    return places


def notes_in_bars(melody: Melody, meters: Sequence[Meter]) -> tuple[int, ...]:
    """Count the notes that begin in each bar of some meters, up to a melody's end."""
    lines = bar_lines(meters, melody.end - 1)
    bar = np.searchsorted(lines, melody.starts, side="right") - 1
    return tuple(np.bincount(bar, minlength=len(lines)).tolist())


def lines_around(melody: Melody) -> list[int]:
    """Return the bar lines of a melody, up to the one that closes its last bar.

    Args:
        melody: With at least one note.

    Example:
        >>> from monody import Melody
        >>> from monody.music.melody import lines_around
        >>> lines_around(Melody.from_notes([(60, 0, 96), (62, 96, 24)]))
        [0, 96, 192]
    """
    last = melody.end - 1
    line = bar_line_before(last, melody.meters)
    closing = line + meter_at(last, melody.meters).bar_ticks
    lines: list[int] = bar_lines(melody.meters, closing).tolist()
    return lines[: lines.index(next(tick for tick in lines if tick > last)) + 1]
