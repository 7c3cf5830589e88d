"""The database of what was read before, so that no file is parsed twice.

It is an SQLite file under the user's cache folder (``MONODY_CACHE`` names another),
with one row for each content that was read with some settings. The key of a row covers
the bytes of the file, the settings, and the program itself, so no row can be out of
date. Several processes may use the database at once. A file whose row is damaged is
read again, a damaged database is begun again, and `monody cache --clear` removes it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePath

from monody.reading.protocol import FilesRead, arrays_from_bytes, arrays_to_bytes
from monody.reading.reasons import FileReport
from monody.saved.damage import DamagedError, damage_in
from monody.settings.reading import ReadSettings

PACKAGE = Path(__file__).parents[1]  # all rooms: many have a say in a reading
READINGS = "readings"  # the folder of the database
DATABASE = f"{READINGS}/readings.sqlite"
WAIT_SECONDS = 30.0  # for another process that is writing
_KEY_BYTES = 16

_TABLE = """
create table if not exists readings (
    key text primary key, report text, notes blob, meters blob, info blob, sum blob,
    program text
) without rowid
"""
_LAYOUT = 1  # of the table; a database with another is begun again

CacheRow = tuple[str, str, bytes, bytes, bytes, bytes]


@contextmanager
def _damage_is_an_error() -> Iterator[None]:
    """Let damage that SQLite meets be one error, and not what passes, such as a lock.

    A damaged table may lack a column; and what SQLite says of it may hold letters that
    are none.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise
        raise sqlite3.DatabaseError(f"it is damaged: {error}") from error
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("it is damaged") from error


@contextmanager
def _a_giant_is_damage() -> Iterator[None]:
    """Let rows that say they are larger than the memory be damage: none of ours are."""
    try:
        yield
    except MemoryError as error:
        raise sqlite3.DatabaseError("it is damaged: a giant row") from error


@lru_cache(maxsize=1)
def program_fingerprint() -> bytes:
    """Return a digest of the code that readings depend on: ours and the parser's."""
    # Slow to import, and no business of the children.
    from importlib.metadata import version

    digest = hashlib.blake2b(digest_size=_KEY_BYTES)
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    for package in ("symusic", "numpy"):
        digest.update(f"{package} {version(package)}".encode())
    return digest.digest()


def common_key(settings: ReadSettings) -> str:
    """Return the part of a key that all readings with the same settings share.

    Example:
        >>> from monody.reading.cache import common_key
        >>> from monody.settings.reading import ReadSettings
        >>> common_key(ReadSettings(n_jobs=1)) == common_key(ReadSettings(n_jobs=2))
        True
        >>> common_key(ReadSettings()) == common_key(ReadSettings(min_notes=3))
        False
    """
    digest = hashlib.blake2b(program_fingerprint(), digest_size=_KEY_BYTES)
    digest.update(json.dumps(settings.of_reading()).encode())
    return digest.hexdigest()


def reading_key(data: bytes, name: str, common: str) -> str:
    """Return the key of a file's reading: its bytes, its suffixes, what is common.

    Args:
        data: The whole file.
        name: Its name, of which the last two suffixes count.
        common: What `common_key` returns.

    Example:
        >>> from monody.reading.cache import reading_key
        >>> key = reading_key(b"MThd", "tune.mid", "")
        >>> key == reading_key(b"MThd", "Other.MID", "")
        True
        >>> key == reading_key(b"MThd", "tune.mid.gz", "")
        False
    """
    digest = hashlib.blake2b(data, digest_size=_KEY_BYTES)
    digest.update(common.encode())
    suffixes = "".join(PurePath(name.lower()).suffixes[-2:])
    digest.update(suffixes.encode("utf-8", "backslashreplace"))  # may be no UTF-8
    return digest.hexdigest()


class ReadCache:
    """Readings by key.

    Args:
        path: The database; it is made where there is none.
        program: The program that writes its readings, a fingerprint; readings of other
            programs are removed. Empty to look up only.

    Raises:
        sqlite3.DatabaseError: If it is none of ours.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.cache import ReadCache, rows
        >>> from monody.reading.protocol import FilesRead
        >>> from monody.reading.reasons import Reason
        >>> cache = ReadCache(Path("readings.sqlite"), program="2.0")
        >>> cache.add(rows(FilesRead.failed(Reason("no notes", "listen"), key="6b23")))
        >>> cache.get("6b23").reports[0].left_out_text
        '1 × no notes'
        >>> cache.close()
    """

    def __init__(self, path: Path, program: str = "") -> None:
        self._connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
        self._program = program
        if program:
            try:
                self._prepare()
            except BaseException:
                self.close()
                raise

    @_a_giant_is_damage()
    @_damage_is_an_error()
    def _prepare(self) -> None:
        run = self._connection.execute
        run("pragma journal_mode = wal")
        # What a crash loses is read again: no need to wait for the disk.
        run("pragma synchronous = off")
        [layout] = run("pragma user_version").fetchone()
        tables = run("select count(*) from sqlite_master").fetchone()
        if tables != (0,) and layout != _LAYOUT:
            raise sqlite3.DatabaseError("a database with another layout")
        with self._connection:
            run(_TABLE)
            run(f"pragma user_version = {_LAYOUT}")
            run("delete from readings where program <> ?", (self._program,))

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def get(self, key: str) -> FilesRead | None:
        """Return the reading of one file, not to be remembered again.

        Returns:
            ``None`` where there is none or it is damaged.
        """
        try:
            with damage_in("a reading"):
                return self._whole(key)
        except DamagedError:
            return None  # the parent, which writes, meets the same error and mends it

    def _whole(self, key: str) -> FilesRead | None:
        """Return a reading; ``None`` if there is none.

        Raises:
            Exception: Of any kind, where the database is damaged.
        """
        with _a_giant_is_damage():
            row = self._connection.execute(
                "select key, report, notes, meters, info, sum from readings "
                "where key = ?",
                (key,),
            ).fetchone()
        if row is None or row[-1] != _checksum(*row[:-1]):
            return None
        _, report, notes, meters, info, _ = row
        return FilesRead(
            arrays_from_bytes(notes, meters, info),
            [FileReport.from_json(*json.loads(report))],
            [""],
        )

    @_damage_is_an_error()
    def add(self, rows: Iterable[CacheRow]) -> None:
        """Remember readings, all or none of them."""
        with self._connection:
            self._connection.executemany(
                "insert or replace into readings values (?, ?, ?, ?, ?, ?, ?)",
                ((*row, self._program) for row in rows),
            )


def _checksum(*parts: str | bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
    return digest.digest()


def rows(read: FilesRead) -> Iterator[CacheRow]:
    """Make the rows of the files that are to be remembered, those with a key.

    Example:
        >>> from monody.reading.cache import rows
        >>> from monody.reading.protocol import FilesRead
        >>> from monody.reading.reasons import Reason
        >>> damaged = Reason("damaged zip archive", "download it again")
        >>> [row] = rows(FilesRead.failed(damaged, key="6b23"))
        >>> row[:2]
        ('6b23', '[[[["damaged zip archive", "download it again"], 1]], []]')
        >>> list(rows(FilesRead.failed(damaged, key=None)))
        []
    """
    for file in read.by_file():
        [report], [key] = file.reports, file.keys
        if key:
            parts = (key, json.dumps(report.to_json()), *arrays_to_bytes(file.melodies))
            yield (*parts, _checksum(*parts))
