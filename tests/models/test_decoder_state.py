"""Events read one by one on NumPy: the same predictions as of the whole melody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from monody.models import decoder_memory
from monody.models.backend import keras
from monody.models.batches import Batches
from monody.models.copy_attention import later, look_back
from monody.models.decoder_state import DecoderState
from monody.models.events import Vocabulary
from monody.models.keras_network import build_model, layers_of
from monody.models.likelihood import network_inputs
from monody.models.network import (
    READING,
    TOLD,
    hear_pitch,
    predict_duration,
    predict_pitch,
    read_events,
)
from monody.models.outline import (
    DEGREE_SYMBOLS,
    EXACT,
    FRESH,
    PHRASE_SYMBOLS,
    RETURN_SYMBOLS,
    STYLE_SYMBOLS,
    TONIC_SYMBOLS,
    VARIED,
)
from monody.models.parts import Parts
from monody.models.tonality import count_notes
from monody.settings.model import ENCODINGS, ModelSettings
from tests.builders.encoded import outlined_set
from tests.builders.midi_files import tune
from tests.builders.networks import event_by_event, parts_of, predict, taught

EVENTS = 40
ROWS = 5  # melodies side by side
NOTES = Vocabulary("notes")

Inputs = dict[str, NDArray[np.int32]]
Predicted = dict[str, NDArray[np.float32]]


def _network(vocabulary: Vocabulary, layers: int = 2, units: int = 7) -> keras.Model:
    """A network of which every weight counts."""
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=units, num_layers=layers, dropout=0.5)
    return taught(build_model(settings, vocabulary))


def _inputs(vocabulary: Vocabulary, rows: int = 3, bars: int = 8) -> Inputs:
    """What a network reads of melodies: of the first nothing is told, of others all.

    Each second bar of those is said to return, varied or exactly, so that every code is
    read.
    """
    corpus = [tune(seed, bars=bars) for seed in range(rows)]
    styles = list(range(rows))
    encoded = outlined_set(corpus, vocabulary, styles=styles)
    batches = Batches(encoded, rows, 999)
    inputs = network_inputs(batches[0])
    source, _ = batches.events_of(0)
    for name in TOLD:
        inputs[name][1:] = getattr(encoded, name)[source[1:]]
    bar = inputs["bar"][1:]
    inputs["returns"][1:] = np.array([FRESH, VARIED, FRESH, EXACT])[bar % 4]
    inputs["bars_back"][1:] = bar % 2
    return inputs


def _first(inputs: Inputs, events: int) -> Inputs:
    return {name: values[:, :events] for name, values in inputs.items()}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_one_event_at_a_time_predicts_what_the_whole_sequence_does(
    encoding: str, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_memory, "SLOT_UNIT", 16)  # slots are added twice
    vocabulary = Vocabulary(encoding)
    network = _network(vocabulary, layers)
    inputs = _first(_inputs(vocabulary), EVENTS)
    whole = predict(network, inputs)
    state = DecoderState.new(parts_of(network), 3)
    found = event_by_event(state, inputs, range(EVENTS))
    for head, logs in found.items():
        np.testing.assert_allclose(logs, whole[head], atol=1e-4)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_whatever_is_told_is_heard(encoding: str) -> None:
    vocabulary = Vocabulary(encoding)
    parts = parts_of(_network(vocabulary))
    inputs = _first(_inputs(vocabulary), EVENTS)

    def predicted(read: Inputs) -> Predicted:
        return event_by_event(DecoderState.new(parts, 3), read, range(EVENTS))

    told = predicted(inputs)
    for name in TOLD:
        without = predicted(inputs | {name: np.zeros_like(inputs[name])})
        for head, logs in told.items():
            assert np.array_equal(logs[0], without[head][0])  # it was told nothing
            if logs.shape[-1] > 1:
                assert not np.allclose(logs[1:], without[head][1:], atol=1e-3), name


def _with_a_short_memory(parts: Parts, inputs: Inputs, slots: int) -> dict[str, Any]:
    """Predict as Keras does, but look back at the latest slots only."""
    ops = parts.ops
    reading = {name: inputs[name] for name in READING}
    heard = ops.cumsum(count_notes(ops, reading["pitch_in"]), axis=1)
    hidden = read_events(parts, reading, heard)
    past = look_back(parts, reading)
    time = np.arange(reading["pitch_in"].shape[1])
    latest = time[:, None] - time < slots  # (time, slots)
    past = past._replace(known=ops.logical_and(past.known, latest))
    keys = later(ops, parts["pitch_key"](hidden.memory))
    pitch = predict_pitch(parts, hidden.memory, keys, past, reading)
    following = inputs["pitch_next"]
    given = hear_pitch(parts, hidden, reading, following)
    keys = later(ops, parts["duration_key"](given))
    duration = predict_duration(parts, given, keys, past, reading, following)
    return {"pitch": pitch, "duration": duration}


@pytest.mark.parametrize("slots", [8, 24])
def test_a_full_ring_remembers_the_latest_events(
    slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_memory, "SLOT_UNIT", 8)
    network, inputs = _network(NOTES), _first(_inputs(NOTES), EVENTS)
    made = Parts(layers_of(network), keras.ops)
    expected = jax.jit(lambda read: _with_a_short_memory(made, read, slots))(inputs)
    state = DecoderState.new(parts_of(network), 3, slots)
    found = [event_by_event(state, inputs, range(20))]
    state = DecoderState.joined([state.take(np.array([2, 0, 1]))])
    state = state.take(np.array([1, 2, 0]))
    found.append(event_by_event(state, inputs, range(20, EVENTS)))
    whole = predict(network, inputs)
    for head in expected:
        logs = np.concatenate([part[head] for part in found], axis=1)
        np.testing.assert_allclose(logs, expected[head], atol=1e-4)
        assert not np.allclose(logs[:, slots:], whole[head][:, slots:], atol=1e-4)


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As while melodies are written: with two, products are rounded in other ways."""
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture(scope="module")
def parts() -> Parts:
    """A network whose products are as wide as those of a real one."""
    return parts_of(_network(NOTES, units=64))


