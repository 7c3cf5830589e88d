"""What a ``<note>`` says: its pitch, its length, its voice, its ties."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import NamedTuple
from xml.etree import ElementTree as ET

from monody.music.pitch import STEPS
from monody.reading.musicxml.numbers_in_text import number_of, whole_number
from monody.reading.musicxml.tree import EXPORT_AGAIN
from monody.reading.raw_score import UnreadableError

_MIDDLE_OF_STAFF = 71  # where an unpitched note without a place is written
# The lengths of note types, in quarters.
TYPE_QUARTERS = {
    "long": 16.0,
    "breve": 8.0,
    "whole": 4.0,
    "half": 2.0,
    "quarter": 1.0,
    "eighth": 1 / 2,
    "16th": 1 / 4,
    "32nd": 1 / 8,
    "64th": 1 / 16,
}

Elements = dict[str, ET.Element]


class NoteElement(NamedTuple):
    """A note or a rest.

    Args:
        duration: In divisions.
        pitch: As written; ``None`` if it is silent.
        staff: From 1; ``None`` if it does not say.
        voice: Any text; empty if it does not say.
        in_chord: Whether it begins with the note before it.
        starts_tie: Whether it is tied to a later note.
        stops_tie: Whether it is tied to an earlier note.
        unpitched: Whether its pitch is only a place on the staff.
        fills_measure: Whether it is a rest that may mean a measure of any length.
    """

    duration: int | float
    pitch: int | None = None
    staff: int | None = None
    voice: str = ""
    in_chord: bool = False
    starts_tie: bool = False
    stops_tie: bool = False
    unpitched: bool = False
    fills_measure: bool = False


def note_element(
    note: ET.Element, divisions: int | float, repairs: Counter[str]
) -> NoteElement | None:
    """Read a ``<note>``; none of grace notes, which take no time.

    Args:
        note: The element.
        divisions: Of a quarter note.
        repairs: Counts what is wrong, by its description.

    Raises:
        UnreadableError: If its duration makes no sense.

    Example:
        >>> from collections import Counter
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.note_element import note_element
        >>> pitch = "<pitch><step>F</step><alter>1</alter><octave>4</octave></pitch>"
        >>> note = ET.fromstring(f"<note>{pitch}<duration>6</duration></note>")
        >>> note_element(note, 4, Counter())
        NoteElement(duration=6, pitch=66, staff=None, voice='', ...)
    """
    found = {child.tag: child for child in note}
    if "grace" in found:
        return None
    duration = _duration(found, divisions, repairs)
    tied = "tie" in found or "notations" in found
    starts_tie, stops_tie = _ties(note, found) if tied else (False, False)
    rest = found.get("rest")
    # A cue shows what another player plays: "a silent note with no playback".
    silent = rest is not None or "cue" in found
    return NoteElement(
        duration,
        None if silent else _pitch(found, repairs),
        whole_number(found["staff"].text, 1) if "staff" in found else None,
        (found["voice"].text or "").strip() if "voice" in found else "",
        "chord" in found,
        starts_tie,
        stops_tie,
        "unpitched" in found,
        rest is not None and _fills_measure(rest, found),
    )


def duration_in(element: ET.Element) -> int | float:
    """Return the divisions in the ``<duration>`` of an element.

    Raises:
        UnreadableError: If it is no number, or below 0.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.note_element import duration_in
        >>> duration_in(ET.fromstring("<backup><duration>4</duration></backup>"))
        4
    """
    return _checked(element.findtext("duration", ""))


def _checked(text: str) -> int | float:
    """Return the number of divisions that a text is."""
    duration = number_of(text)
    if duration is None or duration < 0:
        reason = f"<duration> of {text.strip()[:20] or 'nothing'}"
        raise UnreadableError(reason, EXPORT_AGAIN)
    return duration


def _duration(
    found: Elements, divisions: int | float, repairs: Counter[str]
) -> int | float:
    """Return how long a note is; where it does not say, by how it looks."""
    if "duration" in found:
        return _checked(found["duration"].text or "")
    repairs["notes without <duration>"] += 1
    looks = found["type"].text if "type" in found else None
    quarters = TYPE_QUARTERS.get((looks or "").strip(), 0.0)
    duration = quarters * divisions * (1.5 if "dot" in found else 1)
    if "time-modification" not in found:
        return duration
    actual = whole_number(found["time-modification"].findtext("actual-notes"), 1)
    normal = whole_number(found["time-modification"].findtext("normal-notes"), 1)
    return duration * normal / actual if 0 < normal < 100 and actual > 0 else duration


def _fills_measure(rest: ET.Element, found: Elements) -> bool:
    """Tell whether a rest may mean a measure of any length."""
    looks = (found["type"].text or "").strip() if "type" in found else "whole"
    return rest.get("measure") == "yes" or looks == "whole"


def _ties(note: ET.Element, found: Elements) -> tuple[bool, bool]:
    """Tell whether ties start and stop at a note.

    ``<tie>`` says how it sounds, ``<tied>`` how it looks; the second counts only where
    there is none of the first.
    """
    if "tie" in found:
        types = {tie.get("type") for tie in note.iterfind("tie")}
    elif found["notations"].find("tied") is not None:
        types = {tied.get("type") for tied in note.iterfind("notations/tied")}
    else:
        return False, False
    both = "continue" in types
    return both or "start" in types, both or "stop" in types


def _pitch(found: Elements, repairs: Counter[str]) -> int | None:
    """Return the written pitch of a note."""
    pitch = None
    if "pitch" in found:
        said = found["pitch"].findtext
        pitch = _named(said("step"), said("alter"), said("octave"))
    elif "unpitched" in found:
        said = found["unpitched"].findtext
        pitch = _named(said("display-step"), None, said("display-octave"))
        pitch = _MIDDLE_OF_STAFF if pitch is None else pitch
    if pitch is None:
        repairs["notes without a pitch"] += 1
    return pitch


@lru_cache(maxsize=1024)
def _named(step: str | None, alter: str | None, octave: str | None) -> int | None:
    """Return the pitch of a name, quarter tones rounded to semitones."""
    base = STEPS.get((step or "").strip().upper())
    height = number_of(octave)
    raised = number_of(alter) if alter and alter.strip() else 0
    if base is None or height is None or raised is None:
        return None
    return round(12 * (height + 1) + base + raised)
