"""Held-out bits per note with the defaults: ``python benchmarks/quality.py FOLDER...``.

For each folder of MIDI files (``FOLDER:100`` draws 100 of its files) it trains with the
default settings, for ``MAX_MINUTES`` at most, in a temporary folder, and prints the
scorecard of the test melodies. ``--encoding steps`` is the classic grid.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import monody
from header import print_header
from monody.settings.model import ENCODINGS

MAX_MINUTES = 10.0
SAMPLE_SEED = 1


def main() -> None:
    """Train on every folder, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="FOLDER[:FILES]")
    parser.add_argument("--encoding", choices=ENCODINGS, default="notes")
    arguments = parser.parse_args()
    print_header("monody", "keras", "jax")
    print("| folder | melodies | seconds | epochs | bits (95 %) | variable order "
          "| bigram | below variable order (95 %) |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for name in arguments.folders:
        with tempfile.TemporaryDirectory() as scratch:
            folder = _files(name, Path(scratch) / "files")
            print(_row(name, folder, arguments.encoding, scratch), flush=True)


def _files(name: str, scratch: Path) -> Path:
    """Return the folder, or one with copies of so many of its files."""
    folder, _, count = name.partition(":")
    if not count:
        return Path(folder)
    scratch.mkdir()
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    drawn = np.random.default_rng(SAMPLE_SEED).permutation(len(files))[: int(count)]
    for path in (files[index] for index in drawn.tolist()):
        shutil.copy(path, scratch / f"{path.parent.name}_{path.name}")
    return scratch


def _row(name: str, folder: Path, encoding: str, scratch: str) -> str:
    """Train once and return the table's row."""
    corpus = monody.read_corpus(folder)
    began = time.monotonic()
    experiment = monody.train(
        corpus,
        monody.TrainSettings(max_minutes=MAX_MINUTES),
        model=monody.ModelSettings(encoding=encoding),
        experiment_dir=Path(scratch) / "experiment",
    )
    seconds = time.monotonic() - began
    epochs = len((experiment.folder / "history.csv").read_text().splitlines()) - 1
    card = monody.evaluate(experiment)
    strong, bigram = (card.references[name] for name in ("variable_order", "bigram"))
    low, high = card.score.interval_95
    least, most = strong.saving.interval_95
    return (
        f"| {Path(name).name} | {len(corpus.used)} | {seconds:.0f} | {epochs} "
        f"| {card.score.bits_per_note:.2f} ({low:.2f}..{high:.2f}) "
        f"| {strong.score.bits_per_note:.2f} | {bigram.score.bits_per_note:.2f} "
        f"| {strong.saving.share:.0%} ({least:.0%}..{most:.0%}) |"
    )


if __name__ == "__main__":
    main()
