"""Reading a folder into a corpus: its melodies, and the verdict on every file.

Files are found (``reading.find``), read by child processes (``reading.pool``) and
compared (``duplicates``). The melodies are kept in flat files that are memory-mapped,
so that memory does not grow with the folder. What was read once is remembered
(``cache``).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import sqlite3
import sys
import tempfile
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monody.corpus.cache import Cache
from monody.corpus.duplicates import Duplicates, find_duplicates
from monody.corpus.lazy import LazySequence
from monody.corpus.readings import REPORTS_FILE, look_for_duplicates, read_into
from monody.corpus.saved_reports import NamedReport, SavedReports
from monody.corpus.verdicts import VerdictList
from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.progress import Progress
from monody.reading.cache import common_key
from monody.reading.file_types import (
    ARCHIVE_SUFFIXES,
    GZIP_SUFFIX,
    MUSIC_SUFFIXES,
)
from monody.reading.find import SETTLED_SECONDS, FoundFiles, find_files
from monody.reading.reasons import FileReport
from monody.settings.reading import ReadSettings
from monody.showing import counted
from monody.temporary import TemporaryFolder
from monody.translation import marked

ReadInto = Callable[[Path, Cache | None], bool]  # see `corpus_from`


@dataclass(frozen=True, repr=False)
class Corpus:
    """The melodies of a folder and the verdict on every file.

    Args:
        root: The folder.
        settings: How it was read.
        melodies: All melodies found, copies included.
        verdicts: One for each file, in the order of their names.
        groups: ``(melodies,)``: the duplicate group of each. All melodies of a group
            are on the same side of a split.
        copy_of: ``(melodies,)``: index of the melody that each is a copy of; -1 if it
            is none.
        remarks: What else the user should know, such as a cache that cannot be used.

    Example:
        >>> import monody
        >>> tune = monody.Melody.from_notes([(60, 0, 24), (64, 24, 24), (67, 48, 48)])
        >>> corpus = monody.Corpus.of([tune, tune])
        >>> corpus
        <Corpus: 1 file, 2 melodies, 1 of them to learn from>
        >>> corpus.copy_of.tolist(), corpus.used.tolist()
        ([-1, 0], [0])
    """

    root: Path
    settings: ReadSettings
    melodies: MelodyStore
    verdicts: VerdictList
    groups: NDArray[np.int32]
    copy_of: NDArray[np.int32]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, melodies: Iterable[Melody], settings: ReadSettings | None = None
    ) -> Corpus:
        """Make a corpus of melodies that were not read from a folder.

        Args:
            melodies: In their order; their sources are the names of the files.
            settings: Whether copies are left out; by default they are.
        """
        store = MelodyStore.of(melodies)
        reports = [NamedReport(source, FileReport()) for source in store.sources]
        settings = settings or ReadSettings()
        return corpus_of(Path(), settings, store, reports, find_duplicates(store))

    def __repr__(self) -> str:
        files = counted(len(self.verdicts), "file", "files")
        melodies = counted(len(self.melodies), "melody", "melodies")
        return f"<Corpus: {files}, {melodies}, {len(self.used)} of them to learn from>"

    @property
    def used(self) -> NDArray[np.int64]:
        """Indices of the melodies to learn from and to judge by: ``(used,)``.

        Copies are left out unless the setting ``deduplicate`` is off.
        """
        if not self.settings.deduplicate:
            return np.arange(len(self.melodies))
        return np.flatnonzero(self.copy_of < 0)


def read_corpus(
    data_dir: str | os.PathLike[str],
    settings: ReadSettings | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read every music file below a folder: MIDI, written music, archives of them.

    Args:
        data_dir: A folder, searched with its subfolders, or a single file.
        settings: What counts as a melody, and how many processes read.
        progress: Called with the files done and the files in all.

    Returns:
        The corpus: its melodies in the order of the file names. It may be empty.

    Raises:
        MonodyError: If there is no such folder, or no music file in it.

    Example:
        >>> import monody
        >>> corpus = monody.read_corpus("data/midi")
        >>> len(corpus.melodies), corpus.melodies[0].source
        (20, 'tune-000.mid')
    """
    settings = settings or ReadSettings()
    found = find_music(data_dir)

    def read(folder: Path, cache: Cache | None) -> bool:
        return read_into(folder, found, settings, cache, progress)

    return corpus_from(Path(data_dir), found, settings, read)


