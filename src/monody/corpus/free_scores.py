"""The melodies of the repositories of free scores, which the user fetches.

    lieder            MuseScore  the line that has words
    openhymnal        ABC        the first voice
    quartets_violin1  MusicXML   the first violin, the beginning of each movement
    the others        LilyPond   which monody does not read: LilyPond writes MIDI

Each collection has a folder of its own. If it holds no score that monody reads, the
MIDI files in it are taken: those that LilyPond wrote, or melodies that were converted
before. Of MIDI the first track is read.

Music is read in the order of the page: a verse that is sung three times is learnt once.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path

from monody.corpus.public_domain import COLLECTIONS, FETCHED
from monody.corpus.score_lines import first_track, first_violin, hymn_tune, vocal_line
from monody.corpus.tune_books import BookReport
from monody.errors import MonodyError
from monody.file_names import folded
from monody.files import make_folder
from monody.music.melody import Melody
from monody.music.midi_file import write_midi
from monody.progress import Progress
from monody.reading.extraction.extract import extract
from monody.reading.formats import read_scores
from monody.reading.raw_score import RawScore, UnreadableError
from monody.settings.reading import ReadSettings

# Where a line divides, its upper notes. Rests do not split it here: who reads the files
# does, and then knows that the melodies are of one piece.
READING = ReadSettings(line="skyline", max_rest_quarters=100_000)
MAX_BYTES = 64_000_000  # of a score, unpacked
MAX_NAME = 120  # letters of a file name: 255 bytes and less, as file systems allow
_MIDI = (".mid", ".midi")
_READERS: dict[str, Callable[[bytes], list[RawScore]]] = {
    ".mscx": vocal_line,
    ".mxl": partial(first_violin, max_bytes=MAX_BYTES),
    ".abc": hymn_tune,
}


def require_fetched(
    folder: str | PathLike[str], names: Iterable[str] = FETCHED
) -> None:
    """Check that repositories have been fetched.

    Args:
        folder: It holds one folder for each collection, named like it.
        names: The collections; by default all.

    Raises:
        MonodyError: If some have not; it says how to fetch them, one line for each.

    Example:
        >>> from monody.corpus.free_scores import require_fetched
        >>> require_fetched("data/free_melodies")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no scores of lieder, bloomfield_songs, openhymnal...
    """
    base = Path(folder)
    missing = [name for name in names if not _scores(name, base / name)]
    if not missing:
        return
    unread = [name for name in missing if COLLECTIONS[name].suffix not in _READERS]
    advice = (
        f"; then let LilyPond write MIDI files of {', '.join(unread)}, "
        "which monody cannot read"
        if unread
        else ""
    )
    commands = "".join(f"\n  {_command(name, base / name)}" for name in missing)
    raise MonodyError(
        f"no scores of {', '.join(missing)} in {str(base)!r}: fetch them{advice}"
        f"{commands}"
    )


def _command(name: str, folder: Path) -> str:
    """Return the command that fetches a repository."""
    source, commit = COLLECTIONS[name].source, COLLECTIONS[name].commit
    to = shlex.quote(str(folder))
    return f"git clone {source} {to} && git -C {to} checkout {commit}"


def write_fetched(
    name: str,
    fetched: str | PathLike[str],
    out: str | PathLike[str],
    progress: Progress | None = None,
) -> BookReport:
    """Write the melodies of a fetched repository as MIDI files, one for each score.

    Args:
        name: One of ``public_domain.FETCHED``.
        fetched: The folder of the repository.
        out: The folder for the MIDI files; those of the collection are replaced.
        progress: Called with the scores done and the scores in all.

    Returns:
        How many lines were written, and why others were not.

    Raises:
        MonodyError: If the folder cannot be made.

    Example:
        >>> from monody.corpus.free_scores import write_fetched
        >>> write_fetched("lieder", "data/midi", "data/songs").written
        20
    """
    folder, repository = Path(out), Path(fetched)
    make_folder(folder)
    for old in folder.glob(f"{name}-*.mid"):
        old.unlink()
    scores = _scores(name, repository)
    taken: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    for done, path in enumerate(scores, 1):
        stem = f"{name}-{_plain_name(path.relative_to(repository))}"
        for line in _lines(name, path, left_out):
            taken[folded(stem)] += 1
            count = taken[folded(stem)]
            file = folder / f"{stem}{f'-{count}' if count > 1 else ''}.mid"
            write_midi(line, file, path.stem)
        if progress:
            progress(done, len(scores))
    return BookReport(name, taken.total(), dict(left_out))


def _scores(name: str, folder: Path) -> list[Path]:
    """Return the scores in a folder that monody reads, or else its MIDI files."""
    within = folder / COLLECTIONS[name].within
    files = [
        path
        for path in sorted((within if within.is_dir() else folder).rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    suffix = COLLECTIONS[name].suffix
    scores = [path for path in files if suffix in _READERS and path.suffix == suffix]
    return scores or [path for path in files if path.suffix.lower() in _MIDI]


def _lines(name: str, path: Path, left_out: Counter[str]) -> Iterator[Melody]:
    """Yield the line of a score, or those of its movements, and count what has none."""
    try:
        scores = _read(name, path)
    except UnreadableError as error:
        left_out[error.reason.text] += 1
        return
    for score in scores:
        found = extract([score], READING)
        yield from found.melodies
        if not len(found.melodies):
            left_out[found.reports[0].left_out_text] += 1


def _read(name: str, path: Path) -> list[RawScore]:
    """Read a score, down to its melody.

    Raises:
        UnreadableError: If it has none.
    """
    data, suffix = path.read_bytes(), path.suffix
    if suffix == COLLECTIONS[name].suffix:
        return _READERS[suffix](data)
    return [
        first_track(score) for score in read_scores(data, path.name, MAX_BYTES).scores
    ]


def _plain_name(path: Path) -> str:
    """Return the name of a score as letters, digits and underscores, folders included.

    >>> from pathlib import Path
    >>> from monody.corpus.free_scores import _plain_name
    >>> _plain_name(Path("scores/Abrams,_Harriett/_/Crazy_Jane/lc6583907.mscx"))
    'Abrams_Harriett_Crazy_Jane_lc6583907'
    """
    words = re.sub(r"[\W_]+", "_", path.with_suffix("").as_posix()).strip("_")
    return words.removeprefix("scores_")[-MAX_NAME:].strip("_")
