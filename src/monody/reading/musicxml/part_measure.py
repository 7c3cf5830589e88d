"""A measure of one part of a score, as its elements say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

MEASURE_END = 2**62  # the tick of what is written at the closing bar line


class PartNote(NamedTuple):
    """A note of a part, in written ticks since the beginning of its measure.

    Example:
        >>> from monody.reading.musicxml.part_measure import PartNote
        >>> PartNote(staff=1, voice="1", pitch=60, start=0, ticks=1_441_440).end
        1441440
    """

    staff: int
    voice: str
    pitch: int  # MIDI pitch as it sounds, 0-127
    start: int
    ticks: int
    starts_tie: bool = False
    stops_tie: bool = False
    unpitched: bool = False
    percussion: bool = False  # unpitched, or under a percussion clef

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + self.ticks


@dataclass
class BarLine:
    """The signs at a bar line.

    Args:
        opens_repeat: Whether a repeat begins after it.
        plays: How often the music before it is played; 0 without a repeat sign.
        ending: The passes of the ending that begins after it.
        closes_ending: Whether an ending ends before it.
        is_double: Whether it is drawn as two lines.
    """

    opens_repeat: bool = False
    plays: int = 0
    ending: frozenset[int] = frozenset()
    closes_ending: bool = False
    is_double: bool = False

    @property
    def splits(self) -> bool:
        """Whether the order of playing depends on it."""
        return bool(
            self.opens_repeat or self.plays or self.ending or self.closes_ending
        )

    def add(self, other: BarLine) -> None:
        """Take the signs of another part, or of the other side, too.

        Example:
            >>> from monody.reading.musicxml.part_measure import BarLine
            >>> line = BarLine(plays=2)
            >>> line.add(BarLine(opens_repeat=True))
            >>> line.opens_repeat, line.plays
            (True, 2)
        """
        self.opens_repeat |= other.opens_repeat
        self.plays = max(self.plays, other.plays)
        self.ending |= other.ending
        self.closes_ending |= other.closes_ending
        self.is_double |= other.is_double


@dataclass
class PartMeasure:
    """The notes and signs of a part between two bar lines.

    Times are written ticks since the beginning of the measure.

    Args:
        notes: In the order of the file.
        ticks: Where its last note or rest ends.
        meters: ``(numerator, denominator)`` by tick.
        keys: Names of sounding keys by tick.
        tempos: Quarter notes a minute by tick.
        bar_lines: By tick, ``MEASURE_END`` for the one that closes it.
        repeat_of: By staff, 0 for all: how many measures before it the one is that a
            sign says to repeat.
    """

    notes: list[PartNote] = field(default_factory=list)
    ticks: int = 0
    meters: dict[int, tuple[int, int]] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    tempos: dict[int, float] = field(default_factory=dict)
    bar_lines: dict[int, BarLine] = field(default_factory=dict)
    repeat_of: dict[int, int] = field(default_factory=dict)

    def bar_line(self, tick: int) -> BarLine:
        """Return the bar line at a tick, made if there is none yet."""
        return self.bar_lines.setdefault(tick, BarLine())
