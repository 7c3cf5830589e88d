from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state, read_variables
from monody.models.backend import keras
from monody.models.saved_model import TrainedModel
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings
from monody.training.divergence import Divergence, likely_cause
from monody.training.fit import TrainingData

TINY = ModelSettings(rnn_size=12)  # as the fixtures: compiled once for all
THREE = TrainSettings(num_epochs=3, batch_size=8, seed=3, base="none")


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int, float], None]:
    """Let the loss of one batch be another figure."""

    def spoil(epoch: int, batch: int, factor: float) -> None:
        drawn = [-1]
        draw, get = TrainingData.draw, TrainingData.__getitem__

        def drawing(data: TrainingData, number: int) -> None:
            drawn[0] = number
            draw(data, number)

        def getting(data: TrainingData, index: int) -> Any:
            inputs, targets, weights = get(data, index)
            if (drawn[0], index) == (epoch, batch):
                pitch = weights["pitch"]
                weights["pitch"] = np.where(pitch, np.float32(factor), pitch)
            return inputs, targets, weights

        monkeypatch.setattr(TrainingData, "draw", drawing)
        monkeypatch.setattr(TrainingData, "__getitem__", getting)

    return spoil


@pytest.mark.parametrize(("factor", "word"), [(np.nan, "NaN"), (np.inf, "infinite")])
def test_a_loss_that_is_no_number_ends_training_with_the_weights_before_it(
    tunes: Path,
    tmp_path: Path,
    spoilt: Callable[[int, int, float], None],
    monkeypatch: pytest.MonkeyPatch,
    factor: float,
    word: str,
) -> None:
    monkeypatch.setattr("monody.training.checkpointing.SECONDS_BETWEEN", 0)
    spoilt(1, 0, factor)
    corpus, folder = monody.read_corpus(tunes), tmp_path / "x"
    words = f"diverged in epoch 2: the loss is {word}; most likely.*weights before that"
    with pytest.raises(MonodyError, match=words):
        monody.train(corpus, THREE, model=TINY, experiment_dir=folder)
    experiment = Experiment(folder)
    for layer in keras.models.load_model(experiment.model_path).variables:
        assert np.isfinite(np.asarray(layer)).all()
    assert TrainedModel(experiment.model_path).record.training.seed == 3
    state = read_training_state(experiment.checkpoint_path)
    assert (state.epoch, state.batch) == (1, 0)
    assert all(
        np.isfinite(value).all()
        for value in read_variables(experiment.checkpoint_path).values()
    )
    assert len(experiment.history_path.read_text().splitlines()) == 2  # one epoch


def test_without_an_epoch_that_went_well_there_is_no_model(
    tunes: Path, tmp_path: Path, spoilt: Callable[[int, int, float], None]
) -> None:
    spoilt(0, 1, np.nan)
    corpus, folder = monody.read_corpus(tunes), tmp_path / "x"
    with pytest.raises(MonodyError, match="diverged in epoch 1.*0.001$"):
        monody.train(corpus, THREE, model=TINY, experiment_dir=folder)
    assert not Experiment(folder).model_path.exists()


def test_weights_that_are_no_numbers_are_written_nowhere() -> None:
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    divergence = Divergence(THREE)
    divergence.set_model(model)
    divergence.require_good_weights()
    model.trainable_variables[0].assign([[np.inf]])
    with pytest.raises(MonodyError, match="epoch 1: a weight is infinite"):
        divergence.require_good_weights()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"learning_rate": 0.1}, "--learning_rate 0.1 is too high: try 0.003"),
        ({"optimizer": "sgd", "learning_rate": 1, "base": "base"}, "try 0.1"),
        ({"grad_clip": 0.0}, "--grad_clip 0 lets single steps be too large: try 1"),
        ({"grad_clip": 50.0}, "--grad_clip 50"),
        ({}, "the learning rate is too high: try --learning_rate 0.001"),
        ({"learning_rate": 0.0047}, "try --learning_rate 0.0016"),
    ],
)
def test_the_likeliest_cause_is_told(settings: dict[str, Any], words: str) -> None:
    assert words in likely_cause(TrainSettings(**settings))
