from __future__ import annotations

import subprocess
import sys
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray

from monody.experiments.experiment import Experiment
from monody.models import numpy_ops
from monody.models.backend import keras
from monody.models.batches import Batch, Batches
from monody.models.encoded_set import encode_set
from monody.models.events import END, UNKNOWN, Vocabulary
from monody.models.keras_likelihood import Evaluator
from monody.models.keras_network import build_model, layers_of
from monody.models.likelihood import network_inputs
from monody.models.network import arrival
from monody.models.outline import PAST
from monody.music.melody import Melody
from monody.settings.model import ModelSettings
from tests.builders.midi_files import tune
from tests.builders.networks import predict, taught

SETTINGS = ModelSettings(rnn_size=7, num_layers=2, dropout=0.5)
Ints = NDArray[np.int32]


def _network(encoding: str = "notes") -> tuple[keras.Model, Vocabulary]:
    keras.utils.set_random_seed(1)
    vocabulary = Vocabulary(encoding)
    return build_model(SETTINGS, vocabulary), vocabulary


def _batch(vocabulary: Vocabulary, shift: int = 0) -> Batch:
    corpus = [tune(seed).transposed(shift) for seed in range(3)]
    return Batches(encode_set(corpus, vocabulary), 3, 999)[0]


def _some_ends_known(inputs: dict[str, Ints]) -> dict[str, Ints]:
    """Tell the second and third sequence where they end."""
    inputs["bars_left"][1:] = 9 - inputs["bar"][1:]
    inputs["end_position"][1:] = 1
    return inputs


def test_what_is_predicted_are_probabilities() -> None:
    network, vocabulary = _network()
    batch = _batch(vocabulary)
    predicted = predict(taught(network), network_inputs(batch))
    for head in ("pitch", "duration"):
        sums = np.exp(predicted[head]).sum(axis=-1)[batch.pitch_counts]
        assert np.allclose(sums, 1, atol=1e-4)


def test_the_network_sees_no_event_before_it_predicts_it() -> None:
    network, vocabulary = _network()
    inputs = network_inputs(_batch(vocabulary))
    plain = predict(network, inputs)
    changed = {name: array.copy() for name, array in inputs.items()}
    changed["pitch_next"][:, 5] = 99  # what the duration head is told at event 5
    for name in ("pitch_in", "note_before", "duration_in"):
        changed[name][:, 6:] = 1
    after = predict(network, changed)
    assert np.allclose(plain["pitch"][:, :6], after["pitch"][:, :6], atol=1e-6)
    assert np.allclose(plain["duration"][:, :5], after["duration"][:, :5], atol=1e-6)
    assert not np.allclose(plain["duration"][:, 5], after["duration"][:, 5], atol=1e-6)


def test_the_network_listens_to_where_the_melody_ends() -> None:
    network, vocabulary = _network()
    unknown = network_inputs(_batch(vocabulary))
    known = {name: array.copy() for name, array in unknown.items()}
    taught(network)
    before, after = predict(network, unknown), predict(network, _some_ends_known(known))
    for head in ("pitch", "duration"):
        assert np.array_equal(before[head][0], after[head][0])
        assert not np.allclose(before[head][1:, 0], after[head][1:, 0], atol=1e-3)


def test_the_degree_of_a_cadence_is_told_to_its_note() -> None:
    cadence_left = np.array([[UNKNOWN, 3, 2, 1, PAST, 1]])
    reading = {"cadence_left": cadence_left, "cadence_degree": cadence_left * 0 + 8}
    told = arrival(numpy_ops, reading).tolist()
    assert told == [[UNKNOWN, UNKNOWN, UNKNOWN, 8, UNKNOWN, 8]]


