"""The public-domain tunes that the base model knows, as MIDI files to train on.

They are in the package, in the base model's experiment: the collections that it has
learnt from, without the copies in them, of which there are many.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from monody.corpus.public_domain import COLLECTIONS
from monody.errors import MonodyError
from monody.experiments.base import base_experiment
from monody.experiments.experiment import SIDES
from monody.files import make_folder, write_new
from monody.music.melody import Melody
from monody.music.midi_file import midi_bytes
from monody.progress import Progress


@dataclass(frozen=True)
class CollectionReport:
    """How many tunes of a collection were written, and how many were not."""

    name: str
    written: int  # tunes
    left_out: int  # tunes that are copies of others in the collections
    kept: int = 0  # files of the same names with other contents, which were left alone


def known_collections() -> dict[str, int]:
    """Return the collections that the base model has learnt from.

    Returns:
        How many tunes it knows of each, in the order of ``COLLECTIONS``.

    Raises:
        MonodyError: If the base model cannot be laid out in the cache folder.

    Example:
        >>> from monody.experiments.base_tunes import known_collections
        >>> "oneills1850" in known_collections()
        True
    """
    experiment = base_experiment()
    known = Counter(
        side.sources[file].partition("-")[0]
        for side in map(experiment.side, SIDES)
        for file in side.info["file"]
    )
    return {name: known[name] for name in COLLECTIONS if known[name]}


def collection_named(text: str) -> str:
    """Return the name of a collection that the base model knows, named in any case.

    Raises:
        MonodyError: If there is none.

    Example:
        >>> from monody.experiments.base_tunes import collection_named
        >>> collection_named("ryansmammoth")
        'ryansMammoth'
    """
    by_name = {known.lower(): known for known in known_collections()}
    if text.lower() not in by_name:
        names = ", ".join(by_name.values())
        raise MonodyError(f"no collection {text!r}: expected one of {names}, or all")
    return by_name[text.lower()]


def tunes_of_collection(name: str) -> list[Melody]:
    """Return the tunes of a collection that the base model knows, in its order.

    Args:
        name: One of ``COLLECTIONS``.

    Raises:
        MonodyError: If the base model cannot be laid out in the cache folder.
    """
    experiment = base_experiment()
    tunes = [
        side[index]
        for side in map(experiment.side, SIDES)
        for index, file in enumerate(side.info["file"])
        if side.sources[file].startswith(f"{name}-")
    ]
    return sorted(tunes, key=lambda tune: tune.source)


def write_collection(
    name: str,
    out: str | PathLike[str],
    progress: Progress | None = None,
) -> CollectionReport:
    """Write a collection of public-domain tunes as MIDI files, one for each tune.

    Args:
        name: One of ``COLLECTIONS`` that the base model knows, in any case.
        out: The folder; files that are in it are left alone.
        progress: Called with the tunes done and the tunes in all.

    Returns:
        How many tunes are there now, how many the collection has besides, and how many
        files were in the way.

    Raises:
        MonodyError: If there is no such collection, or the folder cannot be made.

    Example:
        >>> import monody
        >>> monody.write_collection("nottingham", "data/nottingham")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no collection 'nottingham': expected one of...
    """
    name = collection_named(name)
    folder = Path(out)
    make_folder(folder)
    tunes = tunes_of_collection(name)
    parts: Counter[str] = Counter()  # melodies of each file: long rests split some
    kept = 0
    for done, tune in enumerate(tunes, 1):
        parts[tune.source] += 1
        stem, part = Path(tune.source).stem, parts[tune.source]
        stem += f"-part{part}" if part > 1 else ""
        kept += not _write(midi_bytes(tune, stem), folder / f"{stem}.mid")
        if progress:
            progress(done, len(tunes))
    left_out = COLLECTIONS[name].tunes - len(tunes)
    return CollectionReport(name, len(tunes) - kept, left_out, kept)


def _write(data: bytes, path: Path) -> bool:
    """Write a file over no other; return whether it is there now as it should be."""
    try:
        write_new(path, data)
    except FileExistsError:
        return path.is_file() and path.read_bytes() == data
    return True
