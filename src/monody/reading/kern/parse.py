"""From Humdrum **kern to the same raw score that MIDI gives.

Other spines (**text, **dynam, **silbe) are passed over. Each **kern spine is a staff;
the columns that it splits into are lines of that staff.
"""

from __future__ import annotations

import re
from dataclasses import replace

from monody.reading.kern.rows import RowReader
from monody.reading.kern.spines import MEND, Table
from monody.reading.notation.performed import performed
from monody.reading.raw_score import MAX_NAME, RawScore, UnreadableError

SEARCH_BYTES = 2**16  # comments may come before the first spine
_SPINES = re.compile(rb"(?:^|[\r\n\t])\*\*kern[ \t\r\n]")
_BETWEEN = re.compile(r" *\t[\t ]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TITLE = re.compile(r"!!!OTL(?:@{1,2}[A-Z]{2,3})?:([^\n]{1,1000})")
_PADDING = "\t \0\x1a\ufeff"
_ALL_END = re.compile(r"\*-(?:\t+\*-)*\s*")


def looks_like_kern(data: bytes) -> bool:
    r"""Tell whether a file has a **kern spine.

    Example:
        >>> from monody.reading.kern.parse import looks_like_kern
        >>> looks_like_kern(b"!!!OTL: A tune\n**kern\n4c\n*-\n")
        True
        >>> looks_like_kern(b"Notes on **kern files")
        False
    """
    return _SPINES.search(data[:SEARCH_BYTES] + b"\n") is not None


def pieces_of(text: str) -> list[str]:
    r"""Split a collection into its pieces; each goes on until all its spines end.

    Example:
        >>> from monody.reading.kern.parse import pieces_of
        >>> pieces_of("**kern\n4c\n*-\n!!!OTL: Two\n**kern\n4d\n*-\n")
        ['**kern\n4c\n*-', '!!!OTL: Two\n**kern\n4d\n*-\n']
    """
    pieces: list[str] = []
    lines: list[str] = []
    after_end: int | None = None
    for line in _LINE_END.split(text):
        if line.startswith("**") and after_end is not None:
            pieces.append("\n".join(lines[:after_end]))
            del lines[:after_end]
            after_end = None
        lines.append(line)
        if _ALL_END.fullmatch(line):
            after_end = len(lines)
    return [*pieces, "\n".join(lines)]


def read_kern(text: str) -> RawScore:
    r"""Parse a piece.

    Args:
        text: The whole table.

    Raises:
        UnreadableError: If it has no **kern spine, or a row does not fit its columns.

    Example:
        >>> from monody.reading.kern.parse import read_kern
        >>> score = read_kern("**kern\n*M3/4\n4G\n=1\n4c\n2d\n=2\n2.e\n==\n*-\n")
        >>> (score.tracks[0].start / score.ticks_per_quarter).tolist()
        [2.0, 3.0, 4.0, 6.0]
    """
    table = Table()
    rows = RowReader(table)
    title = ""
    for number, line in enumerate(_LINE_END.split(text), start=1):
        row = line.strip(_PADDING)
        title = title or _title_in(row)
        if row and not row.startswith("!"):
            _read_row(_BETWEEN.split(row), table, rows, number)
    if not table.parts:
        raise UnreadableError(
            "Humdrum without a **kern spine", "export its notes as **kern or MIDI"
        )
    written = replace(rows.score(), title=title)
    return performed(written, "Humdrum **kern")


def _title_in(row: str) -> str:
    """Return the title that a reference record gives, in whatever language."""
    found = _TITLE.match(row)
    return " ".join(found[1].split())[:MAX_NAME] if found else ""


def _read_row(tokens: list[str], table: Table, rows: RowReader, number: int) -> None:
    """Read a row, of the kind that its first token is of."""
    first = tokens[0]
    if not table.columns and not first.startswith("**"):
        raise UnreadableError(f"line {number}: no spine is open", MEND)
    if first.startswith("**") and not table.columns:
        table.name(tokens)
        return
    table.check(tokens, number)
    if first.startswith("="):
        rows.read_bar_line(tokens)
    elif first.startswith("*"):
        if any(token.startswith("**") for token in tokens):
            table.name(tokens)
            return
        rows.read_interpretations(tokens)
        table.rearrange(tokens, rows.now, number)
    else:
        rows.read_notes(tokens)
