"""The printed books of dances, as music21's wheel ships them: ABC text.

music21 itself is never imported; only its files are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from monody.extras import extra_spec
from monody.files import make_folder
from monody.music.midi_file import write_midi
from monody.progress import Progress
from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import title_of, tunes_of
from monody.reading.extraction.extract import extract
from monody.settings.reading import ReadSettings
from monody.translation import marked


@dataclass(frozen=True)
class BookReport:
    """How many tunes of a collection were written, and why others were not."""

    name: str
    written: int  # tunes
    left_out: dict[str, int]  # tunes by reason


def write_book(
    name: str,
    out: str | PathLike[str],
    progress: Progress | None = None,
) -> BookReport:
    """Write a collection from music21's wheel as MIDI files, one for each tune.

    Args:
        name: One of ``public_domain.BOOKS``.
        out: The folder; files of the same names in it are replaced.
        progress: Called with the tunes done and the tunes in all.

    Returns:
        How many tunes were written and left out.

    Raises:
        MonodyError: If music21 is not installed.
    """
    folder = Path(out)
    make_folder(folder)
    tunes = _tunes(name)
    left_out: Counter[str] = Counter()
    settings = ReadSettings()
    for index, tune in enumerate(tunes, 1):
        reason = _write_tune(tune, folder / f"{name}-{index:04d}.mid", settings)
        if reason:
            left_out[reason] += 1
        if progress:
            progress(index, len(tunes))
    return BookReport(name, len(tunes) - left_out.total(), dict(left_out))


def _tunes(name: str) -> list[str]:
    """Read the ABC text of all tunes of a collection, in the order of its files."""
    music21 = extra_spec("music21", "base", marked("the printed collections come with"))
    folder = Path(str(music21.origin)).parent / "corpus" / name
    files = sorted(folder.glob("*.abc"))
    texts = [file.read_text("utf-8", errors="replace") for file in files]
    return [tune for text in texts for tune in tunes_of(text)]


def _write_tune(tune: str, path: Path, settings: ReadSettings) -> str:
    """Write one tune; return why it cannot be written, or an empty text."""
    found = extract([read_abc(tune)], settings)
    if not len(found.melodies):
        return found.reports[0].left_out_text
    longest = max(found.melodies, key=len)
    write_midi(longest, path, title_of(tune) or path.stem)
    return ""
