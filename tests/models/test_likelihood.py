from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.models import keras_likelihood, likelihood
from monody.models.backend import keras
from monody.models.batches import Batches, cut_windows
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import END, PITCH_INPUTS, PITCH_SYMBOLS, REST, Vocabulary
from monody.models.keras_likelihood import Evaluator
from monody.models.keras_network import build_model
from monody.models.likelihood import surprisal_of
from monody.models.surprisal import Surprisal
from monody.settings.model import ENCODINGS, ModelSettings
from tests.builders.midi_files import tune
from tests.builders.networks import parts_of, taught

# Of several padded lengths, and not in the order of length.
CORPUS = [tune(seed, bars=bars) for seed, bars in enumerate((2, 9, 1, 30, 4))]


class ToyNetwork:
    """Knows what follows what, and is surer from event to event of a sequence."""

    def __init__(self, durations: int, spread: float = 1.0) -> None:
        rng = np.random.default_rng(3)
        self.tables = {
            "pitch": spread * rng.normal(size=(PITCH_INPUTS, PITCH_SYMBOLS)),
            "duration": spread * rng.normal(size=(PITCH_SYMBOLS, durations)),
        }
        again = np.arange(PITCH_SYMBOLS)  # it expects repetition, and is right at times
        self.tables["pitch"][again, again] += 6 * spread
        self.tables["duration"][:, 11::12] += 3 * spread
        self.trainable_variables = [
            SimpleNamespace(value=jnp.array(table)) for table in self.tables.values()
        ]
        self.non_trainable_variables: list[Any] = []

    def stateless_call(
        self, weights: list[jax.Array], fixed: Any, inputs: Any, training: bool
    ) -> Any:
        pitch, duration = weights
        surer = 1 + jnp.arange(inputs["pitch_in"].shape[1])[:, None] % 4
        logits = {
            "pitch": surer * pitch[inputs["pitch_in"]],
            "duration": surer * duration[inputs["pitch_next"]],
        }
        return {head: jax.nn.log_softmax(each) for head, each in logits.items()}, fixed

    def probabilities(self, head: str, given: int, time: int) -> Any:
        powers = np.exp((1 + time % 4) * self.tables[head][given])
        return powers / powers.sum()


def _expected(toy: ToyNetwork, encoded: EncodedSet, window_size: int) -> Surprisal:
    """The surprisal of each event, one after the other."""
    rows = []
    for start, end, _ in cut_windows(encoded, window_size).tolist():
        for event in range(start, end):
            symbol, length = int(encoded.pitch[event]), int(encoded.duration[event])
            pitch = toy.probabilities(
                "pitch", int(encoded.pitch_in[event]), event - start
            )
            duration = toy.probabilities("duration", symbol, event - start)
            notes = pitch[:REST] / pitch[:REST].sum()
            timed = symbol != END
            rows.append(
                (
                    -np.log2(pitch[symbol]),
                    -np.log2(duration[length]) if timed else 0,
                    -np.log2(notes[symbol]) if symbol < REST else 0,
                    pitch.argmax() == symbol,
                    timed and duration.argmax() == length,
                )
            )
    return Surprisal(*map(np.array, zip(*rows, strict=True)))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("window_size", [4096, 10])
def test_the_surprisal_of_each_event_in_the_order_of_the_set(
    encoding: str, window_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keras_likelihood, "MAX_SEQUENCE", window_size)
    vocabulary = Vocabulary(encoding)
    encoded = encode_set(CORPUS, vocabulary)
    toy = ToyNetwork(len(vocabulary.durations))
    surprisal = Evaluator(encoded).surprisal(toy)
    expected = _expected(toy, encoded, window_size)
    for name, values in vars(expected).items():
        assert np.allclose(getattr(surprisal, name), values, rtol=1e-4, atol=1e-5), name
    assert surprisal.pitch_hit.dtype == surprisal.duration_hit.dtype == bool
    assert surprisal.bits.dtype == np.float64
    assert surprisal.pitch_hit.any()
    assert surprisal.duration_hit.any()


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("window_size", [4096, 100])
def test_on_numpy_each_event_is_as_surprising_as_in_keras(
    encoding: str, window_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (keras_likelihood, likelihood):
        monkeypatch.setattr(module, "MAX_SEQUENCE", window_size)
    monkeypatch.setattr(likelihood, "ROWS", 3)
    vocabulary = Vocabulary(encoding)
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=7, num_layers=2, dropout=0.5)
    network = taught(build_model(settings, vocabulary))
    encoded = encode_set(CORPUS, vocabulary)
    expected = Evaluator(encoded).surprisal(network)
    told: list[tuple[int, int]] = []
    found = surprisal_of(parts_of(network), encoded, lambda *step: told.append(step))
    for name, values in vars(expected).items():
        assert getattr(found, name).dtype == values.dtype
        np.testing.assert_allclose(getattr(found, name), values, atol=1e-3)
    assert expected.pitch_hit.any()
    parts = len(cut_windows(encoded, window_size))
    assert told == [(min(done, parts), parts) for done in range(3, parts + 3, 3)]


def test_a_network_that_knows_nothing_needs_the_bits_of_its_alphabets() -> None:
    encoded = encode_set(CORPUS, Vocabulary("notes"))
    durations = len(Vocabulary("notes").durations)
    score = Evaluator(encoded).score(ToyNetwork(durations, spread=0))
    events = len(encoded.pitch) / encoded.note_count
    assert (score.melodies, score.notes) == (len(CORPUS), sum(map(len, CORPUS)))
    assert score.pitch_bits_given_note == pytest.approx(7)
    assert score.pitch_bits_per_note == pytest.approx(events * np.log2(PITCH_SYMBOLS))
    timed = events - len(CORPUS) / encoded.note_count
    assert score.duration_bits_per_note == pytest.approx(timed * np.log2(durations))


def test_progress_is_told_after_each_batch() -> None:
    told: list[tuple[int, int]] = []
    encoded = encode_set(CORPUS, Vocabulary("steps"))
    Evaluator(encoded).surprisal(ToyNetwork(1), lambda *step: told.append(step))
    assert told == [(done + 1, len(told)) for done in range(len(told))]
    assert len(told) > 1


@given(
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=9),
    batch_size=st.integers(1, 4),
    window_size=st.integers(4, 40),
)
def test_each_event_is_in_one_place_of_one_batch(
    sizes: list[int], batch_size: int, window_size: int
) -> None:
    encoded = encode_set([tune(1, bars=bars) for bars in sizes], Vocabulary("notes"))
    batches = Batches(encoded, batch_size, window_size)
    batches.shuffle(np.random.default_rng(1), 1.0)
    found = []
    for index in range(len(batches)):
        source, real = batches.events_of(index)
        assert np.array_equal(real, batches[index].pitch_counts)
        found.append(source[real])
    assert np.array_equal(np.sort(np.concatenate(found)), np.arange(len(encoded.pitch)))
