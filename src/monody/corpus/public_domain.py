"""Writing public-domain tune books as MIDI files, to have something to train on.

music21's wheel ships three collections as ABC text: O'Neill's *Music of Ireland*
(1903), Aird's *Airs* (1778-1801) and Ryan's *Mammoth Collection* (1883). music21 itself
is never imported; only its files are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from monody.errors import MonodyError
from monody.extras import extra_spec
from monody.files import make_folder
from monody.music.midi_file import write_midi
from monody.progress import Progress
from monody.reading.abc.parse import read_abc
from monody.reading.abc.tune_book import title_of, tunes_of
from monody.reading.extraction.extract import extract
from monody.settings.reading import ReadSettings

COLLECTIONS = ("oneills1850", "airdsAirs", "ryansMammoth")


@dataclass(frozen=True)
class CollectionReport:
    """How many tunes of a collection were written, and why others were not."""

    name: str
    written: int  # tunes
    left_out: dict[str, int]  # tunes by reason


def write_collection(
    name: str,
    out: str | PathLike[str],
    progress: Progress | None = None,
) -> CollectionReport:
    """Write a tune book as MIDI files, one for each tune.

    Args:
        name: One of ``COLLECTIONS``, in any case.
        out: The folder; files of the same names in it are replaced.
        progress: Called with the tunes done and the tunes in all.

    Returns:
        How many tunes were written and left out.

    Raises:
        MonodyError: If there is no such collection, or music21 is not installed.

    Example:
        >>> import monody
        >>> monody.write_collection("nottingham", "data/nottingham")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no collection 'nottingham': expected one of...
    """
    by_name = {known.lower(): known for known in COLLECTIONS}
    if name.lower() not in by_name:
        raise MonodyError(
            f"no collection {name!r}: expected one of {', '.join(COLLECTIONS)}"
        )
    name = by_name[name.lower()]
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
    return CollectionReport(name, len(tunes) - left_out.total(), dict(left_out))


def _tunes(name: str) -> list[str]:
    """Read the ABC text of all tunes of a collection, in the order of its files."""
    music21 = extra_spec("music21", "demo", "the public-domain tunes come with")
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
