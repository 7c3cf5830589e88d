"""The child process that opens files: ``python -m monody.reading.worker SETTINGS``.

Two more arguments name the database of what was read before (``cache``), or none, and
what its keys have in common. It answers the requests of its parent, the ``pool``, on
standard input and output; ``protocol`` says how.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import math
import os
import sqlite3
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monody.child_start import allow_cpu_seconds
from monody.errors import brief
from monody.memory import keep_within
from monody.reading import protocol
from monody.reading.archives import Member, check_size
from monody.reading.cache import ReadCache, reading_key
from monody.reading.describe import describe
from monody.reading.extraction.extract import extract
from monody.reading.file_types import is_archive_name
from monody.reading.formats import read_scores
from monody.reading.overview import Overview
from monody.reading.packed import open_archive
from monody.reading.protocol import FilesRead
from monody.reading.raw_score import PassingError, RawScore, UnreadableError
from monody.reading.reasons import (
    FileReport,
    Reason,
    memory_limit,
    too_much_memory,
)
from monody.settings.reading import ReadSettings

MEMORY_LIMIT_BYTES = memory_limit()  # the share of this child
TELL_SECONDS = 0.05  # between signs of life
BYTES_AT_ONCE = 2**23  # of files whose melodies are extracted together
_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
TOO_MUCH_MEMORY = too_much_memory(MEMORY_LIMIT_BYTES)


@dataclass
class _Opened:
    """A parsed file: its scores, or what was remembered of it, or why neither."""

    scores: list[RawScore]
    left_out: list[Reason]
    size: int = 0  # bytes
    key: str | None = ""  # as in `FilesRead.keys`
    remembered: FilesRead | None = None


class Reader:
    """Reads files.

    Args:
        settings: What counts as a melody.
        cache: What was read before; ``None`` to remember nothing.
        common_key: What the keys of the cache have in common; empty for no keys.

    Example:
        >>> from monody.reading.worker import Reader
        >>> from monody.settings.reading import ReadSettings
        >>> read = Reader(ReadSettings()).read([("data/midi/tune-000.mid", -1)])
        >>> read.melodies[0].pitches[:4].tolist()
        [72, 71, 67, 64]
        >>> Reader(ReadSettings()).read([("no.mid", -1)]).reports[0].left_out_text
        '1 × cannot be opened: No such file or directory'
    """

    def __init__(
        self,
        settings: ReadSettings,
        cache: ReadCache | None = None,
        common_key: str = "",
    ) -> None:
        self._settings = settings
        self._max_bytes = int(settings.max_file_megabytes * 1e6)
        self._cache = cache
        self._common_key = common_key

    def close(self) -> None:
        """Close what was read before."""
        if self._cache is not None:
            self._cache.close()

    def read(
        self,
        requests: Sequence[tuple[str, int]],
        parsed: Callable[[], None] = lambda: None,
    ) -> FilesRead:
        """Read some files.

        Args:
            requests: The path of each, and its place in an archive or -1.
            parsed: Called whenever a file was parsed.

        Returns:
            What came out of them. A file that cannot be read is no error: its report
            says why.
        """
        groups: list[FilesRead] = []
        opened: list[_Opened] = []
        size = 0
        for path, member in requests:
            file = self._open(path, member)
            if opened and TOO_MUCH_MEMORY in file.left_out:
                # Those before it may have taken the memory.
                groups.append(self._extracted(opened))
                opened, size = [], 0
                file = self._open(path, member)
            opened.append(file)
            parsed()
            size += file.size
            if size > BYTES_AT_ONCE:
                groups.append(self._extracted(opened))
                opened, size = [], 0
        return FilesRead.joined([*groups, self._extracted(opened)])

    def overview(
        self,
        path: str,
        member: int,
        max_pieces: int = 0,
        parsed: Callable[[], None] = lambda: None,
    ) -> Overview | Reason:
        """Describe a file.

        Args:
            path: Of the file.
            member: Its place in an archive, or -1.
            max_pieces: How many tunes of a tune book to describe; 0 is all.
            parsed: Called when the file was parsed.

        Returns:
            The overview; the reason where the file cannot be read.
        """
        opened = self._open(path, member, fresh=True)
        parsed()
        if not opened.scores and opened.left_out:
            return opened.left_out[-1]
        try:
            return describe(opened.scores, self._settings, max_pieces)
        except MemoryError:
            return TOO_MUCH_MEMORY
        except (ValueError, ArithmeticError) as error:
            return _nonsense(error)

    def _open(self, path: str, member: int, *, fresh: bool = False) -> _Opened:
        """Parse one file; where that cannot be done, ``left_out`` says why.

        Args:
            path: Of the file.
            member: Its place in an archive, or -1.
            fresh: Whether what was remembered will not do.
        """
        key = ""
        try:
            data, name = self._bytes_at_last(path, member)
            if self._common_key:
                key = reading_key(data, name, self._common_key)
            if self._cache is not None and not fresh:
                remembered = self._cache.get(key)
                if remembered is not None:
                    return _Opened([], [], len(data), "", remembered)
            found = read_scores(data, name, self._max_bytes)
            return _Opened(found.scores, found.left_out, len(data), key)
        except UnreadableError as error:
            passing = isinstance(error, PassingError)
            return _Opened([], [error.reason], key=None if passing else key)
        except (ValueError, ArithmeticError) as error:
            return _Opened([], [_nonsense(error)], key=key)
        except MemoryError:
            return _Opened([], [TOO_MUCH_MEMORY], key=None)
        except OSError as error:
            return _Opened([], [_closed(error)], key=None)

    def _bytes_at_last(self, path: str, member: int) -> tuple[bytes, str]:
        """Return what `_bytes` does, on network drives in a second try, too.

        There a file that another machine wrote again is another one by the same name.
        """
        try:
            return self._bytes(path, member)
        except OSError as error:
            if error.errno != getattr(errno, "ESTALE", None):  # Windows has none
                raise
            open_archive.cache_clear()
            return self._bytes(path, member)

    def _bytes(self, path: str, member: int) -> tuple[bytes, str]:
        """Return the bytes of a file, or of an archive's member, and its name."""
        if member >= 0:
            archive = open_archive(path)  # which was a regular file when it was listed
            return archive.read(member, self._max_bytes), archive.name_of(member)
        try:
            status = os.stat(path)
        except OSError as error:
            if error.errno in _NOWHERE and os.path.islink(path):
                reason = "a link that leads nowhere"
                raise UnreadableError(reason, "mend or remove it") from error
            raise
        if stat.S_ISDIR(status.st_mode):
            raise PassingError("a folder that may not be read", "check its permissions")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a regular file", "leave it out")
        if is_archive_name(path):
            raise _no_members(path)
        check_size(status.st_size, self._max_bytes, path)
        with open(path, "rb") as file:
            data = file.read(status.st_size + 1)
        if len(data) != status.st_size:  # it grows, or is none that has a size
            raise PassingError("changed while it was read", "read it again")
        return data, os.path.basename(path)

    def _extracted(self, opened: Sequence[_Opened]) -> FilesRead:
        """Extract the melodies of parsed files; a file that cannot be is named."""
        try:
            return self._extracted_together(opened)
        except (MemoryError, ValueError, ArithmeticError):
            return FilesRead.joined([self._extracted_alone(file) for file in opened])

    def _extracted_together(self, opened: Sequence[_Opened]) -> FilesRead:
        """Extract the melodies of parsed files, in their order."""
        fresh = [file for file in opened if file.remembered is None]
        found = extract([s for file in fresh for s in file.scores], self._settings)
        of_file = [file for file, item in enumerate(fresh) for _ in item.scores]
        found.melodies.info["file"] = np.array(of_file, int)[
            found.melodies.info["file"]
        ]
        of_scores = iter(found.reports)
        reports = [
            _report([next(of_scores) for _ in file.scores], file.left_out)
            for file in fresh
        ]
        read = FilesRead(found.melodies, reports, [file.key for file in fresh])
        if len(fresh) == len(opened):
            return read
        return _with_remembered(read, opened)

    def _extracted_alone(self, file: _Opened) -> FilesRead:
        """Extract the melodies of one file; if that fails, the file is to blame."""
        try:
            return self._extracted_together([file])
        except MemoryError:
            return FilesRead.failed(TOO_MUCH_MEMORY)
        except (ValueError, ArithmeticError) as error:
            return FilesRead.failed(_nonsense(error), file.key)


