"""What ``<attributes>`` says: divisions, keys, meters, clefs and transposition.

Divisions, clefs and transposition hold until others are written; they are kept in a
`PartState`. Keys and meters go into the measure where they are written.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from monody.music.keys import nearest_key_name
from monody.music.scale import is_minor_mode
from monody.reading.musicxml.numbers_in_text import number_of, whole_number
from monody.reading.musicxml.part_measure import PartMeasure
from monody.reading.musicxml.tree import EXPORT_AGAIN
from monody.reading.notation.written_score import WRITTEN_TICKS_PER_WHOLE, bar_ticks
from monody.reading.raw_score import UnreadableError

MIN_DIVISIONS, MAX_DIVISIONS = 1 / 64, 10**8  # to the quarter note
MAX_SIGNATURE = 28  # sharps or flats; a transposed part can have more than seven
MAX_BEAT_PAIRS = 16  # of a time signature such as 2/4 + 3/8
MAX_PATTERN = 64  # measures that one sign says to repeat
MAX_REPEATED_STAVES = 16  # of a part, at a time

_BEATS = re.compile(r"\s*\d{1,3}(\s*\+\s*\d{1,3})*\s*")  # "3" or "3+2"
_SYMBOLS = {"common": (4, 4), "cut": (2, 2)}
_ALL_STAVES = 0


@dataclass
class PartState:
    """What holds in a part from one measure to the next.

    Args:
        is_concert: Whether the score is written at sounding pitch.
        repairs: Counts what was wrong, by its description.
        divisions: Of a quarter note; 0 until the part says it.
        semitones: From the written to the sounding pitch, by staff, 0 for all.
        percussion: Staves with a percussion clef.
        repeat_of: As in `PartMeasure`.
        full_bar: Written ticks of a measure in the meter that holds.
    """

    is_concert: bool
    repairs: Counter[str]
    divisions: int | float = 0
    semitones: dict[int, int] = field(default_factory=dict)
    percussion: set[int] = field(default_factory=set)
    repeat_of: dict[int, int] = field(default_factory=dict)
    full_bar: int = WRITTEN_TICKS_PER_WHOLE

    def shift(self, staff: int) -> int:
        """Return the semitones from the written to the sounding pitch on a staff."""
        return self.semitones.get(staff, self.semitones.get(_ALL_STAVES, 0))


def read_attributes(
    attributes: ET.Element, state: PartState, measure: PartMeasure, tick: int
) -> None:
    """Take over what an ``<attributes>`` element says, except its divisions.

    Args:
        attributes: The element.
        state: Of the part, which is changed.
        measure: Where the element is, which is changed.
        tick: Where in the measure.

    Example:
        >>> from collections import Counter
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.attributes import PartState, read_attributes
        >>> from monody.reading.musicxml.part_measure import PartMeasure
        >>> horn = ET.fromstring(
        ...     "<attributes><key><fifths>0</fifths></key>"
        ...     "<transpose><chromatic>-7</chromatic></transpose></attributes>")
        >>> state, measure = PartState(False, Counter()), PartMeasure()
        >>> read_attributes(horn, state, measure, tick=0)
        >>> state.shift(staff=1), measure.keys
        (-7, {0: 'F major'})
    """
    for transpose in attributes.iterfind("transpose"):
        _read_transpose(transpose, state)
    for element in attributes:
        if element.tag == "key":
            name = _key(element, state.shift(_staff(element, _ALL_STAVES)))
            if name is not None:
                measure.keys.setdefault(tick, name)
        elif element.tag == "time":
            _read_time(element, state, measure, tick)
        elif element.tag == "clef":
            _read_clef(element, state)
        elif element.tag == "measure-style":
            _read_style(element, state, measure, tick)


def divisions_in(attributes: ET.Element) -> int | float | None:
    """Return the divisions of a quarter note that an ``<attributes>`` element says.

    Raises:
        UnreadableError: If they make no sense.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.attributes import divisions_in
        >>> said = ET.fromstring("<attributes><divisions>480</divisions></attributes>")
        >>> divisions_in(said)
        480
    """
    text = attributes.findtext("divisions")
    if text is None:
        return None
    divisions = number_of(text)
    if divisions is None or not MIN_DIVISIONS <= divisions <= MAX_DIVISIONS:
        reason = f"<divisions> of {text.strip()[:20] or 'nothing'}"
        raise UnreadableError(f"{reason}: notes have no length", EXPORT_AGAIN)
    return divisions


def _staff(element: ET.Element, default: int) -> int:
    """Return the staff that an attribute is of."""
    return whole_number(element.get("number"), default)


def _read_clef(clef: ET.Element, state: PartState) -> None:
    """Note whether a staff has a percussion clef."""
    if clef.findtext("sign", "").strip().lower() == "percussion":
        state.percussion.add(_staff(clef, 1))
    else:
        state.percussion.discard(_staff(clef, 1))


def _read_transpose(transpose: ET.Element, state: PartState) -> None:
    """Take over what must be added to written pitches.

    ``<for-part>`` says it of parts that are still to be made, so it is not read. In
    a ``<concert-score>`` only octaves may be transposed.
    """
    chromatic = number_of(transpose.findtext("chromatic")) or 0
    if state.is_concert and chromatic:
        state.repairs["transpositions in a score at concert pitch"] += 1
        chromatic = 0
    octaves = number_of(transpose.findtext("octave-change")) or 0
    if transpose.find("double") is not None:
        # The same tune an octave away is no tune of its own.
        state.repairs["doublings at the octave left out"] += 1
    staff = _staff(transpose, _ALL_STAVES)
    if staff == _ALL_STAVES:
        state.semitones.clear()
    state.semitones[staff] = round(chromatic + 12 * octaves)


def _key(key: ET.Element, semitones: int) -> str | None:
    """Name the sounding key: without a mode as major, else by ``is_minor_mode``.

    Args:
        key: The element; keys that are no circle of fifths have no name.
        semitones: From the written to the sounding pitch.
    """
    sharps = number_of(key.findtext("fifths"))
    if not isinstance(sharps, int) or abs(sharps) > MAX_SIGNATURE:
        return None
    minor = is_minor_mode(key.findtext("mode", "").strip().lower())
    return nearest_key_name(sharps + 7 * semitones, minor=minor)


def _read_time(
    time: ET.Element, state: PartState, measure: PartMeasure, tick: int
) -> None:
    """Take over a time signature, unless the music is said to be in none."""
    if time.find("senza-misura") is not None:
        return
    meter = _meter(time)
    if meter is None:
        state.repairs["time signatures that make no sense"] += 1
        return
    state.full_bar = bar_ticks(*meter)
    measure.meters.setdefault(tick, meter)


def _meter(time: ET.Element) -> tuple[int, int] | None:
    """Return a time signature: 3+2/8 is 5/8, and 2/4 + 3/8 is 7/8."""
    beats = [element.text or "" for element in time.iterfind("beats")]
    units = [whole_number(unit.text, 0) for unit in time.iterfind("beat-type")]
    if not beats:
        return _SYMBOLS.get(time.get("symbol", ""))
    readable = all(map(_BEATS.fullmatch, beats)) and all(1 <= n <= 128 for n in units)
    if not readable or len(beats) != len(units) or len(beats) > MAX_BEAT_PAIRS:
        return None
    counts = [sum(map(int, text.split("+"))) for text in beats]
    unit = math.lcm(*units)
    count = sum(n * unit // of for n, of in zip(counts, units, strict=True))
    return (count, unit) if count else None


def _read_style(
    style: ET.Element, state: PartState, measure: PartMeasure, tick: int
) -> None:
    """Take over the signs for measures that repeat others.

    One that begins or ends after notes does so at the next bar line.
    """
    repeat = style.find("measure-repeat")
    if repeat is None:
        return
    staff = _staff(style, _ALL_STAVES)
    if repeat.get("type") == "start":
        count = whole_number(repeat.text, 1)
        if len(state.repeat_of) >= MAX_REPEATED_STAVES:
            return
        state.repeat_of[staff] = max(1, min(count, MAX_PATTERN))
        if tick == 0:
            measure.repeat_of[staff] = state.repeat_of[staff]
    else:
        state.repeat_of.pop(staff, None)
        if tick == 0:
            measure.repeat_of.pop(staff, None)
