"""A melody as a small piano roll in the terminal.

Each line shows two pitches, in the upper and the lower half of its characters. A range
too wide for that is squeezed, but fourteen pitches still have a height of their own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise, zip_longest

import numpy as np
from rich.text import Text

from monody.music.keys import pitch_in_key
from monody.music.melody import Melody, Note
from monody.render.notation.modes import written_scale
from monody.render.roll.rows import numbered_lines
from monody.sentences import pitch_in_words
from monody.translation import ngettext

MAX_LINES = 7  # of notes; one more counts the bars that were cut off
COLUMN_TICKS = (12, 8, 6, 4, 3, 2, 1)  # that a column can have
MIN_BARS = 4  # to be shown, if there are as many
FAINT = "dim"

# Characters of a note, for the upper and the lower half of a line. Where a note is
# repeated at once, its last column is narrow; ASCII marks the first column instead.
HELD, NARROW = ("▀", "▄"), ("▘", "▖")
ASCII_HELD, ASCII_FIRST = ('"', "_"), ("^", "o")

# A colour for each pitch class, C first, all of one lightness, readable on black and
# on white; a fifth turns the hue by a twelfth. OKLCH, lightness 0.68, chroma 0.12.
COLOURS = ("#d87972", "#3ea3d7", "#ba9232", "#9e88da", "#66ac69", "#d2779c", "#00adbb",
           "#d1834b", "#7496e3", "#96a142", "#bd7dc1", "#26b094")  # fmt: skip

Cell = tuple[str, str]  # a character and its style


@dataclass(frozen=True)
class _Columns:
    """Where each tick is. A bar line takes a column at the end of its bar."""

    lines: tuple[int, ...]  # where bars begin, and where the last one ends, in ticks
    ticks: int  # of a column
    first: tuple[int, ...]  # column of each bar, and of the one that would follow

    @classmethod
    def of(cls, lines: list[int], ticks: int) -> _Columns:
        widths = [
            math.ceil((end - start) / ticks) + 1 for start, end in pairwise(lines)
        ]
        return cls(tuple(lines), ticks, tuple(accumulate(widths, initial=0)))

    def at(self, tick: int) -> int:
        bar = int(np.searchsorted(self.lines, tick, side="right")) - 1
        return self.first[bar] + (tick - self.lines[bar]) // self.ticks

    def bars_within(self, width: int) -> int:
        return sum(column <= width for column in self.first[1:])


def terminal_roll(
    melody: Melody, *, width: int, colour: bool, ascii_only: bool = False
) -> Text:
    """Draw a melody as a piano roll of at most eight lines.

    A column is the longest time, an 8th at most, in whose multiples all notes begin.
    Where four bars do not fit so, a column is longer, and notes begin roughly where
    they should. Shown are the first bars that fit; the last line counts the others.

    Args:
        melody: With at least one note.
        width: Columns of the terminal, 1 or more: no line is longer.
        colour: Whether each pitch class has a colour and bar lines are faint; else
            there is no style at all.
        ascii_only: Whether to do without block characters.

    Returns:
        The lines, to be printed without wrapping.

    Raises:
        ValueError: If there is no note.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.terminal import terminal_roll
        >>> scale = [(60, 0, 24), (62, 24, 24), (64, 48, 24), (65, 72, 24)]
        >>> melody = Melody.from_notes(scale)
        >>> print(terminal_roll(melody, width=40, colour=False, ascii_only=True))
        F4     o_^"|
               o_    |
        C4 o_      |
    """
    if not len(melody):
        raise ValueError("melody must have at least one note")
    heights, labels = _heights(melody), _labels(melody)
    margin = max(map(len, labels)) + 1
    lines, _ = numbered_lines(melody)
    columns = _columns(melody, lines, width - margin)
    bars = max(columns.bars_within(width - margin), 1)
    cells = _empty(columns, bars, (max(heights.values()) + 2) // 2, ascii_only)
    notes = [note for note in melody if note.start < lines[bars]]
    for place, column, cell in _marks(notes, heights, columns, ascii_only=ascii_only):
        if column < columns.first[bars]:
            cells[place][column] = cell
    names = {0: labels[0], len(cells) - 1: labels[1]}
    drawn = [
        [(f"{names.get(place, ''):>{margin - 1}} ", FAINT), *row]
        for place, row in enumerate(cells)
    ]
    more = len(lines) - 1 - bars
    if more:
        dots = "..." if ascii_only else "…"
        words = f"{dots} " + ngettext("{count} more bar", "{count} more bars", more)
        drawn.append([(" " * margin + words, FAINT)])
    return Text("\n").join(_line(row, width, colour=colour) for row in drawn)


def _heights(melody: Melody) -> dict[int, int]:
    """Give each pitch a half line from the top: 0 for the highest."""
    used = sorted(set(melody.pitches.tolist()), reverse=True)
    room, span = 2 * MAX_LINES, used[0] - used[-1]
    if len(used) > room:
        return {pitch: place * room // len(used) for place, pitch in enumerate(used)}
    heights, free = {}, 0  # the highest half line that is not taken
    for place, pitch in enumerate(used):
        even = (used[0] - pitch) * min(room - 1, span) // max(span, 1)
        lowest = room - len(used) + place  # leaves room for those below
        heights[pitch] = min(max(even, free), lowest)
        free = heights[pitch] + 1
    return heights


def _labels(melody: Melody) -> tuple[str, str]:
    """Name the highest and the lowest pitch; one pitch has one name."""
    low, high = int(melody.pitches.min()), int(melody.pitches.max())
    signature = written_scale(melody).signature
    high_name, low_name = (pitch_in_key(one, signature) for one in (high, low))
    return pitch_in_words(high_name), pitch_in_words(low_name)


def _columns(melody: Melody, lines: list[int], width: int) -> _Columns:
    """Choose how many ticks a column has."""
    bars = np.searchsorted(lines, melody.starts, side="right") - 1
    within = melody.starts - np.array(lines)[bars]
    grid = int(np.gcd.reduce([*within.tolist(), *np.diff(lines).tolist()]))
    exact = next(ticks for ticks in COLUMN_TICKS if grid % ticks == 0)
    coarser = sorted(ticks for ticks in COLUMN_TICKS if ticks >= exact)
    bars_shown = min(MIN_BARS, len(lines) - 1)
    choices = [_Columns.of(lines, ticks) for ticks in coarser]
    fitting = (one for one in choices if one.bars_within(width) >= bars_shown)
    return next(fitting, choices[-1])


def _empty(
    columns: _Columns, bars: int, height: int, ascii_only: bool
) -> list[list[Cell]]:
    """Make lines of empty cells with the bar lines."""
    row: list[Cell] = [(" ", "")] * columns.first[bars]
    for column in columns.first[1 : bars + 1]:
        row[column - 1] = ("|" if ascii_only else "│", FAINT)
    return [list(row) for _ in range(height)]


def _marks(
    notes: list[Note], heights: dict[int, int], columns: _Columns, *, ascii_only: bool
) -> Iterator[tuple[int, int, Cell]]:
    """Yield line, column and cell of all marks; held notes cover bar lines."""
    for note, after in zip_longest(notes, notes[1:]):
        height, style = heights[note.pitch], COLOURS[note.pitch % 12]
        line, half = divmod(height, 2)
        first, last = columns.at(note.start), columns.at(note.end - 1)
        for column in range(first, last + 1):
            yield line, column, ((ASCII_HELD if ascii_only else HELD)[half], style)
        if ascii_only:
            yield line, first, (ASCII_FIRST[half], style)
        elif after and (height, last + 1) == (
            heights[after.pitch],
            columns.at(after.start),
        ):
            yield line, last, (NARROW[half], style)


def _line(row: list[Cell], width: int, *, colour: bool) -> Text:
    """Join cells to a line that fits."""
    parts = row if colour else [character for character, _ in row]
    line = Text.assemble(*parts)
    line.truncate(width)
    line.rstrip()
    return line
