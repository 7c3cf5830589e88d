"""Zip archives whose members are read to a limit: models and checkpoints."""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO

from monody.saved.arrays import array_bytes, parse_array
from monody.saved.damage import MAX_RATIO, MUCH, damage_in, require

MAX_DIRECTORY_BYTES = 2**20  # ten thousand members
# The methods of packing whose unpacking stops at a limit.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _Limited:
    """A file of which only so much may be read at once.

    ``zipfile`` reads the directory of an archive at once, as long as it says it is.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.limit: int | None = MAX_DIRECTORY_BYTES
        self.seek, self.tell = file.seek, file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        if self.limit is None:
            return self._file.read(size)
        more = self.limit + 1
        data = self._file.read(more if size < 0 else min(size, more))
        require(len(data) < more, "the archive has too many members")
        return data


class SavedArchive:
    """A zip archive of known members.

    Args:
        file: Opened to read bytes; it stays open while members are read.
        what: What it is, for messages.

    Raises:
        DamagedError: If it is no archive, damaged, or has two members of one name.

    Example:
        >>> import io, zipfile
        >>> from monody.saved.archives import SavedArchive
        >>> file = io.BytesIO()
        >>> with zipfile.ZipFile(file, "w") as archive:
        ...     archive.writestr("note.txt", "to self")
        >>> SavedArchive(file, "the archive").read("note.txt", max_bytes=100)
        b'to self'
    """

    def __init__(self, file: BinaryIO, what: str) -> None:
        self._what = what
        limited = _Limited(file)
        with damage_in(what):
            self._zip = zipfile.ZipFile(limited)
            limited.limit = None
            names = self._zip.namelist()
            require(len(set(names)) == len(names), f"{what} has two members of a name")
        self.names = tuple(names)

    def read(self, name: str, max_bytes: int) -> bytes:
        """Return a member; its checksum is compared.

        Args:
            name: Of the member.
            max_bytes: The most that it may unpack to.

        Raises:
            DamagedError: If it is missing, damaged, larger, or packed otherwise.
        """
        with damage_in(f"{name!r} in {self._what}"):
            info = self._zip.getinfo(name)
            require(info.compress_type in _METHODS, f"{name!r} is packed otherwise")
            require(info.file_size <= max_bytes, f"{name!r} is larger than expected")
            there = info.file_size <= max(MUCH, MAX_RATIO * info.compress_size)
            require(there, f"{name!r} is packed beyond measure")
            with self._zip.open(info) as member:
                data = member.read(max_bytes + 1)
                require(len(data) == info.file_size, f"{name!r} is of another size")
                return data

    def array(self, name: str, shape: tuple[int, ...], dtype: Any) -> Any:
        """Return the array in the member ``name.npy``.

        Args:
            name: Of the array.
            shape: Its shape.
            dtype: Of its items.

        Raises:
            DamagedError: If it is missing, damaged, or of another shape or type.
        """
        data = self.read(f"{name}.npy", array_bytes(shape, dtype))
        array = parse_array(data, f"{name!r} in {self._what}")
        same = (array.shape, array.dtype) == (shape, dtype)
        require(same, f"{name!r} in {self._what} is another array")
        return array

    def stored_array(self, name: str, file_bytes: int) -> Any:
        """Return the array in the member ``name.npy``, whatever its shape.

        Args:
            name: Of the array.
            file_bytes: The size of the archive; what is in it unpacked is no larger.

        Raises:
            DamagedError: If it is missing, damaged, or packed.
        """
        member, what = f"{name}.npy", f"{name!r} in {self._what}"
        with damage_in(what):
            packed = self._zip.getinfo(member).compress_type != zipfile.ZIP_STORED
        require(not packed, f"{what} is packed")
        return parse_array(self.read(member, file_bytes), what)
