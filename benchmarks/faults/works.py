"""The works that are disturbed, what they make, and how one goes on after a stop.

What a work makes is compared with what it makes undisturbed. So a figure, a melody or a
weight that a stop changed is seen, not only a file that is cut.
"""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np
from workplace import ROOT, Ended, Workplace, monody

from monody.models.stored_layers import DECODING
from monody.temporary import is_temporary

MADE = "made"  # the folder that works write to

Made = Mapping[str, object]  # what was made, by a name


class Work(NamedTuple):
    """A command, and how to look at what it made."""

    program: list[str]
    made: Callable[[Path, Ended], Made]  # of its home and its output
    resumed: list[str] | None = None  # if there is a checkpoint


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _melodies(home: Path, _: Ended) -> Made:
    """Return the melodies, whatever their files are called, and if all are listed."""
    files = sorted((home / MADE).glob("*.mid"))
    runs = json.loads((home / MADE / "manifest.json").read_text())
    named = [melody["file"] for run in runs for melody in run["melodies"]]
    return {
        "melodies": sorted({_digest(path.read_bytes()) for path in files}),
        "listed": sorted(named) == sorted(path.name for path in files),
        "pages": any((home / MADE).glob("*.html")),
    }


def _training(home: Path, _: Ended) -> Made:
    """Return the weights, the figures and the melodies of a training."""
    folder = home / MADE
    with (folder / "history.csv").open() as file:
        rows = [
            {name: each for name, each in row.items() if not name.startswith("seconds")}
            for row in csv.DictReader(file)
        ]
    names = ("model.keras", "last.keras", "epoch-0001.keras", "epoch-0002.keras")
    stores = [*folder.glob("training/*.npy"), *folder.glob("held_out/*.npy")]
    return {
        "history": rows,
        "scores": (folder / "scores.json").read_text(),
        **{name: weights(folder / name) for name in names},
        **{str(path): _digest(path.read_bytes()) for path in stores},
    }


def weights(path: Path) -> str:
    """Return a sum of the weights; the same network has the same bytes in its file."""
    with zipfile.ZipFile(path) as archive:
        return _digest(archive.read(DECODING))


def _inspection(_: Path, ended: Ended) -> Made:
    return {"said": ended.output}


def _files(home: Path, _: Ended) -> Made:
    """Return every file by its name."""
    files = sorted((home / MADE).iterdir())
    return {path.name: _digest(path.read_bytes()) for path in files}


def _page(home: Path, _: Ended) -> Made:
    return {"page": _digest((home / f"{MADE}.html").read_bytes())}


def _base(home: Path, _: Ended) -> Made:
    packed = home / MADE / "packed"
    return {path.name: _digest(path.read_bytes()) for path in packed.iterdir()}


SMALL = "--seed 1 --base none --rnn_size 16 --num_epochs 4 --no_page"
TINY_BASE = str(ROOT / "benchmarks/faults/tiny_base.py")
WORKS = {
    "train": Work(
        monody(f"train midi {SMALL} --experiment_dir {MADE}"),
        _training,
        monody(f"train --resume --no_page --experiment_dir {MADE}"),
    ),
    "sample": Work(
        monody(f"sample --seed 1 --num_files 8 --bars 8 --save_dir {MADE}"), _melodies
    ),
    "inspect": Work(monody("inspect many"), _inspection),
    "vary": Work(
        monody(
            f"vary given/1.mid --keep rhythm --seed 1 --num_files 4 --save_dir {MADE}"
        ),
        _melodies,
    ),
    "make base": Work([TINY_BASE, f"{MADE}", "free", f"{MADE}/packed"], _base),
}
# Those that write, too; a stop of them is a stop of one of the others.
OTHERS = {
    "fine-tune": Work(
        monody(f"train midi --seed 1 --num_epochs 2 --no_page --experiment_dir {MADE}"),
        _training,
        monody(f"train --resume --no_page --experiment_dir {MADE}"),
    ),
    "train with its page": Work(
        monody(f"train midi {SMALL[:-10]} --experiment_dir {MADE}"),
        _training,
        monody(f"train --resume --experiment_dir {MADE}"),
    ),
    "sample from the base": Work(
        monody(
            f"sample --experiment_dir base --seed 1 --num_files 2 --bars 8 "
            f"--save_dir {MADE}"
        ),
        _melodies,
    ),
    "again": Work(monody(f"again given/1.mid --save_dir {MADE}"), _melodies),
    "render": Work(
        monody(f"render given/1.mid --to wav,svg,musicxml,abc --save_dir {MADE}"),
        _files,
    ),
    "corpus": Work(monody(f"corpus mutopia_hymns --out {MADE}"), _files),
    "inspect --html": Work(monody(f"inspect midi --html {MADE}.html"), _page),
}


def go_on(work: Work, place: Workplace) -> Ended:
    """Do what a user does after a stop: go on where that can be, or begin again."""
    started = (place.home / MADE / "checkpoint.npz").is_file()
    return place.run(work.resumed if work.resumed and started else work.program)


def halves(folder: Path) -> list[str]:
    """Return the files below a folder that are not whole, those on their way aside."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        str(path.relative_to(folder))
        for path in files
        if not any(map(is_temporary, path.relative_to(folder).parts))
        and not _is_whole(path)
    ]


def _is_whole(path: Path) -> bool:
    """Tell whether a file is whole, by what files of its type begin and end with."""
    check = _CHECKS.get(path.suffix)
    try:
        return check is None or check(path)
    except Exception:
        return False


def _table_is_whole(path: Path) -> bool:
    text = path.read_text()
    return text.endswith("\n") and len({line.count(",") for line in text.split()}) == 1


_CHECKS: dict[str, Callable[[Path], bool]] = {
    ".mid": lambda path: path.read_bytes().endswith(b"\xff\x2f\x00"),
    ".json": lambda path: json.loads(path.read_text()) is not None,
    ".html": lambda path: path.read_text().rstrip().endswith("</html>"),
    ".keras": lambda path: zipfile.ZipFile(path).testzip() is None,
    ".npz": lambda path: zipfile.ZipFile(path).testzip() is None,
    ".zip": lambda path: zipfile.ZipFile(path).testzip() is None,
    ".npy": lambda path: np.load(path) is not None,
    ".csv": _table_is_whole,
    ".wav": lambda path: (
        path.stat().st_size == 8 + int.from_bytes(path.read_bytes()[4:8], "little")
    ),
    ".musicxml": lambda path: ElementTree.parse(path) is not None,  # noqa: S314
    ".abc": lambda path: path.read_text().endswith("\n"),
}
