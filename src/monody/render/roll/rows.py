"""The bars of a melody in rows, as in a score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from monody.music.melody import Melody, Note, lines_around
from monody.render.pickup import has_pickup


@dataclass(frozen=True)
class RollRow:
    """Some bars side by side. Times in ticks."""

    lines: tuple[int, ...]  # where its bars begin, and where the last one ends
    first_bar: int  # number of its first bar
    indent: int  # so that bars lie below bars where the first row has a pickup
    last: bool

    @property
    def start(self) -> int:
        """Tick at which its first bar begins, or the beat of a pickup."""
        return self.lines[0]

    @property
    def end(self) -> int:
        """Tick at which its last bar ends."""
        return self.lines[-1]

    def bar_at(self, tick: int) -> int:
        """Return the number of the bar that a tick of this row is in."""
        return self.first_bar + bisect_right(self.lines, tick) - 1

    def notes(self, melody: Melody) -> Iterator[tuple[int, Note]]:
        """Yield the notes that sound in this row, with their indices in the melody."""
        sounding = (melody.starts < self.end) & (melody.ends > self.start)  # (notes,)
        for index in np.flatnonzero(sounding).tolist():
            yield index, Note(*melody.notes[index].tolist())

    def numbered_bars(self) -> Iterator[tuple[int, int, bool]]:
        """Yield each bar line: its bar's number, its tick, and whether it is the last.

        The last bar line of a melody is drawn thick.
        """
        for number, tick in enumerate(self.lines, start=self.first_bar):
            yield number, tick, self.last and tick == self.end


def numbered_lines(melody: Melody) -> tuple[list[int], int]:
    """Find a melody's bars.

    Args:
        melody: With at least one note. A first note in the second half of its bar is a
            pickup: its bar has the number 0, and begins at the beat of that note.

    Returns:
        Where its bars begin and where the last one ends, in ticks; and the number of
        the first bar, 0 or 1.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.rows import numbered_lines
        >>> numbered_lines(Melody.from_notes([(60, 72, 24), (62, 96, 96)]))
        ([72, 96, 192], 0)
    """
    lines, start = lines_around(melody), int(melody.starts[0])
    if has_pickup(melody):
        lines[0] = start - start % melody.meters[0].beat_ticks
        return lines, 0
    return lines, 1


def rows_of(melody: Melody, bars_in_row: int) -> list[RollRow]:
    """Cut a melody into rows of bars; a pickup comes before the first row's bars.

    Args:
        melody: With at least one note.
        bars_in_row: Bars in each row but the last; a pickup is not counted.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.rows import rows_of
        >>> five_bars = Melody.from_notes([(60, 96 * bar, 96) for bar in range(5)])
        >>> [row.lines for row in rows_of(five_bars, bars_in_row=4)]
        [(0, 96, 192, 288, 384), (384, 480)]
    """
    lines, first = numbered_lines(melody)
    has_pickup = first == 0
    indent = lines[1] - lines[0] if has_pickup else 0
    cuts = [0, *range(bars_in_row + has_pickup, len(lines) - 1, bars_in_row)]
    stops = [*cuts[1:], len(lines) - 1]
    return [
        RollRow(
            lines=tuple(lines[cut : stop + 1]),
            first_bar=cut + first,
            indent=indent if cut else 0,
            last=stop == stops[-1],
        )
        for cut, stop in zip(cuts, stops, strict=True)
    ]
