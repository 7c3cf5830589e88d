"""The note of a tempo, half note = 60, drawn: usual fonts have few such notes."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

# As verovio writes it: letters of a music font (SMuFL 1.4, "Metronome marks").
_TEMPO = re.compile(
    r'<text x="(?P<x>\d+)" y="(?P<y>\d+)" font-size="0px"><tspan[^>]*><tspan[^>]*>'
    r'<tspan font-family="Leipzig" font-size="720px">(?P<note>.)(?P<dot> \uecb7)?'
    r"</tspan></tspan></tspan>"
)
_BEATS = {"\ueca2": "whole", "\ueca3": "half", "\ueca5": "quarter", "\ueca7": "eighth",
          "\ueca9": "16th", "\uecab": "32nd"}  # fmt: skip
_DOT = "\uecb7"
_SCALE = 0.5  # of the font's units: a note is as high as the digits beside it, and more
_DOT_GAP = 60  # of the same units, between a note and its dot


def with_drawn_tempo(svg: str) -> str:
    """Draw the note of the tempo in a picture of verovio's.

    Args:
        svg: With the note as a letter of verovio's own font, which is not in it.

    Returns:
        The note is a ``<g class="tempo-note">``; its ``data-beat`` names it, such as
        ``"half"`` or ``"dotted quarter"``.
    """
    return _TEMPO.sub(_drawn, svg)


def _drawn(found: re.Match[str]) -> str:
    """Return a note as paths, and the text that stands after it."""
    note, x, y = found["note"], int(found["x"]), int(found["y"])
    path, width = _glyph(note)
    beat, parts = _BEATS[note], [path]
    if found["dot"]:
        dot, dot_width = _glyph(_DOT)
        parts.append(f'<g transform="translate({width + _DOT_GAP})">{dot}</g>')
        beat, width = f"dotted {beat}", width + _DOT_GAP + dot_width
    place = f"translate({x} {y}) scale({_SCALE})"
    return (
        f'<g class="tempo-note" data-beat="{beat}" transform="{place}" '
        f'stroke-width="0">{"".join(parts)}</g>'
        f'<text x="{x + round(width * _SCALE)}" y="{y}" font-size="0px">'
    )


@cache
def _glyph(letter: str) -> tuple[str, int]:
    """Return a sign of verovio's font as a ``<path>``, and how wide it is."""
    code = f"{ord(letter):04X}"
    data = files("verovio") / "data"
    drawing = (data / "Leipzig" / f"{code}.xml").read_text("utf-8")
    [path] = re.findall(r"<path[^>]*/>", drawing)
    widths = (data / "Leipzig.xml").read_text("utf-8")
    [width] = re.findall(rf'<g c="{code}"[^>]* h-a-x="(\d+)"', widths)
    return path, int(width)
