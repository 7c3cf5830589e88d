"""The measures of a MuseScore file before they are filled: where each is, how long.

The length is that of the attribute ``len``, or else a bar of the time signature. Extra
measures, which stand for several measures of rest, repeat what follows: versions 2 and
later write both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple
from xml.etree import ElementTree as ET

from monody.reading.musescore.lengths import bounded, fraction_of, whole_number

MAX_MEASURE = Fraction(64)  # whole notes
_NUMERATORS = ("nom1", "nom2", "nom3", "nom4")  # of version 1, as in (3+2)/8


class Place(NamedTuple):
    """A place in the score; places compare in the order of the page."""

    measure: int
    whole_notes: Fraction  # since its beginning


class Frame(NamedTuple):
    """A measure without its music, in whole notes."""

    start: Fraction  # since the beginning of the score
    length: Fraction
    meter: tuple[int, int] | None = None  # the time signature that begins with it


def is_extra_measure(measure: ET.Element, version: int) -> bool:
    """Tell whether a measure only draws a rest of several measures.

    Args:
        measure: The element.
        version: Of MuseScore.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import is_extra_measure
        >>> text = "<Measure><multiMeasureRest>4</multiMeasureRest></Measure>"
        >>> is_extra_measure(ET.fromstring(text), version=3)
        True
    """
    if measure.find("multiMeasureRest") is None:
        return False
    return version >= 2 or measure.get("len") is not None


def frames_of(
    staves: Sequence[Sequence[ET.Element]], signs: Sequence[tuple[Fraction, Fraction]]
) -> list[Frame]:
    """Lay out the measures of a score.

    Args:
        staves: The measures of each staff. The first staff decides; others only go on
            where it ends.
        signs: Of version 1: where measures of a length begin, and the length.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import frames_of
        >>> sign = "<TimeSig><sigN>3</sigN><sigD>4</sigD></TimeSig>"
        >>> pickup = ET.fromstring(f'<Measure len="1/4">{sign}</Measure>')
        >>> bar = ET.fromstring("<Measure/>")
        >>> [str(frame.length) for frame in frames_of([[pickup, bar]], [])]
        ['1/4', '3/4']
    """
    frames: list[Frame] = []
    start, bar = Fraction(0), Fraction(1)
    places = [place for place, _ in signs]
    for measure in _longest_first(staves):
        found = bisect_right(places, start)
        bar = signs[found - 1][1] if found else bar
        sign = next(measure.iter("TimeSig"), None)
        meter = None if sign is None else meter_of(sign)
        if sign is not None and meter is not None and not signs:
            # A staff may have its own, as 6/8 while others count 3/4.
            bar = Fraction(*meter) / stretch_of(sign)
        length = fraction_of(measure.get("len")) or bar
        length = length if 0 < length <= MAX_MEASURE else Fraction(1)
        frames.append(Frame(start, length, meter))
        start = bounded(start + length)
    return frames


def _longest_first(staves: Sequence[Sequence[ET.Element]]) -> Iterator[ET.Element]:
    """Yield measures of the first staff, then those of others that go on."""
    seen = 0
    for staff in staves:
        yield from staff[seen:]
        seen = max(seen, len(staff))


def meter_of(sign: ET.Element) -> tuple[int, int] | None:
    """Return the numerator and denominator of a time signature.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import meter_of
        >>> meter_of(ET.fromstring("<TimeSig><den>8</den><nom1>6</nom1></TimeSig>"))
        (6, 8)
    """
    numerator = whole_number(sign.findtext("sigN"))
    denominator = whole_number(sign.findtext("sigD"))
    if not denominator:
        numerator = sum(whole_number(sign.findtext(tag)) for tag in _NUMERATORS)
        denominator = whole_number(sign.findtext("den"))
    if 0 < numerator <= 999 and 0 < denominator <= 999:
        return numerator, denominator
    return None


def stretch_of(sign: ET.Element) -> Fraction:
    """Return how many of a staff's own whole notes fill one of the score.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import stretch_of
        >>> text = "<TimeSig><stretchN>3</stretchN><stretchD>2</stretchD></TimeSig>"
        >>> stretch_of(ET.fromstring(text))
        Fraction(3, 2)
    """
    over = whole_number(sign.findtext("stretchN"), 1)
    under = whole_number(sign.findtext("stretchD"), 1)
    sensible = 0 < over <= 999 and 0 < under <= 999
    return Fraction(over, under) if sensible else Fraction(1)


def place_of(frames: Sequence[Frame], when: Fraction) -> Place:
    """Return the measure that a time is in.

    Args:
        frames: The measures.
        when: Whole notes since the beginning of the score.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.musescore.frames import Frame, place_of
        >>> bar = Fraction(3, 4)
        >>> place_of([Frame(Fraction(0), bar), Frame(bar, bar)], Fraction(1))
        Place(measure=1, whole_notes=Fraction(1, 4))
    """
    index = max(bisect_right(frames, when, key=lambda frame: frame.start) - 1, 0)
    return Place(index, when - frames[index].start)
