"""Files that anybody may name or have made, read whole but never without bound.

A device, a pipe or a file of a terabyte can be named like any file. Reading a device
fills the memory, and opening a pipe waits for ever.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from monody.errors import MonodyError
from monody.saved.damage import DamagedError

BLOCK_BYTES = 2**20  # that are read at a time


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """Read a file whole, unless it is none or too large.

    Args:
        path: The file.
        max_bytes: The most that it may have.

    Raises:
        DamagedError: If it is a folder, a device, a pipe or the like, or larger.
        OSError: If it cannot be read.

    Example:
        >>> from pathlib import Path
        >>> from monody.saved.bounded_file import read_bounded
        >>> _ = Path("tune.mid").write_bytes(b"MThd")
        >>> read_bounded(Path("tune.mid"), 1000)
        b'MThd'
        >>> read_bounded(Path("tune.mid"), 3)
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: 'tune.mid' is larger than 0.000003 MB
    """
    if path.is_dir():  # which Windows would not even open
        raise DamagedError(f"{str(path)!r} is a folder, and no file")
    # A pipe is opened without waiting for someone who writes to it.
    opened = os.open(path, os.O_RDONLY | _flag("O_BINARY") | _flag("O_NONBLOCK"))
    with os.fdopen(opened, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise DamagedError(
                f"{str(path)!r} is a device, a pipe or the like, and no file"
            )
        # It may grow, or not tell its size, as files of the system's own do.
        data = b"" if status.st_size > max_bytes else _begin(file, max_bytes + 1)
    if max(status.st_size, len(data)) > max_bytes:
        size = f"{max_bytes / 1e6:.6f}".rstrip("0").rstrip(".")
        raise DamagedError(f"{str(path)!r} is larger than {size} MB")
    return data


def _begin(file: BinaryIO, most: int) -> bytes:
    """Read at most so many bytes, with room for those alone that are there."""
    data = bytearray()
    while block := file.read(min(most - len(data), BLOCK_BYTES)):
        data += block
    return bytes(data)


def read_named(path: Path, max_bytes: int, instead: str) -> bytes:
    """Read a file that a user named, as ``read_bounded`` does.

    Args:
        path: The file.
        max_bytes: The most that it may have.
        instead: What the user can do, such as "name a MIDI file".

    Raises:
        MonodyError: If it is a device, a pipe or the like, or larger.
        OSError: If it cannot be read.

    Example:
        >>> from pathlib import Path
        >>> from monody.saved.bounded_file import read_named
        >>> _ = Path("tune.mid").write_bytes(b"MThd")
        >>> read_named(Path("tune.mid"), 3, "name a shorter one")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: 'tune.mid' is larger than 0.000003 MB: name a...
    """
    try:
        return read_bounded(path, max_bytes)
    except DamagedError as error:
        raise MonodyError(f"{error}: {instead}") from error


def _flag(name: str) -> int:
    """Return a flag of opening files; 0 where the system does not know it."""
    flag: int = getattr(os, name, 0)
    return flag
