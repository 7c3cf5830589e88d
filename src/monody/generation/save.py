"""Writing generated melodies into a folder, with a manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.experiments.experiment import now
from monody.files import make_folder, write_json
from monody.generation.provenance import Provenance
from monody.generation.variants import free_stems
from monody.music.melody import Melody
from monody.music.midi_file import write_midi
from monody.plain_json import parse_json

MANIFEST = "manifest.json"


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

    def write(self, path: Path) -> None:
        """Write the MIDI file, which says how it was made."""
        write_midi(self.melody, path, self.name, self.provenance.text())


def save_outputs(
    outputs: Sequence[Output],
    folder: Path,
    run: dict[str, Any],
    stem: str | None = None,
) -> list[Path]:
    """Write melodies as MIDI files; files that exist are left alone.

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
    """
    runs = _read_manifest(folder / MANIFEST)
    make_folder(folder)
    if stem is None:
        stems = _next_numbers(folder, len(outputs))
    else:
        stems = free_stems(folder, stem, len(outputs))
    paths = [folder / f"{name}.mid" for name in stems]
    for path, output in zip(paths, outputs, strict=True):
        output.write(path)
    melodies = [
        {"file": path.name, **output.about, "passport": output.provenance.to_json()}
        for path, output in zip(paths, outputs, strict=True)
    ]
    runs.append({"made": now(), **run, "melodies": melodies})
    write_json(folder / MANIFEST, runs)
    return paths


def _next_numbers(folder: Path, count: int) -> list[str]:
    """Return the next numbers that no file has: a page writes ``1.wav`` beside, too."""
    numbers = [int(path.stem) for path in folder.iterdir() if path.stem.isdecimal()]
    first = max(numbers, default=0) + 1
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


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    """Return the runs recorded so far.

    Raises:
        MonodyError: If the file is something else, which must not be written over.
    """
    if not path.exists():
        return []
    try:
        runs = parse_json(path.read_bytes()) if path.is_file() else None
    except (ValueError, OSError):
        runs = None
    if not isinstance(runs, list) or not all(map(_is_run, runs)):
        raise MonodyError(
            f"{str(path)!r} is not a list of monody: name another --save_dir, or move "
            "that file away"
        )
    return runs


def _is_run(entry: object) -> bool:
    """Tell whether an entry of a manifest is a run of monody."""
    return isinstance(entry, dict) and {"made", "melodies"} <= entry.keys()
