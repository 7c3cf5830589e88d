"""A folder that is read by many machines, each a shard of it, and put together again.

Which shard a file belongs to depends on its name alone, so no machine must know of the
others. A shard reads its files into a folder that can be carried. Put together, the
shards give the corpus, the cache and the report that one machine would have given, to
the byte: duplicates are looked for among the melodies of all.

An archive belongs to one shard: a corpus is divided best that is packed into more
archives than there are machines.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus.cache import Cache
from monody.corpus.corpus import Corpus, corpus_from, find_music
from monody.corpus.lazy import LazySequence
from monody.corpus.readings import REPORTS_FILE, ReadingsWriter, Sources
from monody.corpus.saved_reports import SavedReports
from monody.errors import MonodyError
from monody.files import is_whole, laying_out, make_folder, seal, write_json
from monody.music.melody_store import MelodyStore
from monody.music.store_check import check_store
from monody.progress import Progress
from monody.reading.cache import common_key, rows
from monody.reading.find import FoundFiles, portable_name
from monody.reading.pool import ReadPool
from monody.reading.protocol import FilesRead
from monody.reading.reasons import FileReport
from monody.saved.arrays import map_array
from monody.saved.bounded_file import read_bounded
from monody.saved.damage import DamagedError, damage_in, require
from monody.saved.plain_json import read_json
from monody.saved.values import table, whole
from monody.settings.reading import ReadSettings

ABOUT_FILE, KEYS_FILE, COUNTS_FILE = "shard.json", "keys.jsonl", "counts.npy"
MAX_SHARDS = 100_000
AT_ONCE = 64  # readings put together
MAX_KEY_BYTES = 80  # of a line; a key has 32 letters


@dataclass(frozen=True)
class Shard:
    """One part of the files of a folder.

    Example:
        >>> from monody.corpus.shards import Shard
        >>> shards = [Shard.named(f"{number}/3") for number in (1, 2, 3)]
        >>> [shard.has("tune.mid") for shard in shards].count(True)
        1
    """

    number: int  # from 1
    of: int

    @classmethod
    def named(cls, text: str) -> Shard:
        """Read a shard as it is typed, such as ``2/8``.

        Raises:
            MonodyError: If it is none.
        """
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        number, of = map(int, match.groups()) if match else (0, 0)
        if not 1 <= number <= of <= MAX_SHARDS:
            raise MonodyError(
                f"--shard is {text!r}: name a part and how many there are, from 1/8 to "
                "8/8"
            )
        return cls(number, of)

    def has(self, name: str) -> bool:
        """Tell whether a file belongs to it, by its name in the folder."""
        return _number(name, self.of) == self.number

    @property
    def folder_name(self) -> str:
        """What the folder of its readings is called, such as ``shard-2-of-8``."""
        return f"shard-{self.number}-of-{self.of}"


def _number(name: str, of: int) -> int:
    """Return the number of the shard that a file belongs to, from 1."""
    digest = hashlib.blake2b(portable_name(name), digest_size=8).digest()
    return int.from_bytes(digest, "big") % of + 1


# -------------------------------------------------------------------- reading a shard


def read_shard(
    data_dir: str,
    shard: Shard,
    readings: Path,
    settings: ReadSettings | None = None,
    progress: Progress | None = None,
) -> Path:
    """Read a shard of a folder.

    Args:
        data_dir: The whole folder.
        shard: Which part of its files.
        readings: Where the folder of the shard is made, whole or not at all.
        settings: What counts as a melody.
        progress: Called with the files done, and those known of.

    Returns:
        The folder of the shard.

    Raises:
        MonodyError: If there is no music, the shard is there already, or its folder
            cannot be written.
    """
    settings = settings or ReadSettings()
    folder = require_new(shard, readings)
    found = find_music(data_dir)
    make_folder(readings)
    try:
        with laying_out(folder) as making:
            _read(making, found, shard, settings, progress)
            seal(making)
    except OSError as error:
        raise MonodyError(
            f"cannot write the readings to {str(folder)!r}: {error.strerror or error}; "
            "make room there, or name another folder with --readings"
        ) from error
    return folder


def require_new(shard: Shard, readings: Path) -> Path:
    """Return the folder that a shard will be read into.

    Args:
        shard: Which part.
        readings: Where its folder will be made.

    Raises:
        MonodyError: If it is there already.

    Example:
        >>> from pathlib import Path
        >>> from monody.corpus.shards import Shard, require_new
        >>> require_new(Shard(2, 8), Path("readings")).name
        'shard-2-of-8'
    """
    folder = readings / shard.folder_name
    if os.path.lexists(folder):  # a link to nothing is in the way, too
        raise MonodyError(
            f"{str(folder)!r} is there already: remove it to read the shard again, or "
            "name another folder with --readings"
        )
    return folder


def _read(
    folder: Path,
    found: FoundFiles,
    shard: Shard,
    settings: ReadSettings,
    progress: Progress | None,
) -> None:
    """Read the files of a shard into a folder."""
    own = replace(found, names=list(filter(shard.has, found.names)))
    keyed = ("", common_key(settings))
    counts: list[int] = []  # of files and members, for each of its files
    last = None
    with (
        ReadPool(settings, keyed) as pool,
        ReadingsWriter(folder) as writer,
        (folder / KEYS_FILE).open("w", encoding="ascii") as keys,
    ):
        sources = Sources(own, pool)
        for some, read in pool.read(sources):
            writer.append([source.name for source in some], read)
            keys.writelines(json.dumps(key) + "\n" for key in read.keys)
            for source in some:
                if source.path != last:
                    counts.append(0)
                counts[-1] += 1
                last = source.path
            if progress:
                progress(writer.files, sources.known)
    np.save(folder / COUNTS_FILE, np.array(counts, np.int32))
    write_json(folder / ABOUT_FILE, _about(found, shard, settings))


def _about(found: FoundFiles, shard: Shard, settings: ReadSettings) -> dict[str, Any]:
    """Say what a shard is of."""
    return {
        "shard": shard.number,
        "of": shard.of,
        "readings": common_key(settings),  # of the program and the settings
        "files": len(found.names),
        "listing": found.listing,
    }


# ------------------------------------------------------------------- putting together


def merge_shards(
    data_dir: str,
    readings: Path,
    settings: ReadSettings | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Put the shards of a folder together: the corpus that one machine would read.

    Args:
        data_dir: The whole folder; its files are listed, and not opened.
        readings: Where the folders of all shards are.
        settings: What counts as a melody; the same that the shards were read with.
        progress: Called with the files done and the files in all.

    Raises:
        MonodyError: If a shard is missing, there twice, damaged, of other files, or
            read by another version or with other settings.
    """
    settings = settings or ReadSettings()
    folders = _folders_in(readings)
    found = find_music(data_dir)
    shards = _find_all(readings, folders, found, settings)
    merge = partial(_merge, found, shards, progress=progress)
    return corpus_from(Path(data_dir), found, settings, merge)


