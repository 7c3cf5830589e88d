"""What the base model brings to a handful of files.

For each folder, sample size and seed: a network from nothing and one fine-tuned from
the base model learn from the sample; both, the base alone and the variable-order model
are judged on 200 other melodies. Half of each folder's tunes are left for choosing
settings; these figures are of the other half, without the tunes that the base knows.

Run: benchmarks/fine_tuning.py FOLDER... [--seeds 5] [--keep WORK_FOLDER]
A run that was stopped goes on with what lies in WORK_FOLDER.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

import monody
from header import print_header
from monody.corpus.duplicates import are_known
from monody.experiments.base import base_experiment
from monody.experiments.novelty_index import known_melodies

SIZES = (20, 40, 100)
TEST_MELODIES = 200
GENERATED = 100  # melodies whose novelty is looked at, for samples of 40
NOVELTY_OF = 40
HALVES_SEED = 20261123


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder for samples and networks")
    parser.add_argument("--only_nothing", action="store_true", help="the first half")
    options = parser.parse_args()
    work = options.keep or Path(tempfile.mkdtemp())
    files = {folder: report_half(folder) for folder in options.folders}
    rows = []
    for seed in range(1, options.seeds + 1):
        for folder in options.folders:
            for size in SIZES:
                place = work / f"{folder.name}-{size}-{seed}"
                draw(files[folder], folder, size, seed, place)
                # In a process of its own: what JAX compiled for a network stays until
                # the process ends, and some sixteen networks fill it.
                with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                    measure = from_nothing if options.only_nothing else row
                    figures = alone.submit(measure, place, seed).result()
                rows.append({"folder": folder.name, "size": size, **figures})
    print_header()
    if not options.only_nothing:
        print_tables(rows)


def report_half(folder: Path) -> list[str]:
    """Return one file of each group of like tunes, the half that chose nothing."""
    corpus = monody.read_corpus(folder)
    groups, melodies = corpus.groups, corpus.melodies
    first: dict[int, str] = {}
    for index in corpus.used.tolist():
        source = melodies.sources[melodies.info["file"][index]]
        first.setdefault(int(groups[index]), source)
    base = base_experiment()
    tunes = base.side("train").followed_by(base.side("validation"))
    like = melodies.info["file"][are_known(melodies, tunes)].tolist()
    known = {melodies.sources[file] for file in like}
    files = list(first.values())
    order = np.random.default_rng(HALVES_SEED).permutation(len(files))
    half = [files[index] for index in order[len(files) // 2 :]]
    return [file for file in half if file not in known]


def draw(files: list[str], folder: Path, size: int, seed: int, place: Path) -> None:
    """Lay out a sample to learn from, and others to judge on."""
    if (place / "drawn").exists():
        return
    order = np.random.default_rng([size, seed]).permutation(len(files))
    sides = {
        "learn": order[:size],
        "judge": order[size : size + TEST_MELODIES],
    }
    for side, indices in sides.items():
        (place / side).mkdir(parents=True, exist_ok=True)
        for index in indices:
            source = folder / files[index]
            shutil.copyfile(source, place / side / source.name)
    (place / "drawn").touch()


def from_nothing(place: Path, seed: int) -> dict[str, Any]:
    """Train from nothing and judge."""
    return {"nothing": train_and_judge(place, seed, "none", "nothing")}


def train_and_judge(place: Path, seed: int, base: str, name: str) -> dict[str, Any]:
    """Train, judge on the other melodies, and write the figures down."""
    written = place / f"{name}.json"
    if written.exists():
        return dict(json.loads(written.read_text()))
    shutil.rmtree(place / name, ignore_errors=True)
    began = time.monotonic()
    experiment = monody.train(
        monody.read_corpus(place / "learn"),
        monody.TrainSettings(base=base, seed=seed),
        experiment_dir=place / name,
    )
    seconds = time.monotonic() - began
    card = monody.evaluate(experiment, place / "judge", from_nothing=False)
    figures = {
        "seconds": seconds,
        "notes": len(experiment.side("train").notes),
        "judged": card.score.melodies,
        "bits": card.score.bits_per_note,
        **{
            reference: standing.score.bits_per_note
            for reference, standing in card.references.items()
        },
    }
    written.write_text(json.dumps(figures))
    return figures


def row(place: Path, seed: int) -> dict[str, Any]:
    """Return the figures of one sample, fine-tuned beside from nothing."""
    nothing = from_nothing(place, seed)
    tuned = train_and_judge(place, seed, "base", "tuned")
    novelty = (
        copies(place, seed) if place.name.split("-")[-2] == str(NOVELTY_OF) else {}
    )
    return {**nothing, "tuned": tuned, "novelty": novelty}


def copies(place: Path, seed: int) -> dict[str, float]:
    """Return how many melodies are copies of the sample: generated ones, real ones."""
    written = place / "novelty.json"
    if written.exists():
        return dict(json.loads(written.read_text()))
    experiment = monody.Experiment(place / "tuned")
    settings = monody.SampleSettings(bars=16, num_files=GENERATED, seed=seed)
    pieces = monody.generate(experiment, settings).generated
    known = known_melodies(experiment)
    if known is None:
        raise SystemExit(f"no training melodies in {place}")
    real = monody.read_corpus(place / "judge").melodies
    labels = {
        "generated": [piece.novelty.label for piece in pieces if piece.novelty],
        "real": [known.look_up(melody).label for melody in real],
    }
    shares = {
        f"{side}_{label}": found.count(label) / len(found)
        for side, found in labels.items()
        for label in ("copy", "near-copy")
    }
    written.write_text(json.dumps(shares))
    return shares


def print_tables(rows: list[dict[str, Any]]) -> None:
    """Print means over the seeds."""
    print(
        "| folder | tunes | seeds | base alone | from nothing | variable order "
        "| fine-tuned | below nothing | below variable order | s from nothing "
        "| s fine-tuned |"
    )
    print("|" + "---|" * 11)
    for folder, size in dict.fromkeys((row["folder"], row["size"]) for row in rows):
        of = [row for row in rows if (row["folder"], row["size"]) == (folder, size)]

        def mean(side: str, name: str, of: list[dict[str, Any]] = of) -> float:
            return float(np.mean([row[side][name] for row in of]))

        tuned, nothing = mean("tuned", "bits"), mean("nothing", "bits")
        strong = mean("tuned", "variable_order")
        print(
            f"| {folder} | {size} | {len(of)} | {mean('tuned', 'base_alone'):.2f} "
            f"| {nothing:.2f} | {strong:.2f} | {tuned:.2f} | {1 - tuned / nothing:.0%} "
            f"| {1 - tuned / strong:.0%} | {mean('nothing', 'seconds'):.0f} "
            f"| {mean('tuned', 'seconds'):.0f} |"
        )
    print("\n| folder | tunes | generated: copy, near-copy | real: copy, near-copy |")
    print("|---|---|---|---|")
    for folder in dict.fromkeys(row["folder"] for row in rows):
        of = [row["novelty"] for row in rows if row["folder"] == folder]
        shares = [
            f"{np.mean([n[f'{side}_{label}'] for n in of if n]):.1%}"
            for side in ("generated", "real")
            for label in ("copy", "near-copy")
        ]
        print(
            f"| {folder} | {NOVELTY_OF} | {', '.join(shares[:2])} "
            f"| {', '.join(shares[2:])} |"
        )


if __name__ == "__main__":
    main()
