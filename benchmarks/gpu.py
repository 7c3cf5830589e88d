"""What a GPU brings: ``python benchmarks/gpu.py FOLDER [--minutes 5]``.

Trains for three epochs on two cores and on the GPU, each time in a process of its own,
and prints what the second and third took: windows and events a second, epochs a minute
and the share of the time that training waited for its batches. The first epoch, which
compiles, is told by itself. Then networks of several sizes on the GPU; then whole
trainings with the defaults, once in each precision, with their held-out figures. Where
JAX knows no GPU it says so in one line.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from header import print_header

SPEED_ROW = "| {device} | {units} | {batch} | {precision} | {first:.0f} s "
SPEED_ROW += "| {windows:,.0f} | {events:,.0f} | {epochs:.1f} | {waited:.1%} |"
WHOLE_ROW = "| {device} | {units} | {batch} | {precision} | {minutes:.1f} | {count} "
WHOLE_ROW += "| {bits:.3f} ({low:.3f}..{high:.3f}) |"
UNITS = (192, 512, 1024, 2048)
EPOCHS = 3  # of which the first compiles
CORES = {0, 1}
ALONE = "import sys; sys.path.insert(0, {here!r}); import gpu; gpu.measure({run!r})"


def main() -> None:
    """Measure, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--minutes", type=float, default=5.0, help="of a whole one")
    parser.add_argument("--pretend", action="store_true", help="the CPU is a GPU")
    arguments = parser.parse_args()
    gpu = "cpu" if arguments.pretend else "gpu"
    if not arguments.pretend and not _has_gpu():
        print("no GPU that JAX knows: nothing was measured; pip install 'monody[gpu]'")
        return
    print_header("monody", "keras", "jax")
    print("| device | units | batch | products | first epoch | windows a second "
          "| events a second | epochs a minute | waited |")  # fmt: skip
    print("|---" * 9 + "|")
    runs: list[dict[str, Any]] = [
        {"device": "cpu", "units": 192, "batch": 16, "precision": "float32"},
        {"device": gpu, "units": 192, "batch": 16, "precision": "float32"},
        {"device": gpu, "units": 192, "batch": 64, "precision": "float32"},
        *({"device": gpu, "units": units, "batch": 64, "precision": "bfloat16"}
          for units in UNITS),
    ]  # fmt: skip
    usual = {"folder": arguments.folder, "minutes": None, "epochs": EPOCHS}
    for run in runs:
        print(_measured({**usual, **run}, SPEED_ROW), flush=True)
    print("\n| device | units | batch | products | minutes | epochs "
          "| held-out bits a note (95 %) |")  # fmt: skip
    print("|---" * 7 + "|")
    whole = {"device": gpu, "units": None, "batch": None, "epochs": None}
    whole |= {"folder": arguments.folder, "minutes": arguments.minutes}
    for precision in ("float32", "bfloat16"):
        row = _measured({**whole, "precision": precision}, WHOLE_ROW)
        print(row, flush=True)


def _has_gpu() -> bool:
    import jax

    return jax.default_backend() == "gpu"


def _measured(run: dict[str, Any], row: str) -> str:
    """Train in a process of its own, and return the row of the table."""
    program = ALONE.format(here=str(Path(__file__).parent), run=run)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    if done.returncode:  # too large for the memory, above all
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"| {run['device']} | {run['units']} | {run['batch']} | failed: {why} |"
    return row.format(**json.loads(done.stdout.splitlines()[-1]))


def measure(run: dict[str, Any]) -> None:
    """Train once, and print the figures as JSON.

    Args:
        run: ``folder``, ``minutes``, ``epochs``, ``device``, ``units``, ``batch``,
            ``precision``.
    """
    if run["device"] == "cpu":
        os.sched_setaffinity(0, CORES)  # before JAX counts them
    import monody
    from monody.models.batches import cut_windows
    from monody.models.encoded_set import encode_set
    from monody.models.events import Vocabulary
    from monody.settings.devices import DeviceSettings

    limits = {"num_epochs": run["epochs"]} if run["epochs"] else {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        experiment = monody.train(
            monody.read_corpus(run["folder"]),
            monody.TrainSettings(
                base="none",
                batch_size=run["batch"],
                max_minutes=run["minutes"],
                **limits,
            ),
            model=monody.ModelSettings(rnn_size=run["units"]),
            experiment_dir=Path(scratch) / "01",
            devices=DeviceSettings(device=run["device"], precision=run["precision"]),
        )
        minutes = (time.monotonic() - began) / 60
        record = experiment.record()
        encoded = encode_set(experiment.side("train"), Vocabulary("notes"))
        windows = len(cut_windows(encoded, record.training.window_size))
        history = experiment.history()
        score = experiment.scores()["validation"].score
    later = history[1:] or history  # the first compiles
    seconds = sum(row["seconds"] for row in later)
    low, high = score.interval_95
    figures = {
        "device": record.devices,
        "units": record.model.rnn_size,
        "batch": record.training.batch_size,
        "precision": run["precision"],
        "first": history[0]["seconds"],
        "windows": windows * len(later) / seconds,
        "events": len(encoded.pitch) * len(later) / seconds,
        "epochs": 60 * len(later) / seconds,
        "waited": sum(row["seconds_waited"] for row in later) / seconds,
        "minutes": minutes,
        "count": len(history),
        "bits": score.bits_per_note,
        "low": low,
        "high": high,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
