"""Zip archives of music files, read member by member and never unpacked to disk."""

from __future__ import annotations

import errno
import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import NamedTuple

from monody.reading.file_types import (
    MUSESCORE_SUFFIXES,
    is_readable_name,
)
from monody.reading.other_files import other_by_name
from monody.reading.raw_score import GET_IT_AGAIN, PassingError, UnreadableError

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,  # a version of the format that does not exist
)
_NO_MEMORY = "Error -4 "  # how zlib says so
# The methods of packing whose unpacking can be stopped at a size.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def check_size(size: int, max_bytes: int, name: str = "") -> None:
    """Refuse a file that is too large.

    Args:
        size: Its bytes.
        max_bytes: The limit.
        name: Its name: recorded sound is no better for a higher limit.

    Raises:
        UnreadableError: If it is larger.

    Example:
        >>> from monody.reading.archives import check_size
        >>> check_size(2_000_000, max_bytes=1_000_000)
        Traceback (most recent call last):
        ...
        monody.reading.raw_score.UnreadableError: larger than 1 MB
    """
    if size > max_bytes:
        raise other_by_name(name) or UnreadableError(
            f"larger than {max_bytes / 1e6:g} MB", "raise --max_file_megabytes"
        )


def raise_if_passing(error: Exception) -> None:
    """Raise an error again if the machine is its cause, and not the file.

    Args:
        error: What came up while something was unpacked. A damaged archive can send the
            reader to a place before its beginning, which the system calls invalid.

    Example:
        >>> from monody.reading.archives import raise_if_passing
        >>> raise_if_passing(ValueError("a negative place"))
        >>> raise_if_passing(PermissionError(13, "Permission denied"))
        Traceback (most recent call last):
        ...
        PermissionError: [Errno 13] Permission denied
    """
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        raise error
    if isinstance(error, zlib.error) and str(error).startswith(_NO_MEMORY):
        raise MemoryError from error


class Member(NamedTuple):
    """A file in an archive."""

    place: int  # in the archive; two members may have one name
    name: str


class Archive:
    """A zip archive.

    Args:
        file: Its path or its bytes.

    Raises:
        UnreadableError: If it is none, or damaged.
        OSError: If it cannot be opened.

    Example:
        >>> import zipfile
        >>> from monody.reading.archives import Archive
        >>> with zipfile.ZipFile("book.zip", "w") as book:
        ...     book.write("data/midi/tune-000.mid", "tune.mid")
        ...     book.writestr("readme.txt", "twenty tunes")
        >>> Archive("book.zip").members()
        [Member(place=0, name='tune.mid')]
        >>> Archive("book.zip").read(0, max_bytes=16_000_000)[:4]
        b'MThd'
    """

    def __init__(self, file: str | bytes) -> None:
        try:
            opened = io.BytesIO(file) if isinstance(file, bytes) else file
            self._zip = zipfile.ZipFile(opened)
        except _DAMAGE as error:
            raise_if_passing(error)
            raise UnreadableError("damaged zip archive", GET_IT_AGAIN) from error

    @property
    def is_score(self) -> bool:
        """Whether it is a compressed MusicXML file."""
        return "META-INF/container.xml" in self._zip.NameToInfo

    @property
    def is_guitar_pro(self) -> bool:
        """Whether it is a file of Guitar Pro 7 or later."""
        return "Content/score.gpif" in self._zip.NameToInfo

    @property
    def has_musescore(self) -> bool:
        """Whether a MuseScore file is in it."""
        return any(name.endswith(MUSESCORE_SUFFIXES[0]) for name in self.names())

    def members(self) -> list[Member]:
        """List the music files and archives in it, hidden ones left out, by name."""
        found = [
            Member(place, info.filename)
            for place, info in enumerate(self._zip.infolist())
            if not info.filename.endswith("/") and has_music_name(info.filename)
        ]
        return sorted(found, key=lambda member: member.name)

    def names(self) -> list[str]:
        """Return the names of all members, by place."""
        return [info.filename for info in self._zip.infolist()]

    def name_of(self, place: int) -> str:
        """Return the name of a member."""
        return self._zip.infolist()[place].filename

    def read(self, place: int, max_bytes: int) -> bytes:
        """Unpack one member.

        Args:
            place: Its place in the archive.
            max_bytes: The most that it may unpack to.

        Raises:
            UnreadableError: If it is larger, damaged, or locked by a password.
            OSError: If the system cannot read it.
        """
        try:
            info = self._zip.infolist()[place]
        except IndexError as error:  # it was listed when it was another file
            raise PassingError("changed while it was read", "try again") from error
        if info.flag_bits & 1:
            raise UnreadableError("locked by a password", "unpack the archive yourself")
        if info.compress_type not in _METHODS:
            raise UnreadableError(
                "packed by another method than deflate", "pack it again as zip"
            )
        try:
            with self._zip.open(info) as file:
                data = file.read(max_bytes + 1)
                check_size(len(data), max_bytes, info.filename)
                file.read(1)  # where the archive's checksum is compared
        except _DAMAGE as error:
            raise_if_passing(error)
            raise UnreadableError("damaged in the archive", GET_IT_AGAIN) from error
        return data


def has_music_name(name: str) -> bool:
    """Tell whether a member is worth a verdict, by its name; hidden ones are not.

    Example:
        >>> from monody.reading.archives import has_music_name
        >>> names = ("a/b.mid", "__MACOSX/a/._b.mid", "label.json")
        >>> [has_music_name(name) for name in names]
        [True, False, False]
    """
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return not hidden and is_readable_name(name)
