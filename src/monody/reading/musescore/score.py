"""The written music of a MuseScore file: its staves, put together by measures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from monody.reading.musescore.frames import (
    Frame,
    Place,
    frames_of,
    is_extra_measure,
    place_of,
)
from monody.reading.musescore.lengths import ticks_of, whole_number
from monody.reading.musescore.players import Player, staves_of
from monody.reading.musescore.spans import OctaveLines, Span, mark_endings
from monody.reading.musescore.staff_reader import VOICES, StaffReader
from monody.reading.notation.play_order import MAX_PLAYS
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_WHOLE,
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
)
from monody.reading.raw_score import MAX_NAME, UnreadableError
from monody.reading.xml_tree import finite_number
from monody.translation import marked

MAX_COPIED_NOTES = 100_000  # by signs that repeat a measure
_USUAL_DIVISION = 480
_BREAK = "LayoutBreak"
_OLD_LINES = ("Ottava", "Volta")


def written_score(root: ET.Element) -> WrittenScore:
    """Read the music of a MuseScore file.

    Args:
        root: The element `museScore`.

    Raises:
        UnreadableError: If there is no staff with a measure.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.score import written_score
        >>> rest = "<Rest><durationType>measure</durationType></Rest>"
        >>> staff = f'<Staff id="1"><Measure><voice>{rest}</voice></Measure></Staff>'
        >>> root = ET.fromstring(f"<museScore><Score>{staff}</Score></museScore>")
        >>> len(written_score(root).measures)
        1
    """
    score = root.find("Score")
    score = root if score is None else score  # version 1 has none
    version = int(finite_number(root.get("version", "4")))
    found = [
        (staff, _measures(staff, version), player)
        for staff, player in staves_of(score)
        if not player.is_copy
    ]
    division = whole_number(score.findtext("Division"), _USUAL_DIVISION)
    ticks_per_whole = 4 * division if 0 < division <= 100_000 else 4 * _USUAL_DIVISION
    frames = frames_of([m for _, m, _ in found], _signs_of_old(score, ticks_per_whole))
    if not frames:
        raise UnreadableError("a MuseScore file without music", "leave it out")
    page = _Page(frames, score.findtext("metaTag[@name='workTitle']", ""))
    concert = score.findtext("Style/concertPitch", "").strip() == "1"
    old_lines = _old_lines(score)
    for number, (staff, measures, player) in enumerate(found):
        reader = StaffReader(
            frames[: len(measures)],
            ticks_per_whole // 4,
            player,
            shows_concert_pitch=concert,
        )
        reader.read(measures)
        place = whole_number(staff.get("id"), number + 1) - 1
        _add_old_lines(old_lines.get(place, []), reader, frames, ticks_per_whole)
        page.add_staff(number, reader, player)
        page.add_signs(measures)
    page.add_old_signs(score, found, ticks_per_whole)
    return page.finished()


def _measures(staff: ET.Element, version: int) -> list[ET.Element]:
    """Return the measures of a staff, each once."""
    return [
        measure
        for measure in staff.findall("Measure")
        if not is_extra_measure(measure, version)
    ]


def _signs_of_old(
    score: ET.Element, ticks_per_whole: int
) -> list[tuple[Fraction, Fraction]]:
    """Return where measures of a length begin, in the list that version 1 has."""
    signs: list[tuple[Fraction, Fraction]] = []
    for sign in score.findall("siglist/sig"):
        place = Fraction(max(whole_number(sign.get("tick")), 0), ticks_per_whole)
        over = whole_number(sign.findtext("nom"))
        under = whole_number(sign.findtext("denom"))
        if 0 < over <= 999 and 0 < under <= 999:
            signs.append((place, Fraction(over, under)))
    return sorted(signs)


def _old_lines(score: ET.Element) -> dict[int, list[ET.Element]]:
    """Return the lines that version 1 lists beside the music, by staff.

    They name tracks, of which each staff has some: a track is a voice.
    """
    lines: dict[int, list[ET.Element]] = {}
    for line in score:
        if line.tag in _OLD_LINES and line.find("tick2") is not None:
            staff = whole_number(line.findtext("track")) // VOICES
            lines.setdefault(staff, []).append(line)
    return lines


def _add_old_lines(
    lines: Sequence[ET.Element],
    reader: StaffReader,
    frames: Sequence[Frame],
    ticks_per_whole: int,
) -> None:
    """Add the lines of a staff that version 1 lists beside the music, with ticks.

    Args:
        lines: Those of the staff.
        reader: Of the staff.
        frames: The measures.
        ticks_per_whole: Of the file.
    """
    for line in lines:
        start, end = (
            place_of(
                frames,
                Fraction(max(whole_number(line.findtext(tag)), 0), ticks_per_whole),
            )
            for tag in ("tick", "tick2")
        )
        spans = reader.octave_lines if line.tag == "Ottava" else reader.endings
        spans.append(Span(start, end, line))


class _Page:
    """The written score while its staves are added one by one."""

    def __init__(self, frames: Sequence[Frame], title: str) -> None:
        self._frames = frames
        self._title = " ".join(title.split())[:MAX_NAME]
        self._lines: list[Line] = []
        self._measures = [
            WrittenMeasure(
                ticks=ticks_of(frame.length),
                meters=[] if frame.meter is None else [(0, *frame.meter)],
            )
            for frame in frames
        ]
        self._left_out: Counter[str] = Counter()
        self._copied = 0
        self._has_keys = False
        self._endings: list[Span] = []

    def add_staff(self, staff: int, reader: StaffReader, player: Player) -> None:
        """Add the notes of a staff as lines, and the signs that it holds."""
        notes = list(self._sounding(reader))
        self._copy_repeated(notes, reader)
        line_of: dict[int, int] = {}  # by voice
        for voice in sorted({note.line for measure in notes for note in measure}):
            line_of[voice] = len(self._lines)
            self._lines.append(Line(staff, player.program, player.is_drum, player.name))
        for measure, own, end in zip(self._measures, notes, reader.ends, strict=False):
            measure.notes += [note._replace(line=line_of[note.line]) for note in own]
            measure.ticks = max(measure.ticks, ticks_of(end))
        self._left_out.update(reader.left_out)
        self._endings += reader.endings
        for place, bpm in reader.tempos:
            tempo = ticks_of(place.whole_notes), bpm
            self._measures[place.measure].tempos.append(tempo)
        if reader.keys and not self._has_keys and not player.is_drum:
            self._has_keys = True  # the uppermost staff is right
            self._add_keys(reader)

    def _sounding(self, reader: StaffReader) -> Iterator[list[WrittenNote]]:
        """Yield the notes of each measure at the octaves that they sound in."""
        octaves = OctaveLines(reader.octave_lines)
        for index, notes in enumerate(reader.notes):
            yield [
                note._replace(pitch=note.pitch + octaves.semitones(_place(index, note)))
                if reader.octave_lines
                else note
                for note in notes
            ]

    def _copy_repeated(
        self, notes: list[list[WrittenNote]], reader: StaffReader
    ) -> None:
        """Fill measures with a repeat sign by the notes of those that they repeat."""
        for index, back in sorted(reader.repeated.items()):
            if not back <= index < len(notes):
                continue
            source = notes[index - back]
            self._copied += len(source)
            if self._copied > MAX_COPIED_NOTES:
                self._left_out["measure repeat beyond all measure"] += 1
                continue
            notes[index] = [*notes[index], *source]
            reader.ends[index] = max(reader.ends[index], reader.ends[index - back])

    def _add_keys(self, reader: StaffReader) -> None:
        for place, key in reader.keys:
            sign = ticks_of(place.whole_notes), key
            self._measures[place.measure].keys.append(sign)

    def add_signs(self, elements: Sequence[ET.Element]) -> None:
        """Add the repeat signs and section breaks of a staff's measures."""
        for measure, element in zip(self._measures, elements, strict=False):
            if element.find("startRepeat") is not None:
                measure.opens_repeat = True
            end = element.find("endRepeat")
            if end is not None:
                plays = whole_number(end.text, 2)
                measure.plays = min(max(plays, 2), MAX_PLAYS)
            breaks = {mark.findtext("subtype") for mark in element.findall(_BREAK)}
            # Repeats do not go back beyond the beginning of a section.
            measure.double_bar = measure.double_bar or "section" in breaks

    def add_old_signs(
        self,
        score: ET.Element,
        staves: Sequence[tuple[ET.Element, list[ET.Element], Player]],
        ticks_per_whole: int,
    ) -> None:
        """Add the keys and tempos that version 1 lists beside the music."""
        for tempo in score.findall("tempolist/tempo"):
            place = self._place(tempo, ticks_per_whole)
            bpm = 60 * finite_number(tempo.text or "")
            sign = ticks_of(place.whole_notes), bpm
            self._measures[place.measure].tempos.append(sign)
        keys = score.find("Part/Staff/keylist")
        if keys is not None and not self._has_keys:
            reader = StaffReader(self._frames, 1, staves[0][2])
            for key in keys.findall("key"):
                place = self._place(key, ticks_per_whole)
                sharps = whole_number(key.get("idx"))
                reader.add_key(place, sharps, minor=False, is_written=True)
            self._add_keys(reader)

    def _place(self, sign: ET.Element, ticks_per_whole: int) -> Place:
        tick = max(whole_number(sign.get("tick")), 0)
        return place_of(self._frames, Fraction(tick, ticks_per_whole))

    def finished(self) -> WrittenScore:
        """Return the score."""
        mark_endings(self._endings, self._measures)
        too_long = sum(
            measure.ticks > ticks_of(frame.length)
            for measure, frame in zip(self._measures, self._frames, strict=True)
        )
        repairs = [
            marked(f"left out: {n} × {what}") for what, n in self._left_out.items()
        ]
        if too_long:
            repairs.append(
                marked(f"measures longer than their length says: {too_long}")
            )
        return WrittenScore(
            self._lines, self._measures, repairs=repairs, title=self._title
        )


def _place(measure: int, note: WrittenNote) -> Place:
    """Return where a note begins."""
    return Place(measure, Fraction(note.start, WRITTEN_TICKS_PER_WHOLE))
