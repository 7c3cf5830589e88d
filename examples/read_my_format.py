"""A reader of one's own, for files that monody does not know.

    python examples/read_my_format.py [FOLDER]

The format here is a table: a line for each note, its solfège syllable, its octave and
its length in quarters, such as ``mi,4,0.5``. A reader is a function from a path to
melodies; a ValueError is the reason why a file is left out. What it finds is a corpus
like any other: copies are found, and a network can learn from it.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import monody

SYLLABLES = {"do": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11}
QUARTER = 24  # ticks


def read_tune(path: Path) -> Iterator[monody.Melody]:
    """Read the tune of a file."""
    notes, tick = [], 0
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            try:
                syllable, octave, quarters = row
                pitch = 12 * (int(octave) + 1) + SYLLABLES[syllable]
            except (ValueError, KeyError):
                raise ValueError(f"line {number} is no note: {row}") from None
            ticks = round(float(quarters) * QUARTER)
            notes.append((pitch, tick, ticks))
            tick += ticks
    yield monody.Melody.from_notes(notes, [monody.Meter(0, 4, 4)], bpm=100)


def write_some(folder: Path) -> None:
    """Write a few tunes, and a file that is none, to try it out."""
    folder.mkdir(parents=True)
    for seed in range(12):
        syllables = random.Random(seed).choices(list(SYLLABLES), k=16)
        rows = [f"{one},4,{1 + at % 2}" for at, one in enumerate(syllables)]
        (folder / f"{seed:02}.csv").write_text("\n".join(rows), "utf-8")
    (folder / "copy.csv").write_text("\n".join(rows), "utf-8")
    (folder / "broken.csv").write_text("mi,4,1\nhello\n", "utf-8")


def main(folder: Path) -> None:
    """Read a folder, say what became of each file, and learn for a moment."""
    if not folder.exists():
        write_some(folder)
    corpus = monody.read_own(folder, read_tune, "*.csv")
    for verdict in corpus.verdicts:
        print(f"{verdict.verdict:9}  {verdict.path}  {verdict.reason}")
    settings = monody.TrainSettings(num_epochs=3)  # leave it out to learn in earnest
    experiment = monody.train(corpus, settings)
    made = monody.generate(experiment, monody.SampleSettings(num_files=3, seed=7))
    print(*made.save(), sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "tables"))
