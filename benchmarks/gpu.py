"""What a GPU brings: ``python benchmarks/gpu.py FOLDER [--minutes 3]``.

Trains on the GPU and on the processor, each in a process of its own, with the same
settings, and prints windows a second, epochs a minute and the share of the time that
training waited for its batches; then networks of several sizes on the GPU, with their
held-out figures after as many minutes; then a whole training with the defaults. Where
JAX knows no GPU it says so in one line. Some ten times ``--minutes`` in all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from header import print_header

ROW = "| {device} | {units} | {batch} | {precision} | {windows:.0f} | {epochs:.2f} "
ROW += "| {waited:.1%} | {bits:.3f} |"
UNITS = (192, 512, 1024, 2048)
ALONE = "import sys; sys.path.insert(0, {here!r}); import gpu; gpu.measure({run!r})"


def main() -> None:
    """Measure, print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--minutes", type=float, default=3.0, help="of each training")
    parser.add_argument("--pretend", action="store_true", help="the CPU is a GPU")
    arguments = parser.parse_args()
    gpu = "cpu" if arguments.pretend else "gpu"
    if not arguments.pretend and not _has_gpu():
        print("no GPU that JAX knows: nothing was measured; pip install 'monody[gpu]'")
        return
    print_header("monody", "keras", "jax")
    print("| device | units | batch | products | windows a second | epochs a minute "
          "| waited | held-out bits |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    common = {"folder": arguments.folder, "minutes": arguments.minutes}
    runs: list[dict[str, Any]] = [
        {"device": "cpu", "units": 192, "batch": 16, "precision": "float32"},
        {"device": gpu, "units": 192, "batch": 16, "precision": "float32"},
        {"device": gpu, "units": 192, "batch": 64, "precision": "float32"},
        *({"device": gpu, "units": units, "batch": 64, "precision": "bfloat16"}
          for units in UNITS),
    ]  # fmt: skip
    for run in runs:
        print(_measured({**common, **run}), flush=True)
    whole = {"device": gpu, "units": None, "batch": None, "precision": "auto"}
    print("\nA whole training with the defaults:\n")
    print(_measured({**common, **whole, "minutes": 10 * arguments.minutes}))


def _has_gpu() -> bool:
    import jax

    return jax.default_backend() == "gpu"


def _measured(run: dict[str, Any]) -> str:
    """Train in a process of its own, and return the row of the table."""
    program = ALONE.format(here=str(Path(__file__).parent), run=run)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    if done.returncode:  # too large for the memory, above all
        why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"| {run['device']} | {run['units']} | {run['batch']} | failed: {why} |"
    return ROW.format(**json.loads(done.stdout.splitlines()[-1]))


def measure(run: dict[str, Any]) -> None:
    """Train once, and print the figures as JSON.

    Args:
        run: ``folder``, ``minutes``, ``device``, ``units``, ``batch``, ``precision``.
    """
    import monody
    from monody.models.batches import cut_windows, encode_set
    from monody.models.events import Vocabulary
    from monody.settings.devices import DeviceSettings

    with tempfile.TemporaryDirectory() as scratch:
        experiment = monody.train(
            monody.read_corpus(run["folder"]),
            monody.TrainSettings(
                base="none", batch_size=run["batch"], max_minutes=run["minutes"]
            ),
            model=monody.ModelSettings(rnn_size=run["units"]),
            experiment_dir=Path(scratch) / "01",
            devices=DeviceSettings(device=run["device"], precision=run["precision"]),
        )
        record = experiment.record()
        encoded = encode_set(experiment.side("train"), Vocabulary("notes"))
        windows = len(cut_windows(encoded, record.training.window_size))
        # The first epoch compiles, the last was cut short.
        rows = experiment.history()[1:-1] or experiment.history()
        seconds = sum(row["seconds"] for row in rows)
        figures = {
            "device": record.devices,
            "units": record.model.rnn_size,
            "batch": record.training.batch_size,
            "precision": run["precision"],
            "windows": windows * len(rows) / seconds,
            "epochs": 60 * len(rows) / seconds,
            "waited": sum(row["seconds_waited"] for row in rows) / seconds,
            "bits": experiment.scores()["validation"].score.bits_per_note,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
