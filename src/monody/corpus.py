"""The melodies of a folder, the verdict on every file, and the split.

A split is by duplicate group: copies of a tune, near ones too, and melodies of one file
always stand on the same side (``duplicates``).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monody.duplicates import duplicate_groups
from monody.errors import MonodyError
from monody.melody_store import INFO, MelodyStore
from monody.read_pool import FileReading, ReadPool
from monody.settings import ReadSettings

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")
HELD_OUT_SHARE = 0.2

Progress = Callable[[int, int], None]  # files done, files in all


@dataclass(frozen=True)
class Verdict:
    """What became of a file."""

    path: str  # relative to the corpus's folder
    melodies: int  # 0 where the file was skipped
    notes: int
    reason: str  # why it was skipped, or what of it was left out
    repairs: tuple[str, ...] = ()  # what was wrong with the file, and done

    def __str__(self) -> str:
        if not self.melodies:
            return f"skipped because: {self.reason}"
        noun = "melody" if self.melodies == 1 else "melodies"
        kept = f"kept with {self.melodies} {noun}, {self.notes} notes"
        repaired = f" (repaired: {'; '.join(self.repairs)})" if self.repairs else ""
        left_out = f" (left out: {self.reason})" if self.reason else ""
        return kept + repaired + left_out


@dataclass(frozen=True)
class Corpus:
    """The melodies of a folder and how every file fared."""

    root: Path
    melodies: MelodyStore
    verdicts: tuple[Verdict, ...]

    @property
    def skipped(self) -> list[Verdict]:
        """The files without a usable melody."""
        return [verdict for verdict in self.verdicts if not verdict.melodies]


@dataclass(frozen=True)
class Split:
    """Indices of the melodies on each side; no duplicate group stands on two sides.

    The held-out fifth has two halves. ``validation`` decides when training stops and
    which weights are kept; ``test`` decides nothing, so its figure can be believed.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @property
    def held_out(self) -> tuple[int, ...]:
        """All melodies that are not trained on."""
        return tuple(sorted(self.validation + self.test))


def read_corpus(
    data_dir: str | os.PathLike[str],
    settings: ReadSettings | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Read every MIDI file below a folder.

    Args:
        data_dir: A folder, searched with its subfolders, or a single file.
        settings: What counts as a melody, and how many processes read.
        progress: Called with the files done and the files in all.

    Returns:
        The corpus: its melodies in the order of the file names. It may be empty.

    Raises:
        MonodyError: If there is no such folder, or no MIDI file in it.
    """
    settings = settings or ReadSettings()
    root = Path(data_dir)
    if not root.exists():
        raise MonodyError(
            f"no folder {str(root)!r}: name a folder of MIDI files with --data_dir"
        )
    paths = list(find_midi_files(root))
    if not paths:
        raise MonodyError(
            f"no MIDI file in {str(root)!r} or its subfolders: expected names that "
            f"end in {', '.join(MIDI_SUFFIXES)}"
        )
    refused = {path: _refusal(path, settings) for path in paths}
    readable = [path for path in paths if not refused[path]]
    readings = {}
    with ReadPool(settings) as pool:
        for done, reading in enumerate(pool.read(readable), 1):
            readings[reading.path] = reading
            if progress:
                progress(done, len(readable))
    empty = MelodyStore.of([])
    in_order = [
        readings.get(path) or FileReading(path, empty, refused[path]) for path in paths
    ]
    return _assemble(root, in_order)


def require_melodies(corpus: Corpus) -> Corpus:
    """Return the corpus.

    Raises:
        MonodyError: If it has no melody; the message names the commonest reason.
    """
    if not len(corpus.melodies):
        reasons = [verdict.reason for verdict in corpus.verdicts]
        commonest = max(reasons, key=reasons.count)
        raise MonodyError(
            f"no usable melody in the {len(reasons)} MIDI files of "
            f"{str(corpus.root)!r} (most often: {commonest}): add files with a track "
            "that plays one note at a time"
        )
    return corpus


def find_midi_files(root: Path) -> Iterator[Path]:
    """Yield the MIDI files of a folder, sorted; links are followed, once each.

    Hidden files and folders are ignored. What has the name of a MIDI file but is not a
    regular file is yielded too, and so are folders that cannot be listed: each gets its
    verdict.
    """
    if not root.is_dir():
        yield root
        return
    seen: set[tuple[int, int]] = set()
    closed: list[Path] = []  # folders that cannot be listed

    def note(error: OSError) -> None:
        closed.append(Path(error.filename))

    for folder, subfolders, names in os.walk(root, onerror=note, followlinks=True):
        here = Path(folder).stat()
        if (here.st_dev, here.st_ino) in seen:
            subfolders.clear()
            continue
        seen.add((here.st_dev, here.st_ino))
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(MIDI_SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)
    yield from closed


def _refusal(path: Path, settings: ReadSettings) -> str:
    """Return why a file must not even be opened, or an empty text."""
    try:
        status = path.stat()
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    if stat.S_ISDIR(status.st_mode):
        return "a folder that may not be read"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_size > settings.max_file_megabytes * 1e6:
        return f"larger than {settings.max_file_megabytes:g} MB"
    return ""


def _assemble(root: Path, readings: Sequence[FileReading]) -> Corpus:
    """Put the readings of all files into one store and one list of verdicts."""
    base = root if root.is_dir() else root.parent
    notes, meters, info = [np.zeros((0, 3), np.int32)], [np.zeros((0, 3), np.int32)], []
    verdicts = []
    for index, reading in enumerate(readings):
        store = reading.melodies
        notes.append(store.notes)
        meters.append(store.meters)
        of_file = store.info.copy()
        of_file["file"] = index
        info.append(of_file)
        name = reading.path.relative_to(base).as_posix()
        verdicts.append(
            Verdict(
                name, len(store), len(store.notes), reading.left_out, reading.repairs
            )
        )
    store = MelodyStore(
        np.concatenate(notes),
        np.concatenate(meters),
        np.concatenate([np.zeros(0, INFO), *info]),
        [verdict.path for verdict in verdicts],
    )
    return Corpus(root, store, tuple(verdicts))


def split_corpus(melodies: MelodyStore, seed: int) -> Split:
    """Split melodies into 80 % to train on and 20 % held out, by duplicate group.

    Args:
        melodies: The melodies of a corpus.
        seed: Decides which groups are held out.

    Returns:
        The split. In a tiny corpus the test half is empty; with one group nothing is
        held out.
    """
    groups = duplicate_groups(melodies)
    sizes = np.bincount(groups, minlength=1)
    order = np.random.default_rng(seed).permutation(len(sizes))
    room = round(HELD_OUT_SHARE * len(melodies))
    held_out: list[int] = []
    for group in order:
        if sizes[group] <= room:
            held_out.append(int(group))
            room -= sizes[group]
    if not held_out and len(sizes) > 1:
        held_out = [int(np.argmin(sizes))]  # a fifth is less than any one group
    test = np.isin(groups, held_out[1::2])
    validation = np.isin(groups, held_out[0::2])
    train = ~test & ~validation
    sides = (np.flatnonzero(side).tolist() for side in (train, validation, test))
    return Split(*map(tuple, sides))
