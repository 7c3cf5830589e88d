"""Files that hold files: zip and tar archives, and tables with a column of files."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from monody.reading.archives import Archive, Member
from monody.reading.file_types import PARQUET_SUFFIX, TAR_SUFFIXES


class Packed(Protocol):
    """What can be listed, and read member by member."""

    def members(self) -> list[Member]:
        """List the music files and archives in it."""
        ...

    def name_of(self, place: int) -> str:
        """Return the name of a member."""
        ...

    def read(self, place: int, max_bytes: int) -> bytes:
        """Read one member, which has that many bytes at most."""
        ...


@lru_cache(maxsize=2)
def open_archive(path: str) -> Packed:
    """Open an archive once for all of its members.

    Args:
        path: Its path; the end of its name tells the kind.

    Raises:
        UnreadableError: If it is none, or damaged.
        OSError: If it cannot be opened.
    """
    name = path.lower()
    if name.endswith(TAR_SUFFIXES):
        from monody.reading.tar_archives import TarArchive

        return TarArchive(path)
    if name.endswith(PARQUET_SUFFIX):
        from monody.reading.parquet_files import ParquetFile

        return ParquetFile(path)
    return Archive(path)
