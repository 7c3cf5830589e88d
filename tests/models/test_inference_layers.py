from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from monody.experiments.experiment import Experiment
from monody.generation.decoding.state import empty_state
from monody.models.backend import keras
from monody.models.batches import Batches, encode_set
from monody.models.events import Vocabulary
from monody.models.inference_layers import LSTM, Dense, Embedding, Identity, Layer
from monody.models.likelihood import network_inputs
from monody.models.network import build_model, layers_of
from monody.models.stored_layers import pack_layers, unpack_layers
from monody.settings.model import ModelSettings
from tests.builders.midi_files import tune
from tests.builders.networks import inputs_at, predict, step_of, taught

EVENTS = 30


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """A network of which every weight counts."""
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=7, num_layers=3, dropout=0.5)
    return taught(build_model(settings, Vocabulary("notes")))


@pytest.fixture(scope="module")
def plain(network: keras.Model) -> dict[str, Layer]:
    """Its layers, as a file holds them."""
    return unpack_layers(pack_layers(network))


def _inputs() -> dict[str, NDArray[np.int32]]:
    """What a network reads of three melodies, of which two know their ends."""
    encoded = encode_set([tune(seed) for seed in range(3)], Vocabulary("notes"))
    batches = Batches(encoded, 3, 999)
    source, _ = batches.events_of(0)
    inputs = network_inputs(batches[0])
    inputs["bars_left"][1:] = encoded.bars_left[source][1:]
    inputs["end_position"][1:] = encoded.end_position[source][1:]
    return inputs


def test_layers_as_arrays_predict_what_the_network_does(
    network: keras.Model, plain: dict[str, Layer]
) -> None:
    inputs = _inputs()
    whole = predict(network, inputs)
    state, active = empty_state(plain, 3, EVENTS), np.ones(3, bool)
    step = jax.jit(step_of)
    for time in range(EVENTS):
        event, coming = inputs_at(inputs, np.s_[:, time]), inputs["pitch_next"][:, time]
        state, pitch, duration = step(plain, state, event, coming, active)
        assert np.allclose(pitch, whole["pitch"][:, time], atol=1e-4)
        assert np.allclose(duration, whole["duration"][:, time], atol=1e-4)


def test_every_layer_with_weights_is_read(
    network: keras.Model, plain: dict[str, Layer]
) -> None:
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


def test_one_layer_answers_as_keras_does(
    network: keras.Model, plain: dict[str, Layer]
) -> None:
    rng = np.random.default_rng(2)
    theirs, ours = layers_of(network)["lstm_1"], plain["lstm_1"]
    assert isinstance(ours, LSTM)
    features = jnp.asarray(rng.normal(size=(4, 1, 7)).astype(np.float32))
    state = [jnp.asarray(rng.normal(size=(4, 7)).astype(np.float32)) for _ in range(2)]
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
