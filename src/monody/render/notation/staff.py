"""From MusicXML to a picture of its staff; engraved by verovio."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from typing import TypedDict

from monody.errors import MonodyError
from monody.music.meter import TICKS_PER_QUARTER
from monody.translation import gettext as _
from monody.translation import marked

# Lengths are verovio's: a staff is 72 high. On a phone, where the width becomes some
# 360 pixels, 18 pixels are left of it; NARROW leaves 34, with one or two bars a line.
WIDE, NARROW = 1400, 760
OPTIONS = {
    "adjustPageHeight": True,  # as high as the music
    "breaks": "auto",
    "footer": "none",
    "header": "none",
    "pageHeight": 60_000,  # verovio's largest: some 280 lines
    "pageMarginBottom": 10,
    "pageMarginLeft": 30,  # room for the numbers of bars
    "pageMarginRight": 10,
    "pageMarginTop": 10,
    "pageWidth": WIDE,
    "smuflTextFont": "none",  # or 46 kB of font for the one note of the tempo
    "svgFormatRaw": True,  # no indentation
    "svgRemoveXlink": True,
    "svgViewBox": True,  # as large as its place, instead of a size in pixels
    "xmlIdChecksum": True,  # ids made from the drawing, else random
}
# The note of the tempo, in letters of music fonts (SMuFL 1.4, "Metronome marks").
_TEMPO_NOTE = re.compile(
    '<tspan font-family="Leipzig" font-size="720px">(?P<note>.)(?P<dot> \uecb7)?'
)
_NOTE = re.compile('<g id="(?P<id>[^"]*)" class="note"')
# Usual fonts have no other notes than these two.
_PLAIN_NOTES = marked(
    {
        "\ueca2": "whole note",
        "\ueca3": "half note",
        "\ueca5": "♩",
        "\ueca7": "♪",
        "\ueca9": "16th note",
        "\uecab": "32nd note",
    }
)


def to_svg_staff(musicxml: str, width: int = WIDE) -> str:
    """Draw a score as one SVG, all its lines of staff below each other.

    It scales to its place by its ``viewBox``, takes the colour of the text around it,
    and needs no font or file. Two scores may be in one page: no id is the same.

    A script finds its way by attributes; all times are in ticks, 24 to the quarter,
    from the first note or rest of the score on. Each ``<g class="note">`` has
    ``data-start`` and ``data-end``: notes that a tie joins have their own times. The
    ``<svg>`` has ``data-end``, where the last bar ends.

    Args:
        musicxml: A score, as ``to_musicxml`` returns it.
        width: ``WIDE``, or ``NARROW`` for a picture that is shown on a phone only.

    Raises:
        MonodyError: If the text is no MusicXML, or is too long for one picture.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.musicxml import to_musicxml
        >>> from monody.render.notation.staff import to_svg_staff
        >>> melody = Melody.from_notes([(60, 0, 48), (62, 48, 48)])
        >>> to_svg_staff(to_musicxml(melody, "Two notes")).count('class="note"')
        2
    """
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    # Each thread has a path of its own, and only the importing one has a good one.
    verovio.setDefaultResourcePath(str(files("verovio") / "data"))
    toolkit = verovio.toolkit()
    toolkit.setOptions({**OPTIONS, "pageWidth": width})
    if not toolkit.loadData(musicxml):
        raise MonodyError("a staff is drawn from MusicXML, not from other text")
    if toolkit.getPageCount() != 1:
        raise MonodyError(
            "the staff is too long for one picture: render a shorter melody"
        )
    svg: str = _TEMPO_NOTE.sub(_plain_note, toolkit.renderToSVG(1))
    svg = _with_times(svg, toolkit.renderToTimemap())
    return svg.replace(' color="black"', ' fill="currentColor"')


class _Moment(TypedDict, total=False):
    """What begins and ends at one moment of a score, by id."""

    qstamp: float  # quarters from the beginning
    on: list[str]
    off: list[str]


def _with_times(svg: str, moments: Sequence[_Moment]) -> str:
    """Write into a picture when each of its notes sounds.

    Args:
        svg: As verovio draws it.
        moments: Of the same score, in order; the last one is its end.
    """
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for moment in moments:
        tick = round(moment["qstamp"] * TICKS_PER_QUARTER)
        starts.update(dict.fromkeys(moment.get("on", ()), tick))
        ends.update(dict.fromkeys(moment.get("off", ()), tick))

    def timed(found: re.Match[str]) -> str:
        name = found["id"]
        times = f' data-start="{starts[name]}" data-end="{ends[name]}"'
        return f"{found[0]}{times}"

    svg = _NOTE.sub(timed, svg)
    return svg.replace("<svg ", f'<svg data-end="{tick}" ', 1)


def _plain_note(found: re.Match[str]) -> str:
    """Write the note of the tempo in letters of any font."""
    sign = _PLAIN_NOTES[found["note"]]
    note = _(sign)
    if found["dot"]:
        note = f"{note}." if len(sign) == 1 else _("dotted {note}").format(note=note)
    return f'<tspan font-size="405px">{note}'
