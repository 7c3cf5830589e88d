"""The lines of a tune: information fields, music, and all that is neither.

Typeset text, lines of words, symbol lines, stylesheet directives and comments say
nothing about pitches and lengths, and are left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_FIELD = re.compile(r"[ \t]*([A-Za-z+]):(.*)", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)%.*")
# 2.2.3: %%begintext, and its like in other programs.
_BEGIN_BLOCK = re.compile(r"%%[ \t]*begin(\w+)")
# Letters that can begin a line of music; as fields, some name an area or a composer.
_NOTE_LETTERS = "ABCDFGXZ"
_NO_FIELDS = "abcefgxyzE"
_BODY_FIELDS = "IKLMPQV"  # those that change notes, lengths or their order
MUSIC = ""


class TuneLine(NamedTuple):
    """A line that counts.

    Example:
        >>> from monody.reading.abc.lines import TuneLine
        >>> TuneLine("K", "D").letter
        'K'
    """

    letter: str  # of the information field; `MUSIC` for a line of music
    text: str  # what follows the colon, or the music


def tune_lines(tune: str) -> tuple[list[TuneLine], list[TuneLine]]:
    r"""Return the lines of a tune's header and of its body that count.

    The header ends with ``K:`` (2.2.1). In a tune without it, the first line that is no
    field ends it. Other lines in the header are the history of the tune, or remarks.

    Args:
        tune: As ``tunes_of`` cuts it out.

    Example:
        >>> from monody.reading.abc.lines import tune_lines
        >>> header, body = tune_lines("X:1\nH:A tune of\nold\nK:D\nDE|\nw:la la\nC:|\n")
        >>> [line.letter for line in header], [line.text for line in body]
        (['X', 'H', 'K'], ['DE|', 'C:|'])
    """
    lines = list(_without_blocks(tune.split("\n")))
    end = _header_end(lines)
    header = [line for line in map(_line, lines[:end]) if line.letter]
    body = [line for line in map(_line, lines[end:]) if line.letter in _BODY_FIELDS]
    return header, [line for line in body if line.text]


def _header_end(lines: Sequence[str]) -> int:
    """Return the index of the first line of the body."""
    for place, line in enumerate(lines):
        if _line(line).letter == "K":
            return place + 1
    for place, line in enumerate(lines):
        if line.strip() and not line.startswith("%") and not _line(line).letter:
            return place
    return len(lines)


def _without_blocks(lines: Sequence[str]) -> Iterator[str]:
    """Leave out typeset text and pictures."""
    closing = ""
    for line in lines:
        if closing:
            closing = "" if line.strip().startswith(closing) else closing
            continue
        begins = _BEGIN_BLOCK.match(line.strip())
        if begins:
            closing = f"%%end{begins.group(1)}"
        else:
            yield line


def _line(line: str) -> TuneLine:
    """Tell what a line is."""
    if line.startswith("%%"):  # 11: a directive says what I: says
        return TuneLine("I", line.removeprefix("%%").strip())
    text = _COMMENT.sub("", line)
    field = _FIELD.match(text)
    if field is None:
        return TuneLine(MUSIC, text.strip())
    letter, value = field.groups()
    is_bar = value.lstrip()[:1] in ("|", ":", "]") and value.lstrip() != ""
    if letter in _NO_FIELDS or (letter in _NOTE_LETTERS and is_bar):
        return TuneLine(MUSIC, text.strip())
    return TuneLine(letter, value.strip())
