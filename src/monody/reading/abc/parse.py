"""From a tune in ABC to written music: its voices, side by side.

lines     the information fields and the lines of music
fields    the values of the fields; key_field those of K: and V:
tokens    notes, bar lines and signs of a line of music
voice     one voice, token by token
here      all voices together
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, zip_longest

from monody.reading.abc.bar_line import parse_bar_line, parse_passes
from monody.reading.abc.fields import (
    default_unit,
    parse_meter,
    parse_parts,
    parse_tempo,
    parse_unit,
)
from monody.reading.abc.key_field import parse_key
from monody.reading.abc.lines import MUSIC, TuneLine, tune_lines
from monody.reading.abc.tokens import MAX_LENGTH_DIGITS, ONE, Token, tokens_of
from monody.reading.abc.voice import Pitched, Voice
from monody.reading.notation.performed import performed
from monody.reading.notation.written_score import (
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
)
from monody.reading.raw_score import RawScore
from monody.translation import marked

_PROGRAM = re.compile(r"MIDI\s+program\s+(?:\d{1,2}\s+)?(\d{1,3})\s*$")
_PROPAGATION = re.compile(r"propagate-accidentals\s+(not|octave|pitch)")
MAX_VOICES = 64


def read_abc(tune: str) -> RawScore:
    r"""Read one tune as it is written.

    Decorations, slurs, words and rhythm fields change nothing; grace notes stay out.
    Repeats, endings and the order of parts are played. A first bar that is shorter than
    the meter is a pickup: it ends on a bar line.

    Args:
        tune: The text of a tune, as ``tunes_of`` cuts it out of a book.

    Example:
        >>> from monody.reading.abc.parse import read_abc
        >>> score = read_abc("X:1\nM:3/4\nL:1/4\nK:C\nG|c2d|e3|")
        >>> quarters = score.tracks[0].start / score.ticks_per_quarter
        >>> quarters.tolist()  # the pickup ends on the bar line at 3
        [2.0, 3.0, 5.0, 6.0]
    """
    return performed(written_tune(tune), "ABC")


def written_tune(tune: str) -> WrittenScore:
    r"""Read one tune in the order of the page.

    Example:
        >>> from monody.reading.abc.parse import written_tune
        >>> score = written_tune("X:1\nL:1/8\nK:G\n|:GABc:|")
        >>> len(score.measures), score.measures[0].plays
        (1, 2)
    """
    reader = _TuneReader()
    header, body = tune_lines(tune)
    for line in header:
        reader.header_field(line)
    for line in body:
        reader.body_line(line)
    return reader.score()


class _TuneReader:
    """Reads the lines of a tune, one after the other."""

    def __init__(self) -> None:
        self._voices: dict[str, Voice] = {}
        self._first = Voice()  # what all voices begin with
        self._current: Voice | None = None
        self._unit_is_named = False
        self._in_body = False
        self._tempo = self._title = ""
        self._parts: tuple[str, ...] = ()
        self._chord: list[Pitched] | None = None

    def header_field(self, line: TuneLine) -> None:
        """Read a field of the header, which holds for all voices."""
        if line.letter == "P":
            self._parts = parse_parts(line.text)
        elif line.letter == "Q":
            self._tempo = line.text
        elif line.letter == "T":
            self._title = self._title or line.text
        elif line.letter == "V":
            self._named_voice(line.text)
        else:
            self._field(line, self._first)
            for voice in self._voices.values():
                self._field(line, voice)

    def body_line(self, line: TuneLine) -> None:
        """Read a line of music, or a field between such lines."""
        if line.letter == MUSIC:
            voice = self._voice()
            for token in tokens_of(line.text):
                if token.kind == "note" and self._chord is None:
                    voice.note(token)
                    continue
                self._token(token, voice)
                if token.kind == "field":  # perhaps another voice goes on
                    voice = self._voice()
            self._end_chord()
        elif line.letter == "V":
            self._current = self._named_voice(line.text)
        elif self._in_body or self._current is not None or line.letter == "P":
            self._field(line, self._voice())
        else:  # before the music: the header's like
            self.header_field(line)

    def _voice(self) -> Voice:
        """Return the voice that the music belongs to."""
        if self._current is None:
            named = next(iter(self._voices.values()), None)
            self._current = named or self._named_voice("1")
        self._in_body = True
        return self._current

    def _named_voice(self, text: str) -> Voice:
        """Return the voice that a ``V:`` names, made if it is new."""
        name, _, rest = text.strip().partition(" ")
        if name not in self._voices:
            first = self._first
            if len(self._voices) >= MAX_VOICES:
                name = next(iter(self._voices))
            else:
                voice = Voice(
                    first.properties, first.key, first.meter, first.unit,
                    first.propagation, first.program,
                )  # fmt: skip
                opening, begins = voice.measure, first.measure
                opening.keys, opening.meters = [*begins.keys], [*begins.meters]
                self._voices[name] = voice
        voice = self._voices[name]
        voice.properties = voice.properties.updated(rest)
        return voice

    def _field(self, line: TuneLine, voice: Voice) -> None:
        """Apply a field to a voice."""
        letter, text = line
        if letter == "K":
            key = parse_key(text)
            if key is not None:
                voice.set_key(key)
            voice.properties = voice.properties.updated(text)
        elif letter == "M":
            voice.set_meter(parse_meter(text))
            if not self._unit_is_named and not voice.has_music:
                voice.unit = default_unit(voice.meter)
        elif letter == "L":
            unit = parse_unit(text)
            voice.unit = unit or voice.unit
            self._unit_is_named = self._unit_is_named or unit is not None
        elif letter == "Q":
            bpm = parse_tempo(text, voice.unit)
            if bpm:
                voice.set_tempo(bpm)
        elif letter == "P":
            voice.begin_part(text.strip())
        elif letter == "I":
            _instruct(voice, text)

    def _token(self, token: Token, voice: Voice) -> None:
        """Read a token of music."""
        kind, text = token.kind, token.text
        if kind == "note" and self._chord is not None:
            self._chord.append(voice.pitched(token))
        elif kind == "chord":
            self._end_chord()
            self._chord = []
        elif kind == "chord_end":
            self._end_chord(token.length)
        elif kind == "tie":
            self._tie(voice)
        elif kind == "rest" and self._chord is None:
            voice.rest(token.length)
        elif kind == "broken":
            voice.broken(text)
        elif kind == "tuplet":
            voice.tuplet(text)
        else:
            self._sign(kind, text, voice)

    def _sign(self, kind: str, text: str, voice: Voice) -> None:
        """Read a bar line, an ending, a whole bar of rest, an overlay or a field."""
        self._end_chord()
        if kind == "bar":
            voice.close(parse_bar_line(text))
        elif kind == "ending":
            voice.begin_ending(parse_passes(text))
        elif kind == "bars":
            voice.rest_bars(int(text[1 : 1 + MAX_LENGTH_DIGITS] or 1))
        elif kind == "overlay":
            voice.overlay(text)
        elif kind == "field":
            letter, value = text[1], text[3:].rstrip("]").strip()
            if letter == "V":
                self._current = self._named_voice(value)
            else:
                self._field(TuneLine(letter, value), voice)

    def _tie(self, voice: Voice) -> None:
        """Tie the last note, in a chord or not."""
        if self._chord:
            self._chord[-1] = self._chord[-1]._replace(tied=True)
        elif self._chord is None:
            voice.tie()

    def _end_chord(self, length: Fraction = ONE) -> None:
        """Add the chord that was begun, if there is one, its lengths multiplied."""
        if self._chord:
            self._voice().add(self._chord, length)
        self._chord = None

    def score(self) -> WrittenScore:
        """Put the voices together, measure by measure."""
        voices = list(self._voices.values())
        lines = [
            Line(staff, voice.program, name=voice.properties.name)
            for staff, voice in enumerate(voices)
            for _ in range(voice.overlays)
        ]
        measures = voices[0].measures if len(voices) == 1 else _side_by_side(voices)
        while measures and not measures[-1].ticks:
            measures.pop()
        if measures:
            measures[0].tempos = self._tempo_of_header() + measures[0].tempos
        return WrittenScore(
            lines, measures, self._parts, _repairs(measures), title=self._title
        )

    def _tempo_of_header(self) -> list[tuple[int, float]]:
        """Return the tempo that the header names, once its unit length is known."""
        bpm = parse_tempo(self._tempo, self._first.unit) if self._tempo else None
        return [(0, bpm)] if bpm else []


def _instruct(voice: Voice, text: str) -> None:
    """Follow the instructions that change pitches or the instrument (11)."""
    propagation, program = _PROPAGATION.match(text), _PROGRAM.match(text)
    if propagation:
        voice.propagation = propagation.group(1)
    if program and int(program.group(1)) <= 127:
        voice.program = int(program.group(1))


def _side_by_side(voices: Sequence[Voice]) -> list[WrittenMeasure]:
    """Put the measures of voices under each other."""
    offsets = list(accumulate((voice.overlays for voice in voices), initial=0))
    columns = zip_longest(*(voice.measures for voice in voices))
    return [_together(column, offsets[:-1]) for column in columns]


def _together(
    column: Sequence[WrittenMeasure | None], offsets: Sequence[int]
) -> WrittenMeasure:
    """Put the measures of all voices that sound together into one.

    It is as long as where its notes last longest: a voice may rest without saying so.

    Args:
        column: ``(voices,)``; ``None`` where a voice has ended.
        offsets: ``(voices,)``: the index of the first line of each.
    """
    own = [measure for measure in column if measure is not None]
    playing = [measure for measure in own if measure.notes]
    together = WrittenMeasure(
        ticks=max(measure.ticks for measure in playing or own),
        opens_repeat=any(measure.opens_repeat for measure in own),
        plays=max(measure.plays for measure in own),
        ending=next((measure.ending for measure in own if measure.ending), frozenset()),
        double_bar=any(measure.double_bar for measure in own),
        part=next((measure.part for measure in own if measure.part), ""),
    )
    for measure, offset in zip(column, offsets, strict=True):
        if measure is not None:
            together.notes += [
                WrittenNote(line + offset, pitch, start, ticks, tied)
                for line, pitch, start, ticks, tied in measure.notes
            ]
    for name in ("meters", "keys", "tempos"):  # the uppermost voice is right
        signs = {sign[0]: sign for m in reversed(own) for sign in getattr(m, name)}
        getattr(together, name).extend(signs.values())
    return together


def _repairs(measures: Sequence[WrittenMeasure]) -> list[str]:
    """Name what is left out."""
    outside = sum(
        not 0 <= note.pitch <= 127 for measure in measures for note in measure.notes
    )
    if not outside:
        return []
    return [marked(f"notes outside of MIDI's pitches left out: {outside}")]
