"""The surprisal of each note of a melody as a picture: one SVG that needs nothing else.

The melody is a piano roll in rows of eight bars, as in a score, so that phrases lie
below one another. Each note is coloured by its bits, and has a stem as
tall as they are above it. Colours mean the same in every picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monody.music.melody import Melody, Note
from monody.music.pitch import OCTAVE, is_black_key, pitch_name
from monody.render.roll.rows import RollRow, rows_of
from monody.render.roll.scale import RollScale
from monody.render.roll.style import COLOURS
from monody.render.svg import (
    AT_END,
    AT_MIDDLE,
    FONT,
    Look,
    box,
    line,
    shortened,
    tag,
    text,
    xml_text,
)
from monody.sentences import pitch_in_words
from monody.translation import decimal, ngettext
from monody.translation import gettext as _

BARS_IN_ROW = 8
DARKEST_BITS = 8.0  # notes of more bits have the same colour
TITLE_CHARACTERS = 84  # that fit; the whole title is in <title>

WIDTH = 1120.0  # all lengths in pixels
LEFT, RIGHT = 52.0, 28.0  # margins of the rows
HEADER, LEGEND = 104.0, 168.0  # height, width
CHART, BETWEEN = 72.0, 10.0  # height of the stems' chart; from it to the roll
ROW_GAP = 44.0  # from one row's roll to the next row's chart
ROLL = 112.0  # its height, as far as the pitches allow
MIN_BITS = 4.0  # that the chart has room for

INK, SOFT, PAPER, ROLL_PAPER = (
    COLOURS[name][0] for name in ("ink", "soft", "paper", "white-keys")
)
BAR_LINE, GRID, BLACK_KEYS = "#c3c9d0", "#d9dde2", "#edeff2"

OUTLINE: Look = {"stroke": INK, "stroke-width": 0.6, "stroke-opacity": 0.45}

# Even steps of lightness in one hue, so that the scale is even in grey too: OKLCH (B.
# Ottosson, "A perceptual color space for image processing", 2020) from lightness 0.90
# to 0.28 at 262 degrees.
BITS_COLOURS = ("#ccdfff", "#a7c6fd", "#83acf7", "#6292ec", "#4579dc",
                "#2c60c6", "#1748ab", "#06338a", "#002067")  # fmt: skip


@dataclass(frozen=True)
class _Scale(RollScale):
    """How ticks, pitches and bits become pixels."""

    top_bits: float

    @property
    def row_height(self) -> float:
        return CHART + BETWEEN + self.roll_height + ROW_GAP

    def y(self, pitch: int) -> float:
        """Return the upper edge of a pitch, from the chart's upper edge."""
        return CHART + BETWEEN + super().y(pitch)

    def bits_y(self, bits: float) -> float:
        return CHART * (1 - bits / self.top_bits)


def surprisal_svg(melody: Melody, bits: Sequence[float], title: str) -> str:
    """Draw a melody with the bits of each note.

    Args:
        melody: With at least one note. A first note in the second half of its bar is a
            pickup: its bar has the number 0 and hangs out on the left.
        bits: ``(notes,)``: the surprisal of each note, 0 or more.
        title: The name of the melody; plain text.

    Returns:
        An SVG document with its own white ground, without scripts, fonts or links. The
        same arguments give the same text.

    Raises:
        ValueError: If there is no note, or not one finite number for each.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.surprisal import surprisal_svg
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 72)])
        >>> svg = surprisal_svg(melody, [1.5, 4], "Two notes")
        >>> "most surprising: D4 in bar 1, 4.0 bits" in svg
        True
    """
    if not len(melody):
        raise ValueError("melody must have at least one note")
    if len(bits) != len(melody):
        raise ValueError(f"bits must be one a note, {len(melody)}, not {len(bits)}")
    if not np.all(np.isfinite(bits)):
        raise ValueError("bits must be finite numbers")
    values = [max(float(value), 0.0) for value in bits]  # rounding can go below 0
    rows = rows_of(melody, BARS_IN_ROW)
    room, top_bits = (WIDTH - LEFT - RIGHT, ROLL), max(1.06 * max(values), MIN_BITS)
    scale = _Scale.fit(melody, rows, LEFT, room, top_bits=top_bits)
    height = HEADER + len(rows) * scale.row_height
    summary = _summary(melody, values, rows)
    title = xml_text(title)
    parts = [*_opening(title, summary, height), *_header(title, summary)]
    for index, row in enumerate(rows):
        parts += _draw_row(row, index, scale, melody, values)
    return "\n".join([*parts, "</g>", "</svg>", ""])


def colour_of(bits: float) -> str:
    """Return the colour of a surprisal, pale for little: ``"#rrggbb"``.

    Example:
        >>> from monody.render.roll.surprisal import colour_of
        >>> colour_of(0.0), colour_of(8.0)
        ('#ccdfff', '#002067')
    """
    place = min(max(bits / DARKEST_BITS, 0.0), 1.0) * (len(BITS_COLOURS) - 1)
    low = min(int(place), len(BITS_COLOURS) - 2)
    levels = [bytes.fromhex(colour[1:]) for colour in BITS_COLOURS[low : low + 2]]
    mixed = (a + (b - a) * (place - low) for a, b in zip(*levels, strict=True))
    return "#" + "".join(f"{round(level):02x}" for level in mixed)


def _summary(melody: Melody, bits: list[float], rows: list[RollRow]) -> str:
    """Describe the picture in a line."""
    peak = bits.index(max(bits))
    note = Note(*melody.notes[peak].tolist())
    bar = next(row for row in rows if note.start < row.end).bar_at(note.start)
    return _(
        "{notes} · {bits} bits a note · most surprising: {pitch} in bar {bar}, {most} "
        "bits"
    ).format(
        notes=ngettext("{count} note", "{count} notes", len(bits)),
        bits=decimal(sum(bits) / len(bits), ".2f"),
        pitch=_pitch(note.pitch),
        bar=bar,
        most=decimal(bits[peak], ".1f"),
    )


