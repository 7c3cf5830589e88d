"""What happens at the end of each epoch, as Keras callbacks.

The order matters: the held-out score comes first, because the others watch it.
"""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tensorboardX import SummaryWriter

from monody.backend import keras
from monody.errors import MonodyError
from monody.evaluate import Evaluator
from monody.files import write_text

BITS, HELD_OUT_BITS = "bits_per_note", "val_bits_per_note"


class HeldOutScore(keras.callbacks.Callback):
    """Adds bits per note to the logs: of the epoch's training, and held-out.

    Args:
        network: The network that is trained.
        evaluator: Scores it on the validation melodies; ``None`` without any.
    """

    def __init__(self, network: Any, evaluator: Evaluator | None) -> None:
        super().__init__()
        self._network = network
        self._evaluator = evaluator

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Replace the losses, in nats, by figures a person can compare."""
        logs[BITS] = logs.pop("loss") / math.log(2)
        for name in ("pitch_loss", "duration_loss"):
            logs.pop(name, None)
        if self._evaluator is not None:
            score = self._evaluator.score(self._network).to_json()
            for name in (BITS, "pitch_bits_per_note", "duration_bits_per_note"):
                logs[f"val_{name}"] = score[name]
        if not math.isfinite(logs.get(HELD_OUT_BITS, logs[BITS])):
            raise MonodyError(
                "training diverged: the figures are no numbers any more; try a lower "
                "--learning_rate or a --grad_clip of 1"
            )
        logs["seconds"] = time.monotonic() - self._began
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class SaveModels(keras.callbacks.Callback):
    """Keeps the best weights by held-out bits per note, and the last.

    Without held-out melodies the last weights count as the best.

    Args:
        save: Writes the network to a path.
        best: Where the best weights go.
        last: Where the last weights go.
    """

    def __init__(self, save: Callable[[Path], None], best: Path, last: Path) -> None:
        super().__init__()
        self._save = save
        self._best_path = best
        self._last_path = last
        self._best = math.inf

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Save, and note in the logs whether this epoch is the best so far."""
        self._save(self._last_path)
        is_best = logs.get(HELD_OUT_BITS, -math.inf) < self._best
        if is_best:
            self._best = logs.get(HELD_OUT_BITS, math.inf)
            self._save(self._best_path)
        logs["best"] = float(is_best)


class HistoryTable(keras.callbacks.Callback):
    """Writes the figures of all epochs as CSV: whole after each, unlike ``CSVLogger``.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._rows: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Add a row."""
        self._rows.append({"epoch": epoch + 1, **logs})
        table = io.StringIO()
        writer = csv.DictWriter(table, fieldnames=list(self._rows[0]))
        writer.writeheader()
        writer.writerows(self._rows)
        write_text(self._path, table.getvalue())


class TensorBoardLog(keras.callbacks.Callback):
    """Writes the figures of each epoch for TensorBoard.

    Args:
        folder: Where the event files go.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def on_train_begin(self, logs: Any = None) -> None:
        """Open the log."""
        self._writer = SummaryWriter(str(self._folder))

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Write one point of each curve."""
        for name, value in logs.items():
            self._writer.add_scalar(name, value, epoch + 1)
        self._writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Close the log."""
        self._writer.close()


class TimeLimit(keras.callbacks.Callback):
    """Stops when the time runs out; what was learnt of the epoch is still scored.

    Args:
        minutes: The time, counted from the first epoch.
    """

    def __init__(self, minutes: float) -> None:
        super().__init__()
        self._minutes = minutes

    def on_train_begin(self, logs: Any = None) -> None:
        """Start the clock."""
        self._ends = time.monotonic() + 60 * self._minutes

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Stop if the time is up."""
        if time.monotonic() >= self._ends:
            self.model.stop_training = True
