from __future__ import annotations

import numpy as np
import pytest

from monody.experiments.experiment import Experiment
from monody.models.backend import keras
from monody.models.events import Vocabulary
from monody.models.inference_layers import (
    LSTM,
    Dense,
    Embedding,
    Identity,
    Layer,
    arrays_of,
)
from monody.models.keras_network import build_model, layers_of
from monody.settings.model import ModelSettings
from tests.builders.networks import stored_layers, taught


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A network of which every weight counts."""
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=7, num_layers=3, dropout=0.5)
    return taught(build_model(settings, Vocabulary("notes")))


@pytest.fixture(scope="module")
def plain(network: keras.Model) -> dict[str, Layer]:
    """Its layers, as a file holds them."""
    return stored_layers(network)


def test_every_layer_with_weights_is_read(
    network: keras.Model, plain: dict[str, Layer]
) -> None:
    made = layers_of(network)
    assert {name for name, layer in made.items() if layer.weights} == {
        name for name, layer in plain.items() if not isinstance(layer, Identity)
    }
    for name, layer in plain.items():
        for array, weight in zip(
            arrays_of(layer), made[name].get_weights(), strict=True
        ):
            assert np.array_equal(array, weight), name
    kinds = {"embed_pitch": Embedding, "duration_hidden": Dense, "lstm_2": LSTM}
    for name, kind in kinds.items():
        assert isinstance(plain[name], kind)
    assert [name for name in plain if getattr(plain[name], "rectified", False)] == [
        "duration_hidden"
    ]


def test_one_layer_answers_as_keras_does(
    network: keras.Model, plain: dict[str, Layer]
) -> None:
    rng = np.random.default_rng(2)
    theirs, ours = layers_of(network)["lstm_1"], plain["lstm_1"]
    assert isinstance(ours, LSTM)
    features = rng.normal(size=(4, 1, 7)).astype(np.float32)
    state = [rng.normal(size=(4, 7)).astype(np.float32) for _ in range(2)]
    expected = theirs(features, initial_state=state)
    found = ours(features, initial_state=state)
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(one, other, atol=1e-6)
    assert ours.units == 7


def test_the_layers_of_another_encoding_are_read(trained_steps: Experiment) -> None:
    layers = trained_steps.load().layers
    duration, embed = layers["duration"], layers["embed_duration"]
    assert isinstance(duration, Dense)
    assert isinstance(embed, Embedding)
    assert duration.kernel.shape == (12, 1)
    assert embed.embeddings.shape[0] == 2
