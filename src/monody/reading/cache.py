"""What was read before, so that no file is parsed twice.

An SQLite database under the user's cache folder (``MONODY_CACHE`` names another) holds
one row for each content and settings that were read. Its key covers the bytes of the
file, the settings, and the program itself, so nothing in it can be out of date. Several
processes may use it at once; a damaged row is read anew, a damaged database is begun
anew, and `monody cache --clear` removes it all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from monody.music.melody_store import INFO, MelodyStore
from monody.reading.reasons import FileReport, Reason
from monody.settings.reading import ReadSettings

PACKAGE = Path(__file__).parents[1]  # all rooms: many have a say in a reading
DATABASE = "readings.sqlite"
WAIT_SECONDS = 30.0  # for another process that is writing
_KEY_BYTES = 16

_TABLE = """
create table if not exists readings (
    key text primary key, report text, notes blob, meters blob, info blob, sum blob,
    program text
) without rowid
"""
_LAYOUT = 1  # of the table; another one is begun anew

CacheRow = tuple[str, str, bytes, bytes, bytes, bytes]


@lru_cache(maxsize=1)
def program_fingerprint() -> bytes:
    """Return a digest of the code that readings depend on: ours and the parser's."""
    # Slow to import, and no business of the children.
    from importlib.metadata import PackageNotFoundError, version

    digest = hashlib.blake2b(digest_size=_KEY_BYTES)
    for file in sorted(PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    for package in ("symusic", "numpy", "music21"):
        with contextlib.suppress(PackageNotFoundError):  # music21 is an extra
            digest.update(f"{package} {version(package)}".encode())
    return digest.digest()


def common_key(settings: ReadSettings) -> str:
    """Return the part of a key that all readings of a run share."""
    digest = hashlib.blake2b(program_fingerprint(), digest_size=_KEY_BYTES)
    digest.update(json.dumps(settings.of_reading()).encode())
    return digest.hexdigest()


def reading_key(data: bytes, name: str, common: str) -> str:
    """Return the key of a file's reading: its bytes, its suffixes, what is common."""
    digest = hashlib.blake2b(data, digest_size=_KEY_BYTES)
    digest.update(common.encode())
    digest.update("".join(PurePath(name.lower()).suffixes[-2:]).encode())
    return digest.hexdigest()


class ReadCache:
    """Readings by key.

    Args:
        path: The database; it is made where there is none.
        program: Whose readings are written; those of others are removed. Empty to look
            up only.

    Raises:
        sqlite3.DatabaseError: If it is none of ours.
    """

    def __init__(self, path: Path, program: str = "") -> None:
        self._connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
        self._program = program
        if program:
            self._prepare()

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

    def get(self, key: str) -> tuple[FileReport, MelodyStore] | None:
        """Return a reading, or ``None`` where there is none or it is damaged."""
        try:
            row = self._connection.execute(
                "select key, report, notes, meters, info, sum from readings "
                "where key = ?",
                (key,),
            ).fetchone()
        except sqlite3.DatabaseError:
            return None  # the parent, which writes, meets the same error and mends it
        if row is None or row[-1] != _checksum(*row[:-1]):
            return None
        _, report, *arrays, _ = row
        return _reading(report, *arrays)

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


def _reading(
    report: str, notes: bytes, meters: bytes, info: bytes
) -> tuple[FileReport, MelodyStore]:
    """Rebuild a reading from its row."""
    own = np.frombuffer(info, INFO).copy()
    own["file"] = 0  # it was read among others, whose places do not matter here
    store = MelodyStore(
        np.frombuffer(notes, np.int32).reshape(-1, 3),
        np.frombuffer(meters, np.int32).reshape(-1, 3),
        own,
        [""],
    )
    return report_from_json(json.loads(report)), store


def report_from_json(values: Any) -> FileReport:
    """Rebuild a report from ``[left out, repairs]``."""
    left_out, repairs = values[:2]
    return FileReport(
        tuple((Reason(*reason), count) for reason, count in left_out), tuple(repairs)
    )


def rows(
    keys: Iterable[str | None], reports: Iterable[FileReport], melodies: MelodyStore
) -> Iterable[CacheRow]:
    """Make the rows of the files that are to be remembered.

    Args:
        keys: One a file; empty or ``None`` for those that are not.
        reports: One a file.
        melodies: Those of all files; ``info["file"]`` is the place of the file.
    """
    info = melodies.info
    notes, meters = (
        np.concatenate([[0], np.cumsum(info[name], dtype=np.int64)]).tolist()
        for name in ("note_count", "meter_count")
    )
    ends = np.cumsum(np.bincount(info["file"], minlength=1)).tolist()
    begin = 0
    for file, (key, report) in enumerate(zip(keys, reports, strict=True)):
        end = ends[file] if file < len(ends) else begin
        if key:
            text = json.dumps([report.left_out, report.repairs])
            parts = (
                key,
                text,
                melodies.notes[notes[begin] : notes[end]].tobytes(),
                melodies.meters[meters[begin] : meters[end]].tobytes(),
                info[begin:end].tobytes(),
            )
            yield (*parts, _checksum(*parts))
        begin = end
