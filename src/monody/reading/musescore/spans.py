"""Octave lines and endings of a MuseScore file: where they begin, and where they end.

Versions 3 and 4 say at the beginning how far the end is, in measures and in a fraction
of a whole note. Version 2 has an element where the line ends, with its number.
Version 1 lists the lines before the music, with ticks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

from monody.reading.musescore.frames import Place
from monody.reading.musescore.lengths import fraction_of, whole_number
from monody.reading.notation.play_order import MAX_PLAYS
from monody.reading.notation.written_score import WrittenMeasure

# The element subtype of Ottava: its name, or its number in version 1.
_OCTAVES = {
    "8va": 1, "15ma": 2, "22ma": 3, "8vb": -1, "15mb": -2, "22mb": -3,
    "0": 1, "1": 2, "2": -1, "3": -2, "4": 3, "5": -3,
}  # fmt: skip


class Span(NamedTuple):
    """A line over the music, from a place up to another one."""

    start: Place
    end: Place
    element: ET.Element


def end_of(spanner: ET.Element, start: Place) -> Place | None:
    """Return where a spanner of version 3 or 4 ends; ``None`` if it ends here.

    Args:
        spanner: The element.
        start: Where it is.

    Example:
        >>> from fractions import Fraction
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import Place
        >>> from monody.reading.musescore.spans import end_of
        >>> text = "<next><location><measures>2</measures></location></next>"
        >>> end_of(ET.fromstring(f"<Spanner>{text}</Spanner>"), Place(3, Fraction(0)))
        Place(measure=5, whole_notes=Fraction(0, 1))
    """
    location = spanner.find("next/location")
    if location is None:
        return None
    measures = whole_number(location.findtext("measures"))
    by = fraction_of(location.findtext("fractions")) or Fraction(0)
    return Place(start.measure + measures, start.whole_notes + by)


class OctaveLines:
    """How far the notes of a staff sound from where they are written.

    The stored pitch is the one without the line.

    Args:
        spans: The octave lines.

    Example:
        >>> from fractions import Fraction
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import Place
        >>> from monody.reading.musescore.spans import OctaveLines, Span
        >>> line = ET.fromstring("<Ottava><subtype>8va</subtype></Ottava>")
        >>> bar = [Place(number, Fraction(0)) for number in range(3)]
        >>> lines = OctaveLines([Span(bar[1], bar[2], line)])
        >>> [lines.semitones(place) for place in bar]
        [0, 12, 0]
    """

    def __init__(self, spans: Sequence[Span]) -> None:
        changes: list[tuple[Place, int]] = []
        for span in spans:
            octaves = _OCTAVES.get(span.element.findtext("subtype", "0").strip(), 0)
            if span.start < span.end:
                changes += [(span.start, 12 * octaves), (span.end, -12 * octaves)]
        changes.sort()
        self._places = [place for place, _ in changes]
        self._semitones = [0, *accumulate(by for _, by in changes)]

    def semitones(self, place: Place) -> int:
        """Return what is added to the pitch of a note that begins at a place."""
        return self._semitones[bisect_right(self._places, place)]


def mark_endings(spans: Sequence[Span], measures: Sequence[WrittenMeasure]) -> None:
    """Note the passes that measures are played in.

    Args:
        spans: The endings. One ends where the next begins, at the latest.
        measures: All measures, which are changed.

    Example:
        >>> from fractions import Fraction
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import Place
        >>> from monody.reading.musescore.spans import Span, mark_endings
        >>> from monody.reading.notation.written_score import WrittenMeasure
        >>> volta = ET.fromstring("<Volta><endings>1, 2</endings></Volta>")
        >>> measures = [WrittenMeasure(), WrittenMeasure()]
        >>> bar = [Place(number, Fraction(0)) for number in range(3)]
        >>> mark_endings([Span(bar[1], bar[2], volta)], measures)
        >>> sorted(measures[1].ending)
        [1, 2]
    """
    ordered = sorted(spans, key=lambda span: span.start)
    firsts = [*(span.start.measure for span in ordered), len(measures)]
    for span, (first, following) in zip(ordered, pairwise(firsts), strict=True):
        passes = _passes(span.element)
        after = span.end.measure + (span.end.whole_notes > 0)
        for index in range(max(first, 0), min(after, following, len(measures))):
            measures[index].ending = passes


def _passes(volta: ET.Element) -> frozenset[int]:
    """Return the passes that an ending is played in."""
    numbers = re.findall(r"[0-9]{1,3}", volta.findtext("endings", "")[:100])
    return frozenset(n for n in map(int, numbers) if 0 < n <= MAX_PLAYS)
