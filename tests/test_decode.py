from __future__ import annotations

from collections import Counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.decode import (
    Start,
    _Rules,
    allowed_durations,
    allowed_pitches,
    decode_events,
    fillable_lengths,
    sample,
)
from monody.events import END, HOLD, PITCH_SYMBOLS, REST, Events, decode, encode
from monody.experiment import Experiment, TrainedModel
from monody.melody import TICKS_PER_STEP
from tests.midi_files import tune

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


@given(st.sets(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 150))
def test_fillable_lengths_are_those_that_durations_add_up_to(
    ticks: set[int], length: int
) -> None:
    reachable = {0}
    for total in range(1, length + 1):
        if any(total - step in reachable for step in ticks):
            reachable.add(total)
    assert set(np.flatnonzero(fillable_lengths(ticks, length)).tolist()) == reachable


def _toy_rules() -> _Rules:
    """Durations of 2, 3 and 5 ticks; rests of 3; length 10."""
    return _Rules(
        ticks=jnp.array([2, 3, 5]),
        note_durations=jnp.array([True, False, True]),
        rest_durations=jnp.array([False, True, False]),
        pitches=jnp.arange(PITCH_SYMBOLS) != END,
        fillable=jnp.array(fillable_lengths({2, 5}, 10)),
    )


def test_durations_leave_what_notes_can_fill() -> None:
    left = jnp.array([10, 7, 5, 3, 2])
    sounding = jnp.array([True, True, False, True, True])
    notes, rests, holds = allowed_durations(_toy_rules(), left, sounding)
    assert np.asarray(notes).tolist() == [
        [True, False, True],  # 8 or 5 left
        [True, False, True],  # 5 or 2
        [False, False, True],  # 3 cannot be filled
        [False, False, False],
        [True, False, False],
    ]
    # A rest of 3 leaves 7, 4, 2; never 0, for the last event is a note.
    assert np.asarray(rests)[:, 1].tolist() == [True, True, True, False, False]
    assert np.asarray(holds)[:, 1].tolist() == [True, True, False, True, False]


def test_a_pitch_needs_an_allowed_duration() -> None:
    rules = _toy_rules()
    durations = allowed_durations(rules, jnp.array([10, 2]), jnp.array([True, True]))
    first, last = np.asarray(allowed_pitches(rules, *durations)).tolist()
    assert all(first[:REST])
    assert [first[REST], first[HOLD], first[END]] == [True, True, False]
    assert all(last[:REST])
    assert [last[REST], last[HOLD], last[END]] == [False, False, False]


@pytest.fixture(scope="module")
def loaded(trained: Experiment) -> TrainedModel:
    return trained.load()


@pytest.fixture(scope="module")
def loaded_steps(trained_steps: Experiment) -> TrainedModel:
    return trained_steps.load()


FROM_NOTHING = Start(primer=None, from_beginning=True, meter=2, bar_ticks=96)


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
    many = decode_events(loaded, [FROM_NOTHING] * 70, 96, 1.0, seed=5)
    for first, second in zip(few, many, strict=False):
        assert first.pitch.tolist() == second.pitch.tolist()
        assert first.duration.tolist() == second.duration.tolist()
    assert len(many) == 70
    assert len({tuple(events.pitch.tolist()) for events in many}) > 60


def _most_likely_next(model: TrainedModel, heard: Events) -> tuple[int, int]:
    """Predict the event after others with the plain network, not the loop."""
    from monody.batches import Batches, concatenate
    from monody.evaluate import network_inputs

    # Any event in the place of the one to predict: it is never read.
    blank = Events(*(np.append(field, field[:1]) for field in vars(heard).values()))
    batch = Batches(concatenate([blank], model.vocabulary), 1)[0]
    at = len(heard)
    inputs = network_inputs(batch)
    inputs["position"][0, at], inputs["meter"][0, at] = 0, heard.meter[-1]
    pitch = np.asarray(model.network(inputs)["pitch"])[0, at]
    low, high = model.passport["seen"]["pitch_range"]
    allowed = np.isin(np.arange(len(pitch)), [*range(low, high + 1)])
    best = int(np.where(allowed, pitch, -np.inf).argmax())
    inputs["pitch_next"][0, at] = best
    duration = np.asarray(model.network(inputs)["duration"])[0, at]
    used = np.isin(model.vocabulary.durations, model.passport["seen"]["note_ticks"])
    return best, int(np.where(used, duration, -np.inf).argmax())


def test_a_melody_goes_on_from_the_state_after_its_primer(loaded: TrainedModel) -> None:
    primers = [encode(tune(seed), loaded.vocabulary, until=8 * 96) for seed in range(4)]
    starts = [Start(primer, True, 2, 96) for primer in primers]
    written = decode_events(loaded, starts, 96, 0.0, seed=1)
    for primer, events in zip(primers, written, strict=True):
        expected = _most_likely_next(loaded, primer)
        assert (int(events.pitch[0]), int(events.duration[0])) == expected


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_writes_the_same(loaded: TrainedModel, seed: int) -> None:
    runs: list[Any] = [
        decode_events(loaded, [FROM_NOTHING] * 3, 96, 1.0, seed) for _ in range(2)
    ]
    for first, second in zip(*runs, strict=True):
        assert first.pitch.tolist() == second.pitch.tolist()
        assert first.duration.tolist() == second.duration.tolist()
