"""A part of a score reduced to the elements that a melody needs, in plain form.

Grace notes, chord symbols, words, layout, and notation that only repeats the durations
are left out: music21 fails on some of them.
"""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

_NOTE_TAGS = ("chord", "pitch", "unpitched", "duration", "voice", "tie", "staff")


def plain_part(part: ET.Element) -> ET.Element:
    """Return a part with no more than pitches, durations, meters, keys and tempos.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.simplify import plain_part
        >>> note = "<note color='red'><duration>4</duration><lyric/></note>"
        >>> part = ET.fromstring(f"<part><measure>{note}<print/></measure></part>")
        >>> ET.tostring(plain_part(part).find("measure")).decode()
        '<measure number="0"><note><duration>4</duration></note></measure>'
    """
    plain = ET.Element("part", id="P1")
    readers = {
        "note": _plain_note,
        "forward": _plain_rest,
        "backup": lambda backup: [backup],
        "attributes": _plain_attributes,
        "direction": _plain_tempo,
        "sound": _plain_tempo,
    }
    for number, measure in enumerate(part.iterfind("measure")):
        bar = ET.SubElement(plain, "measure", number=str(number))
        for element in measure:
            if element.tag in readers:
                bar.extend(readers[element.tag](element))
    return plain


def _plain_note(note: ET.Element) -> list[ET.Element]:
    """Return a note without its looks; a cue is a rest, a grace note takes no time."""
    if note.find("grace") is not None:
        return []
    if note.find("cue") is not None or note.find("rest") is not None:
        return [] if note.find("chord") is not None else _plain_rest(note)
    plain = ET.Element("note")
    plain.extend(child for child in note if child.tag in _NOTE_TAGS)
    if note.find("tie") is None:
        for tied in note.iterfind("notations/tied"):
            ET.SubElement(plain, "tie", type=tied.get("type", ""))
    return [plain]


def _plain_rest(silence: ET.Element) -> list[ET.Element]:
    """Return a rest as long as a rest, a cue note or a ``forward``.

    It does not say that it fills the measure: music21 would make it as long as the
    meter, also in a pickup.
    """
    plain = ET.Element("note")
    ET.SubElement(plain, "rest")
    plain.extend(
        child for child in silence if child.tag in ("duration", "voice", "staff")
    )
    return [plain]


def _plain_attributes(attributes: ET.Element) -> list[ET.Element]:
    """Return the attributes that count: divisions, keys, meters and transposition."""
    plain = ET.Element("attributes")
    plain.extend(attributes.findall("divisions"))
    # Music without meter, and keys that are no circle of fifths, have no name here.
    plain.extend(
        key for key in attributes.iterfind("key") if key.find("fifths") is not None
    )
    plain.extend(time for time in attributes.iterfind("time[beats]"))
    for transpose in attributes.iterfind("transpose"):
        # Semitones alone: music21 fails on steps that do not fit them.
        semitones = number(transpose, "chromatic") + 12 * number(
            transpose, "octave-change"
        )
        moved = ET.SubElement(plain, "transpose")
        ET.SubElement(moved, "chromatic").text = str(round(semitones))
    return [plain]


def _plain_tempo(direction: ET.Element) -> list[ET.Element]:
    """Return the tempo as it sounds, else as it is printed: "ca. 90" is 90."""
    plain = ET.Element("direction")
    plain.extend(direction.findall("offset"))
    sound = direction if direction.tag == "sound" else direction.find("sound[@tempo]")
    if sound is not None:
        bpm = _finite(sound.get("tempo", ""))
        ET.SubElement(plain, "sound", tempo=str(bpm))
        return [plain] if bpm > 0 else []
    mark = direction.find("direction-type/metronome")
    if mark is None or len(mark.findall("beat-unit")) != 1:  # two: a quarter is a half
        return []
    metronome = ET.SubElement(ET.SubElement(plain, "direction-type"), "metronome")
    metronome.extend(child for child in mark if child.tag.startswith("beat-unit"))
    found = re.search(r"\d+(\.\d+)?", mark.findtext("per-minute", ""))
    per_minute = _finite(found.group()) if found else 0.0
    ET.SubElement(metronome, "per-minute").text = str(per_minute)
    return [plain] if per_minute > 0 else []


def number(element: ET.Element, path: str) -> float:
    """Return the number in a descendant's text; 0 if there is none.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.simplify import number
        >>> sound = ET.fromstring("<a><b><c> 12 </c></b></a>")
        >>> number(sound, "b/c"), number(sound, "b")
        (12.0, 0.0)
    """
    return _finite(element.findtext(path, ""))


def _finite(text: str) -> float:
    """Return the number that a text is; 0 if it is none."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0
