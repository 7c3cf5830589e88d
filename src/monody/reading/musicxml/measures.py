"""The measures of a part, as music21 parses them, one at a time."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

if TYPE_CHECKING:  # slow to import, and optional
    from music21.stream import Measure, Voice

FILE_TICKS_PER_QUARTER = 10_080  # 2⁵·3²·5·7: exact for 128ths, tuplets of 3, 5 and 7


class ParsedMeasure(NamedTuple):
    """A measure of a part, as music21 parsed it."""

    music: Measure
    staff_of: dict[int, int]  # staff, from 1, by the id() of the music21 object on it
    semitones: int  # from the written to the sounding pitch
    has_notes: bool
    ticks: int

    @property
    def voices(self) -> list[Measure | Voice]:
        """The streams that hold its notes and rests."""
        return [self.music, *self.music.voices]


def measures_of(plain: ET.Element) -> Iterator[ParsedMeasure]:
    """Let music21 parse the measures of a part, one by one.

    Its own loop over them takes time by the square of their number.

    Args:
        plain: A part, as `plain_part` returns it.
    """
    # By its name: the module is optional, slow to import and typed in places only.
    module = importlib.import_module("music21.musicxml.xmlToM21")
    part = module.PartParser()
    semitones = 0
    for element in plain:
        parser = module.MeasureParser(element, parent=part)
        parser.parse()
        part.setLastMeasureInfo(parser.stream)
        if parser.transposition is not None:
            semitones = round(parser.transposition.semitones)
        staff_of = {
            id(item): staff
            for staff, items in parser.staffReference.items()
            for item in items
        }
        full = to_ticks(part.lastTimeSignature.barDuration.quarterLength)
        measure = ParsedMeasure(parser.stream, staff_of, semitones, False, full)
        yield _measured(measure, full)


def _measured(measure: ParsedMeasure, full: int) -> ParsedMeasure:
    """Find how long a measure is; one without notes is at most as long as its meter.

    Args:
        measure: Of unknown length.
        full: The length that the meter asks for.
    """
    items = [item for voice in measure.voices for item in voice.notesAndRests]
    ticks = max(
        (to_ticks(item.offset + item.quarterLength) for item in items), default=0
    )
    has_notes = not all(item.isRest for item in items)
    # A rest of a whole note may mean a measure of any length.
    ticks = ticks if has_notes else min(ticks or full, full)
    return measure._replace(has_notes=has_notes, ticks=ticks)


def to_ticks(quarters: float | Fraction) -> int:
    """Convert music21's quarter notes to file ticks.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.musicxml.measures import to_ticks
        >>> to_ticks(1.5), to_ticks(Fraction(1, 3))
        (15120, 3360)
    """
    return round(quarters * FILE_TICKS_PER_QUARTER)
