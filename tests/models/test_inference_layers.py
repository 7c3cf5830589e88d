from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from monody.experiments.experiment import Experiment
from monody.generation.decoding.state import Heard, nothing_heard
from monody.models.backend import keras
from monody.models.batches import Batches, encode_set
from monody.models.events import Vocabulary
from monody.models.inference_layers import LSTM, Dense, Embedding, Identity, read_layers
from monody.models.likelihood import network_inputs
from monody.models.network import READING, build_model, layers_of
from monody.settings.model import ModelSettings
from tests.builders.midi_files import tune
from tests.builders.networks import predict, step_of, taught

EVENTS = 30


@pytest.fixture(scope="module")
def network() -> Any:
    """A network of which every weight counts."""
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=7, num_layers=3, dropout=0.5)
    return taught(build_model(settings, Vocabulary("notes")))


@pytest.fixture(scope="module")
def plain(network: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Its layers, read from its file."""
    path: Path = tmp_path_factory.mktemp("network") / "model.keras"
    network.save(path)
    return read_layers(path)


def _inputs() -> dict[str, Any]:
    """What a network reads of three melodies, of which two know their ends."""
    encoded = encode_set([tune(seed) for seed in range(3)], Vocabulary("notes"))
    batches = Batches(encoded, 3, 999)
    source, _ = batches.events_of(0)
    inputs = network_inputs(batches[0])
    inputs["bars_left"][1:] = encoded.bars_left[source][1:]
    inputs["end_position"][1:] = encoded.end_position[source][1:]
    return inputs


def test_layers_as_arrays_predict_what_the_network_does(
    network: Any, plain: dict[str, Any]
) -> None:
    inputs = _inputs()
    whole = predict(network, inputs)
    told = nothing_heard(plain, 3, EVENTS)
    step = jax.jit(step_of)
    for time in range(EVENTS):
        heard = Heard(*(inputs[name][:, time] for name in READING))
        coming = inputs["pitch_next"][:, time]
        told, pitch, duration = step(plain, told, heard, coming)
        assert np.allclose(pitch, whole["pitch"][:, time], atol=1e-4)
        assert np.allclose(duration, whole["duration"][:, time], atol=1e-4)


def test_every_layer_with_weights_is_read(network: Any, plain: dict[str, Any]) -> None:
    made = layers_of(network)
    assert {name for name, layer in made.items() if layer.weights} == {
        name for name, layer in plain.items() if not isinstance(layer, Identity)
    }
    for name, layer in plain.items():
        arrays = [np.asarray(leaf) for leaf in jax.tree.leaves(layer)]
        for array, weight in zip(arrays, made[name].get_weights(), strict=True):
            assert np.array_equal(array, weight), name
    kinds = {"embed_pitch": Embedding, "duration_hidden": Dense, "lstm_2": LSTM}
    for name, kind in kinds.items():
        assert isinstance(plain[name], kind)
    assert [name for name in plain if getattr(plain[name], "rectified", False)] == [
        "duration_hidden"
    ]


def test_one_layer_answers_as_keras_does(network: Any, plain: dict[str, Any]) -> None:
    rng = np.random.default_rng(2)
    lstm = layers_of(network)["lstm_1"]
    features = rng.normal(size=(4, 1, 7)).astype(np.float32)
    state = [rng.normal(size=(4, 7)).astype(np.float32) for _ in range(2)]
    expected = lstm(features, initial_state=state)
    found = plain["lstm_1"](features, initial_state=state)
    for one, other in zip(found, expected, strict=True):
        assert np.allclose(one, other, atol=1e-6)
    assert plain["lstm_1"].units == 7


def test_the_layers_of_another_encoding_are_read(trained_steps: Experiment) -> None:
    layers = trained_steps.load().layers
    assert layers["duration"].kernel.shape == (12, 1)
    assert layers["embed_duration"].embeddings.shape[0] == 2
