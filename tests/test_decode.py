from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.decode import (
    Start,
    _in_rows,
    _primer_reads,
    decode_events,
    sample,
)
from monody.events import END, Events, decode, encode
from monody.experiment import Experiment, TrainedModel
from monody.melody import TICKS_PER_STEP
from monody.model import layers_of
from monody.sample_settings import SampleSettings
from tests.midi_files import tune
from tests.networks import predict

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _keys(rows: int, seed: int = 0) -> jax.Array:
    return jax.random.split(jax.random.key(seed), rows)


def _draw(
    probabilities: dict[str, float], temperature: float, rows: int
) -> Counter[str]:
    """Draw letters; those not named have a probability of almost nothing."""
    logits = np.log([probabilities.get(letter, 1e-12) for letter in LETTERS])
    table = jnp.tile(jnp.array(logits), (rows, 1))
    allowed = jnp.ones((rows, 26), bool)
    drawn = sample(table, allowed, jnp.float32(temperature), _keys(rows))
    return Counter(LETTERS[index] for index in np.asarray(drawn).tolist())


def test_temperature_0_is_the_most_likely_symbol() -> None:
    assert _draw({"h": 0.5, "i": 0.49}, 0.0, 200) == {"h": 200}


def test_temperature_1_draws_as_often_as_likely() -> None:
    drawn = _draw({"h": 0.7, "i": 0.3}, 1.0, 4000)
    assert set(drawn) == {"h", "i"}
    assert drawn["h"] / 4000 == pytest.approx(0.7, abs=0.03)


def test_a_high_temperature_evens_out_and_a_low_one_sharpens() -> None:
    # p ** (1 / temperature), renormalised: at 2 it is (.667, .333), at .5 (.94, .06)
    assert _draw({"a": 0.8, "b": 0.2}, 2.0, 4000)["a"] / 4000 < 0.71
    assert _draw({"a": 0.8, "b": 0.2}, 0.5, 4000)["a"] / 4000 > 0.91


def test_what_is_not_allowed_is_never_drawn() -> None:
    logits = jnp.tile(jnp.array([50.0, 0.0, 0.0]), (500, 1))
    allowed = jnp.tile(jnp.array([False, True, True]), (500, 1))
    for temperature in (0.0, 1.0, 10.0):
        drawn = sample(logits, allowed, jnp.float32(temperature), _keys(500))
        assert 0 not in np.asarray(drawn)


def _without_copies(experiment: Experiment) -> TrainedModel:
    """Load a model and let it say only something fresh.

    After two epochs it copies as it was born to do, its own last note above all.
    """
    model = Experiment(experiment.path).load()
    made = layers_of(model.network)
    for name in ("pitch_fresh", "duration_fresh"):
        kernel, bias = made[name].get_weights()
        made[name].set_weights([kernel, bias + 30])
    return model


@pytest.fixture(scope="module")
def loaded(trained: Experiment) -> TrainedModel:
    return _without_copies(trained)


@pytest.fixture(scope="module")
def loaded_steps(trained_steps: Experiment) -> TrainedModel:
    return _without_copies(trained_steps)


FROM_NOTHING = Start(None, from_beginning=True, meter=2, bar_ticks=96, bars=0)


def _ticks(model: TrainedModel, events: Events) -> list[int]:
    return [model.vocabulary.durations[symbol] for symbol in events.duration]


@pytest.mark.parametrize("which", ["loaded", "loaded_steps"])
@pytest.mark.parametrize("length", [1, 3, 16, 65])
def test_every_melody_ends_with_a_note_on_the_last_tick(
    which: str, length: int, request: pytest.FixtureRequest
) -> None:
    model: TrainedModel = request.getfixturevalue(which)
    written = decode_events(model, [FROM_NOTHING] * 20, length * 6, 1.3, seed=5)
    seen = model.passport["seen"]
    for events in written:
        assert sum(_ticks(model, events)) == length * TICKS_PER_STEP
        melody = decode(events, model.vocabulary)
        assert melody.end == length * TICKS_PER_STEP
        assert END not in events.pitch
        low, high = seen["pitch_range"]
        assert low <= melody.pitches.min() <= melody.pitches.max() <= high
        assert set(_ticks(model, events)) <= {
            *seen["note_ticks"], *seen["rest_ticks"], TICKS_PER_STEP,
        }  # fmt: skip


