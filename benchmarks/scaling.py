"""One process against two, and batches alone: ``python benchmarks/scaling.py FOLDER``.

Each training is a whole one: batches made, steps done, held-out melodies scored. Strong
scaling: the same batches, divided. Weak scaling: each process as many sequences as one
alone had. One process alone is measured on one core (``taskset``), as each of two has,
and on both. Every run compiles in its first epoch, which is not counted. Linux only.

``--one_core`` measures only what a core does in a second of its own time, so that other
work on the machine counts little: steps of the default sizes, and batches alone.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import monody
from header import print_header
from monody.models.batches import LENGTH_UNIT, Batches
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import Vocabulary
from monody.models.keras_network import build_model
from monody.training.fit import TrainingData, compiled

BATCH, UNITS, EPOCHS = 16, 128, 4
LENGTH, STEPS = 128, 12  # events of a melody, and steps that are measured on one core
DEFAULTS = ((128, 8), (192, 16))  # units and sequences in a batch, of the presets
SECONDS_ALONE = 10.0  # for the batches alone


def main() -> None:
    """Measure, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--one_core", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder
    print_header("monody", "keras", "jax")
    if arguments.one_core:
        _print_one_core(folder)
        return
    print(f"Load of the machine before: {os.getloadavg()[0]:.1f}\n")
    cores = sorted(os.sched_getaffinity(0))[:2]
    runs = (
        ("one process, one core", 1, BATCH, [cores[:1]]),
        ("one process, two cores", 1, BATCH, [cores]),
        ("two processes, strong", 2, BATCH, [cores[:1], cores[1:]]),
        ("one process, two cores, twice the batch", 1, 2 * BATCH, [cores]),
        ("two processes, weak", 2, 2 * BATCH, [cores[:1], cores[1:]]),
    )
    print("| training | batch | seconds a step | events a second | waited | speed |")
    print("|---|---|---|---|---|---|")
    encoded = _encoded(folder)
    first = 0.0
    for name, count, batch, places in runs:
        seconds, waited = _epoch(folder, count, batch, places)
        steps = len(Batches(encoded, batch, 512))
        rate = len(encoded.pitch) / seconds
        first = first or rate
        print(
            f"| {name} | {batch} | {seconds / steps:.3f} | {rate:,.0f} "
            f"| {waited:.1%} | {rate / first:.2f} |",
            flush=True,
        )


def _print_one_core(folder: str) -> None:
    """Print what one core does in a second of processor time."""
    cores = sorted(os.sched_getaffinity(0))[:1]
    os.sched_setaffinity(0, cores)
    print("| units, batch | seconds a step | events a second |\n|---|---|---|")
    encoded = _encoded(folder)
    lengths = np.diff(encoded.ends, prepend=0)
    some = np.flatnonzero((lengths > LENGTH - LENGTH_UNIT) & (lengths <= LENGTH))
    alike = _encoded(folder, some[:64].tolist())
    for units, batch in DEFAULTS:
        seconds, events = _steps(alike, units, batch)
        print(f"| {units}, {batch} | {seconds:.3f} | {events:,.0f} |", flush=True)
    print(f"| batches alone | | {_alone(encoded):,.0f} |")


def _steps(encoded: EncodedSet, units: int, batch: int) -> tuple[float, float]:
    """Return the processor's seconds of a step, and the events that a second does."""
    vocabulary = Vocabulary("notes")
    settings = monody.TrainSettings(batch_size=batch, patience=1)
    size = monody.ModelSettings(rnn_size=units, num_layers=2, dropout=0.3)
    learner = compiled(build_model(size, vocabulary), settings)
    data = TrainingData(encoded, settings)
    learner.train_on_batch(*data[0])  # it is compiled
    times = []
    for step in range(STEPS):
        ready = data[step % (len(data) - 1)]
        began = time.process_time()
        learner.train_on_batch(*ready)
        times.append(time.process_time() - began)
    seconds = float(np.median(times))
    return seconds, np.count_nonzero(ready[2]["pitch"]) / seconds


def _encoded(folder: str, some: Sequence[int] | None = None) -> EncodedSet:
    """Return the melodies that are trained on, or some of them."""
    corpus = monody.read_corpus(folder)
    melodies = corpus.melodies.take(monody.split_corpus(corpus, 1).train)
    return encode_set(melodies, Vocabulary("notes"), some, outlined=True)


def _epoch(
    folder: str, count: int, batch: int, places: Sequence[list[int]]
) -> tuple[float, float]:
    """Return the median seconds of an epoch, and the share that waits for batches."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "01"
        command = [
            "monody", "train", folder, "--base", "none", "--no_page", "--rnn_size",
            str(UNITS), "--batch_size", str(batch), "--num_epochs", str(EPOCHS),
            "--patience", str(EPOCHS), "--experiment_dir", str(target),
        ]  # fmt: skip
        if count > 1:
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                port = listener.getsockname()[1]
            command += ["--distributed", f"127.0.0.1:{port}", "--num_processes",
                        str(count)]  # fmt: skip
        started = [
            _start([*command, "--process_id", str(index)] if count > 1 else command, at)
            for index, at in enumerate(places)
        ]
        for process in started:
            if process.wait():
                raise SystemExit("a training failed")
        rows = monody.Experiment(target).history()[1:]
    seconds = [row["seconds"] for row in rows]
    waited = sum(row["seconds_waited"] for row in rows) / sum(seconds)
    return float(np.median(seconds)), waited


def _start(command: Sequence[str], cores: Sequence[int]) -> subprocess.Popen[bytes]:
    on = ["taskset", "--cpu-list", ",".join(map(str, cores))]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*on, sys.executable, "-m", *command], stdout=subprocess.DEVNULL
    )


def _alone(encoded: EncodedSet) -> float:
    """Return how many events a second are drawn, transposed and laid into batches."""
    data = TrainingData(encoded, monody.TrainSettings(batch_size=BATCH, patience=1))
    began, events, epoch = time.process_time(), 0, 0
    while time.process_time() < began + SECONDS_ALONE:
        data.draw(epoch)
        for index in range(len(data)):
            events += int(np.count_nonzero(data[index][2]["pitch"]))
        epoch += 1
    data.close()
    return events / (time.process_time() - began)


if __name__ == "__main__":
    main()
