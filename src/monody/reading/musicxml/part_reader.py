"""From the elements of a part to its measures.

The elements of a measure are read in the order of the file, with a place that notes,
rests and ``<forward>`` move on and ``<backup>`` moves back.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple
from xml.etree import ElementTree as ET

from monody.reading.musicxml.attributes import (
    PartState,
    divisions_in,
    read_attributes,
)
from monody.reading.musicxml.bar_lines import read_bar_line
from monody.reading.musicxml.note_element import (
    NoteElement,
    duration_in,
    note_element,
)
from monody.reading.musicxml.part_measure import PartMeasure, PartNote
from monody.reading.musicxml.tempo_marks import offset_of, tempo_of
from monody.reading.musicxml.tree import EXPORT_AGAIN
from monody.reading.notation.play_order import MAX_MEASURES
from monody.reading.notation.written_score import WRITTEN_TICKS_PER_QUARTER
from monody.reading.raw_score import UnreadableError

MAX_VOICES = 64  # of a part, on all of its staves; later ones are one voice

_FIRST_VOICE = "1"  # of notes that do not say
_LATER_VOICES = "more"


class _Sound(NamedTuple):
    """A note or rest, to which the notes of a chord are added."""

    place: int | float  # in divisions since the beginning of the measure
    staff: int
    voice: str


def read_part(
    part: ET.Element, repairs: Counter[str], *, is_concert: bool = False
) -> list[PartMeasure]:
    """Read the measures of a part.

    Args:
        part: The ``<part>`` of a partwise score.
        repairs: Counts what is wrong, by its description.
        is_concert: Whether the score is written at sounding pitch.

    Raises:
        UnreadableError: If the part does not say how long its notes are.

    Example:
        >>> from collections import Counter
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.part_reader import read_part
        >>> part = ET.fromstring(
        ...     "<part><measure><attributes><divisions>2</divisions></attributes><note>"
        ...     "<pitch><step>C</step><octave>4</octave></pitch><duration>3</duration>"
        ...     "</note></measure></part>")
        >>> [measure] = read_part(part, Counter())
        >>> [(note.pitch, note.ticks / 1_441_440) for note in measure.notes]
        [(60, 1.5)]
    """
    state = PartState(is_concert, repairs)
    if part.find("measure/attributes/divisions") is None and not _sounds(part):
        state.divisions = 1  # rests alone have no length that counts
    reader = _MeasureReader(state)
    elements = part.findall("measure")
    if len(elements) > MAX_MEASURES:
        repairs["measures too many"] += len(elements) - MAX_MEASURES
    return [reader.read(element) for element in elements[:MAX_MEASURES]]


def _sounds(part: ET.Element) -> bool:
    """Tell whether a part has notes with a length."""
    notes = part.iterfind("measure/note[duration]")
    return any(note.find("rest") is None for note in notes)


def _rescaled(place: int | float, by: int | float, of: int | float) -> int | float:
    """Multiply by a fraction; what is whole stays so, and is exact."""
    whole, rest = divmod(place * by, of)
    return place * by / of if rest else whole


class _MeasureReader:
    """Reads the measures of a part, one after the other.

    Args:
        state: What holds at the beginning of the part.
    """

    def __init__(self, state: PartState) -> None:
        self._state = state
        self._voices: set[tuple[int, str]] = set()
        self._readers = {
            "note": self._read_note,
            "backup": self._move_back,
            "forward": self._move_forward,
            "attributes": self._read_attributes,
            "direction": self._read_mark,
            "sound": self._read_mark,
            "barline": self._read_bar_line,
        }

    def read(self, element: ET.Element) -> PartMeasure:
        """Read a measure."""
        self._measure = PartMeasure(repeat_of=dict(self._state.repeat_of))
        self._place: int | float = 0  # in divisions
        self._last: _Sound | None = None
        self._rests: list[tuple[int, int]] = []  # staff and end of measure rests
        for child in element:
            reader = self._readers.get(child.tag)
            if reader is not None:
                reader(child)
        self._add_measure_rests()
        self._fill_rounded_measure()
        return self._measure

    def _tick(self, place: int | float) -> int:
        """Convert divisions since the beginning of the measure to written ticks."""
        if place == 0:
            return 0
        if not self._state.divisions:
            reason = "no <divisions> before the notes: they have no length"
            raise UnreadableError(reason, EXPORT_AGAIN)
        return round(_rescaled(place, WRITTEN_TICKS_PER_QUARTER, self._state.divisions))

    def _read_note(self, element: ET.Element) -> None:
        """Take over a note or a rest, and move on by its length."""
        note = note_element(element, self._state.divisions, self._state.repairs)
        if note is None:
            return
        sound = self._sound(note)
        if not note.in_chord or self._last is None:
            self._place = sound.place + note.duration
        self._last = sound
        start = self._tick(sound.place)
        end = self._tick(sound.place + note.duration)
        if note.fills_measure and start == 0:
            self._rests.append((sound.staff, end))
        elif end > self._measure.ticks:
            self._measure.ticks = end
        if note.pitch is not None:
            self._add(note, sound, start, end)

    def _sound(self, note: NoteElement) -> _Sound:
        """Return where and in which voice a note is: that of the chord it is in."""
        last = self._last if note.in_chord else None
        place = self._place if last is None else last.place
        staff = note.staff or (1 if last is None else last.staff)
        voice = note.voice or (_FIRST_VOICE if last is None else last.voice)
        key = (max(1, staff), voice)
        if len(self._voices) < MAX_VOICES:
            self._voices.add(key)
        elif key not in self._voices:
            key = (1, _LATER_VOICES)
        return _Sound(place, *key)

    def _add(self, note: NoteElement, sound: _Sound, start: int, end: int) -> None:
        """Add a note that sounds."""
        _, staff, voice = sound
        pitch = (note.pitch or 0) + self._state.shift(staff)
        if not 0 <= pitch <= 127:
            self._state.repairs["notes too high or too low for MIDI"] += 1
        elif end <= start:
            self._state.repairs["notes without length"] += 1
        else:
            percussion = note.unpitched or staff in self._state.percussion
            self._measure.notes.append(
                PartNote(
                    staff,
                    voice,
                    pitch,
                    start,
                    end - start,
                    note.starts_tie,
                    note.stops_tie,
                    note.unpitched,
                    percussion,
                )
            )

    def _add_measure_rests(self) -> None:
        """Count the rests that may mean any length, if nothing says the length.

        Beside notes on another staff they say nothing: beside a pickup, some programs
        write a whole rest.
        """
        staves = {note.staff for note in self._measure.notes}
        for staff, end in self._rests:
            if not staves:
                self._measure.ticks = max(self._measure.ticks, end)
            elif staff in staves:
                full = self._state.full_bar
                self._measure.ticks = max(self._measure.ticks, min(end, full))

    def _fill_rounded_measure(self) -> None:
        """Let a measure end with its meter if it only fails to by rounded durations.

        Divisions too coarse for tuplets or dots make each note wrong by up to a half.
        """
        notes, full = self._measure.notes, self._state.full_bar
        gap = abs(self._measure.ticks - full)
        if not gap or gap >= WRITTEN_TICKS_PER_QUARTER // 8:
            return
        if gap > self._tick((len(notes) + 1) / 2):
            return
        for index, note in enumerate(notes):
            if note.end == self._measure.ticks or note.end > full:
                notes[index] = note._replace(ticks=full - note.start)
        self._measure.notes = [note for note in notes if note.ticks > 0]
        self._measure.ticks = full

    def _move_back(self, backup: ET.Element) -> None:
        self._place -= duration_in(backup)
        if self._place < 0:
            self._state.repairs["<backup> to before the measure"] += 1
            self._place = 0

    def _move_forward(self, forward: ET.Element) -> None:
        self._place += duration_in(forward)
        self._measure.ticks = max(self._measure.ticks, self._tick(self._place))

    def _read_attributes(self, attributes: ET.Element) -> None:
        divisions = divisions_in(attributes)
        if divisions is not None:
            self._change_divisions(divisions)
        tick = self._tick(self._place)
        read_attributes(attributes, self._state, self._measure, tick)

    def _change_divisions(self, divisions: int | float) -> None:
        """Count in other divisions from here on."""
        before = self._state.divisions or divisions
        self._state.divisions = divisions
        self._place = _rescaled(self._place, divisions, before)
        if self._last is not None:
            place = _rescaled(self._last.place, divisions, before)
            self._last = self._last._replace(place=place)

    def _read_mark(self, mark: ET.Element) -> None:
        """Take over a tempo, and a repeat that is said to open without a sign."""
        tempo = tempo_of(mark)
        if tempo is not None:
            tick = self._tick(max(0, self._place + offset_of(mark)))
            self._measure.tempos.setdefault(tick, tempo)
        sound = mark if mark.tag == "sound" else mark.find("sound")
        if sound is not None and sound.get("forward-repeat") == "yes":
            self._measure.bar_line(self._tick(self._place)).opens_repeat = True

    def _read_bar_line(self, barline: ET.Element) -> None:
        read_bar_line(barline, self._measure, self._tick(self._place))
