"""Writing generated melodies into a folder, with a manifest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.experiments.experiment import now
from monody.files import make_folder, write_json
from monody.generation.provenance import Provenance
from monody.music.melody import Melody
from monody.music.midi_file import write_midi

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
    outputs: Sequence[Output], folder: Path, run: dict[str, Any]
) -> list[Path]:
    """Write melodies as MIDI files; files that exist are left alone.

    Args:
        outputs: The melodies.
        folder: Where to, made if it is not there. Files are numbered on from the
            highest number there.
        run: What the manifest says of all of them.

    Returns:
        The paths written.

    Raises:
        MonodyError: If a ``manifest.json`` of another program is there.
    """
    make_folder(folder)
    runs = _read_manifest(folder / MANIFEST)
    numbers = [int(p.stem) for p in folder.glob("*.mid") if p.stem.isdecimal()]
    first = max(numbers, default=0) + 1
    paths = [folder / f"{first + index}.mid" for index in range(len(outputs))]
    for path, output in zip(paths, outputs, strict=True):
        output.write(path)
    melodies = [
        {"file": path.name, **output.about, "passport": output.provenance.to_json()}
        for path, output in zip(paths, outputs, strict=True)
    ]
    runs.append({"made": now(), **run, "melodies": melodies})
    write_json(folder / MANIFEST, runs)
    return paths


def _read_manifest(path: Path) -> list[dict[str, Any]]:
    """Return the runs recorded so far.

    Raises:
        MonodyError: If the file is something else, which must not be written over.
    """
    if not path.exists():
        return []
    try:
        runs = json.loads(path.read_text("utf-8"))
    except ValueError:
        runs = None
    if not isinstance(runs, list):
        raise MonodyError(
            f"{str(path)!r} is not a list of monody: name another --save_dir, or move "
            "that file away"
        )
    return runs
