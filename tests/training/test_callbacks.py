"""What happens at the end of each epoch."""

from __future__ import annotations

import numpy as np

from monody.models.backend import keras
from monody.training.callbacks import TakeWeights


def test_the_weights_that_were_taken_outlive_the_next_step_of_the_learner() -> None:
    network, learner = _line(), _line()
    TakeWeights(network, learner).on_epoch_end(0)
    taken = [weights.copy() for weights in learner.get_weights()]

    learner.compile(optimizer="sgd", loss="mse")
    learner.fit(np.ones((4, 3)), np.zeros((4, 2)), verbose=0)

    for its, once, now in zip(
        network.get_weights(), taken, learner.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(its, once)
        assert (its != now).all()


def _line() -> keras.Model:
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