@pytest.fixture(scope="module")
def many() -> Inputs:
    """What is read of 48 lines, 140 events of each: the ring grows twice."""
    rng = np.random.default_rng(3)
    # Few symbols, so that they come again.
    few = {"pitch_in": (60, 65), "note_before": (60, 65), "duration_in": (11, 14)}
    few |= {"position": (0, 4), "meter": (2, 3), "bars_left": (0, 9)}
    few |= {"end_position": (0, 2), "pitch_next": (60, 65)}
    few |= {"phrase_left": (0, PHRASE_SYMBOLS), "returns": (0, RETURN_SYMBOLS)}
    few |= {"bars_back": (0, 5), "cadence_left": (0, 9), "notes_left": (0, 6)}
    few |= {"cadence_degree": (0, DEGREE_SYMBOLS), "tonic": (0, TONIC_SYMBOLS)}
    few |= {"style": (0, STYLE_SYMBOLS)}
    inputs = {
        name: rng.integers(*ends, (48, 140), np.int32) for name, ends in few.items()
    }
    bars = np.arange(140, dtype=np.int32) // 5
    return {**inputs, "bar": np.tile(bars, (48, 1))}


def _rows(inputs: Inputs, rows: Any) -> Inputs:
    return {name: values[rows] for name, values in inputs.items()}


def _same(found: Predicted, expected: Predicted) -> None:
    """Check predictions to the last bit."""
    for head, logs in found.items():
        assert np.array_equal(logs, expected[head])


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("rows", [1, 3, 32])
def test_how_many_melodies_are_beside_one_does_not_matter_to_it(
    parts: Parts, many: Inputs, rows: int
) -> None:
    events = range(140)
    together = event_by_event(DecoderState.new(parts, 48), many, events)
    few = event_by_event(
        DecoderState.new(parts, rows), _rows(many, slice(rows)), events
    )
    _same(few, {head: logs[:rows] for head, logs in together.items()})


@pytest.mark.usefixtures("one_thread")
def test_melodies_go_on_as_before_wherever_they_are_taken_to(
    parts: Parts, many: Inputs
) -> None:
    state = DecoderState.new(parts, 48)
    event_by_event(state, many, range(100))
    chosen = np.random.default_rng(1).integers(0, 48, 29)  # some twice
    taken = state.take(chosen)
    assert (len(taken), len(state)) == (29, 48)
    expected = event_by_event(state, many, range(100, 140))
    found = event_by_event(taken, _rows(many, chosen), range(100, 140))
    _same(found, {head: logs[chosen] for head, logs in expected.items()})


@pytest.mark.usefixtures("one_thread")
def test_melodies_go_on_as_before_beside_longer_and_shorter_ones(
    parts: Parts, many: Inputs
) -> None:
    read = (0, 5, 70, 130)  # events: of fewer slots, and of more
    blocks = [np.arange(ROWS) + 8 * number for number in range(len(read))]
    states = [DecoderState.new(parts, ROWS) for _ in read]
    for state, rows, count in zip(states, blocks, read, strict=True):
        if count:
            event_by_event(state, _rows(many, rows), range(count))
    joined = DecoderState.joined([state.take(np.arange(ROWS)) for state in states])
    assert len(joined) == ROWS * len(read)
    later_events = [
        {name: values[:, count : count + 10] for name, values in inputs.items()}
        for inputs, count in zip((_rows(many, r) for r in blocks), read, strict=True)
    ]
    together = {
        name: np.concatenate([inputs[name] for inputs in later_events])
        for name in later_events[0]
    }
    found = event_by_event(joined, together, range(10))
    for number, (state, inputs) in enumerate(zip(states, later_events, strict=True)):
        alone = event_by_event(state, inputs, range(10))
        at = slice(ROWS * number, ROWS * (number + 1))
        _same(alone, {head: logs[at] for head, logs in found.items()})


def test_what_was_taken_does_not_change_with_what_is_read_after() -> None:
    parts, inputs = parts_of(_network(NOTES)), _inputs(NOTES)
    state = DecoderState.new(parts, 3)
    event_by_event(state, inputs, range(12))
    everyone = np.arange(3)
    kept, again = state.take(everyone), state.take(everyone)
    event_by_event(state, inputs, range(12, 20))
    event_by_event(kept, inputs, range(20, 30))
    _same(
        event_by_event(again, inputs, range(12, 20)),
        event_by_event(
            _read_from_the_beginning(parts, inputs, 12), inputs, range(12, 20)
        ),
    )


def _read_from_the_beginning(parts: Parts, inputs: Inputs, events: int) -> DecoderState:
    state = DecoderState.new(parts, 3)
    event_by_event(state, inputs, range(events))
    return state
