"""Stopping a training at any moment, and resuming it as if it had not been stopped.

A checkpoint holds every variable and what the callbacks remember. Keras calls back
between two steps, so what is written then is of one moment; and it is written after the
models and the history of its epoch, so that a process that dies between the two does
that part of the epoch once more and comes to the same.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.ending import Stoppable
from monody.errors import MonodyError
from monody.experiments.training_state import (
    TrainingState,
    Variable,
    read_variables,
    write_checkpoint,
)
from monody.models import processes
from monody.models.backend import keras
from monody.training.callbacks import Remembers
from monody.training.divergence import Divergence

SECONDS_BETWEEN = 25.0  # within an epoch; writing takes about 20 ms


class KeepCheckpoint(keras.callbacks.Callback):
    """Writes the state of a training: after each epoch, and now and then within one.

    It comes after the callbacks whose memory it keeps.

    Args:
        path: The file.
        parts: The callbacks that remember something.
        work: Where it is asked to stop, the file is written and training broken off.
        divergence: Keeps weights that are no numbers out of the file.
        writes: Whether this process is the one that writes; the others are broken off
            at the same steps.
    """

    def __init__(
        self,
        path: Path,
        parts: Sequence[Remembers],
        work: Stoppable,
        divergence: Divergence,
        writes: bool = True,
    ) -> None:
        super().__init__()
        self._writes = writes
        self._begun = False  # whether the file is there
        self._divergence = divergence
        self._path = path
        self._parts = {part.key: part for part in parts}
        self._work = work
        self._work.unsaved = self._is_one_of_several = processes.count() > 1
        self._first_batch = 0  # of the present epoch: those before were done already
        self._goes_on = False  # from what the file holds
        self._written = time.monotonic()

    def go_on_from(self, state: TrainingState) -> None:
        """Take back what the file holds. The variables follow when training begins."""
        for name, part in self._parts.items():
            try:
                part.restore(state.remembered[name])
            except KeyError as error:
                raise MonodyError(
                    f"{str(self._path)!r} does not say what {name} remembers: train "
                    "again, or name another --experiment_dir"
                ) from error
        self._first_batch = state.batch
        self._goes_on = self._begun = True

    def on_train_begin(self, logs: object = None) -> None:
        """Write how training begins."""
        if not self._begun:
            self._write(0, 0)

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Put the variables back; Keras has set the figures of the epoch to 0."""
        self._epoch = epoch
        if self._goes_on:
            put_back(read_variables(self._path, shapes_of(self.model)), self.model)
            self._goes_on = False
            if not self._first_batch:
                self.model.reset_metrics()  # they are of the epoch before

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Write, if it is time."""
        self._work.unsaved = True
        steps = self.params["steps"]
        if batch + 1 == steps:
            return  # the epoch is not over before it is scored
        asked = processes.any_of(self._work.asked)
        if asked or time.monotonic() >= self._written + SECONDS_BETWEEN:
            self._keep(self._epoch, self._first_batch + batch + 1)
        if asked:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        """Write."""
        self._first_batch = 0
        self._write(epoch + 1, 0)

    def _write(self, epoch: int, batch: int) -> None:
        """Write the file, and break off where that was asked for, in any process."""
        self._keep(epoch, batch)
        if processes.any_of(self._work.asked):
            raise KeyboardInterrupt

    def _keep(self, epoch: int, batch: int) -> None:
        self._begun = True
        if not self._writes:
            return
        self.model.jax_state_sync()  # during an epoch, Keras has them elsewhere
        self._divergence.require_good_weights()
        remembered = {name: part.state() for name, part in self._parts.items()}
        state = TrainingState(epoch, batch, remembered)
        write_checkpoint(self._path, state, variables_of(self.model))
        self._work.unsaved = self._is_one_of_several  # the others stop with this one
        self._written = time.monotonic()


def _variables(model: Any) -> dict[str, Any]:
    """Name every variable that training changes; random states are among them."""
    groups = {
        "trainable": model.trainable_variables,
        "other": model.non_trainable_variables,
        "optimizer": model.optimizer.variables,
        "metrics": model.metrics_variables,
    }
    return {
        f"{group}/{index}": variable
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def variables_of(model: Any) -> dict[str, NDArray[Any]]:
    """Return the value of every variable that training changes, by name.

    Args:
        model: A compiled ``keras.Model`` whose optimizer is built.
    """
    return {
        name: np.asarray(variable.value) for name, variable in _variables(model).items()
    }


def shapes_of(model: Any) -> dict[str, Variable]:
    """Return the shape and the type of what ``variables_of`` returns.

    Args:
        model: A compiled ``keras.Model`` whose optimizer is built.
    """
    return {
        name: (tuple(variable.shape), np.dtype(variable.dtype))
        for name, variable in _variables(model).items()
    }


def put_back(values: Mapping[str, NDArray[Any]], model: Any) -> None:
    """Set the variables of a model to what ``variables_of`` returned.

    Raises:
        MonodyError: If they are those of another network or optimizer.
    """
    variables = _variables(model)
    expected = {name: (v.shape, v.dtype) for name, v in variables.items()}
    if {name: (v.shape, v.dtype.name) for name, v in values.items()} != expected:
        raise MonodyError(
            "the checkpoint is of another network or optimizer: it goes on with the "
            "version of monody and Keras that began it; settings.json names them"
        )
    for name, variable in variables.items():
        variable.assign(values[name])
