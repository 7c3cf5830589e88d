"""Finding the music files of a folder, and what is brought in place of music."""

from __future__ import annotations

import hashlib
import os
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from monody.reading.file_types import is_readable_name

SETTLED_SECONDS = 2.0  # file times are that coarse on some disks


@dataclass
class FoundFiles:
    """The music files and archives of a folder.

    Args:
        names: Relative to ``base``, sorted folder by folder.
        base: The folder.
        digest: Covers the names, sizes and times of all of them.
        listing: Covers their names and sizes, which are the same on all machines that
            have the same files.
        newest: The latest change to any of them, in seconds since 1970.
    """

    base: str
    names: list[str] = field(default_factory=list)
    digest: str = ""
    listing: str = ""
    newest: float = 0.0

    def path(self, name: str) -> str:
        """Return the path of a file."""
        return os.path.join(self.base, name)


def find_files(root: Path) -> FoundFiles:
    """Find the music files of a folder and its subfolders.

    Links are followed, once each; hidden files and folders are ignored. Something that
    has the name of a music file but is not a regular file is found too, and so are
    folders that cannot be listed, recorded sound and files of programs that are not
    read: each gets its verdict.

    Args:
        root: The folder, or a single file, whatever its name.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.find import find_files
        >>> found = find_files(Path("data/midi"))
        >>> found.names[:2]
        ['tune-000.mid', 'tune-001.mid']
        >>> found.path("tune-000.mid")
        'data/midi/tune-000.mid'
    """
    single = not root.is_dir()
    found = FoundFiles(str(root.parent if single else root))
    digest, listing = (hashlib.blake2b(digest_size=16) for _ in range(2))
    now = time.time()
    for name in [root.name] if single else _walk(root):
        found.names.append(name)
        digest.update(os.fsencode(name))
        listing.update(portable_name(name))
        try:
            status = os.stat(found.path(name))
        except OSError as error:
            digest.update(f"\0{error.errno}\0".encode())
            continue
        times = (status.st_mtime_ns, status.st_ctime_ns)
        traits = (status.st_mode, status.st_ino, status.st_size, *times)
        digest.update(repr(traits).encode())
        listing.update(f"\0{status.st_size}\0".encode())
        # A time that lies in the future does not tell when the file changed.
        known = [seconds for seconds in (t / 1e9 for t in times) if seconds <= now]
        found.newest = max([found.newest, *known])
    found.digest, found.listing = digest.hexdigest(), listing.hexdigest()
    return found


def portable_name(name: str) -> bytes:
    r"""Return the bytes of a file name that are the same on all systems.

    Some disks of macOS keep a letter and its accent apart, whatever was written.

    Example:
        >>> from monody.reading.find import portable_name
        >>> portable_name("airs/tune.mid")
        b'airs/tune.mid'
        >>> portable_name("e\N{COMBINING ACUTE ACCENT}") == "é".encode()
        True
    """
    composed = unicodedata.normalize("NFC", name.replace(os.sep, "/"))
    return composed.encode("utf-8", "surrogatepass")


def _place(name: str) -> tuple[bytes, str]:
    """Return what a name is sorted by: it has the same place on all systems."""
    return portable_name(name), name


def _walk(root: Path) -> Iterator[str]:
    """Yield the names of music files and archives, and of folders that are closed."""
    seen: set[tuple[int, int]] = set()
    closed: list[str] = []

    def note(error: OSError) -> None:
        if error.filename is None:  # the disk failed within a folder
            raise error
        closed.append(os.path.relpath(error.filename, root))

    for folder, subfolders, names in os.walk(root, onerror=note, followlinks=True):
        try:
            here = os.stat(folder)
        except OSError as error:  # on a network drive it may go at any time
            note(error)
            subfolders.clear()
            continue
        if (here.st_dev, here.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((here.st_dev, here.st_ino))
        subfolders[:] = sorted(
            (name for name in subfolders if not name.startswith(".")), key=_place
        )
        inside = os.path.relpath(folder, root)
        for name in sorted(names, key=_place):
            if not name.startswith(".") and is_readable_name(name):
                yield name if inside == "." else os.path.join(inside, name)
    yield from closed
