from __future__ import annotations

import functools
import subprocess
import sys
import zipfile

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from monody.experiments.experiment import Experiment
from monody.generation.decoding import state as decoder_state
from monody.generation.decoding.state import empty_state
from monody.models.backend import keras
from monody.models.batches import Batch, Batches, encode_set
from monody.models.events import END, Vocabulary
from monody.models.likelihood import Evaluator, network_inputs
from monody.models.network import (
    build_model,
    layers_of,
)
from monody.music.melody import Melody
from monody.settings.model import ENCODINGS, ModelSettings
from tests.builders.midi_files import tune
from tests.builders.networks import inputs_at, predict, step_of, taught

SETTINGS = ModelSettings(rnn_size=7, num_layers=2, dropout=0.5)
Ints = NDArray[np.int32]
ALL_ACTIVE = np.ones(3, bool)


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


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_one_event_at_a_time_predicts_what_the_whole_sequence_does(
    encoding: str,
) -> None:
    network, vocabulary = _network(encoding)
    made = layers_of(taught(network))
    inputs = _some_ends_known(network_inputs(_batch(vocabulary)))
    whole = predict(network, inputs)
    step = jax.jit(functools.partial(step_of, made))
    state = empty_state(made, 3, 30)
    for time in range(30):
        event, coming = inputs_at(inputs, np.s_[:, time]), inputs["pitch_next"][:, time]
        state, pitch, duration = step(state, event, coming, ALL_ACTIVE)
        assert np.allclose(pitch, whole["pitch"][:, time], atol=1e-4)
        assert np.allclose(duration, whole["duration"][:, time], atol=1e-4)


def test_a_full_ring_remembers_the_latest_events(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, vocabulary = _network()
    made = layers_of(taught(network))
    monkeypatch.setattr(decoder_state, "SLOT_UNIT", 8)
    inputs = network_inputs(_batch(vocabulary))
    rings = [empty_state(made, 3, events) for events in (30, 8)]
    step = jax.jit(functools.partial(step_of, made))
    for time in range(25):
        event, coming = inputs_at(inputs, np.s_[:, time]), inputs["pitch_next"][:, time]
        rings = [step(ring, event, coming, ALL_ACTIVE)[0] for ring in rings]
    whole, full = (
        {field: np.asarray(getattr(ring.slots, field)) for field in ring.slots._fields}
        | {str(index): np.asarray(run) for index, run in enumerate(ring.runs)}
        for ring in rings
    )
    for field, values in whole.items():
        latest = np.roll(full[field], -25 % 8, axis=1)
        assert latest.tolist() == values[:, 25 - 8 : 25].tolist()


def test_when_a_melody_begins_to_be_read_does_not_matter_to_it() -> None:
    network, vocabulary = _network()
    made = layers_of(taught(network))
    inputs = network_inputs(_batch(vocabulary))
    step = jax.jit(functools.partial(step_of, made))
    late, events = np.array([0, 3, 7]), 12
    state = empty_state(made, 3, 64)
    predicted = []
    for time in range(late.max() + events):
        own = np.clip(time - late, 0, events)  # all three read the first melody
        event, coming = inputs_at(inputs, np.s_[0, own]), inputs["pitch_next"][0, own]
        state, pitch, duration = step(state, event, coming, time >= late)
        predicted.append((np.asarray(pitch), np.asarray(duration)))
    for row, delay in enumerate(late.tolist()):
        for time in range(events):
            for then, now in zip(predicted[time], predicted[time + delay], strict=True):
                assert np.array_equal(then[0], now[row])  # to the last bit


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
