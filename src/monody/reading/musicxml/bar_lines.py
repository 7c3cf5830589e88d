"""What ``<barline>`` says: repeats, endings, double bars."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from monody.reading.musicxml.numbers_in_text import whole_number
from monody.reading.musicxml.part_measure import MEASURE_END, PartMeasure

MAX_PASSES = 64  # that an ending can name

_DOUBLE_STYLES = ("light-light", "light-heavy", "heavy-light", "heavy-heavy")
_PASSES = re.compile(r"(\d{1,4})(?:\s*[-\u2013]\s*(\d{1,4}))?")  # "2" or "1-3"


def read_bar_line(barline: ET.Element, measure: PartMeasure, tick: int) -> None:
    """Take over the signs of a ``<barline>``.

    Args:
        barline: The element.
        measure: Where it is, which is changed.
        tick: Where in the measure.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.bar_lines import read_bar_line
        >>> from monody.reading.musicxml.part_measure import PartMeasure
        >>> measure = PartMeasure()
        >>> close = "<barline><repeat direction='backward' times='3'/></barline>"
        >>> read_bar_line(ET.fromstring(close), measure, tick=1_441_440)
        >>> [line.plays for line in measure.bar_lines.values()]
        [3]
    """
    line = measure.bar_line(_place(barline, tick))
    if barline.findtext("bar-style", "").strip() in _DOUBLE_STYLES:
        line.is_double = True
    repeat = barline.find("repeat")
    if repeat is not None and repeat.get("direction") == "forward":
        line.opens_repeat = True
    elif repeat is not None:
        line.plays = max(2, whole_number(repeat.get("times"), 2))
    for ending in barline.iterfind("ending"):
        if ending.get("type") == "start":
            line.ending = passes_of(ending.get("number", "") or (ending.text or ""))
        else:
            line.closes_ending = True


def _place(barline: ET.Element, tick: int) -> int:
    """Return the tick of a bar line, which is at the right unless it says otherwise."""
    location = barline.get("location")
    opens = barline.find("repeat[@direction='forward']") is not None
    if location == "left" or (location is None and tick == 0 and opens):
        return 0
    return tick if location == "middle" else MEASURE_END


def passes_of(text: str) -> frozenset[int]:
    """Return the passes that an ending is played in.

    Example:
        >>> from monody.reading.musicxml.bar_lines import passes_of
        >>> sorted(passes_of("1, 3-5."))
        [1, 3, 4, 5]
    """
    passes: set[int] = set()
    for first, last in _PASSES.findall(text[:200]):
        stop = min(int(last or first), MAX_PASSES)
        passes.update(range(max(1, int(first)), stop + 1))
    return frozenset(passes)
