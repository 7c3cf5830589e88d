"""A melody as a piano roll: one SVG that needs nothing else.

A script finds its way by attributes; all times are in ticks, 24 to the quarter:

- Each row is a ``<g class="roll-row">`` with ``data-start``, ``data-end``,
  ``data-left`` and ``data-right``. A tick t with start <= t < end is at
  ``x = left + (t - start) / (end - start) * (right - left)``, in the unit of the
  viewBox. A pickup's row starts at the beat of its first note.
- ``transform="translate(0 y)"`` puts a row's upper edge at 0 within the row; its
  ``data-height`` is where the lowest pitch ends. All pitches are equally high.
- In each row a ``<line class="roll-playhead" visibility="hidden">`` reaches from
  top to bottom at the row's left: set its ``x1`` and ``x2``, and ``visibility``.
- Each note is a ``<rect class="roll-note">`` with ``data-start``, ``data-end`` and
  ``data-pitch``; its continuation in a later row has the class ``roll-held``, too,
  and the same data. The class ``roll-now`` colours a note that sounds.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from monody.music.keys import pitch_in_key
from monody.music.melody import Melody, Note
from monody.music.meter import TICKS_PER_WHOLE, meter_at
from monody.music.pitch import OCTAVE, is_black_key
from monody.render.notation.modes import written_scale
from monody.render.roll.captions import bar_count, summary
from monody.render.roll.rows import RollRow, rows_of
from monody.render.roll.scale import RollScale
from monody.render.roll.style import style
from monody.render.svg import (
    AT_END,
    Look,
    attributes,
    box,
    line,
    shortened,
    tag,
    text,
    xml_text,
)
from monody.sentences import pitch_in_words
from monody.translation import gettext as _

MAX_WIDE_BARS = 16  # a melody of up to 16 bars has four bars in a row, others eight

LEFT, RIGHT, BAR_WIDTH = 48.0, 12.0, 140.0  # margins, and a bar where rows are full
HEADING, NUMBERS, ROW_GAP = 62.0, 24.0, 12.0  # heights: NUMBERS is above each row
ROLL = 128.0  # its height, as far as the pitches allow
TITLE_WIDTH, LABEL_WIDTH = 10.0, 7.0  # of one character, roughly
LABEL_HEIGHT = 20.0  # on a phone


@dataclass(frozen=True)
class _Scale(RollScale):
    """The scale of a picture, with its width."""

    width: float

    @property
    def row_height(self) -> float:
        return NUMBERS + self.roll_height + ROW_GAP


def roll_svg(
    melody: Melody,
    title: str,
    *,
    bars_in_row: int | None = None,
    heading: bool = True,
    adaptive: bool = True,
) -> str:
    """Draw a melody as a piano roll, in rows of bars as a score has them.

    How a script finds its way in it is told at the head of this module.

    Args:
        melody: With at least one note. A first note in the second half of its bar is a
            pickup: its bar has the number 0 and hangs out on the left.
        title: The name of the melody; plain text.
        bars_in_row: Bars side by side, 1 or more. ``None``: four, or eight
            where there are more than 16.
        heading: Whether the title and a line about the melody are drawn. A screen
            reader is told both in any case.
        adaptive: Whether colours follow the reader's choice of dark or light, and the
            page's custom properties: ``--roll-note`` and so on, one for each of
            ``style.COLOURS``. Else they are light, for programs that know neither.

    Returns:
        An SVG without a fixed size, without scripts, fonts or links. It may be a
        file or inline in a page, where its classes and ids begin with ``roll-``. The
        same arguments give the same text.

    Raises:
        ValueError: If there is no note, or ``bars_in_row`` is below 1.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.roll import roll_svg
        >>> svg = roll_svg(Melody.from_notes([(60, 0, 24), (62, 24, 72)]), "Two notes")
        >>> svg.count('class="roll-note"'), "<title>C4, bar 1, 1/4</title>" in svg
        (2, True)
    """
    if not len(melody):
        raise ValueError("melody must have at least one note")
    if bars_in_row is not None and bars_in_row < 1:
        raise ValueError(f"bars_in_row must be 1 or more, not {bars_in_row}")
    bars_in_row = bars_in_row or (4 if bar_count(melody) <= MAX_WIDE_BARS else 8)
    rows, title = rows_of(melody, bars_in_row), xml_text(title)
    room = BAR_WIDTH * bars_in_row
    width = LEFT + room + RIGHT
    scale = _Scale.fit(melody, rows, LEFT, (room, ROLL), width=width)
    top = HEADING if heading else 0.0
    size = (scale.width, top + len(rows) * scale.row_height)
    parts = [*_opening(melody, title, size, adaptive=adaptive)]
    if heading:
        parts += _heading(title, summary(melody), scale)
    for index, row in enumerate(rows):
        parts += _draw_row(row, top + index * scale.row_height, scale, melody)
    return "\n".join([*parts, "</svg>", ""])


def _opening(
    melody: Melody, title: str, size: tuple[float, float], *, adaptive: bool
) -> Iterator[str]:
    """Yield the picture's head: words for screen readers, style, ground."""
    content = f"{title}\n{melody.meters}".encode() + melody.notes.tobytes()
    name = f"roll-{hashlib.sha256(content).hexdigest()[:12]}"
    look: Look = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "roll-picture",
        "role": "img",
        "aria-labelledby": f"{name}-title",
        "aria-describedby": f"{name}-desc",
        "viewBox": f"0 0 {size[0]:g} {size[1]:.0f}",
    }
    yield f"<svg{attributes(look)}>"
    yield tag("title", {"id": f"{name}-title"}, html.escape(title))
    said = _("Piano roll: {melody}.").format(melody=summary(melody))
    words = html.escape(said)
    yield tag("desc", {"id": f"{name}-desc"}, words)
    yield f"<style>{style(adaptive=adaptive)}</style>"
    yield box(0, 0, *size, {"class": "roll-paper"})


