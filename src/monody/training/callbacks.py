"""What happens at the end of each epoch, as Keras callbacks.

The order matters: the held-out score comes first, because the others watch it. Those
that remember anything from one epoch to the next can say it and take it back, so that a
training that was stopped goes on as if it had not been (``checkpointing``).
"""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

# Not its SummaryWriter: that one writes later, and what it has not is lost in a crash.
from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.summary_pb2 import Summary

from monody.experiments.experiment import Experiment
from monody.experiments.training_state import PLATEAU, STOPWATCH
from monody.files import copy_file, make_folder, telling_of, write_text
from monody.models.backend import keras
from monody.models.keras_likelihood import Evaluator
from monody.models.processes import any_of
from monody.training.divergence import Divergence

BITS, HELD_OUT_BITS = "bits_per_note", "val_bits_per_note"
RATE_FACTOR = 0.5  # by which the learning rate falls
RATE_GAIN = 0.005  # bits per note; a smaller gain does not keep the rate up


class Remembers(Protocol):
    """A callback with something to remember from one epoch to the next."""

    key: str  # its name in the checkpoint

    def state(self) -> dict[str, Any]:
        """Return it, as JSON values."""

    def restore(self, state: dict[str, Any]) -> None:
        """Take it back, before training begins."""


class TakeWeights(keras.callbacks.Callback):
    """Gives a network the weights of the one that learns, after each epoch.

    Args:
        network: What is judged and saved, in float32.
        learner: The same network, which learns: with numbers of 16 bits, or divided
            among devices.
    """

    def __init__(self, network: Any, learner: Any) -> None:
        super().__init__()
        self._pairs = list(zip(network.variables, learner.variables, strict=True))

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Take copies of them: the learner's own go with its next step."""
        for its, learnt in self._pairs:
            its.assign(keras.ops.copy(learnt.value))


