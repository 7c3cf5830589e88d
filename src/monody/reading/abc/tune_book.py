"""From the bytes of a tune book to the text of its tunes."""

from __future__ import annotations

import codecs
import quopri
import re
from collections.abc import Iterator

# 2.2.1: a tune begins with X:. Letters that are notes, too, may be followed by a bar.
_TUNE_START = re.compile(r"[ \t]*X:(?![ \t]*[|:\]])")
_KEY_FIELD = re.compile(r"[ \t]*K:")
_FIELD = re.compile(r"[ \t]*[A-Za-z]:")
_TITLE = re.compile(r"(?m)^[ \t]*T:[ \t]*([^%\n]*)")
# 2.2.2: the fields of a file's header that change how the notes of its tunes are read.
_FILE_HEADER_FIELD = re.compile(r"[ \t]*[LMI]:")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BEGINS_LIKE_ABC = re.compile(
    r"(?:[ \t]*(?:%.*)?\n)*[ \t]*(?:%abc|X:[ \t]*\d*[ \t]*(?:%.*)?\n)"
)
# No ABC has these: mail wrote an equals sign as =3D, and a line's end as =20 or =.
_QUOTED_PRINTABLE = re.compile(r"=3D|=(?:20)?$", re.MULTILINE)
_SEARCH_CHARACTERS = 4096
MAX_COMMON = 16  # fields of a file's header; the last ones count


def abc_text(data: bytes) -> str:
    r"""Decode a tune book: UTF-16 or UTF-8, or else Latin-1; lines end with ``\n``.

    Example:
        >>> from monody.reading.abc.tune_book import abc_text
        >>> abc_text("X:1\r\nT:La Mère".encode("latin-1"))
        'X:1\nT:La Mère'
    """
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def _decoded(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, "replace")
    # ASCII in UTF-16 without a mark has a zero in every other byte.
    for zero, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(data) > 3 and not any(data[zero:64:2]) and all(data[1 - zero : 64 : 2]):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def looks_like_abc(data: bytes) -> bool:
    r"""Tell by the first lines whether a file is a tune book.

    Example:
        >>> from monody.reading.abc.tune_book import looks_like_abc
        >>> looks_like_abc(b"% reels\n X:1\nK:D\nDEFG|"), looks_like_abc(b"X11")
        (True, False)
    """
    opening = abc_text(data[:_SEARCH_CHARACTERS]) + "\n"
    return bool(_BEGINS_LIKE_ABC.match(opening))


def tunes_of(text: str) -> list[str]:
    r"""Split a tune book into its tunes.

    A tune goes from its ``X:`` to the next empty line, or the next tune (2.2.1). Text
    between tunes is left out. Music with a ``K:`` but without ``X:`` is a tune, too.
    Meter and unit length in the header of the book hold for all of its tunes (2.2.2).

    Args:
        text: As `abc_text` decodes it.

    Example:
        >>> from monody.reading.abc.tune_book import tunes_of
        >>> tunes_of("Two tunes\n\nX:1\nK:C\nCDE|\n\nby me\n\nX:2\nK:C\nGAB|\n")
        ['X:1\nK:C\nCDE|\n', 'X:2\nK:C\nGAB|\n']
    """
    tunes: list[str] = []
    common: list[str] = []
    for block in _blocks(text):
        if not any(_KEY_FIELD.match(line) for line in block):
            if _TUNE_START.match(block[0]):
                tunes.append(_tune(block, common))
            elif not tunes:
                fields = [line for line in block if _FILE_HEADER_FIELD.match(line)]
                common = [*common, *fields][-MAX_COMMON:]
            continue
        first = next(place for place, line in enumerate(block) if _FIELD.match(line))
        tunes.append(_tune(block[first:], common))
    return tunes


def _tune(lines: list[str], common: list[str]) -> str:
    """Put a tune together, with the fields that all tunes of its book have."""
    if _TUNE_START.match(lines[0]):
        lines = [lines[0], *common, *lines[1:]]
    else:
        lines = [*common, *lines]
    tune = "\n".join(lines) + "\n"
    if _QUOTED_PRINTABLE.search(tune):
        return quopri.decodestring(tune.encode()).decode(errors="replace")
    return tune


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines between empty lines, and from each ``X:`` on.

    An empty line in a tune's header does not end it: no music has come yet.
    """
    block: list[str] = []
    in_header = False
    for line in text.split("\n"):
        is_start = bool(_TUNE_START.match(line))
        if is_start or not (line.strip() or in_header):
            if block:
                yield block
            block = []
        if is_start or _KEY_FIELD.match(line):
            in_header = is_start
        if line.strip():
            block.append(line)
    if block:
        yield block


def title_of(tune: str) -> str:
    r"""Return the first title of a tune, empty if it has none.

    Example:
        >>> from monody.reading.abc.tune_book import title_of
        >>> title_of("X:1\nT: The Blackbird\nK:D\nDEFG|")
        'The Blackbird'
    """
    found = _TITLE.search(tune)
    return found.group(1).strip() if found else ""