def test_the_first_melodies_do_not_depend_on_how_many_are_asked_for(
    loaded: TrainedModel,
) -> None:
    few = decode_events(loaded, [FROM_NOTHING] * 2, 96, 1.0, seed=5)
    many = decode_events(loaded, [FROM_NOTHING] * 300, 96, 1.0, seed=5)
    for first, second in zip(few, many, strict=False):
        assert first.pitch.tolist() == second.pitch.tolist()
        assert first.duration.tolist() == second.duration.tolist()
    assert len(many) == 300
    assert len({tuple(events.pitch.tolist()) for events in many}) > 280


@pytest.mark.parametrize("length", [33, 64, 1000])
def test_gated_16ths_fill_the_length_and_keep_their_rests(
    loaded: TrainedModel, length: int
) -> None:
    # Five ticks on, one off: notes alone could not fill it, and rests are shorter.
    seen = {**loaded.passport["seen"], "note_ticks": [5], "rest_ticks": [1]}
    gated = replace(loaded, passport={**loaded.passport, "seen": seen})
    for events in decode_events(gated, [FROM_NOTHING] * 5, length * 6, 1.0, seed=1):
        assert sum(_ticks(gated, events)) == length * TICKS_PER_STEP
        assert decode(events, gated.vocabulary).end == length * TICKS_PER_STEP
        assert {1, 5} <= set(_ticks(gated, events)) <= {1, 5, 6}


def test_sampling_does_not_loop(loaded: TrainedModel) -> None:
    # The most likely event, always, loops; the default temperature must not.
    assert SampleSettings().temperature == 1.0
    for events in decode_events(loaded, [FROM_NOTHING] * 5, 2400, 1.0, seed=2):
        pitches = events.pitch[-60:].tolist()
        for period in range(1, 9):
            assert pitches[period:] != pitches[:-period]


def test_one_melody_is_not_padded_to_a_large_batch(loaded: TrainedModel) -> None:
    reads, _ = _primer_reads(_in_rows([FROM_NOTHING]), loaded.vocabulary)
    assert reads.pitch_in.shape[0] <= 16


def _most_likely_next(model: TrainedModel, heard: Events) -> tuple[int, int]:
    """Predict the event after others with the plain network, not the loop."""
    from monody.batches import Batches, concatenate
    from monody.evaluator import network_inputs

    # Any event in the place of the one to predict: it is never read.
    blank = Events(*(np.append(field, field[:1]) for field in vars(heard).values()))
    batch = Batches(concatenate([blank], model.vocabulary), 1, 9999)[0]
    at = len(heard)
    inputs = network_inputs(batch)
    inputs["position"][0, at], inputs["meter"][0, at] = 0, heard.meter[-1]
    inputs["bar"][0, at] = 8
    pitch = np.asarray(predict(model.network, inputs)["pitch"])[0, at]
    low, high = model.passport["seen"]["pitch_range"]
    allowed = np.isin(np.arange(len(pitch)), [*range(low, high + 1)])
    best = int(np.where(allowed, pitch, -np.inf).argmax())
    inputs["pitch_next"][0, at] = best
    duration = np.asarray(predict(model.network, inputs)["duration"])[0, at]
    used = np.isin(model.vocabulary.durations, model.passport["seen"]["note_ticks"])
    return best, int(np.where(used, duration, -np.inf).argmax())


def test_a_melody_goes_on_from_the_state_after_its_primer(loaded: TrainedModel) -> None:
    primers = [encode(tune(seed), loaded.vocabulary, until=8 * 96) for seed in range(4)]
    starts = [Start(primer, True, 2, 96, 8) for primer in primers]
    written = decode_events(loaded, starts, 96, 0.0, seed=1)
    for primer, events in zip(primers, written, strict=True):
        expected = _most_likely_next(loaded, primer)
        assert (int(events.pitch[0]), int(events.duration[0])) == expected


@settings(max_examples=5)
@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_writes_the_same(loaded: TrainedModel, seed: int) -> None:
    runs: list[Any] = [
        decode_events(loaded, [FROM_NOTHING] * 3, 96, 1.0, seed) for _ in range(2)
    ]
    for first, second in zip(*runs, strict=True):
        assert first.pitch.tolist() == second.pitch.tolist()
        assert first.duration.tolist() == second.duration.tolist()
