"""Training that has gone astray: a figure that is no number any more.

One step with a figure that is NaN or infinite spoils every weight, and all that is
learnt from then on. So training stops at once, before such weights are written
anywhere: the best ones so far, and the checkpoint, are of a time when all was well.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from monody.errors import MonodyError
from monody.models.backend import keras
from monody.settings.training import TrainSettings
from monody.training.optimizer import usual_rate
from monody.translation import marked

HIGH = 3  # times the usual rate: a rate that may be to blame


class DivergedError(MonodyError):
    """A loss or a weight has become NaN or infinite."""


class Divergence(keras.callbacks.Callback):
    """Stops training at the first loss that is no number. It comes first of all.

    Args:
        settings: What is likely to blame is among them.
    """

    def __init__(self, settings: TrainSettings) -> None:
        super().__init__()
        self._settings = settings
        self._epoch = 0
        self._before: Any = 0.0  # the mean loss up to the step before

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Note which epoch it is, for the error."""
        self._epoch = epoch
        self._before = 0.0

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Look at the mean loss so far: one loss that is no number makes it none.

        It is that of the step before: the next is given to the device while the present
        one is under way.

        Raises:
            DivergedError: If it is none.
        """
        before, self._before = self._before, logs["loss"]
        self.require_number(before, "the loss")

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Look at the last loss, before anything is scored or written."""
        self.require_number(self._before, "the loss")

    def require_number(self, figure: Any, name: str) -> None:
        """Raise an error where a figure is no number.

        Args:
            figure: A number, or an array in which there may be none.
            name: What it is, for the error.

        Raises:
            DivergedError: If it is NaN or infinite, or there is such a one in it.
        """
        if bool(np.isfinite(figure).all()):
            return
        what = "NaN" if bool(np.isnan(figure).any()) else marked("infinite")
        raise DivergedError(
            f"training diverged in epoch {self._epoch + 1}: {name} is {what}; "
            f"{likely_cause(self._settings)}"
        )

    def require_good_weights(self) -> None:
        """Raise an error where a loss or a weight is none, before weights are written.

        Raises:
            DivergedError: If there is one.
        """
        self.require_number(self._before, "the loss")
        for variable in self.model.trainable_variables:
            self.require_number(np.asarray(variable.value), "a weight")


def likely_cause(settings: TrainSettings) -> str:
    """Say what most likely made a training diverge, and what to try instead.

    Example:
        >>> import monody
        >>> from monody.training.divergence import likely_cause
        >>> likely_cause(monody.TrainSettings(learning_rate=1.0))
        'most likely --learning_rate 1 is too high: try 0.003'
    """
    usual = usual_rate(settings)
    rate = settings.learning_rate or usual
    if rate > HIGH * usual:
        return marked(
            f"most likely --learning_rate {rate:g} is too high: try {usual:g}"
        )
    if not settings.grad_clip or settings.grad_clip > 1:
        clip = f"--grad_clip {settings.grad_clip:g}"
        return marked(f"most likely {clip} lets single steps be too large: try 1")
    return marked(
        f"most likely the learning rate is too high: try {_rounded(rate / HIGH)}"
    )


def _rounded(rate: float) -> str:
    """Return a learning rate to two digits, as an option."""
    digits = 1 - math.floor(math.log10(rate))
    return f"--learning_rate {round(rate, digits):g}"
