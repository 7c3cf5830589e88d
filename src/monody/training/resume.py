"""Going on with a training that was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state
from monody.models.devices import Devices, choose_devices
from monody.models.events import Vocabulary
from monody.settings.devices import DeviceSettings
from monody.training.footprint import require_memory
from monody.training.held_out_scores import write_scores
from monody.training.one_training import Training
from monody.training.sides import kept_sides
from monody.training.train_along import call_others
from monody.training.train_network import train_network


def resume(
    experiment_dir: str | PathLike[str] | None = None,
    *,
    num_epochs: int | None = None,
    patience: int | None = None,
    max_minutes: float | None = None,
    callbacks: Sequence[Any] = (),
    devices: DeviceSettings | None = None,
) -> Experiment:
    """Go on with a training that was stopped, as if it had not been.

    On the same machine and with the same versions it ends in the same weights, bit for
    bit. The melodies are those that the experiment keeps.

    Args:
        experiment_dir: The folder; by default the most recent in ``experiments/``.
        num_epochs: Epochs, those done included; by default as the training began.
        patience: Likewise.
        max_minutes: Likewise, with the minutes that it took before.
        callbacks: Further Keras callbacks; what they remember is not kept.
        devices: What to train on; others than before come to other last bits.

    Returns:
        The experiment. Where its training is over already, nothing is trained.

    Raises:
        MonodyError: If there is nothing to go on with, it goes on already, or a loss
            became NaN or infinite.

    Example:
        >>> import monody
        >>> monody.resume("experiments/01").scores()["test"].score.melodies
        2
    """
    experiment = Experiment.to_go_on(experiment_dir)
    asked: dict[str, Any] = {
        "num_epochs": num_epochs,
        "patience": patience,
        "max_minutes": max_minutes,
    }
    named = {name: value for name, value in asked.items() if value is not None}
    with experiment.alone():
        _go_on(experiment, named, callbacks, choose_devices(devices))
    return experiment


def _go_on(
    experiment: Experiment,
    named: dict[str, Any],
    callbacks: Sequence[Any],
    used: Devices,
) -> None:
    """Go on with a training that no other is at work on.

    Args:
        experiment: Its folder.
        named: The settings that are others than it began with.
        callbacks: Further Keras callbacks.
        used: What it is trained on now.
    """
    state = read_training_state(experiment.checkpoint_path)
    record = experiment.record()
    settings = replace(record.training, **named)
    record = replace(record, training=settings, devices=str(used))
    over = state.over(settings)
    if over:
        call_others(experiment, goes_on=True, over=True)
    if over and experiment.scores_path.exists():
        return
    sides = kept_sides(experiment)
    if over:
        write_scores(experiment, sides, Vocabulary(record.model.encoding))
        return
    if used.own_bytes is None:
        require_memory(record.model, settings, sides.train)
    # They are those of the best weights before the stop.
    experiment.scores_path.unlink(missing_ok=True)
    experiment.write_record(record)
    call_others(experiment, goes_on=True)
    training = Training(experiment, sides, record, used)
    train_network(training, callbacks, state)