def _opening(title: str, summary: str, height: float) -> Iterator[str]:
    """Yield the document's head: size, words for screen readers, ground, colours."""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{WIDTH:g}" '
        f'height="{height:.0f}" viewBox="0 0 {WIDTH:g} {height:.0f}">'
    )
    yield f"<title>{html.escape(title)}</title>"
    about = _(
        "Piano roll of a melody. The darker a note, and the taller the stem above it, "
        "the less the model expected it. {summary}."
    ).format(summary=html.escape(summary))
    yield f"<desc>{about}</desc>"
    yield '<defs><linearGradient id="monody-bits">'
    for place, colour in enumerate(BITS_COLOURS):
        offset = place / (len(BITS_COLOURS) - 1)
        yield tag("stop", {"offset": offset, "stop-color": colour})
    yield "</linearGradient></defs>"
    yield box(0, 0, WIDTH, height, {"fill": PAPER})
    yield f'<g font-family="{FONT}" font-size="11" fill="{SOFT}">'


def _header(title: str, summary: str) -> Iterator[str]:
    """Draw the title, the line below it, and the legend on the right."""
    look: Look = {"font-size": 20, "font-weight": "600", "fill": INK}
    yield text(shortened(title, TITLE_CHARACTERS), LEFT, 38, look)
    yield text(summary, LEFT, 61, {"font-size": 13})
    left = WIDTH - RIGHT - LEGEND
    yield box(left, 50, LEGEND, 10, {"rx": 2, "fill": "url(#monody-bits)"})
    yield text(_("bits"), left - 8, 59, AT_END)
    for share in (0, 0.25, 0.5, 0.75, 1):
        label = decimal(DARKEST_BITS * share, "g") + "+" * (share == 1)
        yield text(label, left + LEGEND * share, 74, AT_MIDDLE)


def _draw_row(
    row: RollRow, index: int, scale: _Scale, melody: Melody, bits: list[float]
) -> Iterator[str]:
    """Draw one row: chart above, roll below, bar lines through both."""
    yield f'<g transform="translate(0 {HEADER + index * scale.row_height:.2f})">'
    yield from _ground(row, scale)
    yield from _bits_axis(row, scale)
    yield from _bar_lines(row, scale)
    for index, note in row.notes(melody):
        yield from _draw_note(note, bits[index], row, scale)
    yield "</g>"


def _ground(row: RollRow, scale: _Scale) -> Iterator[str]:
    """Draw the ground behind the notes: the black keys, and a name at each C."""
    (left, right), height = scale.sides(row), scale.pitch_height
    width, top = right - left, scale.y(scale.highest_pitch)
    yield box(left, top, width, scale.roll_height, {"fill": ROLL_PAPER})
    for pitch in scale.shown_pitches:
        y = scale.y(pitch)
        if is_black_key(pitch):
            yield box(left, y, width, height, {"fill": BLACK_KEYS})
        if pitch % OCTAVE == 0:
            yield line(left, right, y + height, y + height, _stroke(GRID))
            yield text(_pitch(pitch), left - 8, y + height / 2 + 4, AT_END)


def _pitch(pitch: int) -> str:
    """Name a pitch in the language of the task."""
    return pitch_in_words(pitch_name(pitch))


def _bits_axis(row: RollRow, scale: _Scale) -> Iterator[str]:
    """Draw the axis of the bits: six lines at most, with their figures."""
    left, right = scale.sides(row)
    for bits in range(0, int(scale.top_bits) + 1, math.ceil(scale.top_bits / 5)):
        y = scale.bits_y(bits)
        yield line(left, right, y, y, _stroke(GRID if bits else SOFT))
        yield text(str(bits), left - 8, y + 4, AT_END)
    turned = f"translate({left - 34:.6g} {CHART / 2:g}) rotate(-90)"
    yield text(_("bits"), 0, 0, {"transform": turned, **AT_MIDDLE})


def _bar_lines(row: RollRow, scale: _Scale) -> Iterator[str]:
    """Draw the bar lines, and the number of each bar; the melody's last is thick."""
    bottom = scale.row_height - ROW_GAP
    for number, tick, is_final in row.numbered_bars():
        x = scale.x(tick, row)
        look = _stroke(SOFT, 2) if is_final else _stroke(BAR_LINE)
        yield line(x, x, 0, bottom, look)
        if tick < row.end:
            yield text(str(number), x + 3, -6)


def _draw_note(note: Note, bits: float, row: RollRow, scale: _Scale) -> Iterator[str]:
    """Draw a note's part of this row, and its stem if it begins here."""
    begins = note.start >= row.start
    x, width = scale.span(note, row)
    y, fill = scale.y(note.pitch), {"fill": colour_of(bits), **OUTLINE}
    look = {"class": "note" if begins else "held", "rx": 1.5, **fill}
    words = _("{pitch}, {ticks} ticks, {bits} bits").format(
        pitch=_pitch(note.pitch), ticks=note.duration, bits=decimal(bits, ".2f")
    )
    yield box(x, y, width, scale.pitch_height, look, f"<title>{words}</title>")
    if begins:
        top, middle = scale.bits_y(bits), x + min(width / 2, 4.0)
        yield line(middle, middle, top, CHART, _stroke(SOFT, 1.2))
        yield tag("circle", {"cx": middle, "cy": top, "r": 2.8, **fill})


def _stroke(colour: str, width: float = 1) -> Look:
    return {"stroke": colour, "stroke-width": width}
