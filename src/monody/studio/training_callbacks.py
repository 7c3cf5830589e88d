"""What a training tells the studio on its way, and lets it hear, as Keras callbacks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import monody
from monody.files import make_folder, write_bytes
from monody.models.backend import keras
from monody.studio.heard import BARS, heard_path

Say = Callable[[dict[str, Any]], None]
SECONDS_BETWEEN = 0.5


class TellProgress(keras.callbacks.Callback):
    """Tells how far a training is: after each epoch, and now and then within one.

    Args:
        say: Told of it.
    """

    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say
        self._epoch, self._said = 0, 0.0
        self._first = 0.0  # when the first step of this process was done
        self._steps = 0  # since then
        self._pace: float | None = None  # seconds that an epoch takes

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Note which epoch begins."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Tell what share of the epoch is done."""
        now, steps = time.monotonic(), self.params["steps"]
        if self._first:
            self._steps += 1
            self._pace = (now - self._first) / self._steps * steps
        else:  # it took longer than all others: the network was compiled
            self._first = now
        if now > self._said + SECONDS_BETWEEN:
            self._said = now
            self._tell(self._epoch, (batch + 1) / steps)

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Tell that an epoch is over, and its figures written."""
        self._tell(epoch + 1, 0.0)

    def _tell(self, epoch: int, share: float) -> None:
        self._say({"epoch": epoch, "share": share, "pace": self._pace})


class LetHear(keras.callbacks.Callback):
    """Writes a melody at each better epoch, always with the same seed.

    So the same opening can be heard as the network gets better. What is fine-tuned is
    heard before its first epoch, too.

    Args:
        experiment: That is trained.
        say: Told of each melody.
    """

    def __init__(self, experiment: monody.Experiment, say: Say) -> None:
        super().__init__()
        self._experiment = experiment
        self._say = say

    def on_train_begin(self, logs: object = None) -> None:
        """Let the base be heard."""
        there = self._experiment.model_path.is_file()
        if there and not self._path(0).exists() and not self._experiment.history():
            self._write(0)

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Let the network be heard if it is better than ever; it is saved by now."""
        if logs["best"]:
            self._write(epoch + 1)

    def _path(self, epoch: int) -> Path:
        return heard_path(self._experiment.folder, epoch)

    def _write(self, epoch: int) -> None:
        now = monody.Experiment(
            self._experiment.folder
        )  # with the weights as they are now
        seed = now.record().training.seed
        settings = monody.SampleSettings(num_files=1, bars=BARS, seed=seed, takes=1)
        try:
            made = monody.generate(now, settings)
        except monody.MonodyError as error:  # the training goes on; its log says so
            print(f"epoch {epoch} is not heard: {error}", file=sys.stderr)  # noqa: T201
            return
        make_folder(self._path(epoch).parent)
        write_bytes(self._path(epoch), made.outputs[0].to_bytes(), lasting=False)
        novelty = made.generated[0].novelty
        self._say({"heard": epoch, "label": novelty.label if novelty else ""})
