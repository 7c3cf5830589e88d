from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import Any

import numpy as np
import pytest

from monody.backend import keras
from monody.batches import Batch, Batches, encode_set
from monody.evaluate import Evaluator, network_inputs
from monody.events import END, PITCH_SYMBOLS, REST, Vocabulary
from monody.experiment import Experiment
from monody.model import (
    INPUTS,
    build_model,
    layers_of,
    predict_duration,
    predict_pitch,
)
from monody.settings import ENCODINGS, ModelSettings
from tests.midi_files import tune

SETTINGS = ModelSettings(rnn_size=7, num_layers=2, dropout=0.5)


def _network(encoding: str = "notes") -> tuple[Any, Vocabulary]:
    keras.utils.set_random_seed(1)
    vocabulary = Vocabulary(encoding)
    return build_model(SETTINGS, vocabulary), vocabulary


def _batch(vocabulary: Vocabulary, shift: int = 0) -> Batch:
    corpus = [tune(seed).transposed(shift) for seed in range(3)]
    return Batches(encode_set(corpus, vocabulary), 3, 999)[0]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_event_at_a_time_predicts_what_the_whole_sequence_does(
    encoding: str,
) -> None:
    network, vocabulary = _network(encoding)
    inputs = network_inputs(_batch(vocabulary))
    whole = network(inputs, training=False)
    made, states = layers_of(network), None
    for time in range(12):
        now = {name: inputs[name][:, time : time + 1] for name in INPUTS}
        reading = {name: now[name] for name in INPUTS[:-1]}
        pitch, memory, states = predict_pitch(
            made, reading, states or [[np.zeros((3, 7), np.float32)] * 2] * 2
        )
        heard = (now["pitch_in"], now["note_before"], now["pitch_next"])
        duration = predict_duration(made, memory, *heard)
        assert np.allclose(pitch[:, 0], whole["pitch"][:, time], atol=1e-5)
        assert np.allclose(duration[:, 0], whole["duration"][:, time], atol=1e-5)


def test_the_network_sees_no_event_before_it_predicts_it() -> None:
    network, vocabulary = _network()
    inputs = network_inputs(_batch(vocabulary))
    plain = network(inputs, training=False)
    changed = {name: array.copy() for name, array in inputs.items()}
    changed["pitch_next"][:, 5] = 99  # what the duration head is told at event 5
    for name in ("pitch_in", "note_before", "duration_in"):
        changed[name][:, 6:] = 1
    after = network(changed, training=False)
    assert np.allclose(plain["pitch"][:, :6], after["pitch"][:, :6], atol=1e-6)
    assert np.allclose(plain["duration"][:, :5], after["duration"][:, :5], atol=1e-6)
    assert not np.allclose(plain["duration"][:, 5], after["duration"][:, 5], atol=1e-6)


def test_the_interval_head_moves_with_the_melody() -> None:
    network, _ = _network()
    made = layers_of(network)
    for name in ("embed_pitch", "pitch_absolute"):
        made[name].set_weights([np.zeros_like(w) for w in made[name].get_weights()])

    def logits(shift: int) -> Any:
        time = np.zeros((1, 3), np.int32)
        reading = {
            "pitch_in": np.array([[60, 62, REST]]) + np.array([shift, shift, 0]),
            "note_before": np.array([[60, 60, 62]]) + shift,
            "duration_in": time,
            "position": time,
            "meter": time,
        }
        states = [[np.zeros((1, 7), np.float32)] * 2] * 2
        return np.asarray(predict_pitch(made, reading, states)[0])

    low, high = logits(0), logits(5)
    assert np.allclose(low[..., :123], high[..., 5:128], atol=1e-6)
    assert low[..., 50:70].std() > 0


def test_bits_per_note_are_the_surprise_of_each_event_added_up() -> None:
    network, vocabulary = _network()
    corpus = [tune(seed, bars=1 + seed) for seed in range(3)]
    score = Evaluator(encode_set(corpus, vocabulary)).score(network)
    pitch_bits = duration_bits = 0.0
    for melody in corpus:
        batch = Batches(encode_set([melody], vocabulary), 1, 999)[0]
        logits = network(network_inputs(batch), training=False)
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
    assert score.pitch_bits == pytest.approx(pitch_bits, rel=1e-4)
    assert score.duration_bits == pytest.approx(duration_bits, rel=1e-4)
    assert score.bits_per_note == pytest.approx((pitch_bits + duration_bits) / notes)


def test_one_melody_is_less_than_a_batch_and_is_scored() -> None:
    network, vocabulary = _network()
    score = Evaluator(encode_set([tune(3)], vocabulary)).score(network)
    assert (score.melodies, score.notes) == (1, len(tune(3)))
    assert 0 < score.bits_per_note < 20


def test_a_network_that_knows_nothing_needs_the_bits_of_its_alphabets() -> None:
    network, vocabulary = _network()
    network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
    corpus = [tune(4)]
    encoded = encode_set(corpus, vocabulary)
    score = Evaluator(encoded).score(network)
    events, notes = len(encoded.pitch), encoded.note_count
    assert np.all(encoded.pitch[:-1] < REST)
    assert score.pitch_bits == pytest.approx(events * np.log2(PITCH_SYMBOLS), rel=1e-5)
    durations = len(vocabulary.durations)
    assert score.duration_bits == pytest.approx(notes * np.log2(durations), rel=1e-5)


def test_steps_cost_no_bits_of_duration() -> None:
    network, vocabulary = _network("steps")
    score = Evaluator(encode_set([tune(1)], vocabulary)).score(network)
    assert score.duration_bits == 0


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
            "config.json", "metadata.json", "model.weights.h5", "monody.json",
        }  # fmt: skip
