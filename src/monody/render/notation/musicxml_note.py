"""One note of a score in MusicXML 4.0: its ``<note>`` element."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

from monody.music.meter import TICKS_PER_QUARTER
from monody.render.notation.printed_notes import PrintedNote, Triplet
from monody.render.notation.spelling import Spelled

# By their length in quarters. The longest that a bar needs is a dotted breve.
TYPES = {
    Fraction(8): "breve",
    Fraction(4): "whole",
    Fraction(2): "half",
    Fraction(1): "quarter",
    Fraction(1, 2): "eighth",
    Fraction(1, 4): "16th",
    Fraction(1, 8): "32nd",
    Fraction(1, 16): "64th",
}
ACCIDENTALS = {
    -2: "flat-flat",
    -1: "flat",
    0: "natural",
    1: "sharp",
    2: "double-sharp",
}


def type_and_dots(quarters: Fraction) -> tuple[str, int]:
    """Return the name of a note value, and its dots.

    Args:
        quarters: Its length, plain or dotted.

    Example:
        >>> from fractions import Fraction
        >>> from monody.render.notation.musicxml_note import type_and_dots
        >>> type_and_dots(Fraction(3, 4))
        ('eighth', 1)
    """
    if quarters in TYPES:
        return TYPES[quarters], 0
    return TYPES[quarters * Fraction(2, 3)], 1


def note_element(note: PrintedNote) -> ET.Element:
    """Make the element of a note; its children are in the order of the schema.

    Args:
        note: The note; its duration is counted in ticks, 24 to the quarter.

    Example:
        >>> from fractions import Fraction
        >>> from monody.render.notation.musicxml_note import note_element
        >>> from monody.render.notation.printed_notes import PrintedNote
        >>> [child.tag for child in note_element(PrintedNote(Fraction(1)))]
        ['rest', 'duration', 'voice', 'type']
    """
    element = ET.Element("note")
    _add_pitch(element, note.name)
    sounding = note.value * (Fraction(2, 3) if note.triplet else 1)
    add(element, "duration", round(sounding * TICKS_PER_QUARTER))
    ties = ["stop"] * note.tied_from + ["start"] * note.tied
    for kind in ties:
        ET.SubElement(element, "tie", type=kind)
    add(element, "voice", 1)
    kind, dots = type_and_dots(note.value)
    add(element, "type", kind)
    for _ in range(dots):
        ET.SubElement(element, "dot")
    if note.name and note.has_accidental:
        add(element, "accidental", ACCIDENTALS[note.name.alter])
    if note.triplet:
        _add_time(element, note.triplet)
    for number, beam in enumerate(note.beams, 1):
        add(element, "beam", beam).set("number", str(number))
    _add_notations(element, ties, note.triplet)
    return element


def whole_bar_rest(ticks: int) -> ET.Element:
    """Make the element of a rest that fills its bar.

    Args:
        ticks: Length of the bar.

    Example:
        >>> from monody.render.notation.musicxml_note import whole_bar_rest
        >>> whole_bar_rest(72).findtext("duration")
        '72'
    """
    element = ET.Element("note")
    ET.SubElement(element, "rest", measure="yes")
    add(element, "duration", ticks)
    add(element, "voice", 1)
    return element


def add(parent: ET.Element, tag: str, text: object = None) -> ET.Element:
    """Add a child with its text, and return it.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.render.notation.musicxml_note import add
        >>> add(ET.Element("key"), "fifths", -1).text
        '-1'
    """
    child = ET.SubElement(parent, tag)
    child.text = None if text is None else str(text)
    return child


def _add_pitch(element: ET.Element, name: Spelled | None) -> None:
    """Add a pitch, or a rest."""
    if name is None:
        ET.SubElement(element, "rest")
        return
    pitch = ET.SubElement(element, "pitch")
    add(pitch, "step", name.letter)
    if name.alter:
        add(pitch, "alter", name.alter)
    add(pitch, "octave", name.octave)


def _add_time(element: ET.Element, triplet: Triplet) -> None:
    """Say that three notes take the time of two."""
    time = ET.SubElement(element, "time-modification")
    add(time, "actual-notes", 3)
    add(time, "normal-notes", 2)
    add(time, "normal-type", TYPES[triplet.unit])


def _add_notations(
    element: ET.Element, ties: list[str], triplet: Triplet | None
) -> None:
    """Add ties and the ends of a triplet as they are seen; ``<tie>`` is what sounds."""
    notations = ET.Element("notations")
    for kind in ties:
        ET.SubElement(notations, "tied", type=kind)
    if triplet and triplet.opens:
        notations.append(_opening(triplet))
    if triplet and triplet.closes:
        ET.SubElement(notations, "tuplet", number="1", type="stop")
    if len(notations):
        element.append(notations)


def _opening(triplet: Triplet) -> ET.Element:
    """Begin a triplet, with the number that is printed and the notes that it counts."""
    bracket = "yes" if triplet.has_bracket else "no"
    tuplet = ET.Element("tuplet", number="1", bracket=bracket, type="start")
    for tag, count in (("tuplet-actual", 3), ("tuplet-normal", 2)):
        portion = ET.SubElement(tuplet, tag)
        add(portion, "tuplet-number", count)
        add(portion, "tuplet-type", TYPES[triplet.unit])
    return tuplet
