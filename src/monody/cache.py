"""The folder in which monody remembers what it read.

    readings.sqlite      what came out of each file (``read_cache``)
    corpora/             whole corpora, ready to be memory-mapped

A corpus is found again by the names, sizes and times of its files; where any of them
differs, files are opened, and those whose content is known are not parsed. What is
damaged is made anew. The folder can be removed at any time: `monody cache --clear`.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

from monody.files import write_text
from monody.read_cache import DATABASE, ReadCache, Row, cache_folder

SUMS_FILE = "sums.json"
_MAKING = "making-"
_FORGOTTEN_SECONDS = 24 * 3600  # what was left by a run that was killed


class Cache:
    """The cache of one run. Use as a context manager.

    Args:
        folder: By default the user's cache folder, or ``MONODY_CACHE``.

    Raises:
        OSError: If it cannot be made or written.
        sqlite3.Error: If the database cannot be used, nor made anew.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()
        self._corpora = self._folder / "corpora"
        self._corpora.mkdir(parents=True, exist_ok=True)
        self.database = self._folder / DATABASE
        self._readings = self._open()
        self.problem = ""  # why nothing more is remembered in this run

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self._readings.close()

    def _open(self) -> ReadCache:
        """Open the database; one that is none is begun anew."""
        try:
            return ReadCache(self.database)
        except sqlite3.OperationalError:
            raise  # locked, or a disk that is full: it may be whole
        except sqlite3.DatabaseError:
            self._remove_database()
            return ReadCache(self.database)

    def _remove_database(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.database}{suffix}").unlink(missing_ok=True)

    def add(self, rows: Iterable[Row]) -> None:
        """Remember readings. A database that turns out damaged is begun anew."""
        if self.problem:
            return
        try:
            self._readings.add(rows)
        except sqlite3.OperationalError as error:
            self.problem = str(error)
        except sqlite3.DatabaseError:
            self._readings.close()
            self._remove_database()
            self._readings = ReadCache(self.database)

    def corpus(self, owner: str, key: str) -> Path | None:
        """Return the folder of a corpus that was kept, if it is there and whole."""
        folder = self._corpora / f"{owner}-{key}"
        return folder if is_whole(folder) else None

    def making(self) -> Path:
        """Make a folder to write a corpus into, before it is kept."""
        for left in self._corpora.glob(f"{_MAKING}*"):
            if time.time() - left.stat().st_mtime > _FORGOTTEN_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
        folder = self._corpora / f"{_MAKING}{secrets.token_hex(8)}"
        folder.mkdir()
        return folder

    def keep(self, made: Path, owner: str, key: str) -> Path | None:
        """Keep a corpus under its key, in place of the owner's earlier ones.

        Returns:
            Where it is now; ``None`` if another run keeps the same at this moment.
        """
        seal(made)
        folder = self._corpora / f"{owner}-{key}"
        for earlier in self._corpora.glob(f"{owner}-*"):
            shutil.rmtree(earlier, ignore_errors=True)  # Windows keeps those in use
        try:
            return made.rename(folder)
        except OSError:
            return None


def seal(folder: Path) -> None:
    """Write down the checksums of a folder's files."""
    sums = {path.name: _sum(path) for path in sorted(folder.iterdir())}
    write_text(folder / SUMS_FILE, json.dumps(sums))


def is_whole(folder: Path) -> bool:
    """Tell whether a folder's files are what they were when it was sealed."""
    try:
        sums = json.loads((folder / SUMS_FILE).read_text("utf-8"))
        return all(_sum(folder / name) == value for name, value in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sum(path: Path) -> int:
    """Return a checksum of a file, read a mebibyte at a time."""
    total = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            total = zlib.crc32(part, total)
    return total


def cache_bytes(folder: Path | None = None) -> int:
    """Return how much the cache takes on disk."""
    total = 0
    for path in (folder or cache_folder()).rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # another run is at work
            total += path.stat().st_size if path.is_file() else 0
    return total


def clear_cache(folder: Path | None = None) -> None:
    """Remove all that monody remembers of what it read."""
    folder = folder or cache_folder()
    for part in ("corpora", DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        path = folder / part
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
