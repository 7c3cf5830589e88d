"""Damages the files of a small experiment, and uses all that reads them.

    PYTHONPATH=src:. python benchmarks/faults/damaged_experiments.py --seconds 60

Whatever comes of it is to be a sentence or nothing: it ends with an error where another
exception came, and prints how many damages were tried and how long the slowest took.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.builders.damages import Damage, damages
from tests.builders.midi_files import write_tunes

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import SIDES, Experiment
from monody.experiments.novelty_index import known_melodies
from monody.experiments.training_state import read_training_state, read_variables

NOT_READ = ("split.json", "files.json", "last.keras")


def trained(folder: Path) -> Experiment:
    """Train a small network."""
    write_tunes(folder / "tunes", 20)
    experiment = monody.train(
        monody.read_corpus(folder / "tunes"),
        monody.TrainSettings(num_epochs=2, batch_size=8, base="none"),
        model=monody.ModelSettings(rnn_size=12, num_layers=1),
        experiment_dir=folder / "01",
        message="a note to self",
    )
    known_melodies(experiment)
    return experiment


def use(experiment: Experiment) -> None:
    """Read all parts of an experiment; a sentence is as good as what it holds."""
    reads: tuple[Callable[[], object], ...] = (
        experiment.record,
        experiment.history,
        experiment.scores,
        experiment.message,
        experiment.held_out_melodies,
        *(lambda side=side: list(experiment.side(side)) for side in SIDES),
        lambda: experiment.load().layers,
        lambda: known_melodies(experiment),
        lambda: read_training_state(experiment.checkpoint_path),
        lambda: read_variables(experiment.checkpoint_path),
    )
    for read in reads:
        with contextlib.suppress(MonodyError):
            read()
    monody.list_runs(experiment.path)


def harmed(experiment: Experiment, seed: int) -> Iterator[tuple[Path, Damage]]:
    """Yield the files that are read, each with its damages."""
    for path in sorted(experiment.folder.rglob("*")):
        read = path.name not in NOT_READ and not path.name.startswith("epoch-")
        if path.is_file() and read and "tensorboard-logs" not in path.parts:
            yield from ((path, harm) for _, harm in damages(path, seed))


def main() -> None:
    """Damage and use until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    tried, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as name:
        whole = trained(Path(name))
        copy, end = Path(name) / "02", time.monotonic() + asked.seconds
        for seed in itertools.count(asked.seed):
            for path, harm in harmed(whole, seed):
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(whole.folder, copy)
                harm(copy / path.relative_to(whole.folder))
                began = time.monotonic()
                use(Experiment(copy))
                slowest = max(slowest, time.monotonic() - began)
                tried += 1
                if time.monotonic() > end:
                    print(f"{tried:,} damages, the slowest took {slowest:.1f} s")
                    return


if __name__ == "__main__":
    main()