def _no_members(path: str) -> UnreadableError:
    """Say why nothing could be listed in an archive.

    Raises:
        UnreadableError: If it cannot even be opened.
        OSError: If the system cannot read it.
    """
    if open_archive(path).members():
        return PassingError("could not be listed at first", "read it again")
    return UnreadableError("an archive without a music file", "leave it out")


def _closed(error: OSError) -> Reason:
    """Say why a file cannot be opened."""
    reason = f"cannot be opened: {error.strerror}"
    return Reason(reason, "check the file and its permissions")


def _nonsense(error: Exception) -> Reason:
    return Reason(f"values that make no music: {brief(str(error))}", "export it again")


def _report(of_scores: list[FileReport], left_out: list[Reason]) -> FileReport:
    """Put the reports of a tune book's tunes together."""
    if len(of_scores) == 1 and not left_out:
        return of_scores[0]
    counts = Counter(left_out)
    for report in of_scores:
        counts.update(dict(report.left_out))
    repairs = [repair for report in of_scores for repair in report.repairs]
    commonest_last = tuple(reversed(counts.most_common()))
    return FileReport(commonest_last, tuple(dict.fromkeys(repairs)))


def _with_remembered(read: FilesRead, opened: Sequence[_Opened]) -> FilesRead:
    """Put what was remembered between what was read."""
    fresh = read.by_file()
    return FilesRead.joined([file.remembered or next(fresh) for file in opened])


