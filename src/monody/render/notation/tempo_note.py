"""The note of a tempo mark, drawn: usual fonts have no half note.

Verovio writes it as a letter of a music font (SMuFL 1.4, "Metronome marks"), which a
page would have to bring with it: 46 kB for one note.
"""

from __future__ import annotations

import re

# From a whole note to a 32nd, each half as long as the one before; and a dot.
_LETTERS, _DOT = "\ueca2\ueca3\ueca5\ueca7\ueca9\uecab", "\uecb7"
_MARK = re.compile(
    r'<text x="(?P<x>\d+)" y="(?P<y>\d+)" font-size="0px">'
    r'(?P<opened>(?:<tspan id="[^"]*" class="[^"]*">)*)'
    f'<tspan font-family="Leipzig" font-size="720px">'
    f"(?P<note>[{_LETTERS}])(?P<dot> {_DOT})?"
)
# Lengths are verovio's: the lines of a staff are 180 apart. A note is drawn from the
# foot of the letters on, x to the right, y downwards.
_HEAD = 'cx="118" cy="-72" rx="{rx}" ry="{ry}" transform="rotate(-22 118 -72)"'
_HEAD_WIDTH, _STEM_X, _STEM_TOP = 236, 217, -450
_FLAG, _FLAGS_APART = "c10 90 135 110 95 270", 95
_FLAG_WIDTH, _DOT_WIDTH, _DOT_RADIUS = 110, 90, 34


def with_drawn_notes(svg: str) -> str:
    """Draw the notes of tempo marks, in the colour of the text around them.

    Args:
        svg: As verovio draws it, with ``smuflTextFont`` off.

    Example:
        >>> from monody.render.notation.tempo_note import with_drawn_notes
        >>> with_drawn_notes("<svg></svg>")
        '<svg></svg>'
    """
    return _MARK.sub(_drawn, svg)


def _drawn(found: re.Match[str]) -> str:
    """Draw a note where its letter was, and move the text behind it."""
    longest_first = _LETTERS.index(found["note"])
    width = _HEAD_WIDTH
    parts = [_head(is_open=longest_first < 2)]
    if longest_first > 0:
        parts.append(_line(f"M{_STEM_X} -100 V{_STEM_TOP}", 24))
    flags = max(longest_first - 2, 0)
    for flag in range(flags):
        top = _STEM_TOP + flag * _FLAGS_APART
        parts.append(_line(f"M{_STEM_X} {top} {_FLAG}", 34))
    width += _FLAG_WIDTH if flags else 0
    if found["dot"]:
        middle = width + _DOT_WIDTH // 2
        parts.append(f'<circle cx="{middle}" cy="-72" r="{_DOT_RADIUS}"/>')
        width += _DOT_WIDTH
    x, y = int(found["x"]), int(found["y"])
    drawing = f'<g class="beat" transform="translate({x},{y})">{"".join(parts)}</g>'
    text = f'<text x="{x + width}" y="{y}" font-size="0px">'
    return f'{drawing}{text}{found["opened"]}<tspan font-size="405px">'


def _head(*, is_open: bool) -> str:
    """Draw the head of a note: a ring, or filled."""
    if not is_open:
        return f"<ellipse {_HEAD.format(rx=118, ry=84)}/>"
    return (
        f'<ellipse {_HEAD.format(rx=96, ry=62)} fill="none" stroke="currentColor" '
        'stroke-width="40"/>'
    )


def _line(path: str, width: int) -> str:
    """Draw a stem or a flag."""
    return f'<path d="{path}" fill="none" stroke-width="{width}"/>'
