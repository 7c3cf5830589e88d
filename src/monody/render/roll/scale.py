"""How time and pitch become lengths in a piano roll of several rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from monody.music.melody import Melody, Note
from monody.render.roll.rows import RollRow

MAX_TICK_WIDTH = 2.8
MIN_PITCH_HEIGHT, MAX_PITCH_HEIGHT = 4.0, 8.0
MIN_PITCHES = 12  # that a row has room for


@dataclass(frozen=True)
class RollScale:
    """How ticks and pitches become lengths, in the picture's own unit.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.rows import rows_of
        >>> from monody.render.roll.scale import RollScale
        >>> melody = Melody.from_notes([(60, 0, 96), (67, 96, 96)])
        >>> (row,) = rows_of(melody, bars_in_row=4)
        >>> scale = RollScale.fit(melody, [row], left=50.0, size=(384.0, 120.0))
        >>> scale.x(0, row), scale.x(96, row), scale.y(67) < scale.y(60)
        (50.0, 242.0, True)
    """

    left: float  # of the earliest tick of a row
    tick_width: float
    highest_pitch: int
    pitches: int
    pitch_height: float

    @classmethod
    def fit(
        cls,
        melody: Melody,
        rows: Sequence[RollRow],
        left: float,
        size: tuple[float, float],
        **more: float,
    ) -> Self:
        """Choose a scale that fits the longest row and all pitches.

        Args:
            melody: With at least one note.
            rows: Its rows.
            left: Where rows begin.
            size: How wide rows may be, and how high a roll should be.
            more: Fields that a subclass has besides.
        """
        width, height = size
        ticks = max(row.indent + row.end - row.start for row in rows)
        low, high = int(melody.pitches.min()), int(melody.pitches.max())
        spare = max(MIN_PITCHES - (high - low + 1), 2)
        pitches = high - low + 1 + spare
        return cls(
            left=left,
            tick_width=min(width / ticks, MAX_TICK_WIDTH),
            highest_pitch=high + spare // 2,
            pitches=pitches,
            pitch_height=min(max(height / pitches, MIN_PITCH_HEIGHT), MAX_PITCH_HEIGHT),
            **more,
        )

    @property
    def roll_height(self) -> float:
        """The height of all pitches."""
        return self.pitches * self.pitch_height

    @property
    def shown_pitches(self) -> range:
        """The pitches, from the highest to the lowest."""
        return range(self.highest_pitch, self.highest_pitch - self.pitches, -1)

    def x(self, tick: int, row: RollRow) -> float:
        """Return where a tick of a row is."""
        return self.left + (row.indent + tick - row.start) * self.tick_width

    def y(self, pitch: int) -> float:
        """Return the upper edge of a pitch, from the roll's upper edge."""
        return (self.highest_pitch - pitch) * self.pitch_height

    def sides(self, row: RollRow) -> tuple[float, float]:
        """Return where a row begins and ends."""
        return self.x(row.start, row), self.x(row.end, row)

    def span(self, note: Note, row: RollRow) -> tuple[float, float]:
        """Return where a note's part of a row begins, and how wide it is drawn."""
        x = self.x(max(note.start, row.start), row)
        width = self.x(min(note.end, row.end), row) - x
        return x, max(width - 1.0, 0.6 * width)  # keeps repeated notes apart
