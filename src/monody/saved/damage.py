"""The one kind of error that a damaged file makes."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from monody.errors import MonodyError

# What takes more is to be there: at least a share of it, on the disk or packed.
MUCH, MAX_RATIO = 2**26, 8
BLOCK_BYTES = 512  # of what a system counts as blocks, whatever its file system has


class DamagedError(ValueError):
    """A file is not what was expected: damaged, of another version, or made to harm."""


@contextmanager
def damage_in(what: str) -> Iterator[None]:
    """Turn whatever a damaged file makes libraries raise into a ``DamagedError``.

    ``zipfile``, ``zlib``, ``json`` and NumPy document little of what they raise on
    damage, and another version may raise something else. What is not the fault of the
    file passes: a disk that cannot be read, or memory that is used up.

    Args:
        what: What is read, for the message.

    Example:
        >>> from monody.saved.damage import damage_in
        >>> with damage_in("a number"):
        ...     int("five")
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: a number is damaged (invalid literal for...
    """
    try:
        yield
    except (MonodyError, DamagedError, MemoryError):
        raise
    except Exception as error:
        # A seek to where no file has anything is the fault of the file.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise DamagedError(f"{what} is damaged ({error})") from error


def require(condition: bool, what: str) -> None:
    """Raise a ``DamagedError`` that says what is wrong, unless a condition holds.

    Example:
        >>> from monody.saved.damage import require
        >>> require(2 > 1, "two is not more than one")
    """
    if not condition:
        raise DamagedError(what)


def require_file(path: Path) -> None:
    """Make sure that a path names a plain file, not a pipe or a device without an end.

    Raises:
        DamagedError: If something else is there.
        OSError: If nothing is there.
    """
    path.stat()
    require(path.is_file(), f"{path.name} is no file")


def require_no_holes(file: BinaryIO) -> None:
    """Make sure that a large file is on the disk and not mostly holes.

    A sparse file takes no room, and costs the memory and the time of a whole one.

    Args:
        file: An open file. Where the system does not tell, it is believed.

    Raises:
        DamagedError: If most of it is holes.
    """
    if not isinstance(file, io.BufferedReader):
        return  # in memory
    status = os.fstat(file.fileno())
    blocks = getattr(status, "st_blocks", None)  # Windows has none
    if blocks is not None and status.st_size > MUCH:
        there = blocks * BLOCK_BYTES * MAX_RATIO >= status.st_size
        require(there, "the file is mostly holes")
