r"""The tokens of a line of ABC music, by one regular expression.

    {g}  "Am"  !trill!  .  ~  [K:D]  |1  ::  (3  ^F3/2  z  [CEG]  >  -  &

Each alternative consumes at least one character and looks at none twice, so the time
is linear in the length of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from monody.music.pitch import MIDDLE_C, STEPS
from monody.reading.abc.key_field import ALTERATIONS

_LENGTH = r"\d*(?:/+\d*)?"
# 4.2 accidental, 4.1 letter and octave, 4.3 length; nothing is captured here.
_NOTE = rf"(?:\^\^|__|[\^_](?:\d*/\d*)?|=)?[A-Ga-g][,']*{_LENGTH}"
_NOTE_PARTS = re.compile(r"([\^_=]*(?:\d*/\d*)?)([A-Ga-g])([,']*)(.*)")
MAX_LENGTH_DIGITS = 5
ONE = Fraction(1)
_TOKEN = re.compile(
    r"""
    (?P<note>"""
    + _NOTE
    + r""")                                      # first: most tokens are notes
  | (?P<grace>\{[^}]*\}?)                      # 4.12: takes no time
  | (?P<quoted>"[^"]*"?)                       # 4.18 and 4.19: chord names, remarks
  | (?P<field>\[[A-Za-z]:[^\]]*\]?)            # 3.2: inline field
  | (?P<decoration>![^!|\s]{1,40}!)            # 4.14
  | (?P<plus>\+[^+|\s]{1,40}\+)                # the same in ABC 2.0; chords in 1.6
  | (?P<overlay>\(&|&\)|&)                     # 7.4
  | (?P<bar>(?:\[(?=[|\]])|\||:+[|:]|:(?=\[\|))(?:\[(?=[|\]])|[|:\]])*)  # 4.8
  | (?P<ending>\[?[ ]?\d[\d,.\-]*)             # 4.9, 4.10
  | (?P<tuplet>\(\d+(?::\d*){0,2})             # 4.13
  | (?P<label>\[(?="[^"|\]]{1,80}"[^|\]]{0,400}\|))  # names a section, to a bar line
  | (?P<chord>\[)
  | (?P<chord_end>\]"""
    + _LENGTH
    + r""")
  | (?P<rest>[zx]"""
    + _LENGTH
    + r""")
  | (?P<bars>[ZX]\d*)                          # 4.5: whole bars of rest
  | (?P<spacer>y\d*)                           # 6.1.2
  | (?P<broken>>+|<+)                          # 4.4
  | (?P<tie>-)                                 # 4.11
  | (?P<other>.)  # slurs, spaces, decorations of one letter
    """,
    re.VERBOSE | re.DOTALL,
)
_OLD_CHORD = re.compile(r"\+((?:[\^_=]*[A-Ga-g][,']*[\d/]*){2,})\+")
_MEANINGLESS = (
    "other",
    "quoted",
    "grace",
    "decoration",
    "spacer",
    "label",
)  # for the notes
_DYNAMICS = ("f", "ff", "fff", "ffff")


class Token(NamedTuple):
    """A token: what it is, its text, and for notes their parts.

    Args:
        kind: Such as "note" or "bar".
        text: As it is written.
        letter: Of a note, in upper case.
        name: Of a note, its letter and octave.
        natural: Of a note, its MIDI pitch without accidentals.
        alteration: The semitones that its own accidental raises it by, or ``None``.
        length: Of a note, a rest or a chord's end, in unit lengths.

    Example:
        >>> from monody.reading.abc.tokens import tokens_of
        >>> [(token.kind, token.text) for token in tokens_of("^F3/2>G|")]
        [('note', '^F3/2'), ('broken', '>'), ('note', 'G'), ('bar', '|')]
    """

    kind: str
    text: str
    letter: str = ""
    name: str = ""
    natural: int = 0
    alteration: int | None = None
    length: Fraction = ONE


def tokens_of(music: str) -> Iterator[Token]:
    """Yield the tokens of a line of music that can mean something.

    Args:
        music: The line, without comments.
    """
    after_bar = True  # or after spaces that follow one
    for found in _TOKEN.finditer(music):
        kind, text = found.lastgroup or "", found[0]
        if kind == "note":
            yield _note(text)
            after_bar = False
            continue
        if kind == "ending" and not (after_bar or text.startswith("[")):
            continue  # a number after nothing that it could belong to
        elif kind == "plus":
            yield from _plus(text)
        elif kind in ("rest", "chord_end"):
            yield Token(kind, text, length=parse_length(text[1:]))
        elif kind not in _MEANINGLESS:
            yield Token(kind, text)
        after_bar = kind == "bar" or (after_bar and text.isspace())


@lru_cache(maxsize=4096)  # tunes are made of few different notes
def _note(text: str) -> Token:
    """Take a note apart."""
    found = _NOTE_PARTS.match(text)
    assert found is not None  # noqa: S101 - the tokens' expression found a note
    accidental, letter, marks, length = found.groups()
    octave = marks.count("'") - marks.count(",") + letter.islower()
    letter = letter.upper()
    return Token(
        "note",
        text,
        letter,
        f"{letter}{octave}",
        MIDDLE_C + STEPS[letter] + 12 * octave,
        _alteration(accidental) if accidental else None,
        parse_length(length),
    )


def _alteration(accidental: str) -> int:
    """Return the semitones that an accidental raises by; microtones are rounded."""
    if accidental in ALTERATIONS:
        return ALTERATIONS[accidental]
    above, _, below = accidental[1:].partition("/")
    size = Fraction(int(above[:2] or 1), max(int(below[:2] or 2), 1))
    return round(size) if accidental[0] == "^" else -round(size)


@lru_cache(maxsize=4096)
def parse_length(text: str) -> Fraction:
    """Read the length of a note (4.3): ``3``, ``/2``, ``//`` or ``3/4``, in units.

    Example:
        >>> from monody.reading.abc.tokens import parse_length
        >>> [str(parse_length(text)) for text in ("", "3", "/", "//", "3/2")]
        ['1', '3', '1/2', '1/4', '3/2']
    """
    if not text:
        return ONE
    above, slash, below = text.partition("/")
    numerator = int(above[:MAX_LENGTH_DIGITS] or 1)
    if not slash:
        return Fraction(numerator)
    digits = below.lstrip("/")
    halves = min(len(below) - len(digits), 8)
    divisor = int(digits[:MAX_LENGTH_DIGITS] or 0) or 2
    return Fraction(numerator, divisor * 2**halves)


def _plus(text: str) -> Iterator[Token]:
    """Read what is between plus signs: a decoration, or a chord of ABC 1.6."""
    chord = _OLD_CHORD.fullmatch(text)
    if chord and text.strip("+") not in _DYNAMICS:
        yield Token("chord", "[")
        yield from tokens_of(chord.group(1))
        yield Token("chord_end", "]")
