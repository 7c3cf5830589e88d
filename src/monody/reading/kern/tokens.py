"""One token of a **kern spine: a note, a chord, or a rest.

    4.ee-    a dotted quarter, E flat an octave above that of middle C
    [8G      an 8th, tied to the next G
    12r      a rest, one of three to a quarter
    8qcc     a grace note, which takes no time

Other letters and signs (beams, stems, slurs, ornaments) change neither pitch nor
length.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from monody.music.pitch import MIDDLE_C, STEPS
from monody.reading.notation.written_score import WRITTEN_TICKS_PER_WHOLE
from monody.translation import marked

# A reciprocal of a whole note, 3%2 for two thirds of one, and dots.
_LENGTH = re.compile(r"([0-9]{1,4})(?:%([0-9]{1,4}))?(\.{0,5})")
# Lower case from middle C upwards, capitals downwards; more letters go further.
_PITCH = re.compile(r"(([a-gA-G])\2{0,8})(#{1,3}|-{1,3}|n)?")
_ALTERATIONS = {"#": 1, "-": -1, "n": 0}


class KernNote(NamedTuple):
    """A note of a token."""

    pitch: int  # MIDI pitch, which may be out of range
    ticks: int  # written ticks
    tied: bool  # to the next note of its pitch
    continues: bool  # the note that is tied to it


class Token(NamedTuple):
    """What is played from a row of the table on, in one spine.

    Args:
        ticks: Until the next token of the spine, in written ticks; 0 for grace notes.
        notes: None of a rest.
        problem: What was left out of it, if anything.
    """

    ticks: int
    notes: tuple[KernNote, ...] = ()
    problem: str = ""


@lru_cache(maxsize=4096)
def parse_token(text: str) -> Token:
    """Parse a token.

    Args:
        text: The token, its notes separated by blanks if it is a chord.

    Example:
        >>> from monody.reading.kern.tokens import parse_token
        >>> token = parse_token("(4.ee-L 4.cc")
        >>> token.ticks / 1_441_440, [note.pitch for note in token.notes]
        (1.5, [75, 72])
        >>> parse_token("8qcc").ticks
        0
    """
    if "q" in text or "Q" in text:
        return Token(0)
    ticks = 0
    notes: list[KernNote] = []
    problem = ""
    for part in text.split():
        own = _ticks(part) or ticks  # a chord may say its length once
        ticks = ticks or own
        if "r" in part:
            continue
        pitch = _pitch(part)
        if "R" in part or (pitch is None and own):
            problem = marked("note without a pitch")
        elif pitch is not None and own:
            tied = "[" in part or "_" in part
            notes.append(KernNote(pitch, own, tied, "]" in part or "_" in part))
        elif pitch is not None:
            problem = marked("note without a length")
    return Token(ticks, tuple(notes), problem)


def _ticks(text: str) -> int:
    """Return the length that a note names, in written ticks; 0 if it names none.

    >>> from monody.reading.kern.tokens import _ticks
    >>> [_ticks(text) / 1_441_440 for text in ("0.a", "6a", "3%2a", "a")]
    [12.0, 0.6666666666666666, 2.6666666666666665, 0.0]
    """
    found = _LENGTH.search(text)
    if found is None:
        return 0
    digits, over, dots = found[1], int(found[2] or 1), len(found[3])
    under = int(digits)
    if not under:  # 0 is a breve, 00 a long, 000 a maxima
        over, under = 1 << len(digits), 1
    ticks = WRITTEN_TICKS_PER_WHOLE * over * ((2 << dots) - 1)
    parts = under << dots
    return (2 * ticks + parts) // (2 * parts)  # rounded to the nearest


def _pitch(text: str) -> int | None:
    """Return the MIDI pitch that a note names.

    >>> from monody.reading.kern.tokens import _pitch
    >>> [_pitch(text) for text in ("4c", "4CC", "4bb--", "4f##", "4r")]
    [60, 36, 81, 67, None]
    """
    found = _PITCH.search(text)
    if found is None:
        return None
    letters, sign = found[1], found[3] or "n"
    octaves = len(letters) - 1 if letters[0].islower() else -len(letters)
    step = STEPS[letters[0].upper()]
    return MIDDLE_C + 12 * octaves + step + _ALTERATIONS[sign[0]] * len(sign)