def corpus_from(
    root: Path, found: FoundFiles, settings: ReadSettings, read: ReadInto
) -> Corpus:
    """Make a corpus of what is read, or load it from the cache.

    Args:
        root: The folder of the files.
        found: Its files.
        settings: How they are read.
        read: Writes melodies and reports into a folder, and readings into the cache,
            where there is one; returns whether all would be read in the same way again.
    """
    if not settings.cache:
        return _read_apart(root, settings, read)
    with Cache() as cache:
        try:
            corpus = _read_cached(cache, root, found, settings, read)
        except (OSError, sqlite3.Error) as error:  # the cache's: files' are verdicts
            cache.note(error)
            corpus = _read_apart(root, settings, read)
        if not cache.problem:
            return corpus
        remark = marked(
            f"what was read is not remembered: {cache.problem} (MONODY_CACHE names the "
            "folder)"
        )
        return replace(corpus, remarks=(remark,))


def find_music(data_dir: str | os.PathLike[str]) -> FoundFiles:
    """Find the files that ``read_corpus`` reads, without reading them.

    Args:
        data_dir: A folder, searched with its subfolders, or a single file.

    Raises:
        MonodyError: If there is no such folder, or no music file in it.

    Example:
        >>> from monody.corpus.corpus import find_music
        >>> len(find_music("data/midi").names)
        20
    """
    root = require_there(data_dir)
    found = find_files(root)
    if not found.names:
        raise MonodyError(
            f"no music file in {str(root)!r} or its subfolders: expected names that "
            f"end in {', '.join((*MUSIC_SUFFIXES, GZIP_SUFFIX, *ARCHIVE_SUFFIXES))}"
        )
    return found


def require_there(data_dir: str | os.PathLike[str]) -> Path:
    """Make sure that there is a folder, whatever is in it; that takes no time.

    Args:
        data_dir: The folder, or a single file.

    Raises:
        MonodyError: If there is none.

    Example:
        >>> from monody.corpus.corpus import require_there
        >>> require_there("nowhere")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no folder 'nowhere': name a folder of MIDI files ...
    """
    root = Path(data_dir)
    if not root.exists():
        raise MonodyError(
            f"no folder {str(root)!r}: name a folder of MIDI files with --data_dir"
        )
    return root


def require_melodies(corpus: Corpus) -> Corpus:
    """Return the corpus if it has a melody.

    Args:
        corpus: A corpus that was read.

    Raises:
        MonodyError: If it has no melody; the message names the commonest reason.

    Example:
        >>> from monody.corpus.corpus import read_corpus, require_melodies
        >>> from pathlib import Path
        >>> _ = Path("empty.mid").write_bytes(b"")
        >>> require_melodies(read_corpus("empty.mid"))
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no usable melody in 1 file of 'empty.mid'; most...
    """
    if not len(corpus.melodies):
        dropped = Counter((item.reason, item.advice) for item in corpus.verdicts)
        (reason, advice), _count = dropped.most_common(1)[0]
        files = marked("1 file")
        if len(corpus.verdicts) > 1:
            files = marked(f"{len(corpus.verdicts)} files")
        raise MonodyError(
            f"no usable melody in {files} of "
            f"{str(corpus.root)!r}; most often: {reason} ({advice}); "
            f"`monody inspect {shlex.quote(str(corpus.root))}` explains each file"
        )
    return corpus


