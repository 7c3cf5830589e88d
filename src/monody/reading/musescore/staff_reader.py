"""The music of one staff of a MuseScore file, read element by element.

Versions 3 and 4 put each voice of a measure into an element `voice`. Versions 1 and 2
have all voices in one row: `track` says which one a chord belongs to, and `tick` goes
to another place, counted from the beginning of the score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from monody.music.keys import nearest_key_name
from monody.music.scale import is_minor_mode
from monody.reading.musescore.frames import Frame, Place, stretch_of
from monody.reading.musescore.lengths import (
    bounded,
    fraction_of,
    length_of,
    ticks_of,
    tuplet_ratio,
    whole_number,
)
from monody.reading.musescore.players import Player
from monody.reading.musescore.spans import Span, end_of
from monody.reading.notation.written_score import WrittenNote
from monody.reading.xml_tree import number_in

VOICES = 4  # of a staff
MAX_TUPLETS = 8  # in each other
MAX_REPEATED = 4  # measures that one sign repeats
_GRACE = frozenset(
    ("acciaccatura", "appoggiatura", "grace4", "grace8", "grace16", "grace32",
     "grace8after", "grace16after", "grace32after")
)  # fmt: skip
# Ticks that versions 1 and 2 store are rounded: so near, they mean the same place.
_NEAR = Fraction(1, 128)


class StaffReader:
    """Reads the measures of a staff; what it found is in its attributes.

    Args:
        frames: The measures of the score.
        division: Ticks to a quarter, of versions 1 and 2.
        player: Who plays the staff.
        shows_concert_pitch: Whether key signatures are those of the sounding music.

    Example:
        >>> from fractions import Fraction
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.frames import Frame
        >>> from monody.reading.musescore.players import Player
        >>> from monody.reading.musescore.staff_reader import StaffReader
        >>> chord = "<durationType>half</durationType><Note><pitch>60</pitch></Note>"
        >>> voice = f"<voice><Chord>{chord}</Chord></voice>"
        >>> reader = StaffReader([Frame(Fraction(0), Fraction(1))], 480, Player())
        >>> reader.read([ET.fromstring(f"<Measure>{voice}</Measure>")])
        >>> reader.notes[0][0].pitch
        60
    """

    def __init__(
        self,
        frames: Sequence[Frame],
        division: int,
        player: Player,
        *,
        shows_concert_pitch: bool = False,
    ) -> None:
        self.notes: list[list[WrittenNote]] = [[] for _ in frames]  # line: the voice
        self.ends = [Fraction(0)] * len(frames)  # of the music in each measure
        self.keys: list[tuple[Place, str]] = []
        self.tempos: list[tuple[Place, float]] = []  # quarters a minute
        self.octave_lines: list[Span] = []
        self.endings: list[Span] = []
        self.repeated: dict[int, int] = {}  # measure: how many measures it goes back
        self.left_out: Counter[str] = Counter()
        self._frames = frames
        self._ticks_per_whole = 4 * division
        self._player = player
        self._concert = shows_concert_pitch
        self._index = self._voice = 0
        self._in_group = 1  # which of the measures that one repeat sign is for
        self._at = Fraction(0)  # whole notes since the measure's beginning
        self._stretch = Fraction(1)
        self._open_tuplets: list[Fraction] = []
        self._tuplets: dict[str, Fraction] = {}  # of versions 1 and 2, by number
        self._open_lines: dict[str, Span] = {}  # of version 2, by number
        self._readers: dict[str, Callable[[ET.Element], None]] = {
            "voice": self._read_voice,
            "Chord": self._read_chord,
            "Rest": self._read_rest,
            "RepeatMeasure": self._read_measure_repeat,
            "MeasureRepeat": self._read_measure_repeat,
            "Tuplet": self._open_tuplet,
            "endTuplet": self._close_tuplet,
            "location": self._move_by,
            "move": self._move_to,
            "tick": self._move_to_tick,
            "TimeSig": self._read_meter,
            "KeySig": self._read_key,
            "Tempo": self._read_tempo,
            "Spanner": self._read_spanner,
            "Ottava": self._open_line,
            "Volta": self._open_line,
            "endSpanner": self._close_line,
        }

    def read(self, measures: Sequence[ET.Element]) -> None:
        """Read the measures of the staff."""
        for self._index, measure in enumerate(measures):
            self._at, self._voice = Fraction(0), -1
            self._open_tuplets.clear()
            self._in_group = whole_number(measure.findtext("measureRepeatCount"), 1)
            for item in measure:
                self._read(item)

    def _read(self, item: ET.Element) -> None:
        if item.tag in self._readers:
            self._readers[item.tag](item)

    @property
    def _place(self) -> Place:
        return Place(self._index, self._at)

    def _read_voice(self, voice: ET.Element) -> None:
        self._voice += 1
        self._at = Fraction(0)
        self._open_tuplets.clear()
        for item in voice:
            if item.tag != "voice":
                self._read(item)

    def _move_by(self, location: ET.Element) -> None:
        by = fraction_of(location.findtext("fractions")) or Fraction(0)
        self._at = bounded(max(self._at + by, Fraction(0)))

    def _move_to(self, move: ET.Element) -> None:
        place = fraction_of(move.text)
        if place is not None and place >= 0:
            self._at = place

    def _move_to_tick(self, tick: ET.Element) -> None:
        since_start = Fraction(whole_number(tick.text), self._ticks_per_whole)
        place = bounded(since_start - self._frames[self._index].start)
        if abs(place - self._at) > _NEAR:
            self._at = max(place, Fraction(0))

    def _open_tuplet(self, tuplet: ET.Element) -> None:
        number, outer = tuplet.get("id"), tuplet.findtext("Tuplet", "")
        if number is not None:
            around = self._tuplets.get(outer.strip(), Fraction(1))
            self._tuplets[number] = tuplet_ratio(tuplet, around)
        elif len(self._open_tuplets) < MAX_TUPLETS:
            around = self._open_tuplets[-1] if self._open_tuplets else Fraction(1)
            self._open_tuplets.append(tuplet_ratio(tuplet, around))

    def _close_tuplet(self, _: ET.Element) -> None:
        if self._open_tuplets:
            self._open_tuplets.pop()

    def _start(self, item: ET.Element) -> None:
        """Go to where a chord or rest says that it is, as version 1 does."""
        tick = item.find("tick")
        if tick is not None:
            self._move_to_tick(tick)

    def _length(self, item: ET.Element) -> Fraction | None:
        """Return how long a chord or rest lasts, in whole notes of the score."""
        length = length_of(item)
        if length is None:
            return None
        ratio = self._open_tuplets[-1] if self._open_tuplets else Fraction(1)
        number = item.findtext("Tuplet")
        if number is not None:
            ratio = self._tuplets.get(number.strip(), Fraction(1))
        return length * ratio / self._stretch

    def _go_on(self, end: Fraction) -> None:
        self._at = bounded(end)
        self.ends[self._index] = max(self.ends[self._index], self._at)

    def _read_rest(self, rest: ET.Element) -> None:
        self._start(rest)
        length = self._length(rest)
        if length is None:  # of the whole measure
            self._at = self._frames[self._index].length
        else:
            self._go_on(self._at + length)

    def _read_measure_repeat(self, sign: ET.Element) -> None:
        """Note the measures that repeat those before, as many as the sign says."""
        self._start(sign)
        count = whole_number(sign.findtext("subtype"), 1)
        count = count if 1 <= count <= MAX_REPEATED else 1
        first = self._index - min(max(self._in_group, 1), count) + 1
        self.repeated.update(dict.fromkeys(range(first, first + count), count))
        self._at = self._frames[self._index].length

    def _read_chord(self, chord: ET.Element) -> None:
        if any(item.tag in _GRACE for item in chord):
            return
        self._start(chord)
        length = self._length(chord)
        if length is None:
            self.left_out["chord without a length"] += 1
            return
        voice = self._voice
        if voice < 0:
            voice = whole_number(chord.findtext("track"))
        start = ticks_of(self._at)
        ticks = ticks_of(bounded(self._at + length)) - start
        for note in chord.findall("Note"):
            pitch = self._pitch(note)
            if pitch is not None:
                found = WrittenNote(voice % VOICES, pitch, start, ticks, _is_tied(note))
                self.notes[self._index].append(found)
        self._go_on(self._at + length)

    def _pitch(self, note: ET.Element) -> int | None:
        """Return the stored pitch of a note; ``None`` if it does not sound."""
        if note.findtext("play", "1").strip() == "0":
            self.left_out["note marked as silent"] += 1
        elif note.findtext("fixed", "0").strip() == "1":
            self.left_out["slash in place of a note"] += 1
        else:
            pitch = whole_number(note.findtext("pitch"), -1)
            if 0 <= pitch <= 127:
                return pitch
            self.left_out["note without a pitch"] += 1
        return None

    def _read_meter(self, sign: ET.Element) -> None:
        self._stretch = stretch_of(sign)

    def _read_key(self, sign: ET.Element) -> None:
        written = sign.findtext("accidental")
        concert = sign.findtext("concertKey", written)  # of version 4
        if concert is None:
            return
        is_written = concert is written and not self._concert
        minor = is_minor_mode(sign.findtext("mode", "").strip())
        sharps = whole_number(concert)
        self.add_key(self._place, sharps, minor=minor, is_written=is_written)

    def add_key(
        self, place: Place, sharps: int, *, minor: bool, is_written: bool
    ) -> None:
        """Note a key signature.

        Args:
            place: Where it is.
            sharps: Its sharps, flats negative.
            minor: Whether its mode is said as minor.
            is_written: Whether it is that of a transposing instrument's part.
        """
        sharps += 7 * self._player.semitones if is_written else 0
        self.keys.append((place, nearest_key_name(sharps, minor=minor)))

    def _read_tempo(self, tempo: ET.Element) -> None:
        quarters_a_second = number_in(tempo, "tempo")
        self.tempos.append((self._place, 60 * quarters_a_second))

    def _read_spanner(self, spanner: ET.Element) -> None:
        kind = spanner.get("type", "")
        line, end = spanner.find(kind or "Line"), end_of(spanner, self._place)
        if kind in ("Ottava", "Volta") and line is not None and end is not None:
            self._add_line(Span(self._place, end, line))

    def _open_line(self, line: ET.Element) -> None:
        number = line.get("id")
        if number is not None:
            self._open_lines[number] = Span(self._place, self._place, line)

    def _close_line(self, end: ET.Element) -> None:
        span = self._open_lines.pop(end.get("id", ""), None)
        if span is not None:
            self._add_line(span._replace(end=self._place))

    def _add_line(self, span: Span) -> None:
        is_octave = span.element.tag == "Ottava"
        (self.octave_lines if is_octave else self.endings).append(span)


def _is_tied(note: ET.Element) -> bool:
    """Tell whether a tie begins at a note."""
    if note.find("Tie") is not None:  # versions 1 and 2
        return True
    return any(
        spanner.get("type") == "Tie" and spanner.find("next") is not None
        for spanner in note.findall("Spanner")
    )