class HeldOutScore(keras.callbacks.Callback):
    """Adds bits per note to the logs: of the epoch's training, and held-out.

    Args:
        network: The network that is trained.
        evaluator: Scores it on the validation melodies; ``None`` without any.
        divergence: Stops training where a figure is no number.
    """

    def __init__(
        self, network: Any, evaluator: Evaluator | None, divergence: Divergence
    ) -> None:
        super().__init__()
        self._network = network
        self._evaluator = evaluator
        self._divergence = divergence

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Replace the losses, in nats, by figures a person can compare."""
        logs[BITS] = logs.pop("loss") / math.log(2)
        for name in ("pitch_loss", "duration_loss"):
            logs.pop(name, None)
        if self._evaluator is not None:
            score = self._evaluator.score(self._network)
            for name in (BITS, "pitch_bits_per_note", "duration_bits_per_note"):
                logs[f"val_{name}"] = getattr(score, name)
            self._divergence.require_number(logs[HELD_OUT_BITS], "the held-out figure")
        self._divergence.require_good_weights()
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)


class SaveModels(keras.callbacks.Callback):
    """Keeps the best weights by held-out bits per note, and the last.

    Without held-out melodies the last weights count as the best. Saving takes about as
    long as an epoch of few tunes. So the last weights are saved where they are needed:
    if they are the best, if they are a milestone, and in the end.

    Args:
        save: Writes the network to a path.
        best: Where the best weights go.
        last: Where the last weights go.
        score: Held-out bits per note of a model that is there already; only a better
            one takes its place.
        writes: Whether this process is the one that writes.
    """

    key = "SaveModels"

    def __init__(
        self,
        save: Callable[[Path], None],
        best: Path,
        last: Path,
        score: float = math.inf,
        writes: bool = True,
    ) -> None:
        super().__init__()
        self._writes = writes
        self._save = save
        self._best_path = best
        self._last_path = last
        self._best = score
        self._stale = False  # whether an epoch was trained since the last was saved

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Save, and note in the logs whether this epoch is the best so far."""
        self._stale = True
        is_best = logs.get(HELD_OUT_BITS, -math.inf) < self._best
        if is_best or is_milestone(epoch + 1):
            self.save_last()
        if is_best:
            self._best = logs.get(HELD_OUT_BITS, math.inf)
            if self._writes:
                copy_file(self._last_path, self._best_path)
        logs["best"] = float(is_best)

    def save_last(self) -> None:
        """Save the weights of the last epoch, if they are not saved yet."""
        if self._stale and self._writes:
            self._save(self._last_path)
        self._stale = False

    def state(self) -> dict[str, Any]:
        """Return the best figure."""
        return {"best": self._best if math.isfinite(self._best) else None}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the best figure back."""
        self._best = math.inf if state["best"] is None else state["best"]


def is_milestone(epoch: int) -> bool:
    """Say whether the weights of an epoch are kept: of 1, 2, 4, 8 and so on.

    Args:
        epoch: Counted from 1.
    """
    return epoch.bit_count() == 1


class KeepMilestones(keras.callbacks.Callback):
    """Keeps the weights of some epochs: the first, and 2, 4, 8 and so on.

    So that what a network wrote on its way can be heard. It comes after ``SaveModels``.

    Args:
        experiment: Where they go.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = experiment

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Copy the last weights, if the epoch is one of those."""
        number = epoch + 1
        if is_milestone(number):
            last, path = self._experiment.last_path, self._experiment.epoch_path(number)
            copy_file(last, path)


class Stopwatch(keras.callbacks.Callback):
    """Counts the seconds, and stops when the time runs out.

    What was learnt of that epoch is still scored. Time before a stop counts, too.

    Args:
        max_minutes: The time for all epochs together; ``None`` for any.
        waited: Returns for how many seconds of the epoch training waited for batches.
    """

    key = STOPWATCH

    def __init__(
        self, max_minutes: float | None, waited: Callable[[], float] = lambda: 0.0
    ) -> None:
        super().__init__()
        self._waited = waited
        self._limit = math.inf if max_minutes is None else 60 * max_minutes
        self._zero = time.monotonic()
        self._epoch_began = 0.0  # seconds

    @property
    def seconds(self) -> float:
        """The time that training took so far."""
        return time.monotonic() - self._zero

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Stop if the time is up, for all processes at the same step."""
        if math.isfinite(self._limit) and any_of(self.seconds >= self._limit):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Note in the logs how long the epoch took, with its scoring."""
        seconds = self.seconds
        logs["seconds"] = seconds - self._epoch_began
        logs["seconds_waited"] = self._waited()
        self._epoch_began = seconds

    def state(self) -> dict[str, Any]:
        """Return the seconds now, and when the epoch began."""
        return {"seconds": self.seconds, "epoch_began": self._epoch_began}

    def restore(self, state: dict[str, Any]) -> None:
        """Count on from there."""
        self._zero = time.monotonic() - state["seconds"]
        self._epoch_began = state["epoch_began"]


class Plateau(keras.callbacks.Callback):
    """Lowers the learning rate where held-out figures stand still, and then stops.

    Args:
        patience: Epochs without a better figure before training stops; a third of it
            lowers the rate.
        lowers_rate: Whether it lowers the rate at all.
    """

    key = PLATEAU

    def __init__(self, patience: int, lowers_rate: bool = True) -> None:
        super().__init__()
        self._patience = patience
        self._lowers_rate = lowers_rate
        self._rate_patience = max(patience // 3, 1)
        self._rate_best = math.inf
        self._rate_waited = 0
        self.stale_epochs = 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Count the epochs without a better figure."""
        if HELD_OUT_BITS not in logs:
            return
        if logs[HELD_OUT_BITS] < self._rate_best - RATE_GAIN:
            self._rate_best, self._rate_waited = logs[HELD_OUT_BITS], 0
        else:
            self._rate_waited += 1
        if self._lowers_rate and self._rate_waited >= self._rate_patience:
            rate = float(self.model.optimizer.learning_rate)
            self.model.optimizer.learning_rate = rate * RATE_FACTOR
            self._rate_waited = 0
        self.stale_epochs = 0 if logs["best"] else self.stale_epochs + 1
        if self.stale_epochs >= self._patience:
            self.model.stop_training = True

    def state(self) -> dict[str, Any]:
        """Return the counts; the rate itself is a variable of the optimizer."""
        known = math.isfinite(self._rate_best)
        return {
            "rate_best": self._rate_best if known else None,
            "rate_waited": self._rate_waited,
            "stale_epochs": self.stale_epochs,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take the counts back."""
        best = state["rate_best"]
        self._rate_best = math.inf if best is None else best
        self._rate_waited = state["rate_waited"]
        self.stale_epochs = state["stale_epochs"]


class CosineRate(keras.callbacks.Callback):
    """Lowers the learning rate along a cosine, epoch by epoch, to nearly nothing.

    I. Loshchilov and F. Hutter, "SGDR: stochastic gradient descent with warm restarts",
    ICLR 2017, without the restarts. The rate depends on the epoch's number only, so
    that a training that was stopped goes on as if it had not been.

    Args:
        epochs: All of them.
        first_rate: That of the first epoch.
    """

    def __init__(self, epochs: int, first_rate: float) -> None:
        super().__init__()
        self._epochs = epochs
        self._first_rate = first_rate

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Set the rate of the epoch."""
        share = (1 + math.cos(math.pi * epoch / self._epochs)) / 2
        self.model.optimizer.learning_rate = self._first_rate * share


class HistoryTable(keras.callbacks.Callback):
    """Writes the figures of all epochs as CSV: whole after each, unlike ``CSVLogger``.

    Args:
        path: The file.
    """

    key = "HistoryTable"

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

    def state(self) -> dict[str, Any]:
        """Return the rows."""
        return {"rows": self._rows}

    def restore(self, state: dict[str, Any]) -> None:
        """Take the rows back."""
        self._rows = state["rows"]


class TensorBoardLog(keras.callbacks.Callback):
    """Writes the figures of each epoch for TensorBoard, at once.

    A training that goes on begins another file, which tells TensorBoard to forget later
    points: an epoch that was broken off after its point was written is done again.

    Args:
        folder: Where the event files go.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._writer: EventsWriter | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Write one point of each curve."""
        with telling_of(self._folder):
            self._write(epoch, logs)

    def _write(self, epoch: int, logs: dict[str, float]) -> None:
        if self._writer is None:
            make_folder(self._folder)
            name = f".epoch{epoch + 1:06d}"
            self._writer = EventsWriter(str(self._folder / "events"), name)
            start = SessionLog(status=SessionLog.START)
            self._writer.write_event(_event(epoch, session_log=start))
        points = [Summary.Value(tag=k, simple_value=v) for k, v in logs.items()]
        self._writer.write_event(_event(epoch, summary=Summary(value=points)))
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            with telling_of(self._folder):
                self._writer.close()


def _event(epoch: int, **what: object) -> Any:
    return Event(wall_time=time.time(), step=epoch + 1, **what)
