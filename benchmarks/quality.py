"""Held-out bits per note with the defaults: ``python benchmarks/quality.py FOLDER...``.

For each folder of MIDI files and each encoding it trains with the default settings, for
``MAX_MINUTES`` at most, in a temporary folder, and prints the test figure beside the
bigram's on the same notes.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import monody
from monody.settings import ENCODINGS

MAX_MINUTES = 4.0


def main() -> None:
    """Train on every folder, print the table."""
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("monody", "keras", "jax")
    )
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"Python {platform.python_version()}, {versions}\n")
    print("| folder | encoding | melodies | seconds | epochs | bits | bigram | below |")
    print("|---|---|---|---|---|---|---|---|")
    for folder in map(Path, sys.argv[1:]):
        corpus = monody.read_corpus(folder)
        for encoding in ENCODINGS:
            print(_row(folder.name, corpus, encoding), flush=True)


def _row(name: str, corpus: monody.Corpus, encoding: str) -> str:
    """Train once and return the table's row."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as experiment_dir:
        experiment = monody.train(
            corpus,
            monody.TrainSettings(max_minutes=MAX_MINUTES),
            model=monody.ModelSettings(encoding=encoding),
            experiment_dir=experiment_dir,
        )
        seconds = time.monotonic() - began
        score = experiment.read_json("scores.json")["test"]
        epochs = len((experiment.folder / "history.csv").read_text().splitlines()) - 1
    bits = score["bits_per_note"]
    bigram = score["references"]["bigram"]["bits_per_note"]
    return (
        f"| {name} | {encoding} | {len(corpus.melodies)} | {seconds:.0f} | {epochs} "
        f"| {bits:.2f} | {bigram:.2f} | {1 - bits / bigram:.0%} |"
    )


if __name__ == "__main__":
    main()
