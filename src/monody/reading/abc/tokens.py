r"""The tokens of a line of ABC music, by one regular expression.

    {g}  "Am"  !trill!  .  ~  [K:D]  |1  ::  (3  ^F3/2  z  [CEG]  >  -  &

Each alternative consumes at least one character and looks at none twice, so the time
is linear in the length of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LENGTH = r"\d*(?:/+\d*)?"
_TOKEN = re.compile(
    r"""
    (?P<grace>\{[^}]*\}?)                      # 4.12: takes no time
  | (?P<quoted>"[^"]*"?)                       # 4.18 and 4.19: chord names, remarks
  | (?P<field>\[[A-Za-z]:[^\]]*\]?)            # 3.2: inline field
  | (?P<decoration>![^!|\s]{1,40}!)            # 4.14
  | (?P<plus>\+[^+|\s]{1,40}\+)                # the same in ABC 2.0; chords in 1.6
  | (?P<overlay>\(&|&\)|&)                     # 7.4
  | (?P<bar>(?:\[(?=[|\]])|\||:+[|:]|:(?=\[\|))(?:\[(?=[|\]])|[|:\]])*)  # 4.8
  | (?P<ending>\[?[ ]?\d[\d,.\-]*)             # 4.9, 4.10
  | (?P<tuplet>\(\d+(?::\d*){0,2})             # 4.13
  | (?P<chord>\[)
  | (?P<chord_end>\]"""
    + _LENGTH
    + r""")
  | (?P<note>(?P<accidental>\^\^|__|[\^_](?:\d*/\d*)?|=)?(?P<letter>[A-Ga-g])
    (?P<octave>[,']*)(?P<note_length>"""
    + _LENGTH
    + r"""))
  | (?P<rest>[zx](?P<rest_length>"""
    + _LENGTH
    + r"""))
  | (?P<bars>[ZX]\d*)                          # 4.5: whole bars of rest
  | (?P<spacer>y\d*)                           # 6.1.2
  | (?P<broken>>+|<+)                          # 4.4
  | (?P<tie>-)                                 # 4.11
  | (?P<other>.)  # slurs, spaces, decorations of one letter
    """,
    re.VERBOSE | re.DOTALL,
)
_OLD_CHORD = re.compile(r"\+((?:[\^_=]*[A-Ga-g][,']*[\d/]*){2,})\+")
_DYNAMICS = ("f", "ff", "fff", "ffff")


class Token(NamedTuple):
    """A token: what it is, its text, and for notes their parts.

    Example:
        >>> from monody.reading.abc.tokens import tokens_of
        >>> [(token.kind, token.text) for token in tokens_of("^F3/2>G|")]
        [('note', '^F3/2'), ('broken', '>'), ('note', 'G'), ('bar', '|')]
    """

    kind: str
    text: str
    accidental: str = ""
    letter: str = ""
    octave: str = ""
    length: str = ""


def tokens_of(music: str) -> Iterator[Token]:
    """Yield the tokens of a line of music that can mean something.

    Args:
        music: The line, without comments.
    """
    after_bar = True
    for found in _TOKEN.finditer(music):
        kind, text = found.lastgroup or "", found.group()
        if kind == "ending" and not (after_bar or text.startswith("[")):
            continue  # a number after nothing that it could belong to
        after_bar = kind == "bar" or (after_bar and text.isspace())
        if kind == "note":
            yield Token(
                kind,
                text,
                found["accidental"] or "",
                found["letter"],
                found["octave"],
                found["note_length"],
            )
        elif kind == "plus":
            yield from _plus(text)
        elif kind == "rest":
            yield Token(kind, text, length=found["rest_length"])
        elif kind == "chord_end":
            yield Token(kind, text, length=text[1:])
        elif kind not in ("grace", "quoted", "decoration", "spacer", "other"):
            yield Token(kind, text)


def _plus(text: str) -> Iterator[Token]:
    """Read what is between plus signs: a decoration, or a chord of ABC 1.6."""
    chord = _OLD_CHORD.fullmatch(text)
    if chord and text.strip("+") not in _DYNAMICS:
        yield Token("chord", "[")
        yield from tokens_of(chord.group(1))
        yield Token("chord_end", "]")
