"""From a melody to ABC, the notation that folk tunes are typed in (version 2.1).

All lengths are exact. Where programs differ on what ABC means, both readings give the
same notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, pairwise
from typing import NamedTuple

from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_WHOLE, Meter
from monody.render.notation.beams import beam_starts
from monody.render.notation.measures import Group, Measure
from monody.render.notation.modes import written_mode, written_scale
from monody.render.notation.pickup_bar import printed_bars
from monody.render.notation.printed_notes import PrintedNote, printed_notes
from monody.render.notation.spelling import Spelled, signature, spelled, written_key

WHOLE = Fraction(4)  # quarters of a whole rest
BARS_PER_LINE = 4
EIGHTHS_PER_QUARTER = 2  # the unit of lengths is an 8th, `L:1/8`
# ABC 2.1, 3.1.14: a mode is named by its first three letters, minor by an m.
MODES = {
    "major": "",
    "ionian": "",
    "minor": "m",
    "aeolian": "m",
    "dorian": "dor",
    "phrygian": "phr",
    "lydian": "lyd",
    "mixolydian": "mix",
    "locrian": "loc",
}
ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}


def to_abc(melody: Melody, title: str) -> str:
    """Write a melody as a tune in ABC.

    Pitches, times, meters and key are exact; the tempo is a whole number of beats.

    Args:
        melody: The melody, from tick 0 to the end of its last bar.
        title: Its title; line breaks and control characters become spaces.

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
    names = spelled(melody, key)
    bars, first_number = printed_bars(melody)
    header = [
        "%abc-2.1",
        "X:1",
        f"T:{_text(title)}",
        f"M:{bars[0].meter}",
        "L:1/8",
        f"Q:{_tempo(melody)}",
        f"K:{_key(melody)}",
    ]
    page = _Page(signature(key), bars[0].meter)
    before = [bars[0].meter, *(bar.meter for bar in bars)]
    notes = printed_notes(bars, names, key)
    music = [page.bar(*each) for each in zip(bars, before, notes, strict=False)]
    pickup = 1 - first_number  # is on the line of the bars that it leads to
    ends = [*range(BARS_PER_LINE + pickup, len(music), BARS_PER_LINE), len(music)]
    lines = [" | ".join(music[start:end]) for start, end in pairwise([0, *ends])]
    return "\n".join([*header, " |\n".join(lines) + " |]\n"])


def _text(title: str) -> str:
    """Write a title on one line. ABC 2.1, 8.2: ``%`` would begin a remark."""
    shown = "".join(one if one.isprintable() else " " for one in title)
    return " ".join(shown.split()).replace("\\", "\\\\").replace("%", "\\%")


def _tempo(melody: Melody) -> str:
    """Write the beats of the first meter in a minute: ``3/8=80`` in 6/8."""
    beat = Fraction(melody.meters[0].beat_ticks, TICKS_PER_WHOLE)
    beats = melody.bpm / (4 * beat)
    return f"{beat.numerator}/{beat.denominator}={max(round(beats), 1)}"


def _key(melody: Melody) -> str:
    """Write tonic and mode: ``Dm``, ``Edor``; ``C`` where a scale has no key."""
    mode = written_mode(written_scale(melody))
    return mode.tonic + MODES[mode.name] if mode else "C"


class _Page(NamedTuple):
    """What holds for all bars of a tune."""

    signature: dict[str, int]  # the sharps of each letter
    meter: Meter  # of the header

    def bar(self, bar: Measure, before: Meter, notes: Sequence[PrintedNote]) -> str:
        """Write a bar without its bar lines.

        Args:
            bar: The bar.
            before: The meter of the one before. Where it goes on, a bar was too short:
                that needs no sign.
            notes: All that is printed of its notes.
        """
        meter = "" if before[1:] == bar.meter[1:] else f"[M:{bar.meter}] "
        if not bar.groups:
            return meter + self._rest(bar.quarters)
        spaced = [
            _before(group, place, beam_starts(bar.meter))
            for group in bar.groups
            for place in range(len(group.notes))
        ]
        words = [self._note(one, opens_bar=one is notes[0]) for one in notes]
        music = "".join(chain(*zip(spaced, words, strict=True)))
        return meter + music.strip()

    def _note(self, note: PrintedNote, *, opens_bar: bool) -> str:
        """Write a note, or a rest.

        Where programs differ on whether an accidental still holds, it is written out:
        after a tie over the bar line, and if it is a double sharp or flat.
        """
        if note.name is None:
            return self._rest(note.value)
        letter, alter, _ = note.name
        is_held = opens_bar and note.tied_from and alter != self.signature[letter]
        is_shown = note.has_accidental or is_held or abs(alter) > 1
        sign = ACCIDENTALS[alter] if is_shown else ""
        tie = "-" if note.tied else ""
        return f"{sign}{_pitch(note.name)}{_length(note.value)}{tie}"

    def _rest(self, quarters: Fraction) -> str:
        """Write a rest.

        abcjs takes a whole rest to fill a bar of the header's meter, if that is short.
        """
        if quarters == WHOLE and self.meter.bar_ticks < TICKS_PER_WHOLE:
            return 2 * self._rest(quarters / 2)
        return f"z{_length(quarters)}"


def _before(group: Group, place: int, starts: Sequence[int]) -> str:
    """Return what is written before a note.

    A space parts beams. A triplet is announced: ``(3`` if it has three notes,
    ``(3:2:2`` if it has two; no space parts it.

    Args:
        group: That the note is in.
        place: Of the note in its group.
        starts: Where a beam may begin in its bar.
    """
    if group.triplet and place:
        return ""
    space = " " if group.notes[place].start in starts else ""
    count = len(group.notes)
    triplet = "(3" if count == 3 else f"(3:2:{count}"
    return space + triplet if group.triplet else space


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
