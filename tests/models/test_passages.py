"""Passages that are read and judged, alone or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from monody.models import passages as passages_module
from monody.models.backend import keras
from monody.models.batches import known_note
from monody.models.decoder_state import DecoderState, EventInputs
from monody.models.encoded_set import EncodedSet
from monody.models.events import UNKNOWN, Vocabulary
from monody.models.keras_likelihood import Evaluator
from monody.models.keras_network import build_model
from monody.models.network import TOLD
from monody.models.parts import Parts
from monody.models.passages import Passage, judge_passages, read_passages
from monody.models.surprisal import Surprisal
from monody.settings.model import ModelSettings
from tests.builders.encoded import outlined_set
from tests.builders.midi_files import tune
from tests.builders.networks import parts_of, taught

BARS = (3, 20, 1, 7, 7, 2)


def _network() -> keras.Model:
    keras.utils.set_random_seed(2)
    settings = ModelSettings(rnn_size=12, num_layers=2, dropout=0.5)
    return taught(build_model(settings, Vocabulary("notes")))


def _encoded(bars: Sequence[int]) -> EncodedSet:
    corpus = [tune(seed, bars=each) for seed, each in enumerate(bars)]
    return outlined_set(corpus, Vocabulary("notes"))


def _passages(
    encoded: EncodedSet, judged: int | None = None, told: bool = True
) -> list[Passage]:
    """Return whole melodies, told what is to come or not; the last events count."""
    fields = {name: getattr(encoded, name) for name in EventInputs._fields}
    fields["note_before"] = known_note(fields["note_before"])
    if not told:
        fields |= {name: np.full_like(fields[name], UNKNOWN) for name in TOLD}
    found = []
    for start, end in zip(encoded.starts.tolist(), encoded.ends.tolist(), strict=True):
        own = slice(start, end)
        inputs = EventInputs(*(values[own].astype(int) for values in fields.values()))
        pitch, duration = encoded.pitch[own].astype(int), encoded.duration[own]
        first = 0 if judged is None else max(end - start - judged, 0)
        found.append(Passage(inputs, pitch, duration.astype(int), first))
    return found


def _shortened(passage: Passage, length: int) -> Passage:
    """Return the first events of a passage, all judged."""
    inputs = EventInputs(*(values[:length] for values in passage.inputs))
    return Passage(inputs, passage.pitch[:length], passage.duration[:length])


def test_passages_are_judged_as_the_evaluator_judges_melodies() -> None:
    network, encoded = _network(), _encoded(BARS)
    expected = Evaluator(encoded).surprisal(network)
    passages = _passages(encoded, told=False)
    empty = _shortened(passages[0], 0)
    found = judge_passages(parts_of(network), [empty, *passages, empty])
    for name, values in vars(expected).items():
        judged = np.concatenate([getattr(surprisal, name) for surprisal in found])
        assert judged.dtype == values.dtype
        np.testing.assert_allclose(judged, values, atol=1e-3, err_msg=name)
    assert expected.pitch_hit.any()


@pytest.fixture(scope="module")
def parts() -> Parts:
    return parts_of(_network())


def _equal(one: Surprisal, other: Surprisal) -> None:
    """Check that two are the same to the last bit."""
    for name, values in vars(one).items():
        assert np.array_equal(values, getattr(other, name)), name


@pytest.mark.parametrize("judged", [0, 1, 9])
def test_only_the_last_events_are_judged(parts: Parts, judged: int) -> None:
    encoded = _encoded(BARS)
    everything = judge_passages(parts, _passages(encoded))
    few = judge_passages(parts, _passages(encoded, judged))
    for whole, last in zip(everything, few, strict=True):
        count = min(judged, len(whole.bits))
        kept = slice(len(whole.bits) - count, None)
        for name, values in vars(last).items():
            assert len(values) == count
            expected = getattr(whole, name)[kept]
            np.testing.assert_allclose(values, expected, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("at_once", [1, 7, 64])
def test_a_long_passage_is_judged_a_part_at_a_time(
    parts: Parts, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    [passage] = _passages(_encoded([20]))
    [whole] = judge_passages(parts, [passage])
    monkeypatch.setattr(passages_module, "AT_ONCE", at_once)
    [by_parts] = judge_passages(parts, [passage])
    for name, values in vars(whole).items():
        found = getattr(by_parts, name)
        np.testing.assert_allclose(found, values, atol=1e-4, err_msg=name)


def _after(state: DecoderState) -> np.ndarray[Any, Any]:
    """Read one event more, the same in all rows, and predict the one after it."""
    event = [60, 62, 12, 24, 3, 2, *[2] * len(TOLD)]
    state.read(EventInputs(*(np.full(len(state), value) for value in event)))
    pitches = state.pitches()
    state.choose(np.full(len(state), 64))
    return np.concatenate([pitches, state.durations()], axis=1)


@pytest.fixture(params=[1, 4])
def cores(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pretend to have one core, or several."""
    count: int = request.param
    monkeypatch.setattr(passages_module, "usable_cores", lambda: count)
    return count


@pytest.mark.usefixtures("cores")
def test_what_comes_of_a_passage_does_not_depend_on_the_others(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passages_module, "ROWS", 32)
    monkeypatch.setattr(passages_module, "MAX_EVENTS", 1000)
    [longest] = _passages(_encoded([32]))
    lengths = [0, 130, 1, 64, 65, 0, 30, *range(31, 64)]
    several = [_shortened(longest, length) for length in lengths]
    with threadpool_limits(1, user_api="blas"):
        state, together = read_passages(parts, several), judge_passages(parts, several)
        assert len(state) == len(several)
        expected = _after(state.take(np.resize(np.arange(len(several)), 48)))
        for row in (0, 1, 2, 3, 4, 6, 39):
            state = read_passages(parts, [several[row]])
            [surprisal] = judge_passages(parts, [several[row]])
            assert len(surprisal.bits) == lengths[row]
            _equal(surprisal, together[row])
            assert np.array_equal(_after(state)[0], expected[row])


def test_nothing_but_empty_passages_can_be_read(parts: Parts) -> None:
    [passage] = _passages(_encoded([1]))
    empty = _shortened(passage, 0)
    for count in (1, 20):
        assert len(read_passages(parts, [empty] * count)) == count
        surprisals = judge_passages(parts, [empty] * count)
        assert [len(surprisal.bits) for surprisal in surprisals] == [0] * count
