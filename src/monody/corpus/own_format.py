"""Reading files of a format that monody does not know, with a program's own reader."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from monody.corpus.corpus import Corpus, corpus_of
from monody.corpus.duplicates import find_duplicates
from monody.corpus.saved_reports import NamedReport
from monody.errors import MonodyError
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.reading.reasons import FileReport, Reason
from monody.settings.reading import ReadSettings

EMPTY = Reason("no melody", "look at what the reader makes of it")
ADVICE = "look at the file, or at the reader"


class MelodyReader(Protocol):
    """Reads the melodies of a file, for ``monody.read_own``.

    Any function of a path is one. What it raises for a file that it cannot read, a
    ``ValueError`` (of text that is no Unicode, too), an ``OSError`` or a
    ``MonodyError``, becomes the reason why that file is left out. Any other error is a
    fault of the reader, and stops.

    Example:
        >>> import monody
        >>> def read_numbers(path):
        ...     pitches = [int(word) for word in path.read_text().split()]
        ...     notes = [(pitch, 24 * at, 24) for at, pitch in enumerate(pitches)]
        ...     return [monody.Melody.from_notes(notes)]
    """

    def __call__(self, path: Path, /) -> Iterable[Melody]:
        """Read a file.

        Args:
            path: It is there.

        Returns:
            Its melodies. Where they came from is filled in.

        Raises:
            ValueError: If it is not of the format; the message says what is wrong.
        """


def read_own(
    data_dir: str | os.PathLike[str],
    reader: MelodyReader,
    pattern: str = "*",
    settings: ReadSettings | None = None,
) -> Corpus:
    """Read a folder with a reader of your own.

    Args:
        data_dir: The folder, searched with its subfolders.
        reader: Reads one file (``MelodyReader``), in this process.
        pattern: Which files, such as ``"*.csv"``.
        settings: Whether copies are left out; by default they are. What else they say
            is for files that monody reads itself: here the reader decides what a melody
            is.

    Returns:
        The corpus: its melodies in the order of the file names, and the verdict on
        every file.

    Raises:
        MonodyError: If there is no such folder, or no such file in it.

    Example:
        >>> import monody
        >>> from pathlib import Path
        >>> Path("numbers").mkdir()
        >>> _ = Path("numbers/air.txt").write_text("60 62 64 65 67")
        >>> _ = Path("numbers/bad.txt").write_text("60 sixty")
        >>> def read_numbers(path):
        ...     pitches = [int(word) for word in path.read_text().split()]
        ...     notes = [(pitch, 24 * at, 24) for at, pitch in enumerate(pitches)]
        ...     return [monody.Melody.from_notes(notes)]
        >>> corpus = monody.read_own("numbers", read_numbers, "*.txt")
        >>> corpus
        <Corpus: 2 files, 1 melody, 1 of them to learn from>
        >>> corpus.verdicts[1].verdict, corpus.verdicts[1].reason
        ('dropped', "invalid literal for int() with base 10: 'sixty'")
    """
    root, settings = Path(data_dir), settings or ReadSettings()
    melodies: list[Melody] = []
    reports: list[NamedReport] = []
    for path in _files(root, pattern):
        name = path.relative_to(root).as_posix()
        found, report = _read(reader, path)
        melodies += [
            replace(melody, source=name, piece=piece)
            for piece, melody in enumerate(found)
        ]
        reports.append(NamedReport(name, report))
    store = _with_sources(melodies, [report.name for report in reports])
    return corpus_of(root, settings, store, reports, find_duplicates(store))


def _files(root: Path, pattern: str) -> list[Path]:
    """List the files of a folder whose names are like a pattern; at least one."""
    if not root.is_dir():
        raise MonodyError(f"no folder {str(root)!r}: name one with files to read")
    paths = sorted(path for path in root.rglob(pattern) if path.is_file())
    if not paths:
        raise MonodyError(
            f"no file in {str(root)!r} or its subfolders is named like {pattern!r}: "
            "name another folder, or another pattern"
        )
    return paths


def _with_sources(melodies: list[Melody], names: list[str]) -> MelodyStore:
    """Pack melodies, with all files as their sources: those without a melody, too."""
    store = MelodyStore.of(melodies)
    place = {name: index for index, name in enumerate(names)}
    store.info["file"] = [place[melody.source] for melody in melodies]
    return MelodyStore(store.notes, store.meters, store.info, names)


def _checked(melody: Melody) -> Melody:
    """Return a melody whose key and instrument can be kept."""
    if melody.key is not None and melody.key not in KEY_NAMES:
        raise ValueError(
            f"a melody's key must be None or one such as 'Bb major', not {melody.key!r}"
        )
    if not 0 <= melody.program <= 127:
        raise ValueError(
            f"a melody's program must be from 0 to 127, not {melody.program}"
        )
    return melody


def _read(reader: MelodyReader, path: Path) -> tuple[list[Melody], FileReport]:
    """Read a file; say why, if it has no melody."""
    try:
        found = [_checked(melody) for melody in reader(path) if len(melody)]
    except (ValueError, OSError, MonodyError) as error:
        reason = Reason(str(error) or type(error).__name__, ADVICE)
        return [], FileReport(((reason, 1),))
    return found, FileReport() if found else FileReport(((EMPTY, 1),))
