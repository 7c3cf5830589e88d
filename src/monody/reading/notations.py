"""The choice of a reader for written music: ABC, MusicXML, MuseScore or **kern."""

from __future__ import annotations

from dataclasses import replace

from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import abc_text, looks_like_abc, tunes_of
from monody.reading.file_types import KERN_SUFFIXES, MUSESCORE_SUFFIXES, SCORE_SUFFIXES
from monody.reading.kern.parse import (
    SEARCH_BYTES,
    looks_like_kern,
    pieces_of,
    read_kern,
)
from monody.reading.musescore.parse import read_musescore
from monody.reading.musicxml.parse import read_musicxml
from monody.reading.raw_score import RawScore, ReadScores, UnreadableError
from monody.reading.reasons import Reason

_SCORE_ROOTS = (b"<score-partwise", b"<score-timewise")
_MUSESCORE_ROOT = b"<museScore"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT_SEARCH_BYTES = 4096


def opening_of(data: bytes) -> bytes:
    """Return the beginning of a file, in UTF-8 where it is text in UTF-16."""
    opening = data[:SEARCH_BYTES]
    if opening.startswith(_UTF_16):
        return opening.decode("utf-16", "ignore").encode()
    return opening


def read_by_content(data: bytes, max_bytes: int) -> ReadScores | None:
    r"""Read notation whose first lines tell what it is; ``None`` if they do not.

    Args:
        data: The whole file.
        max_bytes: The most that it may unpack to.

    Raises:
        UnreadableError: If it cannot be used.

    Example:
        >>> from monody.reading.notations import read_by_content
        >>> found = read_by_content(b"X:1\nK:D\nDEFG|\n", max_bytes=1_000_000)
        >>> found.scores[0].kind, read_by_content(b"MThd", 1_000_000)
        ('ABC', None)
    """
    opening = opening_of(data)
    head = opening[:_ROOT_SEARCH_BYTES]
    if _MUSESCORE_ROOT in head:
        return read_musescore_file(data, max_bytes)
    if any(root in head for root in _SCORE_ROOTS):
        return read_musicxml_file(data, max_bytes)
    if looks_like_kern(opening):
        return _read_kern_book(data)
    return _read_tune_book(data) if looks_like_abc(data) else None


def read_by_name(data: bytes, suffix: str, max_bytes: int) -> ReadScores | None:
    """Read what does not look like anything; the error says what is wrong with it.

    Args:
        data: The whole file.
        suffix: Of its name; if it is none of a notation, the result is ``None``.
        max_bytes: The most that it may unpack to.

    Raises:
        UnreadableError: If it is not what its name says.
    """
    if suffix in SCORE_SUFFIXES:
        return read_musicxml_file(data, max_bytes)
    if suffix in MUSESCORE_SUFFIXES:
        return read_musescore_file(data, max_bytes)
    if suffix in KERN_SUFFIXES:
        return _read_kern_book(data)
    if suffix == ".abc":
        return _read_tune_book(data)
    return None


def read_musicxml_file(data: bytes, max_bytes: int) -> ReadScores:
    """Read MusicXML, packed or not."""
    return ReadScores([read_musicxml(data, max_bytes)], [])


def read_musescore_file(data: bytes, max_bytes: int) -> ReadScores:
    """Read a score of MuseScore, packed or not."""
    return ReadScores([read_musescore(data, max_bytes)], [])


def _read_tune_book(data: bytes) -> ReadScores:
    """Read every tune of an ABC file."""
    tunes = tunes_of(abc_text(data))
    if not tunes:
        raise UnreadableError(
            "no tune: no line begins with X: or K:",
            "begin each tune with lines such as X:1 and K:C",
        )
    scores = [replace(read_abc(tune), piece=piece) for piece, tune in enumerate(tunes)]
    return ReadScores(scores, [])


def _read_kern_book(data: bytes) -> ReadScores:
    """Read every piece of a **kern file, which mostly is one."""
    scores: list[RawScore] = []
    left_out: list[Reason] = []
    pieces = pieces_of(abc_text(data))
    for number, piece in enumerate(pieces):
        try:
            scores.append(replace(read_kern(piece), piece=number))
        except UnreadableError as error:
            if len(pieces) == 1:
                raise
            left_out.append(error.reason)
    return ReadScores(scores, left_out)