def _folders_in(readings: Path) -> list[Path]:
    """Return the folders of shards.

    Raises:
        MonodyError: If there are none.
    """
    folders = sorted(path.parent for path in readings.glob(f"*/{ABOUT_FILE}"))
    if not folders:
        raise MonodyError(
            f"no shard in {str(readings)!r}: name the folder that holds the folders "
            "shard-1-of-8 and so on"
        )
    return folders


def _find_all(
    readings: Path, folders: list[Path], found: FoundFiles, settings: ReadSettings
) -> list[Path]:
    """Find the folders of all shards, in the order of their numbers.

    Raises:
        MonodyError: If they are not all shards of these files, each once.
    """
    there: dict[int, Path] = {}
    of = 0
    for folder in folders:
        about = _about_of(folder)
        number, of_them = about["shard"], about["of"]
        of = of or of_them
        if of_them != of:
            raise MonodyError(
                f"{str(folder)!r} is one of {of_them} shards, and others are of {of}: "
                "keep the shards of one division only"
            )
        if number in there:
            raise MonodyError(
                f"shard {number} of {of} is there twice, in "
                f"{str(there[number])!r} and {str(folder)!r}: remove one"
            )
        expected = _about(found, Shard(number, of), settings)
        if about["readings"] != expected["readings"]:
            raise MonodyError(
                f"{str(folder)!r} was read by another version of monody, or with other "
                "settings: read all shards with the same, and merge with them"
            )
        if about != expected:
            raise MonodyError(
                f"{str(folder)!r} was read from other files than are in "
                f"{found.base!r} now: read it again"
            )
        there[number] = folder
    missing = [number for number in range(1, of + 1) if number not in there]
    if missing:
        raise MonodyError(
            f"shard {missing[0]} of {of} is missing in {str(readings)!r}: read it with "
            f"--shard {missing[0]}/{of}"
        )
    return [there[number] for number in range(1, of + 1)]


def _about_of(folder: Path) -> dict[str, Any]:
    """Return what a shard says that it is.

    Raises:
        MonodyError: If it is damaged.
    """
    with _damage_of(folder):
        about = dict(table(read_json(folder / ABOUT_FILE)))
        of = whole(about.get("of"), 1, MAX_SHARDS)
        whole(about.get("shard"), 1, of)
        require("readings" in about and is_whole(folder), "it is another shard")
    return about