def serve(
    requests: BinaryIO,
    answers: BinaryIO,
    reader: Reader,
    max_seconds: float = math.inf,
) -> None:
    """Answer requests until the parent closes the pipe.

    Args:
        requests: From the parent.
        answers: To the parent.
        reader: Reads the files.
        max_seconds: Of processor time that each file may take.
    """
    told = time.monotonic()

    def parsed() -> None:
        nonlocal told
        allow_cpu_seconds(max_seconds)
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            protocol.send_word(answers, protocol.ALIVE)

    protocol.send_word(answers, protocol.READY)
    for request in protocol.requests_from(requests):
        allow_cpu_seconds(max_seconds)
        if isinstance(request, str):
            protocol.send_members(answers, _members(request))
        elif isinstance(request, dict):
            path, member = request["overview"]
            described = reader.overview(path, member, request["max_pieces"], parsed)
            protocol.send_overview(answers, described)
        else:
            protocol.send_files(answers, reader.read(request, parsed))


def _members(path: str) -> list[Member]:
    """List the music files in an archive; none if reading it must say why not."""
    if not os.path.isfile(path):  # opening a pipe waits for ever
        return []
    try:
        return open_archive(path).members()
    except (UnreadableError, MemoryError, OSError):
        return []


def main() -> None:
    """Serve on standard input and output."""
    # symusic prints its warnings from C++: they must not get between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    settings = ReadSettings.from_json(json.loads(sys.argv[1]))
    reader = Reader(settings)
    if sys.argv[2:]:
        database, common_key = sys.argv[2:]
        reader = Reader(settings, None, common_key)
        with contextlib.suppress(sqlite3.Error):  # then nothing was read before
            if database:
                reader = Reader(settings, ReadCache(Path(database)), common_key)
    keep_within(MEMORY_LIMIT_BYTES)
    # Parsing makes many objects and hardly a circle of them: look for these seldom.
    gc.freeze()
    gc.set_threshold(50_000)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    serve(sys.stdin.buffer, answers, reader, settings.max_seconds_per_file)
    reader.close()


if __name__ == "__main__":
    main()
