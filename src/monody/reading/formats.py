"""The choice of a reader by the bytes of a file: MIDI, ABC or MusicXML, packed or not.

The content decides, not the name: files named ``.mid`` hold all of these.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, replace

from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import abc_text, looks_like_abc, tunes_of
from monody.reading.archives import Archive, check_size
from monody.reading.file_types import ARCHIVE_SUFFIX, GZIP_SUFFIX, SCORE_SUFFIXES
from monody.reading.midi.parse import read_midi
from monody.reading.midi.repair import HEADER_SEARCH_BYTES
from monody.reading.raw_score import GET_IT_AGAIN, RawScore, UnreadableError
from monody.reading.reasons import Reason

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_SCORE_ROOTS = (b"<score-partwise", b"<score-timewise")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT_SEARCH_BYTES = 4096


@dataclass(frozen=True)
class ReadScores:
    """The scores of a file: one, or one for each tune of a tune book."""

    scores: list[RawScore]
    left_out: list[Reason]  # why tunes of a book could not be read


def read_scores(data: bytes, name: str, max_bytes: int) -> ReadScores:
    r"""Parse a file.

    Args:
        data: The whole file.
        name: Its name, which decides where the content does not.
        max_bytes: The most that it may unpack to.

    Raises:
        UnreadableError: If it holds nothing that can be used.

    Example:
        >>> from monody.reading.formats import read_scores
        >>> book = b"X:1\nK:D\nDEFG|\nX:2\nK:G\nGABc|\n"
        >>> found = read_scores(book, "two-tunes.mid", max_bytes=1_000_000)
        >>> [score.keys for score in found.scores]
        [((0, 'D major'),), ((0, 'G major'),)]
    """
    suffix = os.path.splitext(name.lower())[1]
    if data.startswith(_GZIP):
        return _read_gzip(data, name, max_bytes)
    if data.startswith(_ZIP) or suffix == ARCHIVE_SUFFIX:
        return _read_zip(data, suffix, max_bytes)
    if b"MThd" in data[:HEADER_SEARCH_BYTES]:
        return ReadScores([read_midi(data)], [])
    opening = data[:_ROOT_SEARCH_BYTES]
    if opening.startswith(_UTF_16):
        opening = opening.decode("utf-16", "ignore").encode()
    if suffix in SCORE_SUFFIXES or any(root in opening for root in _SCORE_ROOTS):
        from monody.reading.musicxml.parse import read_musicxml

        return ReadScores([read_musicxml(data, max_bytes)], [])
    if suffix == ".abc" or looks_like_abc(data):
        return _read_tune_book(data)
    return ReadScores([read_midi(data)], [])  # whose error says what it looks like


def _read_gzip(data: bytes, name: str, max_bytes: int) -> ReadScores:
    """Read a file packed by gzip; the beginning of it, if it was cut short."""
    unpacked, whole = _unpacked(data, max_bytes)
    if unpacked.startswith(_GZIP):
        raise UnreadableError("packed more than once", "unpack it")
    repairs = [] if whole else ["gzip file cut short, unpacked as far as it goes"]
    if not name.lower().endswith(GZIP_SUFFIX):
        repairs.append("unpacked: it is a gzip file")
    inner = name[: -len(GZIP_SUFFIX)] if name.lower().endswith(GZIP_SUFFIX) else name
    return _repaired(read_scores(unpacked, inner, max_bytes), repairs)


def _unpacked(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Unpack gzip, which may have several members; tell whether it is whole."""
    unpacked, rest, whole = b"", data, True
    while rest.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            unpacked += unpacker.decompress(rest, max_bytes + 1 - len(unpacked))
        except zlib.error as error:
            raise UnreadableError("damaged gzip file", GET_IT_AGAIN) from error
        check_size(len(unpacked), max_bytes)
        rest, whole = unpacker.unused_data, unpacker.eof
    return unpacked, whole


def _read_zip(data: bytes, suffix: str, max_bytes: int) -> ReadScores:
    """Read a compressed MusicXML file, or the one file of a zip archive."""
    from monody.reading.musicxml.parse import read_musicxml

    if suffix == ARCHIVE_SUFFIX:
        raise UnreadableError("an archive inside an archive", "unpack it")
    archive = Archive(data)
    if suffix == ".mxl" or archive.is_score:
        return ReadScores([read_musicxml(data, max_bytes)], [])
    members = archive.members()
    if len(members) != 1:
        raise UnreadableError(
            f"a zip archive of {len(members)} music files", "rename it to end in .zip"
        )
    inner = archive.read(members[0].place, max_bytes)
    if inner.startswith(_ZIP):
        raise UnreadableError("an archive inside an archive", "unpack it")
    found = read_scores(inner, members[0].name, max_bytes)
    return _repaired(found, ["unpacked: it is a zip archive"])


def _repaired(found: ReadScores, repairs: list[str]) -> ReadScores:
    """Report the repairs that were made before the scores were read."""
    scores = [
        replace(score, repairs=(*repairs, *score.repairs)) for score in found.scores
    ]
    return replace(found, scores=scores)


def _read_tune_book(data: bytes) -> ReadScores:
    """Read every tune of an ABC file."""
    tunes = tunes_of(abc_text(data))
    if not tunes:
        raise UnreadableError(
            "no tune: no line begins with X: or K:",
            "begin each tune with lines such as X:1 and K:C",
        )
    scores = [
        replace(read_abc(tune), piece=piece) for piece, tune in enumerate(tunes)
    ]
    return ReadScores(scores, [])
