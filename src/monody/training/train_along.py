"""A training of several processes: the first calls, and the others train along."""

from __future__ import annotations

import json

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state
from monody.models import processes
from monody.models.devices import choose_devices
from monody.settings.devices import DeviceSettings
from monody.training.one_training import Training
from monody.training.sides import kept_sides
from monody.training.train_network import train_network

CALL = "training"  # what the first of several processes tells the others


def call_others(experiment: Experiment, *, goes_on: bool, over: bool = False) -> None:
    """Let the other processes begin: everything is there that they read.

    Args:
        experiment: That the first one trains.
        goes_on: Whether from its checkpoint.
        over: Whether nothing is left to train.
    """
    folder = str(experiment.folder.absolute())
    call = {"folder": folder, "goes_on": goes_on, "over": over}
    processes.tell(CALL, json.dumps(call))


def train_along(devices: DeviceSettings | None = None) -> None:
    """Do a part of the training that the first of several processes began.

    It waits until that one has read the corpus, or knows where it goes on. Then it
    reads the melodies in the experiment, makes its part of each batch and scores its
    part of the held-out melodies. It writes nothing.

    Args:
        devices: As those of the first process.

    Raises:
        MonodyError: If it does not see the experiment.
        LostError: If another process ended.
        TrainingStopped: If one of them was asked to stop.
    """
    used = choose_devices(devices)
    call = json.loads(processes.hear(CALL))
    if call["over"]:
        return
    experiment = Experiment(call["folder"])
    if not experiment.settings_path.is_file():
        raise MonodyError(
            f"process {processes.index()} sees no experiment in "
            f"{str(experiment.folder)!r}, where the first one began it: it must lie in "
            "a folder that all processes see; name such an --experiment_dir"
        )
    state = read_training_state(experiment.checkpoint_path) if call["goes_on"] else None
    record = experiment.record()
    training = Training(experiment, kept_sides(experiment), record, used)
    train_network(training, (), state)
