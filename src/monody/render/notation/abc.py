"""From a melody to ABC, the notation that folk tunes are typed in (version 2.1).

symusic writes ABC too, but rounds every length except 16ths and plain triplets, and
writes D minor as F major; here every length is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from monody.music.melody import Melody
from monody.render.notation.measures import Group, Measure, WrittenNote, measures_of
from monody.render.notation.spelling import (
    Key,
    Spelled,
    signature,
    spelled,
    written_key,
)

BARS_PER_LINE = 4
EIGHTHS_PER_QUARTER = 2  # the unit of lengths is an 8th, `L:1/8`
ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}


def to_abc(melody: Melody, title: str) -> str:
    """Write a melody as a tune in ABC.

    Pitches, times, meters and key are exact; the tempo is a whole number.

    Args:
        melody: The melody, from tick 0 to the end of its last bar.
        title: Its title; line breaks become spaces.

    Returns:
        A tune book of one tune, which ends with a line break.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.abc import to_abc
        >>> melody = Melody.from_notes([(62, 0, 24), (65, 24, 24), (69, 48, 48)])
        >>> print(to_abc(melody, "A triad"), end="")
        %abc-2.1
        X:1
        T:A triad
        M:4/4
        L:1/8
        Q:1/4=120
        K:Dm
        D2 F2 A4 |]
    """
    key = written_key(melody)
    bars = measures_of(melody)
    header = [
        "%abc-2.1",
        "X:1",
        f"T:{' '.join(title.split())}",
        f"M:{bars[0].meter}",
        "L:1/8",
        f"Q:1/4={round(melody.bpm)}",
        f"K:{key.tonic}{'m' * key.minor}",
    ]
    names = spelled(melody, key)
    music = [_bar(bar, number > 0, names, key) for number, bar in enumerate(bars)]
    starts = range(0, len(music), BARS_PER_LINE)
    lines = [" | ".join(music[start : start + BARS_PER_LINE]) for start in starts]
    return "\n".join([*header, " |\n".join(lines) + " |]\n"])


def _bar(bar: Measure, inside: bool, names: list[Spelled], key: Key) -> str:
    """Write a bar without its bar lines.

    Args:
        bar: The bar.
        inside: Whether it is not the first, whose meter the header tells.
        names: Of the melody's notes.
        key: The key signature.
    """
    words = [f"[M:{bar.meter}] "] if inside and bar.new_meter else []
    if not bar.groups:
        return "".join([*words, "z", _length(bar.quarters)])
    accidentals = _Accidentals(signature(key))
    notes = [
        one
        for group in bar.groups
        for one in _group(group, bar.meter.beat_ticks, names, accidentals)
    ]
    return "".join([*words, *notes]).rstrip()


def _group(
    group: Group, beat_ticks: int, names: list[Spelled], accidentals: _Accidentals
) -> Iterator[str]:
    """Write notes; a space before each beat parts the beams, but not a triplet."""
    for place, one in enumerate(group.notes):
        if one.start and one.start % beat_ticks == 0 and not (group.triplet and place):
            yield " "
        if group.triplet and place == 0:
            yield _opening(group.notes)
        name = None if one.note is None else names[one.note]
        pitch = "z" if name is None else accidentals.before(name) + _pitch(name)
        yield f"{pitch}{_length(one.value)}{'-' if one.tied else ''}"


def _opening(notes: tuple[WrittenNote, ...]) -> str:
    """Announce a triplet: ``(3`` for three notes, ``(3:2:2`` for two of its thirds."""
    return "(3" if len(notes) == 3 else f"(3:2:{len(notes)}"


def _pitch(name: Spelled) -> str:
    """Write a pitch without accidental: ``C`` is middle C, ``c'`` two octaves up."""
    if name.octave > 4:
        return name.letter.lower() + "'" * (name.octave - 5)
    return name.letter + "," * (4 - name.octave)


def _length(quarters: Fraction) -> str:
    """Write a length in 8ths: nothing for one, ``3/2`` for a dotted one."""
    eighths = quarters * EIGHTHS_PER_QUARTER
    above = "" if eighths.numerator == 1 else str(eighths.numerator)
    below = "" if eighths.denominator == 1 else f"/{eighths.denominator}"
    return above + below


@dataclass
class _Accidentals:
    """The accidentals in force in a bar.

    Programs differ on whether one holds in its own octave or in all; so one is written
    wherever either rule calls for it.
    """

    by_letter: dict[str, int]  # the key signature's, at the bar line
    by_pitch: dict[str, int] = field(default_factory=dict)
    of_key: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.of_key = dict(self.by_letter)

    def before(self, name: Spelled) -> str:
        """Return the accidental to write before a note, empty if it needs none."""
        letter, alter, pitch = name.letter, name.alter, _pitch(name)
        in_octave = self.by_pitch.get(pitch, self.of_key[letter])
        if in_octave == self.by_letter[letter] == alter:
            return ""
        self.by_letter[letter] = self.by_pitch[pitch] = alter
        return ACCIDENTALS[alter]
