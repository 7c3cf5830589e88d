"""The optimizer and its learning rate."""

from __future__ import annotations

from typing import Any

from monody.models.backend import keras
from monody.settings.training import TrainSettings

# Each optimizer's own rate. Keras's defaults are too low for this network, for some of
# the optimizers by far: benchmarks/README.md has the figures.
LEARNING_RATES = {
    "sgd": 0.3,
    "rmsprop": 0.002,
    "adagrad": 0.03,
    "adadelta": 1.0,
    "adam": 0.003,
    "adamax": 0.006,
    "nadam": 0.003,
}


FINE_TUNING_RATE = 1 / 3  # of those: at a higher one a base forgets before it learns


def usual_rate(settings: TrainSettings) -> float:
    """Return the learning rate where none is named.

    Example:
        >>> import monody
        >>> from monody.training.optimizer import usual_rate
        >>> usual_rate(monody.TrainSettings(optimizer="adam"))
        0.003
    """
    usual = LEARNING_RATES[settings.optimizer]
    return usual * FINE_TUNING_RATE if settings.fine_tunes else usual


def make_optimizer(settings: TrainSettings) -> Any:
    """Make the optimizer that the settings name."""
    config = {
        "learning_rate": settings.learning_rate or usual_rate(settings),
        "global_clipnorm": settings.grad_clip or None,
    }
    return keras.optimizers.deserialize(
        {"class_name": settings.optimizer, "config": config}
    )