@contextmanager
def _damage_of(folder: Path) -> Iterator[None]:
    """Tell whatever is wrong with the files of a shard in one sentence.

    Its checksums tell what was damaged on the way, and not what was written wrong.
    """
    try:
        with damage_in(folder.name):
            yield
    except (OSError, DamagedError) as error:
        raise MonodyError(
            f"the shard in {str(folder)!r} is damaged: carry it again, or read it again"
        ) from error


class _Reports(LazySequence[FileReport]):
    """Reports without their names."""

    def __init__(self, named: SavedReports) -> None:
        self._named = named

    def __len__(self) -> int:
        return len(self._named)

    def item(self, index: int) -> FileReport:
        """Return the report on a file."""
        return self._named[index].report


class _Readings:
    """What came out of the files of a shard, one after the other.

    Args:
        folder: The shard's.
        files: How many it has, archives counted once.

    Raises:
        MonodyError: If what it holds is not of as many files, or no melodies.
    """

    def __init__(self, folder: Path, files: int) -> None:
        self.folder = folder
        with _damage_of(folder):
            reports = SavedReports(folder / REPORTS_FILE)
            counts = map_array(folder / COUNTS_FILE, np.int32)  # (files,)
            fits = len(counts) == files and bool(np.all(counts > 0))
            fits = fits and int(counts.sum(dtype=np.int64)) == len(reports)
            require(fits, "it is of other files")
            self._counts = iter(counts.tolist())
            self._files = zip(
                reports, self._by_file(reports), strict=True
            )  # names, and what was read

    def _by_file(self, reports: SavedReports) -> Iterator[FilesRead]:
        """Check what a shard holds, and yield it a file at a time."""
        store = MelodyStore.load(self.folder, [""] * len(reports))
        check_store(store)
        in_order = bool(np.all(np.diff(store.info["file"]) >= 0))
        require(in_order, "melodies are not in the order of their files")
        lines = read_bounded(self.folder / KEYS_FILE, MAX_KEY_BYTES * len(reports))
        keys = list(map(_key, lines.splitlines()))
        require(len(keys) == len(reports), "a key is missing")
        return FilesRead(store, _Reports(reports), keys).by_file()

    def next_file(self, name: str) -> Iterator[tuple[str, FilesRead]]:
        """Yield name and reading of the next file, or of each of its members.

        Args:
            name: What the file is called here.

        Raises:
            MonodyError: If they are those of another file.
        """
        for _ in range(next(self._counts)):
            with _damage_of(self.folder):
                named, read = next(self._files)
                here = _as_here(named.name, name)
            yield here, read


def _key(line: bytes) -> str | None:
    """Return what the cache is to remember a file by.

    Raises:
        DamagedError: If it is no key.
    """
    key: object = json.loads(line)
    require(key is None or isinstance(key, str), "a key is none")
    return key if isinstance(key, str) else None


def _as_here(there: str, name: str) -> str:
    """Return the name of a file, or of a member of it, as this system spells it.

    Args:
        there: As the system spelt it that read the shard.
        name: The file as it is called here.

    Raises:
        DamagedError: If it is of another file.
    """
    if there == name or there.startswith(f"{name}/"):
        return there
    own = portable_name(name)
    member = portable_name(there).removeprefix(own)
    require(
        portable_name(there).startswith(own) and member[:1] in (b"", b"/"),
        "it is of other files",
    )
    return name + member.decode("utf-8", "surrogatepass")


def _merge(
    found: FoundFiles,
    shards: list[Path],
    folder: Path,
    cache: Cache | None,
    progress: Progress | None,
) -> bool:
    """Write the readings of all shards in the order of the files; see `ReadInto`."""
    total = len(found.names)
    numbers = Counter(_number(name, len(shards)) for name in found.names)
    readings = [
        _Readings(shard, numbers[number])
        for number, shard in enumerate(shards, start=1)
    ]
    with ReadingsWriter(folder) as writer:
        files = chain.from_iterable(
            readings[_number(name, len(shards)) - 1].next_file(name)
            for name in found.names
        )
        while some := list(islice(files, AT_ONCE)):
            names = [name for name, _ in some]
            read = FilesRead.joined([one for _, one in some])
            if cache is not None:
                cache.add(rows(read))
            writer.append(names, read)
            if progress:
                progress(writer.files, max(total, writer.files))
    return writer.lasting
