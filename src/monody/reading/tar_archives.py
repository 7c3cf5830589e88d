"""Tar archives of music files, as WebDataset's shards are: ``.tar``, packed or not.

Members are read where they lie and never unpacked to disk. A link is never followed.
One packed by gzip is unpacked from its beginning, so its members are quickest read in
their order, which is how a folder is read.
"""

from __future__ import annotations

import gzip
import tarfile
import weakref
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple, cast

from monody.reading.archives import (
    Member,
    check_size,
    has_music_name,
    raise_if_passing,
)
from monody.reading.raw_score import GET_IT_AGAIN, PassingError, UnreadableError

_DAMAGE = (
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RecursionError,  # names that go on for ever
)
REST = "the rest of the archive"  # the name of what lies behind damage


class _Entry(NamedTuple):
    """A member: where it lies, or why it is not read."""

    name: str
    offset: int = 0
    size: int = 0
    refusal: UnreadableError | None = None


class TarArchive:
    """A tar archive; the methods are those of ``archives.Archive``.

    Members keep the order in which they lie. Where the archive is damaged, those before
    are read, and the rest is one more member, which says so.

    Args:
        path: Its path. Whether it is packed, its first bytes tell.

    Raises:
        UnreadableError: If it is none, or damaged from the beginning.
        OSError: If it cannot be opened.

    Example:
        >>> import tarfile
        >>> from monody.reading.tar_archives import TarArchive
        >>> with tarfile.open("shard-000.tar", "w") as shard:
        ...     shard.add("data/midi/tune-000.mid", "000.mid")
        >>> TarArchive("shard-000.tar").members()
        [Member(place=0, name='000.mid')]
        >>> TarArchive("shard-000.tar").read(0, max_bytes=16_000_000)[:4]
        b'MThd'
    """

    def __init__(self, path: str) -> None:
        file = open(path, "rb")  # noqa: SIM115 - for as long as the archive is used
        weakref.finalize(self, file.close)
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        self._file = gzip.GzipFile(fileobj=file) if packed else file
        self._entries = list(self._listed())
        if len(self._entries) == 1 and self._entries[0].name == REST:
            raise UnreadableError("damaged tar archive", GET_IT_AGAIN)

    def _listed(self) -> Iterator[_Entry]:
        """Yield the members; what lies behind damage is one."""
        last = -1
        try:
            fileobj = cast("gzip.GzipFile", self._file)
            with closing(tarfile.open(fileobj=fileobj, mode="r:")) as tar:
                while (info := tar.next()) is not None:
                    vars(tar)["members"] = []  # a million would fill the memory
                    if info.offset_data <= last:  # it leads in a circle
                        raise EOFError
                    last = info.offset_data
                    if not info.isdir():
                        refusal = _refusal(info)
                        yield _Entry(info.name, info.offset_data, info.size, refusal)
                self._file.seek(tar.offset)
                header = self._file.read(tarfile.BLOCKSIZE)
                if header.strip(b"\0") or len(header) % tarfile.BLOCKSIZE:
                    raise EOFError  # tarfile takes a header that is none for the end
        except _DAMAGE as error:
            raise_if_passing(error)
            refusal = UnreadableError("damaged from here on", GET_IT_AGAIN)
            yield _Entry(REST, refusal=refusal)

    def members(self) -> list[Member]:
        """List the music files and archives in it, hidden ones left out."""
        return [
            Member(place, entry.name)
            for place, entry in enumerate(self._entries)
            if entry.name == REST or has_music_name(entry.name)
        ]

    def name_of(self, place: int) -> str:
        """Return the name of a member."""
        return self._entries[place].name

    def read(self, place: int, max_bytes: int) -> bytes:
        """Read one member.

        Args:
            place: Its place in the archive.
            max_bytes: The most that it may have.

        Raises:
            UnreadableError: If it is larger, damaged, or no plain file.
            OSError: If the system cannot read it.
        """
        if place >= len(self._entries):  # it was listed when it was another file
            raise PassingError("changed while it was read", "try again")
        entry = self._entries[place]
        if entry.refusal is not None:
            raise entry.refusal
        check_size(entry.size, max_bytes, entry.name)
        try:
            self._file.seek(entry.offset)
            data = self._file.read(entry.size)
        except _DAMAGE as error:
            raise_if_passing(error)
            raise UnreadableError("damaged in the archive", GET_IT_AGAIN) from error
        if len(data) != entry.size:
            raise UnreadableError("damaged in the archive", GET_IT_AGAIN)
        return data


def _refusal(info: tarfile.TarInfo) -> UnreadableError | None:
    """Say why a member is not read, whatever is in it."""
    if info.issym() or info.islnk():
        return UnreadableError("a link in an archive", "pack the file itself")
    if info.issparse():
        return UnreadableError(
            "a sparse file in an archive", "pack it without --sparse"
        )
    if not info.isreg():
        return UnreadableError("not a regular file", "leave it out")
    if info.size < 0:
        return UnreadableError("damaged in the archive", GET_IT_AGAIN)
    return None
