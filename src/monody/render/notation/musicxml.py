"""From a melody to MusicXML 4.0, the score that notation programs open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree as ET

from monody.music.general_midi import GENERAL_MIDI
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Meter
from monody.render.notation.clef import Clef, best_clef
from monody.render.notation.modes import written_mode, written_scale
from monody.render.notation.musicxml_note import (
    add,
    note_element,
    type_and_dots,
    whole_bar_rest,
)
from monody.render.notation.pickup_bar import printed_bars
from monody.render.notation.printed_notes import printed_notes
from monody.render.notation.spelling import Key, spelled, written_key

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"\
 "http://www.musicxml.org/dtds/partwise.dtd">
"""
# XML 1.0, 2.2: the characters that no document may hold.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_musicxml(melody: Melody, title: str) -> str:
    """Write a melody as MusicXML at sounding pitch.

    Pitches, times, meters and key are exact. The tempo has two decimals.

    Args:
        melody: The melody, from tick 0 to the end of its last bar.
        title: Its title; line breaks become spaces.

    Returns:
        A document of one part, which ends with a line break. The same melody gives the
        same text.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.musicxml import to_musicxml
        >>> score = to_musicxml(Melody.from_notes([(60, 0, 48), (62, 48, 48)]), "Two")
        >>> score.count("<note"), "<work-title>Two</work-title>" in score
        (2, True)
    """
    root = ET.Element("score-partwise", version="4.0")
    _add_title(root, " ".join(_ILLEGAL.sub(" ", title).split()))
    _add_software(root)
    _add_player(root, melody.program)
    part = ET.SubElement(root, "part", id="P1")
    for measure in _measures(melody):
        part.append(measure)
    ET.indent(root)
    return f"{_HEAD}{ET.tostring(root, encoding='unicode')}\n"


def _add_title(root: ET.Element, title: str) -> None:
    """Name the piece, as a work and as a movement: programs look in one of them."""
    if title:
        add(ET.SubElement(root, "work"), "work-title", title)
        add(root, "movement-title", title)


def _add_software(root: ET.Element) -> None:
    """Say who wrote the file, and that it has all accidentals and beams; no date."""
    encoding = ET.SubElement(ET.SubElement(root, "identification"), "encoding")
    add(encoding, "software", "monody")
    for element in ("accidental", "beam"):
        ET.SubElement(encoding, "supports", element=element, type="yes")


def _add_player(root: ET.Element, program: int) -> None:
    """Name the instrument; it is not printed beside the staff.

    Args:
        root: Of the score.
        program: General MIDI program, 0-127; in MusicXML they count from 1.
    """
    part = ET.SubElement(ET.SubElement(root, "part-list"), "score-part", id="P1")
    add(part, "part-name", GENERAL_MIDI[program]).set("print-object", "no")
    instrument = ET.SubElement(part, "score-instrument", id="P1-I1")
    add(instrument, "instrument-name", GENERAL_MIDI[program])
    midi = ET.SubElement(part, "midi-instrument", id="P1-I1")
    add(midi, "midi-channel", 1)
    add(midi, "midi-program", program + 1)


def _measures(melody: Melody) -> Iterator[ET.Element]:
    """Make the element of each bar."""
    key = written_key(melody)
    names = spelled(melody, key)
    bars, number = printed_bars(melody)
    before: Meter | None = None
    for bar, notes in zip(bars, printed_notes(bars, names, key), strict=True):
        measure = ET.Element("measure", number=str(number))
        if number == 0:
            measure.set("implicit", "yes")  # a pickup is not counted
        if before is None:
            _add_beginning(measure, melody, key, best_clef(names, melody.program))
        elif bar.new_meter:
            _add_meter(ET.SubElement(measure, "attributes"), bar.meter, before)
        measure.extend(map(note_element, notes))
        if not notes:
            measure.append(whole_bar_rest(bar.meter.bar_ticks))
        before, number = bar.meter, number + 1
        yield measure
    barline = ET.SubElement(measure, "barline", location="right")
    add(barline, "bar-style", "light-heavy")


def _add_beginning(measure: ET.Element, melody: Melody, key: Key, clef: Clef) -> None:
    """Add what is written before the first note."""
    attributes = ET.SubElement(measure, "attributes")
    add(attributes, "divisions", TICKS_PER_QUARTER)
    signature = ET.SubElement(attributes, "key")
    add(signature, "fifths", key.sharps)
    mode = written_mode(written_scale(melody))
    if mode:
        add(signature, "mode", mode.name)
    _add_meter(attributes, melody.meters[0])
    sign = ET.SubElement(attributes, "clef")
    add(sign, "sign", clef.sign)
    add(sign, "line", clef.line)
    if clef.octave_change:
        add(sign, "clef-octave-change", clef.octave_change)
    _add_tempo(measure, melody)


def _add_meter(
    attributes: ET.Element, meter: Meter, before: Meter | None = None
) -> None:
    """Add a time signature.

    Where it is the one before, a bar was too short or too long: that needs no sign.
    """
    time = ET.SubElement(attributes, "time")
    if before and before[1:] == meter[1:]:
        time.set("print-object", "no")
    add(time, "beats", meter.numerator)
    add(time, "beat-type", meter.denominator)


def _add_tempo(measure: ET.Element, melody: Melody) -> None:
    """Add the tempo: as beats of the meter to read, in quarters to play."""
    direction = ET.SubElement(measure, "direction", placement="above")
    kind = ET.SubElement(direction, "direction-type")
    mark = ET.SubElement(kind, "metronome")
    beat = Fraction(melody.meters[0].beat_ticks, TICKS_PER_QUARTER)
    unit, dots = type_and_dots(beat)
    add(mark, "beat-unit", unit)
    for _ in range(dots):
        ET.SubElement(mark, "beat-unit-dot")
    add(mark, "per-minute", _two_decimals(float(melody.bpm / beat)))
    ET.SubElement(direction, "sound", tempo=_two_decimals(melody.bpm))


def _two_decimals(number: float) -> str:
    """Write a number; MIDI files make 119.99988 of 120.

    >>> from monody.render.notation.musicxml import _two_decimals
    >>> _two_decimals(119.99988), _two_decimals(66.6667)
    ('120', '66.67')
    """
    return f"{number:.2f}".rstrip("0").rstrip(".")
