"""Writing generated melodies into a folder, with a manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any

from monody.clock import now
from monody.errors import MonodyError
from monody.file_names import next_number
from monody.files import make_folder, write_json, write_new
from monody.generation.provenance import Provenance
from monody.generation.variants import free_stems
from monody.locks import locked
from monody.music.melody import Melody
from monody.music.midi_file import midi_bytes
from monody.saved.damage import DamagedError
from monody.saved.plain_json import read_json

MANIFEST = "manifest.json"
# A melody's entry takes 2 kB, and 6 kB with a primer: some hundred thousand melodies.
# They are read, and written again, with every melody that comes to them; that takes
# four times as much memory.
MAX_MANIFEST_BYTES = 2**30
UNFINISHED = "unfinished"  # of a run that is being written, or was stopped meanwhile
MAX_WAIT_SECONDS = 600.0  # for another process that writes to the folder


@dataclass(frozen=True)
class Output:
    """One file to write."""

    melody: Melody
    provenance: Provenance
    about: dict[str, Any]  # figures for the manifest

    @property
    def name(self) -> str:
        """The name of its track."""
        seed, number = self.provenance.settings.seed, self.provenance.index + 1
        return f"monody, seed {seed}, melody {number}"

    def to_bytes(self) -> bytes:
        """Return the MIDI file, which says how it was made."""
        return midi_bytes(self.melody, self.name, self.provenance.text())


def save_outputs(
    outputs: Sequence[Output],
    folder: Path,
    run: dict[str, Any],
    stem: str | None = None,
) -> list[Path]:
    """Write melodies as MIDI files; files that exist are left alone.

    Of two processes that write to one folder at once, one waits for the other.

    Args:
        outputs: The melodies.
        folder: Where to, made if it is not there.
        run: What the manifest says of all of them.
        stem: The name of the files, numbered where there are several or it is taken.
            By default files are numbered on from the highest number there.

    Returns:
        The paths written.

    Raises:
        MonodyError: If a ``manifest.json`` of another program is there.
        LockedError: If another process keeps the folder to itself for minutes.
    """
    require_own_manifest(folder)
    make_folder(folder)
    with locked(folder, MAX_WAIT_SECONDS):
        runs = _mended(_read_manifest(folder / MANIFEST), folder)
        made = {"made": now(), **run}

        def note(paths: Sequence[Path], *, unfinished: bool = False) -> None:
            melodies = [
                {"file": path.name, **one.about, "passport": one.provenance.to_json()}
                for path, one in zip(paths, outputs, strict=True)
            ]
            flag = {UNFINISHED: True} if unfinished else {}
            this = {**made, **flag, "melodies": melodies}
            write_json(folder / MANIFEST, [*runs, this])

        # Before and after: if this is killed, or the disk is full, no melody is there
        # that is not listed, and the next that writes here strikes out what is missing.
        paths = _write_new(outputs, folder, stem, partial(note, unfinished=True))
        note(paths)
    return paths


def _mended(runs: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Strike out the melodies that runs listed and were stopped before they wrote."""
    mended = []
    for run in runs:
        melodies = run["melodies"]
        if run.pop(UNFINISHED, False):
            there = [os.path.lexists(folder / melody["file"]) for melody in melodies]
            melodies = list(compress(melodies, there))
        if melodies or not run["melodies"]:
            mended.append({**run, "melodies": melodies})
    return mended


def _write_new(
    outputs: Sequence[Output],
    folder: Path,
    stem: str | None,
    note: Callable[[Sequence[Path]], None],
) -> list[Path]:
    """Write melodies under names that no file has.

    Args:
        outputs: The melodies.
        folder: Where to.
        stem: As of ``save_outputs``.
        note: Called with the paths before they are written.
    """
    written: list[Path] = []
    while len(written) < len(outputs):
        done = len(written)
        paths = _free(folder, stem, len(outputs) - done)
        note([*written, *paths])
        with suppress(FileExistsError):  # another program was quicker: other names
            for path, output in zip(paths, outputs[done:], strict=True):
                write_new(path, output.to_bytes())
                written.append(path)
    return written


def _free(folder: Path, stem: str | None, count: int) -> list[Path]:
    """Return paths that no file has, numbered on or after a stem."""
    stems = (
        _next_numbers(folder, count)
        if stem is None
        else free_stems(folder, stem, count)
    )
    return [folder / f"{name}.mid" for name in stems]


def _next_numbers(folder: Path, count: int) -> list[str]:
    """Return the next numbers that no file has: a page writes ``1.wav`` beside, too."""
    first = next_number(path.stem for path in folder.iterdir())
    return [str(number) for number in range(first, first + count)]


def require_own_manifest(folder: Path) -> None:
    """Make sure that melodies can be noted in a folder's manifest.

    Args:
        folder: Where they go; it need not be there.

    Raises:
        MonodyError: If a ``manifest.json`` of another program is there.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.save import require_own_manifest
        >>> _ = Path("manifest.json").write_text('{"name": "an app"}')
        >>> require_own_manifest(Path())
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: 'manifest.json' is not a list of monody: name...
    """
    _read_manifest(folder / MANIFEST)


def remove_outputs(folder: Path) -> None:
    """Remove the melodies that a folder's manifest names, and what goes with them.

    Args:
        folder: Where ``save_outputs`` wrote. Other files in it stay, and so does it
            where there are any.

    Raises:
        MonodyError: If its ``manifest.json`` is of another program.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.save import remove_outputs
        >>> folder = Path("samples/model")
        >>> folder.mkdir(parents=True, exist_ok=True)
        >>> _ = (folder / "mine.mid").write_bytes(b"MThd")
        >>> remove_outputs(folder)
        >>> [path.name for path in folder.iterdir()]
        ['mine.mid']
    """
    runs = _read_manifest(folder / MANIFEST)
    named = {Path(melody["file"]).stem for run in runs for melody in run["melodies"]}
    for path in list(folder.iterdir()):
        if path.stem in named and path.is_file():
            path.unlink()
    (folder / MANIFEST).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    """Return the runs recorded so far.

    Raises:
        MonodyError: If the file is something else, which must not be written over.
    """
    if not os.path.lexists(path):  # a link to nothing is the user's, too
        return []
    if path.is_file() and path.stat().st_size > MAX_MANIFEST_BYTES:
        raise MonodyError(
            f"{str(path)!r} is larger than {MAX_MANIFEST_BYTES / 1e6:,.0f} MB: name "
            "another --save_dir, which begins a list of its own"
        )
    try:
        runs = read_json(path, MAX_MANIFEST_BYTES)
    except (DamagedError, OSError):
        runs = None
    if not isinstance(runs, list) or not all(map(_is_run, runs)):
        raise MonodyError(
            f"{str(path)!r} is not a list of monody: name another --save_dir, or move "
            "that file away"
        )
    return runs


def _is_run(entry: object) -> bool:
    """Tell whether an entry of a manifest is a run of monody."""
    if not isinstance(entry, dict) or not {"made", "melodies"} <= entry.keys():
        return False
    melodies = entry["melodies"]
    return isinstance(melodies, list) and all(
        isinstance(melody, dict) and isinstance(melody.get("file"), str)
        for melody in melodies
    )
