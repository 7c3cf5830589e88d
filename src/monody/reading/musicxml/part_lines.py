"""The lines of a part: one for each voice of each staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from xml.etree import ElementTree as ET

from monody.reading.musicxml.numbers_in_text import whole_number
from monody.reading.musicxml.part_measure import PartMeasure, PartNote
from monody.reading.notation.written_score import Line, WrittenNote
from monody.reading.raw_score import MAX_NAME
from monody.reading.xml_tree import number_in

DRUM_CHANNEL = 10  # MusicXML counts MIDI channels and programs from 1

_STAFF = attrgetter("staff")
_VOICE = attrgetter("staff", "voice")


class PartLines:
    """The lines of a part, and which of them each note is in.

    A staff is played by drums if its part has the MIDI channel of drums, or if most of
    its notes are percussion. On other staves, unpitched notes are left out.

    Args:
        head: The part's entry in the score's list of parts.
        measures: Of the part.
        above: The lines of the parts above it.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musicxml.part_lines import PartLines
        >>> from monody.reading.musicxml.part_measure import PartMeasure, PartNote
        >>> notes = [PartNote(1, "1", 60, 0, 48), PartNote(2, "5", 48, 0, 48)]
        >>> own = PartLines(ET.Element("score-part"), [PartMeasure(notes)], above=[])
        >>> [(line.staff, line.is_drum) for line in own.lines]
        [(0, False), (1, False)]
        >>> [note.line for note in own.written(notes)]
        [0, 1]
    """

    def __init__(
        self, head: ET.Element, measures: Sequence[PartMeasure], above: Sequence[Line]
    ) -> None:
        voices: dict[tuple[int, str], None] = {}  # in the order they appear
        sounding: Counter[int] = Counter()  # notes, by staff
        percussion: Counter[int] = Counter()
        unpitched: Counter[int] = Counter()
        for measure in measures:
            voices.update(dict.fromkeys(map(_VOICE, measure.notes)))
            sounding.update(map(_STAFF, measure.notes))
            struck = [note for note in measure.notes if note.percussion]
            percussion.update(map(_STAFF, struck))
            unpitched.update(note.staff for note in struck if note.unpitched)
        on_drums = number_in(head, "midi-instrument/midi-channel") == DRUM_CHANNEL
        self._drums = {
            staff: on_drums or 2 * percussion[staff] > count
            for staff, count in sounding.items()
        }
        ordered = sorted(voices, key=lambda key: key[0]) or [(1, "")]
        staves = {staff: place for place, staff in enumerate(sorted(sounding))}
        first = above[-1].staff + 1 if above else 0
        program = whole_number(head.findtext("midi-instrument/midi-program"), 1) - 1
        name = " ".join(head.findtext("part-name", "")[:MAX_NAME].split())
        self.lines = [
            Line(
                first + staves.get(staff, 0),
                program if 0 <= program <= 127 else 0,
                self._drums.get(staff, on_drums),
                name,
            )
            for staff, _ in ordered
        ]
        self._index = {key: len(above) + place for place, key in enumerate(ordered)}
        self.left_out = sum(
            count for staff, count in unpitched.items() if not self._drums[staff]
        )

    def written(self, notes: Iterable[PartNote]) -> Iterator[WrittenNote]:
        """Yield notes of the part as those of a score."""
        for note in notes:
            if self._drums[note.staff] or not note.unpitched:
                yield WrittenNote(
                    self._index[note.staff, note.voice],
                    note.pitch,
                    note.start,
                    note.ticks,
                    note.starts_tie,
                )
