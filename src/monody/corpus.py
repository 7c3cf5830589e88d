"""The melodies of a folder, and the verdict on every file.

Files are found (``find``), read by child processes (``read_pool``), compared
(``duplicates``), and what came out lies in flat files that are memory-mapped, so that
memory does not grow with the folder. What was read once is remembered (``cache``).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from monody.cache import Cache
from monody.duplicates import Duplicates, find_duplicates
from monody.errors import MonodyError
from monody.files import write_bytes
from monody.find import SETTLED_SECONDS, FoundFiles, find_files
from monody.json_lines import JsonLines
from monody.melody import Melody
from monody.melody_store import MelodyStore, StoreWriter
from monody.read_cache import program_fingerprint, rows
from monody.read_pool import FileChunk, ReadPool, Source
from monody.settings import ReadSettings
from monody.suffixes import ARCHIVE_SUFFIX, MUSIC_SUFFIXES
from monody.verdict_list import VerdictList
from monody.verdicts import FileReport, Verdict

REPORTS_FILE = "reports.jsonl"

Progress = Callable[[int, int], None]  # files done, files in all


@dataclass(frozen=True)
class Corpus:
    """The melodies of a folder and how every file fared.

    Args:
        root: The folder.
        settings: How it was read.
        melodies: All melodies found, copies included.
        verdicts: One for each file, in the order of their names.
        groups: ``(melodies,)``: melodies of one group never stand on two sides.
        copy_of: ``(melodies,)``: the melody that each is a copy of; -1 if it is none.
        remarks: What else the user should know, such as a cache that cannot be used.
    """

    root: Path
    settings: ReadSettings
    melodies: MelodyStore
    verdicts: Sequence[Verdict]
    groups: NDArray[np.int32]
    copy_of: NDArray[np.int32]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, melodies: Iterable[Melody], settings: ReadSettings | None = None
    ) -> Corpus:
        """Make a corpus of melodies that come from nowhere in particular."""
        store = MelodyStore.of(melodies)
        reports = [[source, [], []] for source in store.sources]
        return _corpus(Path(), settings or ReadSettings(), store, reports)

    @property
    def used(self) -> NDArray[np.int64]:
        """The melodies to learn from and to judge by: without copies, if so asked."""
        if not self.settings.deduplicate:
            return np.arange(len(self.melodies))
        return np.flatnonzero(self.copy_of < 0)


def read_corpus(
    data_dir: str | os.PathLike[str],
    settings: ReadSettings | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read every music file below a folder: MIDI, ABC, MusicXML, zip archives of them.

    Args:
        data_dir: A folder, searched with its subfolders, or a single file.
        settings: What counts as a melody, and how many processes read.
        progress: Called with the files done and the files in all.

    Returns:
        The corpus: its melodies in the order of the file names. It may be empty.

    Raises:
        MonodyError: If there is no such folder, or no music file in it.
    """
    settings = settings or ReadSettings()
    root = Path(data_dir)
    if not root.exists():
        raise MonodyError(
            f"no folder {str(root)!r}: name a folder of MIDI files with --data_dir"
        )
    found = find_files(root)
    if not found.names:
        raise MonodyError(
            f"no music file in {str(root)!r} or its subfolders: expected names that "
            f"end in {', '.join((*MUSIC_SUFFIXES, ARCHIVE_SUFFIX))}"
        )
    with ExitStack() as stack:
        cache, remarks = _open_cache(settings, stack)
        if cache is None:
            folder = Path(tempfile.mkdtemp(prefix="monody-"))
            _write(folder, found, settings, None, progress)
        else:
            folder = _cached(cache, root, found, settings, progress)
            remarks += [_not_remembered(cache.problem)] if cache.problem else []
    corpus = _load(folder, root, settings, remarks)
    if cache is None or not folder.name.startswith(cache.owner_of(root, settings)):
        weakref.finalize(corpus, shutil.rmtree, folder, ignore_errors=True)
    return corpus