def _read_cached(
    cache: Cache,
    root: Path,
    found: FoundFiles,
    settings: ReadSettings,
    read: ReadInto,
) -> Corpus:
    """Load a corpus from the cache, or read it and keep it there."""
    began = time.time()
    owner = _owner(root, settings)
    kept = cache.corpus(owner, found.digest)
    if kept is not None:
        with contextlib.suppress(FileNotFoundError):  # another run replaces it just now
            return open_read(kept, root, settings)
    cache.open()
    folder = cache.making()
    try:
        lasting = read(folder.path, cache)
        look_for_duplicates(folder.path)
        # Files that changed a moment ago may change again at the same time of day.
        settled = found.newest < began - SETTLED_SECONDS
        if not (lasting and settled) or cache.problem:
            return _load_and_forget(folder, root, settings)
        return open_read(cache.keep(folder, owner, found.digest), root, settings)
    except BaseException:
        folder.remove()
        raise


def _read_apart(root: Path, settings: ReadSettings, read: ReadInto) -> Corpus:
    """Read a corpus without the cache.

    Raises:
        MonodyError: If what is read cannot be kept in a folder for temporary files.
    """
    try:
        return _read_uncached(root, settings, read)
    except OSError as error:  # the folder's: those of files are verdicts
        named = tempfile.tempdir
        folder = f"the folder {str(named)!r}" if named else "a folder"
        raise MonodyError(
            f"cannot keep the melodies in {folder} for temporary files: "
            f"{error.strerror or error}; make room there, or name another folder with "
            "the environment variable TMPDIR"
        ) from error


def _read_uncached(root: Path, settings: ReadSettings, read: ReadInto) -> Corpus:
    """Read a corpus into a temporary folder that goes when the corpus does."""
    folder = TemporaryFolder(Path(tempfile.gettempdir()), private=True)
    try:
        read(folder.path, None)
        look_for_duplicates(folder.path)
        return _load_and_forget(folder, root, settings)
    except BaseException:
        folder.remove()
        raise


def _load_and_forget(
    folder: TemporaryFolder, root: Path, settings: ReadSettings
) -> Corpus:
    """Load a corpus, and remove its folder when its melodies are no longer used."""
    corpus = open_read(folder.path, root, settings)
    weakref.finalize(corpus.melodies, folder.remove)
    return corpus


def _owner(root: Path, settings: ReadSettings) -> str:
    """Return a digest of the folder, the settings and the program of a corpus.

    And of the locale: file names that it has no letters for are kept spelt out.
    """
    locale = sys.getfilesystemencoding()
    key = f"{common_key(settings)}{locale}".encode() + os.fsencode(root.resolve())
    return hashlib.blake2b(key, digest_size=8).hexdigest()


class _Names(LazySequence[str]):
    """The file names in reports, as the sources of a ``MelodyStore``."""

    def __init__(self, reports: Sequence[NamedReport]) -> None:
        self._reports = reports

    def __len__(self) -> int:
        return len(self._reports)

    def item(self, index: int) -> str:
        """Return the name of a file."""
        return self._reports[index].name


def open_read(folder: Path, root: Path, settings: ReadSettings) -> Corpus:
    """Open a corpus that was read into a folder and compared, memory-mapped.

    Args:
        folder: Where it was read into.
        root: The folder of the files.
        settings: How they were read.
    """
    reports = SavedReports(folder / REPORTS_FILE)
    groups, copy_of = (
        np.load(folder / f"{name}.npy", allow_pickle=False)
        for name in ("groups", "copy_of")
    )
    melodies = MelodyStore.load(folder, _Names(reports))
    return corpus_of(root, settings, melodies, reports, Duplicates(groups, copy_of))


def corpus_of(
    root: Path,
    settings: ReadSettings,
    melodies: MelodyStore,
    reports: Sequence[NamedReport],
    duplicates: Duplicates,
) -> Corpus:
    """Make a corpus of its parts.

    Args:
        root: The folder.
        settings: How it was read.
        melodies: All melodies, in the order of the files.
        reports: What reading found in each file.
        duplicates: Which melodies are the same tune.
    """
    verdicts = VerdictList(
        reports, melodies, duplicates.copy_of, deduplicate=settings.deduplicate
    )
    return Corpus(
        root, settings, melodies, verdicts, duplicates.groups, duplicates.copy_of
    )
