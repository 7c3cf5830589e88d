"""What one training is: the melodies, the settings, the devices, and the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monody.experiments.experiment import Experiment
from monody.models.backend import keras
from monody.models.devices import Devices
from monody.models.events import Vocabulary
from monody.models.keras_network import build_model
from monody.models.record import RunRecord
from monody.models.saved_model import save_model
from monody.settings.devices import FLOAT32
from monody.settings.training import TrainSettings
from monody.training.sides import Sides


@dataclass(frozen=True)
class Training:
    """What is learnt, how, with what, and where it is kept."""

    experiment: Experiment
    sides: Sides
    record: RunRecord  # every setting is named
    devices: Devices

    @property
    def settings(self) -> TrainSettings:
        """How to train."""
        return self.record.training

    @property
    def vocabulary(self) -> Vocabulary:
        """What the melodies are encoded with."""
        return Vocabulary(self.record.model.encoding)


@dataclass(frozen=True)
class Trainee:
    """A network in training.

    Args:
        network: What is judged and saved, in float32.
        learner: The same network, which learns instead: with numbers of 16 bits, or
            divided among devices. ``None`` where the network itself learns.
        save: Writes the network to a path.
    """

    network: Any
    learner: Any | None
    save: Callable[[Path], None]

    @classmethod
    def of(cls, training: Training) -> Trainee:
        """Build the network, with the first weights that the seed gives.

        Args:
            training: What it is built for.
        """
        model, seed = training.record.model, training.settings.seed
        vocabulary, devices = training.vocabulary, training.devices
        keras.utils.set_random_seed(seed)
        network = build_model(model, vocabulary, seed)
        learner: Any | None = None
        if devices.precision != FLOAT32 or devices.count > 1:
            # Dropout hides what it hides on one device.
            keras.utils.set_random_seed(seed)
            divided = devices.count > 1
            learner = build_model(
                model, vocabulary, seed, devices.precision, divided=divided
            )

        def save(path: Path) -> None:
            save_model(network, vocabulary, training.record, path)

        return cls(network, learner, save)
