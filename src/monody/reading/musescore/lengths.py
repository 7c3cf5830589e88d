"""How long the notes, rests and tuplets of a MuseScore file are, in whole notes.

Numbers come from strangers: all of them are bounded, so that sums cannot grow.
"""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_WHOLE,
    written_ticks,
)

MAX_DOTS = 4
MAX_LENGTH = Fraction(32)  # whole notes, of one note or rest
MAX_TUPLET = 999  # notes in a tuplet
_MAX_DENOMINATOR = 10**9

# The element durationType.
_LENGTHS = {
    "long": Fraction(4),
    "breve": Fraction(2),
    "whole": Fraction(1),
    "half": Fraction(1, 2),
    "quarter": Fraction(1, 4),
    "eighth": Fraction(1, 8),
    **{
        name: Fraction(1, int(name[:-2]))
        for name in ("16th", "32nd", "64th", "128th", "256th", "512th", "1024th")
    },
}
_FRACTION = re.compile(r"\s*(-?[0-9]{1,6})/([0-9]{1,6})\s*")
_WHOLE_NUMBER = re.compile(r"\s*(-?[0-9]{1,9})\s*")


def fraction_of(text: str | None) -> Fraction | None:
    """Return the fraction that a text is, such as "3/8"; ``None`` if it is none.

    Example:
        >>> from monody.reading.musescore.lengths import fraction_of
        >>> fraction_of("3/8"), fraction_of("3/0"), fraction_of(None)
        (Fraction(3, 8), None, None)
    """
    found = _FRACTION.fullmatch(text or "")
    if found is None or not int(found[2]):
        return None
    return Fraction(int(found[1]), int(found[2]))


def whole_number(text: str | None, default: int = 0) -> int:
    """Return the whole number that a text is.

    Example:
        >>> from monody.reading.musescore.lengths import whole_number
        >>> whole_number(" -3 "), whole_number("x", default=2)
        (-3, 2)
    """
    found = _WHOLE_NUMBER.fullmatch(text or "")
    return int(found[1]) if found else default


def length_of(item: ET.Element) -> Fraction | None:
    """Return how long a chord or rest is written, outside of tuplets.

    Args:
        item: The element.

    Returns:
        Whole notes; ``None`` for a rest that fills its measure, or without a length.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.lengths import length_of
        >>> text = "<Chord><durationType>half</durationType><dots>1</dots></Chord>"
        >>> length_of(ET.fromstring(text))
        Fraction(3, 4)
    """
    kind = item.findtext("durationType", "")
    exact = item.find("duration")  # also where two notes share one tremolo
    if exact is not None and kind != "measure":
        text = exact.text if exact.get("n") is None else _ratio_text(exact)
        length = fraction_of(text)
        if length is not None and length > 0:
            return min(length, MAX_LENGTH)
    if kind not in _LENGTHS:
        return None
    dots = min(max(whole_number(item.findtext("dots")), 0), MAX_DOTS)
    return _LENGTHS[kind] * (2 - Fraction(1, 2**dots))


def _ratio_text(exact: ET.Element) -> str:
    """Return the length that version 2 writes as two attributes."""
    return f"{exact.get('z', '')}/{exact.get('n', '')}"


def tuplet_ratio(tuplet: ET.Element, around: Fraction) -> Fraction:
    """Return by what the lengths in a tuplet are multiplied.

    Args:
        tuplet: The element.
        around: The ratio of the tuplet that it is in; 1 if it is in none.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from fractions import Fraction
        >>> from monody.reading.musescore.lengths import tuplet_ratio
        >>> text = "<normalNotes>2</normalNotes><actualNotes>3</actualNotes>"
        >>> tuplet_ratio(ET.fromstring(f"<Tuplet>{text}</Tuplet>"), Fraction(1))
        Fraction(2, 3)
    """
    normal = whole_number(tuplet.findtext("normalNotes"))
    actual = whole_number(tuplet.findtext("actualNotes"))
    if not (0 < normal <= MAX_TUPLET and 0 < actual <= MAX_TUPLET):
        return around
    ratio = around * Fraction(normal, actual)
    return ratio if ratio.denominator <= _MAX_DENOMINATOR else around


def bounded(place: Fraction) -> Fraction:
    """Round a place that strange lengths have led to: its digits would grow for ever.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.musescore.lengths import bounded
        >>> bounded(Fraction(1, 3)), bounded(Fraction(10**9, 10**10 + 1)) < 1
        (Fraction(1, 3), True)
    """
    if place.denominator <= _MAX_DENOMINATOR:
        return place
    return Fraction(ticks_of(place), WRITTEN_TICKS_PER_WHOLE)


def ticks_of(place: Fraction) -> int:
    """Convert whole notes to written ticks, rounded to the nearest.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.musescore.lengths import ticks_of
        >>> ticks_of(Fraction(1, 4))
        1441440
    """
    return written_ticks(4 * place)
