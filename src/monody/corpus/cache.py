"""The cache folder, in which monody remembers what it read.

    readings/            a database of the melodies of each file (``reading.cache``)
    corpora/…/           whole corpora, ready to be memory-mapped
    compilations/        those of JAX
    base-…/              the base model, unpacked

Each of these folders carries our mark (``ours``).

A corpus is found again by the names, sizes and times of its files. If any of these
differs, the files are opened, but those with a known content are not parsed. Damaged
parts are made again. The folder can be removed at any time: `monody cache --clear`.
"""

from __future__ import annotations

import contextlib
import errno
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from monody.cache_folder import COMPILED, CORPORA, LAID_OUT, cache_folder
from monody.files import is_whole, seal, telling_of, told
from monody.ours import claim, files_in, mark, remove
from monody.reading.cache import (
    DATABASE,
    READINGS,
    CacheRow,
    ReadCache,
    program_fingerprint,
)
from monody.temporary import (
    TemporaryFolder,
    is_temporary,
    remove_abandoned,
    temporary_file,
)
from monody.translation import marked

TRIED_BYTES = 2**16  # more than SQLite writes at a time
_FORGOTTEN_SECONDS = 24 * 3600  # after which another program counts as gone


class Cache:
    """The cache of one run. Use as a context manager.

    Args:
        folder: By default the user's cache folder, or ``MONODY_CACHE``.

    Example:
        >>> from pathlib import Path
        >>> from monody.corpus.cache import Cache
        >>> with Cache(Path("cache")) as cache:
        ...     cache.open()
        ...     print(cache.corpus("owner", "key"))
        None
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()
        self._corpora = self._folder / CORPORA
        self.database = self._folder / DATABASE
        self._readings: ReadCache | None = None
        self.problem = ""  # why this run remembers nothing more; empty if it does

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        if self._readings is not None:
            self._readings.close()

    def open(self) -> None:
        """Open the database, or begin one if there is none or it is damaged.

        Raises:
            OSError: If the folder cannot be made.
            sqlite3.Error: If the database cannot be used.
        """
        self._corpora.mkdir(parents=True, exist_ok=True)
        if not claim(self.database.parent):
            folder = str(self.database.parent)
            raise FileExistsError(errno.EEXIST, "a folder that is not monody's", folder)
        self._remove_old()
        self._remove_links()
        try:
            self._readings = ReadCache(self.database, program_fingerprint().hex())
        except sqlite3.OperationalError:
            raise  # locked, or the disk is full: it may be whole
        except sqlite3.DatabaseError:
            self._begin_again()

    def _files(self) -> Iterator[Path]:
        """Yield the files of the database, those that SQLite puts beside it, too."""
        for suffix in ("", "-wal", "-shm"):
            yield Path(f"{self.database}{suffix}")

    def _remove_links(self) -> None:
        """Remove links in place of the database: SQLite would write to what they name.

        That may be a database of the user's.
        """
        for path in self._files():
            if path.is_symlink():
                path.unlink(missing_ok=True)

    def _begin_again(self) -> None:
        for path in self._files():
            path.unlink(missing_ok=True)
        self._readings = ReadCache(self.database, program_fingerprint().hex())

    def _remove_old(self) -> None:
        """Remove what other programs kept."""
        for folder in self._corpora.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another run has renamed it
                old = time.time() - folder.stat().st_mtime > _FORGOTTEN_SECONDS
                if old and not folder.name.startswith(_program_prefix()):
                    remove(folder)

    def add(self, rows: Iterable[CacheRow]) -> None:
        """Remember readings. A database that turns out damaged is begun again.

        Args:
            rows: One for each file.
        """
        if self.problem or self._readings is None:
            return
        try:
            self._readings.add(rows)
        except sqlite3.OperationalError as error:
            self.note(error)
        except sqlite3.DatabaseError:
            self._readings.close()
            self._begin_again()

    def note(self, error: OSError | sqlite3.Error) -> None:
        """Remember nothing more, and keep in words why: a full disk, mostly."""
        try:
            if isinstance(error, sqlite3.Error):
                self._ask_the_system()
                error = OSError(errno.EIO, str(error), str(self.database))
            with telling_of(self._folder):
                raise error
        except FileNotFoundError:
            self.problem = marked("another command removed the cache meanwhile")
        except OSError as told_of:
            self.problem = told(told_of)

    def _ask_the_system(self) -> None:
        """Write some pages where the database lies.

        SQLite says "disk I/O error" of much. Of a full, a closed or a failing disk the
        system says what it is.

        Raises:
            OSError: If they cannot be written; it is told of the database.
        """
        with telling_of(self.database), temporary_file(self.database.parent) as tried:
            tried.write_bytes(bytes(TRIED_BYTES))

    def corpus(self, owner: str, key: str) -> Path | None:
        """Return the folder of a corpus that was kept, if it is there and whole.

        Args:
            owner: A digest of the folder and the settings.
            key: A digest of its files.
        """
        kept = self._corpora.glob(f"{_program_prefix()}{owner}-{key}-*")
        return next(filter(is_whole, kept), None)

    def making(self) -> TemporaryFolder:
        """Make a folder to write a corpus into, before it is kept."""
        making = TemporaryFolder(self._corpora)
        mark(making.path)
        return making

    def keep(self, made: TemporaryFolder, owner: str, key: str) -> Path:
        """Keep a corpus under its key, in place of the owner's earlier ones.

        Args:
            made: From ``making``, filled.
            owner: A digest of the folder and the settings.
            key: A digest of its files.

        Returns:
            Its folder from now on.
        """
        seal(made.path)
        name = f"{_program_prefix()}{owner}"
        earlier = list(self._corpora.glob(f"{name}-*"))
        # No other run has this name: it cannot be in the way, nor half removed.
        kept = self._corpora / f"{name}-{key}-{secrets.token_hex(4)}"
        made.move_to(kept)
        for folder in earlier:
            remove(folder)
        return kept


def _program_prefix() -> str:
    return f"{program_fingerprint().hex()[:8]}-"


def cache_bytes() -> int:
    """Return the bytes that the cache takes on disk.

    Example:
        >>> from monody.corpus.cache import cache_bytes, clear_cache
        >>> clear_cache()
        >>> cache_bytes()
        0
    """
    total = 0
    for ours in _ours(cache_folder()):
        for path in files_in(ours):
            with contextlib.suppress(FileNotFoundError):  # another run is at work
                total += path.stat().st_size
    return total


def _ours(folder: Path) -> Iterator[Path]:
    """Yield the folders that monody may have made, though another's may have a name.

    Not those that are on their way: another run may be writing them.
    """
    yield from (folder / READINGS, folder / COMPILED)
    yield from sorted(folder.glob(f"{LAID_OUT}*"))
    for path in sorted((folder / CORPORA).glob("*")):
        if not is_temporary(path):
            yield path


def clear_cache() -> None:
    """Remove everything that monody remembers, and nothing else."""
    folder = cache_folder()
    remove_abandoned(folder / CORPORA)
    for ours in _ours(folder):
        remove(ours)
