"""The tempos of a score: as it sounds, or else as it is printed."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from monody.reading.musicxml.note_element import TYPE_QUARTERS
from monody.reading.musicxml.numbers_in_text import number_of

MAX_DOTS = 4  # of the note that a metronome mark counts

_PER_MINUTE = re.compile(r"\d{1,6}(\.\d{1,6})?")  # "ca. 90" is 90


def tempo_of(mark: ET.Element) -> float | None:
    """Return the quarter notes a minute of a ``<direction>`` or ``<sound>``.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.tempo_marks import tempo_of
        >>> tempo_of(ET.fromstring("<sound tempo='132'/>"))
        132.0
    """
    sound = mark if mark.tag == "sound" else mark.find("sound[@tempo]")
    tempo = None if sound is None else number_of(sound.get("tempo"))
    if tempo is not None and tempo > 0:
        return float(tempo)
    for metronome in mark.iterfind("direction-type/metronome"):
        printed = _printed(metronome)
        if printed is not None:
            return printed
    return None


def _printed(metronome: ET.Element) -> float | None:
    """Return the quarter notes a minute of ``<metronome>``; none of "♩ = ♪"."""
    units = metronome.findall("beat-unit")
    found = _PER_MINUTE.search(metronome.findtext("per-minute", ""))
    if len(units) != 1 or found is None:
        return None
    quarters = TYPE_QUARTERS.get((units[0].text or "").strip().lower(), 0.0)
    dots = min(len(metronome.findall("beat-unit-dot")), MAX_DOTS)
    tempo = float(found.group()) * quarters * (2 - 0.5**dots)
    return tempo if tempo > 0 else None


def offset_of(mark: ET.Element) -> int | float:
    """Return the divisions by which a tempo is later than where it is written.

    The ``<offset>`` of a ``<sound>`` moves what sounds; that of a ``<direction>`` moves
    only its looks, unless it says ``sound="yes"``.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.tempo_marks import offset_of
        >>> offset_of(ET.fromstring("<direction><offset>4</offset></direction>"))
        0
    """
    sound = mark if mark.tag == "sound" else mark.find("sound")
    own = None if sound is None else number_of(sound.findtext("offset"))
    if own is not None:
        return own
    offset = mark.find("offset[@sound='yes']")
    return (number_of(offset.text) or 0) if offset is not None else 0