def _heading(title: str, words: str, scale: _Scale) -> Iterator[str]:
    room = int((scale.width - LEFT - RIGHT) / TITLE_WIDTH)
    yield text(shortened(title, room), LEFT, 28, {"class": "roll-title"})
    yield text(words, LEFT, 48, {"class": "roll-summary"})


def _draw_row(row: RollRow, top: float, scale: _Scale, melody: Melody) -> Iterator[str]:
    """Draw one row: keys, bars, notes, and a playhead to be shown by a script."""
    left, right = scale.sides(row)
    place: Look = {
        "class": "roll-row",
        "transform": f"translate(0 {top + NUMBERS:.6g})",
        "data-start": str(row.start),
        "data-end": str(row.end),
        "data-left": left,
        "data-right": right,
        "data-height": scale.roll_height,
    }
    yield f"<g{attributes(place)}>"
    yield from _keys(row, scale, melody)
    yield from _beats_and_bars(row, scale, melody)
    signature = written_scale(melody).signature
    for _row, note in row.notes(melody):
        yield _draw_note(note, row, scale, signature)
    hidden: Look = {"class": "roll-playhead", "visibility": "hidden"}
    yield line(left, left, 0, scale.roll_height, hidden)
    yield "</g>"


def _keys(row: RollRow, scale: _Scale, melody: Melody) -> Iterator[str]:
    """Draw the keys behind the notes, and names of pitches as far as there is room."""
    (left, right), height = scale.sides(row), scale.pitch_height
    width = right - left
    yield box(left, 0, width, scale.roll_height, {"class": "roll-white-keys"})
    pitches, signature = scale.shown_pitches, written_scale(melody).signature
    black = filter(is_black_key, pitches)
    stripe = f"h{width:.6g}v{height:.6g}h{-width:.6g}z"
    path = "".join(f"M{left:.6g} {scale.y(pitch):.6g}{stripe}" for pitch in black)
    yield tag("path", {"class": "roll-black-keys", "d": path})
    named: list[int] = []
    ends = [int(melody.pitches.max()), int(melody.pitches.min())]
    for pitch in (*ends, *(pitch for pitch in pitches if pitch % OCTAVE == 0)):
        if all(abs(pitch - other) * height >= LABEL_HEIGHT for other in named):
            named.append(pitch)
            look: Look = {"class": "roll-pitch", **AT_END}
            y = scale.y(pitch) + height / 2 + 4
            name = pitch_in_words(pitch_in_key(pitch, signature))
            yield text(name, left - 6, y, look)


def _beats_and_bars(row: RollRow, scale: _Scale, melody: Melody) -> Iterator[str]:
    """Draw beats faintly, then bar lines; the melody's last bar line is thick."""
    height = scale.roll_height
    ticks = [
        tick
        for start, end in zip(row.lines, row.lines[1:], strict=False)
        for tick in range(start, end, meter_at(start, melody.meters).beat_ticks)[1:]
    ]
    path = "".join(f"M{scale.x(tick, row):.6g} 0v{height:.6g}" for tick in ticks)
    yield tag("path", {"class": "roll-beats", "d": path})
    for number, tick, is_final in row.numbered_bars():
        x, name = scale.x(tick, row), "roll-final" if is_final else "roll-bar"
        if number:  # a pickup begins without a bar line
            yield line(x, x, 0, height, {"class": name, "data-tick": str(tick)})
    yield from _bar_numbers(row, scale, melody)


def _bar_numbers(row: RollRow, scale: _Scale, melody: Melody) -> Iterator[str]:
    """Write the bars' numbers where there is room, and each meter where it begins."""
    free = 0.0
    for number, tick in enumerate(row.lines[:-1], start=row.first_bar):
        x, meter = scale.x(tick, row), meter_at(tick, melody.meters)
        is_new = number == 1 or tick == meter.tick
        words = f"{number} · {meter}" if is_new else str(number)
        if number and x >= free:
            yield text(words, x + 2, -6, {"class": "roll-number"})
            free = x + LABEL_WIDTH * (len(words) + 1)


def _draw_note(note: Note, row: RollRow, scale: _Scale, key: str | None) -> str:
    """Draw a note's part of this row."""
    begins = note.start >= row.start
    x, width = scale.span(note, row)
    look: Look = {
        "class": "roll-note" if begins else "roll-note roll-held",
        "rx": min(2.0, scale.pitch_height / 3),
        "data-pitch": str(note.pitch),
        "data-start": str(note.start),
        "data-end": str(note.end),
    }
    value = Fraction(note.duration, TICKS_PER_WHOLE)
    words = _("{pitch}, bar {bar}, {length}").format(
        pitch=pitch_in_words(pitch_in_key(note.pitch, key)),
        bar=row.bar_at(max(note.start, row.start)),
        length=f"{value.numerator}/{value.denominator}",
    )
    inside = tag("title", {}, html.escape(words))
    return box(x, scale.y(note.pitch), width, scale.pitch_height, look, inside)
