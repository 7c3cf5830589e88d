"""The choice of a reader by the bytes of a file: MIDI, or one of the notations.

The content decides, not the name: files named ``.mid`` hold MIDI, ABC, MusicXML,
MuseScore and **kern, packed or not.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import replace

from monody.reading.archives import Archive, check_size, raise_if_passing
from monody.reading.file_types import (
    GZIP_SUFFIX,
    MUSESCORE_SUFFIXES,
    is_archive_name,
    is_other_name,
)
from monody.reading.midi.parse import read_patterns
from monody.reading.midi.repair import HEADER_SEARCH_BYTES
from monody.reading.other_files import guitar_pro, other_by_content, other_by_name
from monody.reading.raw_score import GET_IT_AGAIN, ReadScores, UnreadableError
from monody.translation import marked

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PIECE_BYTES = 4096  # unpacked at a time: what comes after a member is copied each time


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
    if is_archive_name(name):
        raise UnreadableError("an archive inside an archive", "unpack it")
    if data.startswith((_GZIP, _ZIP)):
        _refuse(other_by_name(name))  # projects of other programs are packed, too
    if data.startswith(_GZIP):
        return _read_gzip(data, name, max_bytes)
    if data.startswith(_ZIP):
        return _read_zip(data, suffix, max_bytes)
    if b"MThd" in data[:HEADER_SEARCH_BYTES]:
        return ReadScores(read_patterns(data), [])
    # Each process that reads a folder of MIDI would have to import all other readers.
    from monody.reading import notations

    found = notations.read_by_content(data, max_bytes)
    if found is not None:
        return found
    if data:
        opening = notations.opening_of(data)
        _refuse(other_by_content(opening) or other_by_name(name))
    return notations.read_by_name(data, suffix, max_bytes) or ReadScores(
        read_patterns(data), []
    )


def _refuse(error: UnreadableError | None) -> None:
    if error is not None:
        raise error


def _read_gzip(data: bytes, name: str, max_bytes: int) -> ReadScores:
    """Read a file packed by gzip; the beginning of it, if it was cut short."""
    unpacked, whole = _unpacked(data, max_bytes)
    if unpacked.startswith(_GZIP):
        raise UnreadableError("packed more than once", "unpack it")
    repairs = (
        [] if whole else [marked("gzip file cut short, unpacked as far as it goes")]
    )
    if not name.lower().endswith(GZIP_SUFFIX):
        repairs.append(marked("unpacked: it is a gzip file"))
    inner = name[: -len(GZIP_SUFFIX)] if name.lower().endswith(GZIP_SUFFIX) else name
    return _repaired(read_scores(unpacked, inner, max_bytes), repairs)


def _unpacked(data: bytes, max_bytes: int) -> tuple[bytes, bool]:
    """Unpack gzip, which may have several members; tell whether it is whole."""
    parts: list[bytes] = []
    size, at, whole = 0, 0, True
    while whole and data.startswith(_GZIP, at):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        while at < len(data) and not unpacker.eof:
            piece = data[at : at + _PIECE_BYTES]
            try:
                parts.append(unpacker.decompress(piece, max_bytes + 1 - size))
            except zlib.error as error:
                raise_if_passing(error)
                raise UnreadableError("damaged gzip file", GET_IT_AGAIN) from error
            size += len(parts[-1])
            check_size(size, max_bytes)
            at += len(piece) - len(unpacker.unused_data)
        whole = unpacker.eof
    return b"".join(parts), whole


def _read_zip(data: bytes, suffix: str, max_bytes: int) -> ReadScores:
    """Read a compressed score, or the one music file of a zip archive."""
    from monody.reading import notations

    archive = Archive(data)
    if archive.is_guitar_pro:
        raise guitar_pro()
    if archive.has_musescore and (archive.is_score or suffix in MUSESCORE_SUFFIXES):
        return notations.read_musescore_file(data, max_bytes)
    if suffix == ".mxl" or archive.is_score:
        return notations.read_musicxml_file(data, max_bytes)
    if suffix in MUSESCORE_SUFFIXES:
        return notations.read_musescore_file(data, max_bytes)
    members = archive.members()
    music = [member for member in members if not is_other_name(member.name)]
    members = music or members
    if len(members) != 1:
        raise UnreadableError(
            f"a zip archive of {len(members)} music files", "rename it to end in .zip"
        )
    inner = archive.read(members[0].place, max_bytes)
    if inner.startswith(_ZIP):
        raise UnreadableError("an archive inside an archive", "unpack it")
    found = read_scores(inner, members[0].name, max_bytes)
    return _repaired(found, [marked("unpacked: it is a zip archive")])


def _repaired(found: ReadScores, repairs: list[str]) -> ReadScores:
    """Report the repairs that were made before the scores were read."""
    scores = [
        replace(score, repairs=(*repairs, *score.repairs)) for score in found.scores
    ]
    return replace(found, scores=scores)
