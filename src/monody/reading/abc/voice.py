"""One voice of a tune while it is read: its measures, and what holds at this place."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from monody.music.meter import is_meter
from monody.reading.abc.bar_line import BarLine
from monody.reading.abc.fields import MeterField
from monody.reading.abc.key_field import AbcKey, VoiceProperties
from monody.reading.abc.tokens import MAX_LENGTH_DIGITS, ONE, Token
from monody.reading.notation.play_order import MAX_MEASURES
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_WHOLE,
    WrittenMeasure,
    WrittenNote,
    bar_ticks,
)

MAX_BROKEN = 4  # signs of broken rhythm in a row
MAX_OVERLAYS = 16  # in a voice; more sound with the last

# 4.13: notes of a tuplet, and in the time of how many; 0 asks the meter.
_TUPLET_TIMES = {2: 3, 3: 2, 4: 3, 5: 0, 6: 2, 7: 0, 8: 3, 9: 0}


# The factor of the note after so many signs of broken rhythm; < are counted below 0.
_BROKEN = {
    signs: Fraction(1, 2**signs) if signs > 0 else 2 - Fraction(1, 2**-signs)
    for signs in range(-MAX_BROKEN, MAX_BROKEN + 1)
}


class Pitched(NamedTuple):
    """A note before it has its place."""

    pitch: int
    name: str  # letter and octave: what a tie carries an accidental to
    alteration: int
    length: Fraction  # in unit lengths
    tied: bool = False


@dataclass(slots=True)
class _Element:
    """The last note, chord or rest, which broken rhythm and ties still change.

    A voice has one, and writes over it: to make one of each note would take as long as
    all else that is done for it.
    """

    measure: WrittenMeasure | None = None  # None where there is none to be changed
    first: int = 0  # index of its first note in the measure
    count: int = 0
    alterations: dict[str, int] = field(default_factory=dict)  # of its notes, by name
    ticks: int = 0
    tied: bool = False

    @property
    def notes(self) -> range:
        """The indices of its notes in the measure."""
        return range(self.first, self.first + self.count)


@dataclass
class Voice:
    """A voice of a tune.

    Args:
        properties: Its name and transposition.
        key: The key signature in force.
        meter: The meter in force; ``None`` is free.
        unit: The unit length in force, in whole notes.
        propagation: How far an accidental reaches in its bar (11.3): "pitch" to all
            octaves, "octave" to its own, "not" to its note alone.

    Example:
        >>> from monody.reading.abc.tokens import tokens_of
        >>> from monody.reading.abc.voice import Voice
        >>> voice = Voice()
        >>> for token in tokens_of("^Fc"):
        ...     voice.note(token)
        >>> [note.pitch for note in voice.measures[0].notes]
        [66, 72]
    """

    properties: VoiceProperties = field(default_factory=VoiceProperties)
    key: AbcKey = field(default_factory=AbcKey)
    meter: MeterField | None = None
    unit: Fraction = Fraction(1, 8)
    propagation: str = "pitch"
    program: int = 0
    measures: list[WrittenMeasure] = field(default_factory=lambda: [WrittenMeasure()])
    overlays: int = 1

    def __post_init__(self) -> None:
        self._at = 0  # the measure that is written
        self._now = 0  # ticks since it began
        self._overlay = 0
        self._group: tuple[int, int] | None = None  # where overlays of bars began
        self._accidentals: dict[str, int] = {}
        self._ending: frozenset[int] = frozenset()
        self._last = _Element()
        self._tied: dict[str, int] = {}  # alterations that ties carry over a bar line
        self._broken = ONE  # the factor of the next element
        self._tuplet = ONE
        self._tuplet_left = 0
        self._ticks_of: dict[str, int] = {}  # the ticks of a token, in units
        self._unit_of_ticks = self.unit

    @property
    def measure(self) -> WrittenMeasure:
        """The measure that is written at present."""
        return self.measures[self._at]

    @property
    def has_music(self) -> bool:
        """Whether any note or rest has come."""
        return self._at > 0 or self.measure.ticks > 0

    def pitched(self, token: Token) -> Pitched:
        """Give a note its pitch, by its accidental, those before it, and the key.

        Args:
            token: A token of kind "note".
        """
        alteration = self._alteration(token)
        pitch = token.natural + alteration + self.properties.shift
        return Pitched(pitch, token.name, alteration, token.length)

    def _alteration(self, token: Token) -> int:
        """Return by how many semitones a note is raised."""
        letter, name, alteration = token.letter, token.name, token.alteration
        if alteration is None:
            if name in self._tied:
                return self._tied[name]
            reach = name if self.propagation == "octave" else letter
            of_key = self.key.alterations.get(letter, 0)
            return self._accidentals.get(reach, of_key)
        if self.propagation != "not":
            reach = name if self.propagation == "octave" else letter
            self._accidentals[reach] = alteration
        return alteration

    def note(self, token: Token) -> None:
        """Add a note that is in no chord: the way of most, and a quick one.

        Args:
            token: A token of kind "note".
        """
        alteration = self._alteration(token)
        pitch = token.natural + alteration + self.properties.shift
        if self._broken is ONE and not self._tuplet_left:
            ticks = self._plain_ticks(token)
        else:
            ticks = self._ticks(token.length, self._next_scale())
        notes = self.measures[self._at].notes
        notes.append(WrittenNote(self._overlay, pitch, self._now, ticks))
        self._advance(ticks, 1, {token.name: alteration})

    def _plain_ticks(self, token: Token) -> int:
        """Return the ticks of a token that nothing before it makes longer or shorter.

        A tune is made of few different ones: they are remembered.
        """
        if self._unit_of_ticks is not self.unit:
            self._ticks_of, self._unit_of_ticks = {}, self.unit
        ticks = self._ticks_of.get(token.text)
        if ticks is None:
            ticks = self._ticks_of[token.text] = self._ticks(token.length, ONE)
        return ticks

    def add(self, notes: list[Pitched], length: Fraction = ONE) -> None:
        """Add a note, or the notes of a chord, which begin together (4.17).

        Args:
            notes: The first one tells when the music goes on.
            length: What all of their lengths are multiplied by.
        """
        scale = self._next_scale()
        if length is not ONE:
            scale *= length
        all_ticks = [self._ticks(note.length, scale) for note in notes]
        self.measure.notes += [
            WrittenNote(self._overlay, note.pitch, self._now, ticks, note.tied)
            for note, ticks in zip(notes, all_ticks, strict=True)
        ]
        names = {note.name: note.alteration for note in notes}
        self._advance(all_ticks[0], len(notes), names)
        if len(notes) > 1:  # in a chord each note has its own tie
            self._tied = {note.name: note.alteration for note in notes if note.tied}

    def rest(self, length: Fraction) -> None:
        """Add a rest, in unit lengths."""
        self._advance(self._ticks(length, self._next_scale()), 0, {})

    def rest_bars(self, count: int) -> None:
        """Add whole bars of rest; the music goes on within the last one (4.5)."""
        count = max(1, min(count, MAX_MEASURES - len(self.measures)))
        for bar in range(count):
            if bar:
                self.close(BarLine())
            meter = self.meter or (4, 4)
            full = bar_ticks(*meter) if is_meter(*meter) else WRITTEN_TICKS_PER_WHOLE
            self.rest(Fraction(full, WRITTEN_TICKS_PER_WHOLE) / self.unit)

    def _next_scale(self) -> Fraction:
        """Return what broken rhythm and a tuplet make of the next element's length."""
        scale, self._broken = self._broken, ONE
        if scale is not ONE:
            self._break(scale)
        if self._tuplet_left:
            scale = self._tuplet if scale is ONE else scale * self._tuplet
            self._tuplet_left -= 1
        return scale

    def _ticks(self, length: Fraction, scale: Fraction) -> int:
        """Round a length in units, times a factor, to ticks.

        In whole numbers: products of fractions cost as much as all the rest.
        """
        unit = self.unit
        above = length.numerator * scale.numerator * unit.numerator
        above *= WRITTEN_TICKS_PER_WHOLE
        below = length.denominator * scale.denominator * unit.denominator
        return (2 * above + below) // (2 * below)

    def _advance(self, ticks: int, count: int, alterations: dict[str, int]) -> None:
        """Go on after an element.

        Args:
            ticks: Its length.
            count: Its notes, which are the last of the measure.
            alterations: Of them, by name.
        """
        measure, last = self.measures[self._at], self._last
        last.measure, last.first = measure, len(measure.notes) - count
        last.count, last.alterations = count, alterations
        last.ticks, last.tied = ticks, False
        self._now += ticks
        if self._now > measure.ticks:
            measure.ticks = self._now
        if self._tied:
            self._tied = {}

    def tie(self) -> None:
        """Tie the last note or chord to what follows (4.11)."""
        last = self._last
        if last.measure is None or last.tied:
            return
        last.tied = True
        notes = last.measure.notes
        for index in last.notes:
            notes[index] = notes[index]._replace(tied=True)
        self._tied = last.alterations

    def broken(self, signs: str) -> None:
        """Lengthen the last element by what the next one will lose, or the reverse.

        It needs a note on either side, within the measure (4.4).

        Args:
            signs: ``>``, ``<<`` and their like.
        """
        shorter = len(signs) if signs[0] == ">" else -len(signs)
        self._broken = _BROKEN[max(-MAX_BROKEN, min(shorter, MAX_BROKEN))]

    def _break(self, factor: Fraction) -> None:
        """Change the last element by what broken rhythm makes of the next one.

        Args:
            factor: That of the next one.
        """
        last = self._last
        if last.measure is not self.measure:
            return
        factor = 2 - factor
        notes = last.measure.notes
        for index in last.notes:
            ticks = _times(notes[index].ticks, factor)
            notes[index] = notes[index]._replace(ticks=ticks)
        longer = _times(last.ticks, factor)
        if self._now == self.measure.ticks:
            self.measure.ticks += min(longer - last.ticks, 0)
        self._now += longer - last.ticks
        last.ticks = longer
        self.measure.ticks = max(self.measure.ticks, self._now)

    def tuplet(self, text: str) -> None:
        """Begin a tuplet: ``(p``, ``(p:q`` or ``(p:q:r`` (4.13)."""
        notes, times, count = _tuplet_numbers(text)
        if not notes:
            return
        times = times or _TUPLET_TIMES.get(notes, 0) or (3 if self._is_compound else 2)
        self._tuplet = Fraction(times, notes)
        self._tuplet_left = count or notes

    @property
    def _is_compound(self) -> bool:
        return self.meter is not None and self.meter[0] in (6, 9, 12)

    def overlay(self, sign: str) -> None:
        """Go back to the bar's beginning, for notes that sound with it (7.4)."""
        if sign == "&)":
            self._group, self._overlay = None, 0
            self._at, self._now = len(self.measures) - 1, self.measures[-1].ticks
            return
        if sign == "(&":
            self._group = (self._at, self._now)
            return
        self._at, self._now = self._group or (self._at, 0)
        self._overlay = min(self._overlay + 1, MAX_OVERLAYS - 1)
        self.overlays = max(self.overlays, self._overlay + 1)
        self._accidentals, self._tied, self._last = {}, {}, _Element()

    def set_key(self, key: AbcKey) -> None:
        """Change the key signature."""
        self.key, self._accidentals = key, {}
        if key.name is not None:
            self.measure.keys.append((self._now, key.name))

    def set_meter(self, meter: MeterField | None) -> None:
        """Change the meter."""
        self.meter = meter
        if meter is not None:
            self.measure.meters.append((self._now, *meter))

    def set_tempo(self, bpm: float) -> None:
        """Change the tempo, in quarter notes a minute."""
        self.measure.tempos.append((self._now, bpm))

    def begin_part(self, name: str) -> None:
        """Begin a part of the tune (3.1.9)."""
        self._split()
        self._end_ending()
        self.measure.part = name

    def begin_ending(self, passes: frozenset[int]) -> None:
        """Begin an ending, played in some passes of the repeat (4.9, 4.10)."""
        self._split()
        self._ending = passes
        self.measure.ending = passes

    def _split(self) -> None:
        """End the measure here if it has begun."""
        if self._now:
            self.close(BarLine())

    def _end_ending(self) -> None:
        self._ending = frozenset()
        self.measure.ending = self._ending

    def close(self, bar: BarLine) -> None:
        """End the measure with a bar line; one that nothing is in only takes its signs.

        Args:
            bar: The bar line.
        """
        if self._now or self.measure.ticks:
            self._sign(self.measure, bar)
            self._at += 1
            if self._at == len(self.measures):
                self.measures.append(WrittenMeasure(ending=self._ending))
        elif self._at:
            self._sign(self.measures[self._at - 1], bar)
        self._now, self._broken = 0, ONE
        self._overlay = self._overlay if self._group else 0
        self._accidentals = {}
        if bar.plays or bar.opens or bar.is_double:
            self._end_ending()
        self.measure.opens_repeat |= bar.opens

    def _sign(self, measure: WrittenMeasure, bar: BarLine) -> None:
        measure.plays = max(measure.plays, bar.plays)
        measure.double_bar |= bar.is_double


def _times(ticks: int, factor: Fraction) -> int:
    """Multiply ticks by a factor, and round them if need be."""
    whole, rest = divmod(ticks * factor.numerator, factor.denominator)
    return round(ticks * factor) if rest else whole


@lru_cache(maxsize=256)
def _tuplet_numbers(text: str) -> tuple[int, int, int]:
    """Return the numbers of ``(p:q:r``; those that are not there are 0."""
    numbers = [int(n[:MAX_LENGTH_DIGITS] or 0) for n in text[1:].split(":")]
    notes, times, count = (*numbers, 0, 0)[:3]
    return notes, times, count
