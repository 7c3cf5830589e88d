"""Runs two commands at once, in one folder, one experiment or one cache.

    python benchmarks/faults/pairs.py [--times 1] [--seed 1] [--pair 'two samplings']
        [--src src] [--compiled FOLDER]

The second begins at a random moment of the first. As promised is: both do all that they
do alone; or, where there is room for one, the other is refused in a line that says so.
Every melody that was written is there and in the manifest, no file is half, no
temporary file or process left, and nothing of the user's changed. For Linux. Prints a
Markdown table under a hardware and version header.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from workplace import Ended, Workplace, campaign_parser, monody
from works import MADE, TINY_BASE, halves

from header import print_header

TRAIN = "train midi --seed 1 --base none --rnn_size 16 --num_epochs 4 --no_page"
SAMPLE = f"sample --num_files 5 --bars 8 --save_dir {MADE}"
REWRITE = f"vary given/1.mid --keep rhythm --num_files 3 --save_dir {MADE}"
RESUME = "train --resume --no_page --num_epochs 6 --experiment_dir trained"
BOTH, ONE = ((0, 0),), ((0, 2), (2, 0))  # exit codes that are as promised


class Pair(NamedTuple):
    """Two programs, and what is to come of them."""

    first: list[str]
    second: list[str]
    codes: tuple[tuple[int, int], ...] = BOTH
    melodies: int = 0  # files in the folder in the end
    check: Callable[[Path], bool] = Path.is_dir  # of the home


def _pair(first: str, second: str, *rest: object) -> Pair:
    return Pair(monody(first), monody(second), *rest)  # type: ignore[arg-type]


def _whole(*folders: str) -> Callable[[Path], bool]:
    """Return what tells whether trainings came to their end."""
    return lambda home: all((home / name / "scores.json").is_file() for name in folders)


BASE = [TINY_BASE, MADE, "free", f"{MADE}/packed"]
PAIRS = {
    "two samplings": _pair(f"{SAMPLE} --seed 1", f"{SAMPLE} --seed 2", BOTH, 10),
    "two samplings, one seed": _pair(*[f"{SAMPLE} --seed 1"] * 2, BOTH, 10),
    "two trainings in one folder": _pair(
        *[f"{TRAIN} --experiment_dir {MADE}"] * 2, ONE, 0, _whole(MADE)
    ),
    "two trainings": _pair(
        TRAIN, TRAIN, BOTH, 0, _whole("experiments/02", "experiments/03")
    ),
    "two resumes": _pair(RESUME, RESUME, (*ONE, *BOTH), 0, _whole("trained")),
    "a training and sampling from it": _pair(
        RESUME, f"{SAMPLE} --experiment_dir trained", BOTH, 5, _whole("trained")
    ),
    "a training and judging it": _pair(
        RESUME, "evaluate trained", BOTH, 0, _whole("trained")
    ),
    "two inspections": _pair("inspect many", "inspect many"),
    "an inspection, and its cache removed": _pair("inspect many", "cache --clear"),
    "a training, and its cache removed": _pair(
        f"{TRAIN} --experiment_dir {MADE}", "cache --clear", BOTH, 0, _whole(MADE)
    ),
    "sampling from the base, and its cache removed": _pair(
        f"{SAMPLE} --experiment_dir base", "cache --clear", BOTH, 5
    ),
    "two samplings from the base": _pair(
        *[f"{SAMPLE} --experiment_dir base"] * 2, BOTH, 10
    ),
    "two rewrites": _pair(REWRITE, REWRITE, BOTH, 6),
    "a rewrite and a melody again": _pair(
        REWRITE, f"again given/1.mid --save_dir {MADE}", BOTH, 4
    ),
    "a melody again, twice": _pair(
        *[f"again given/1.mid --save_dir {MADE}"] * 2, BOTH, 2
    ),
    "a sampling and a rewrite": _pair(SAMPLE, REWRITE, BOTH, 8),
    "two renderings": _pair(
        *[f"render given/1.mid --to wav,abc --save_dir {MADE}"] * 2
    ),
    "two collections": _pair(*[f"corpus mutopia_hymns --out {MADE}"] * 2),
    "a training and an inspection of its folder": _pair(
        f"{TRAIN} --experiment_dir {MADE}", "inspect midi", BOTH, 0, _whole(MADE)
    ),
    "two base buildings": Pair(BASE, BASE, ONE, 0, _whole(f"{MADE}/experiment")),
}


def main() -> None:
    """Run the pairs, and print the table."""
    parser = campaign_parser(__doc__ or "", 1, "Times of each pair.")
    parser.add_argument("--pair", choices=PAIRS, action="append")
    asked = parser.parse_args()
    print_header("keras", "jax", "numpy", "click")
    print("| at once | times | exit codes | faults |\n|---|---:|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="monody-faults-") as folder:
        place = Workplace(Path(folder) / "place", asked.src.resolve(), asked.compiled)
        trained = _trained(place, Path(folder) / "trained")
        for name in asked.pair or PAIRS:
            codes, faults = set(), []
            for number in range(asked.times):
                rng = random.Random(f"{asked.seed} {name} {number}")  # noqa: S311
                place.tidy()
                place.forget()
                shutil.copytree(trained, place.home / "trained")
                ended, found = _tried(PAIRS[name], place, rng)
                codes.add(tuple(each.code for each in ended))
                faults += found
                print(name, found or "fine", [each.errors for each in ended],
                      file=sys.stderr, flush=True)  # fmt: skip
            told = "; ".join(faults) or "none"
            print(f"| {name} | {asked.times} | {sorted(codes)} | {told} |", flush=True)


def _trained(place: Workplace, kept: Path) -> Path:
    """Train something that can go on."""
    ended = place.run(monody(f"{TRAIN} --experiment_dir trained"))
    if ended.code:
        raise SystemExit(str(ended))
    shutil.move(place.home / "trained", kept)
    return kept


def _tried(
    pair: Pair, place: Workplace, rng: random.Random
) -> tuple[list[Ended], list[str]]:
    """Run a pair, and say what is wrong with what came of it."""
    first = place.start(pair.first)
    time.sleep(rng.uniform(0, 2))
    second = place.start(pair.second)
    ended = [first.ended(), second.ended()]
    faults = []
    if any(each.traceback for each in ended):
        faults.append("traceback")
    if tuple(each.code for each in ended) not in pair.codes:
        faults.append(f"exit codes {[each.code for each in ended]}")
    if any(len(each.errors.strip().splitlines()) > 1 for each in ended if each.code):
        faults.append("more than a line")
    left = first.left() + second.left()
    faults += [f"half of {name}" for name in halves(place.home)]
    faults += [f"{name} of the user changed" for name in place.harmed()]
    faults += [f"{what} left" for what in (*left, *place.temporary_files())]
    faults += _of_the_melodies(place.home / MADE, pair.melodies)
    if not pair.check(place.home):
        faults.append("the training did not come to its end")
    return ended, faults


def _of_the_melodies(folder: Path, expected: int) -> list[str]:
    """Say which melodies are missing, or not in the manifest."""
    if not expected:
        return []
    manifest = folder / "manifest.json"
    runs = json.loads(manifest.read_text()) if manifest.is_file() else []
    named = sorted(melody["file"] for run in runs for melody in run["melodies"])
    there = sorted(path.name for path in folder.glob("*.mid"))
    faults = [] if len(there) == expected else [f"{len(there)} of {expected} melodies"]
    return faults if named == there else [*faults, f"{named} in the manifest"]


if __name__ == "__main__":
    main()