def test_without_its_absolute_parts_the_network_means_the_same_in_every_key() -> None:
    network, vocabulary = _network()
    made = layers_of(taught(network))
    for name in ("embed_pitch", "pitch_absolute"):
        made[name].set_weights([np.zeros_like(w) for w in made[name].get_weights()])
    real = _batch(vocabulary).pitch_counts[:, 4:]
    low, high = (
        # The first interval is told from middle C: leave it, and rests, out.
        predict(
            network,
            {
                name: array[:, 4:]
                for name, array in network_inputs(_batch(vocabulary, shift)).items()
            },
        )
        for shift in (0, 5)
    )
    here, there = (np.asarray(side["duration"])[real] for side in (low, high))
    assert np.allclose(here, there, atol=1e-4)
    # Pitches are nearly the same: there are more notes on one side, fewer on the other.
    likeliest = [np.argmax(side["pitch"], axis=-1)[real] for side in (low, high)]
    moved = np.where(likeliest[0] < 128, likeliest[0] + 5, likeliest[0])
    assert np.mean(moved == likeliest[1]) > 0.9


def test_a_motif_that_comes_again_is_expected_before_anything_is_learnt() -> None:
    vocabulary = Vocabulary("notes")
    keras.utils.set_random_seed(1)
    network = build_model(SETTINGS, vocabulary)
    rng = np.random.default_rng(1)
    motif = [(int(p), 12) for p in rng.permutation(12) + 60]
    line = [(pitch, 12 * i, 12) for i, (pitch, _) in enumerate(motif * 2)]
    melody = Melody.from_notes(line)
    surprisal = Evaluator(encode_set([melody], vocabulary)).surprisal(network)
    assert surprisal.pitch_bits[16:24].mean() < 0.5 * surprisal.pitch_bits[:12].mean()


def test_bits_per_note_are_the_surprisal_of_each_event_added_up() -> None:
    network, vocabulary = _network()
    corpus = [tune(seed, bars=1 + seed) for seed in range(3)]
    score = Evaluator(encode_set(corpus, vocabulary)).score(network)
    pitch_bits = duration_bits = 0.0
    for melody in corpus:
        batch = Batches(encode_set([melody], vocabulary), 1, 999)[0]
        logits = predict(network, network_inputs(batch))
        for head, targets in (("pitch", batch.pitch), ("duration", batch.duration)):
            table = np.asarray(logits[head][0], np.float64)
            table -= np.log(np.exp(table).sum(axis=1, keepdims=True))
            for time in np.flatnonzero(batch.pitch_counts[0]).tolist():
                bits = -table[time, targets[0, time]] / np.log(2)
                if head == "pitch":
                    pitch_bits += bits
                elif batch.pitch[0, time] != END:
                    duration_bits += bits
    notes = sum(map(len, corpus))
    assert score.notes == notes
    assert score.pitch_bits_per_note * notes == pytest.approx(pitch_bits, rel=1e-4)
    assert score.duration_bits_per_note * notes == pytest.approx(
        duration_bits, rel=1e-4
    )
    assert score.bits_per_note == pytest.approx((pitch_bits + duration_bits) / notes)


def test_one_melody_is_less_than_a_batch_and_is_scored() -> None:
    network, vocabulary = _network()
    score = Evaluator(encode_set([tune(3)], vocabulary)).score(network)
    assert (score.melodies, score.notes) == (1, len(tune(3)))
    assert 0 < score.bits_per_note < 20


def test_steps_cost_no_bits_of_duration() -> None:
    network, vocabulary = _network("steps")
    score = Evaluator(encode_set([tune(1)], vocabulary)).score(network)
    assert score.duration_bits_per_note == 0


def test_plain_keras_opens_the_model(trained: Experiment) -> None:
    program = (
        "import os, sys; os.environ['KERAS_BACKEND'] = 'jax'; import keras; "
        "model = keras.saving.load_model(sys.argv[1]); "
        "assert 'monody' not in sys.modules; print(model.count_params())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(trained.model_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == trained.load().network.count_params()


def test_nothing_in_the_model_file_is_pickled(trained: Experiment) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        assert set(archive.namelist()) == {
            "config.json", "metadata.json", "model.weights.h5",  # Keras's
            "monody.json", "decoding.npz",  # ours
        }  # fmt: skip
