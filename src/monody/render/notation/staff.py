"""From MusicXML to a picture of its staff; engraved by verovio."""

from __future__ import annotations

from monody.errors import MonodyError
from monody.extras import extra_module

# Lengths are verovio's: a staff is 72 high, so on a phone, where 1400 become some 360
# pixels, 18 pixels high, with two to four bars a line.
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
    "pageWidth": 1400,
    "smuflTextFont": "none",  # or 46 kB of font for the one note of the tempo
    "svgFormatRaw": True,  # no indentation
    "svgRemoveXlink": True,
    "svgViewBox": True,  # as large as its place, instead of a size in pixels
    "xmlIdChecksum": True,  # ids made from the drawing, else random
}
TEMPO_NOTE = '<tspan font-family="Leipzig" font-size="720px">\ueca5'
PLAIN_TEMPO_NOTE = '<tspan font-size="405px">♩'


def to_svg_staff(musicxml: str) -> str:
    """Draw a score as one SVG, all its lines of staff below each other.

    It scales to its place by its ``viewBox``, takes the colour of the text around it,
    and needs no font or file. Two scores may be in one page: no id is the same.

    Args:
        musicxml: A score, as ``to_musicxml`` returns it.

    Raises:
        MonodyError: If verovio is not installed, or the text is no MusicXML or is too
            long for one picture.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.musicxml import to_musicxml
        >>> from monody.render.notation.staff import to_svg_staff
        >>> melody = Melody.from_notes([(60, 0, 48), (62, 48, 48)])
        >>> to_svg_staff(to_musicxml(melody, "Two notes")).count('class="note"')
        2
    """
    verovio = extra_module("verovio", "score", "scores need")
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(OPTIONS)
    if not toolkit.loadData(musicxml):
        raise MonodyError("a staff is drawn from MusicXML, not from other text")
    if toolkit.getPageCount() != 1:
        raise MonodyError(
            "the staff is too long for one picture: render a shorter melody"
        )
    svg: str = toolkit.renderToSVG(1)
    svg = svg.replace(TEMPO_NOTE, PLAIN_TEMPO_NOTE)
    return svg.replace(' color="black"', ' fill="currentColor"')
