"""Reading files into a folder: their melodies and reports, as they come.

What lies in the folder then is a corpus, once its melodies are compared; ``corpus``
opens it, and ``shards`` puts several together.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from monody.corpus.cache import Cache
from monody.corpus.duplicates import find_duplicates
from monody.corpus.saved_reports import NamedReport
from monody.music.melody_store import MelodyStore
from monody.music.store_files import StoreWriter
from monody.progress import Progress
from monody.reading.cache import common_key, rows
from monody.reading.file_types import is_archive_name
from monody.reading.find import FoundFiles
from monody.reading.pool import ReadPool, Source
from monody.reading.protocol import FilesRead
from monody.reading.reasons import Reason
from monody.saved.written_together import WrittenTogether
from monody.settings.reading import ReadSettings

REPORTS_FILE = "reports.jsonl"


def read_into(
    folder: Path,
    found: FoundFiles,
    settings: ReadSettings,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> bool:
    """Read files into a folder: their melodies and reports, in the order of the files.

    Args:
        folder: An empty folder.
        found: The files.
        settings: How to read.
        cache: Where readings are remembered; ``None`` for nowhere.
        progress: Called with the files done, and those known of.

    Returns:
        Whether every file would be read in the same way again.
    """
    known = (str(cache.database), common_key(settings)) if cache else ()
    with ReadPool(settings, known) as pool, ReadingsWriter(folder) as writer:
        sources = Sources(found, pool)
        for some, read in pool.read(sources):
            if cache is not None:
                cache.add(rows(read))
            writer.append([source.name for source in some], read)
            if progress:
                progress(writer.files, sources.known)
    return writer.lasting


def look_for_duplicates(folder: Path) -> None:
    """Look for duplicates among the melodies that were read into a folder."""
    duplicates = find_duplicates(MelodyStore.load(folder, ()))
    np.save(folder / "groups.npy", duplicates.groups)
    np.save(folder / "copy_of.npy", duplicates.copy_of)


class ReadingsWriter(WrittenTogether):
    """Writes what came out of files as it comes. Use as a context manager.

    Args:
        folder: Where to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files = 0  # written
        self.lasting = True  # whether all would be read in the same way again

    def open_all(self, stack: contextlib.ExitStack) -> None:
        """Open the arrays and the reports."""
        self._arrays = stack.enter_context(StoreWriter(self._folder))
        path = self._folder / REPORTS_FILE
        self._reports = stack.enter_context(path.open("w", encoding="ascii"))

    def append(self, names: Sequence[str], read: FilesRead) -> None:
        """Write what came out of some files.

        Args:
            names: What the user calls them.
            read: Their melodies, which are numbered again, and reports.
        """
        read.melodies.info["file"] += self.files
        self._arrays.append(read.melodies)
        for name, report in zip(names, read.reports, strict=True):
            self._reports.write(NamedReport(name, report).to_line())
        self.files += len(names)
        self.lasting = self.lasting and None not in read.keys


class Sources:
    """Files, and the members of archives, which are listed as their turn comes.

    An archive in which nothing can be listed is read itself: that says why.

    Args:
        found: The files of the folder.
        pool: Lists archives.
    """

    def __init__(self, found: FoundFiles, pool: ReadPool) -> None:
        self._found = found
        self._pool = pool
        self.known = len(found.names)  # files and members so far

    def __iter__(self) -> Iterator[Source]:
        for name in self._found.names:
            path, shown = self._found.path(name), name.replace(os.sep, "/")
            listed = self._pool.members(path) if is_archive_name(name) else []
            members = [] if isinstance(listed, Reason) else listed
            self.known += max(len(members), 1) - 1
            if not members:
                yield Source(shown, path)
            for place, member in members:
                yield Source(f"{shown}/{member}", path, place)
