"""A melody's piano roll as a picture of pixels."""

from __future__ import annotations

import importlib
import re

from monody.errors import MonodyError, SettingError
from monody.extras import extra_spec
from monody.music.melody import Melody
from monody.render.roll.roll import roll_svg
from monody.translation import marked

MIN_WIDTH, MAX_WIDTH = 100, 8_000  # in pixels
MAX_PIXELS = 60_000_000  # 240 MB while drawing: some 1,500 bars at the usual width
LIBRARIES = ("resvg_py", "fontpkg", "fontpkg_inter")  # the last has the font
FAMILY = "Inter"  # a free font that a Python package ships


def require_libraries() -> None:
    """Make sure that what draws pictures is installed, without importing it.

    Raises:
        MonodyError: If the extra ``picture`` is not installed.
    """
    for name in LIBRARIES:
        extra_spec(name, "picture", marked("PNG pictures need"))


def roll_png(melody: Melody, title: str, *, width_pixels: int = 1600) -> bytes:
    """Draw a melody as a piano roll in light colours: a PNG file.

    Letters come from a font of our own choice, so that they show on machines without
    fonts and the same melody gives the same bytes everywhere. Only a title beyond
    ASCII also looks for its letters in the fonts of the machine.

    Args:
        melody: With at least one note.
        title: The name of the melody; plain text.
        width_pixels: Width, 100-8,000. The height follows from the melody.

    Raises:
        MonodyError: If the extra ``picture`` is not installed, or the picture would
            have more than 60 million pixels.
        SettingError: If the width is out of its range.
        ValueError: If there is no note.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.png import roll_png
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 72)])
        >>> roll_png(melody, "Two notes", width_pixels=200)[1:4]
        b'PNG'
    """
    if not MIN_WIDTH <= width_pixels <= MAX_WIDTH:
        raise SettingError(
            f"width_pixels must be from {MIN_WIDTH} to {MAX_WIDTH}, not {width_pixels}"
        )
    require_libraries()
    resvg, fonts = map(importlib.import_module, LIBRARIES[:2])
    svg = roll_svg(melody, title, adaptive=False)
    _check_size(svg, width_pixels)
    picture: bytes = resvg.svg_to_bytes(
        svg_string=svg,
        width=width_pixels,
        font_files=[str(fonts.path(FAMILY))],
        sans_serif_family=FAMILY,
        skip_system_fonts=title.isascii(),
    )
    return picture


def _check_size(svg: str, width_pixels: int) -> None:
    """Refuse a picture that would take gigabytes of memory."""
    found = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg)
    width, height = map(float, found.groups()) if found else (1.0, 1.0)
    pixels = round(height / width * width_pixels**2)
    if pixels > MAX_PIXELS:
        raise MonodyError(
            f"a picture can have {MAX_PIXELS:,} pixels, and this melody's would have "
            f"{pixels:,}: make it narrower, or draw it as SVG"
        )
