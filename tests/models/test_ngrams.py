from __future__ import annotations

import numpy as np
import pytest

from monody.models.baselines.ngrams import (
    Reference,
    _bigram,
    _count,
    _unigram,
    _witten_bell,
    bigram,
    uniform,
    unigram,
)
from monody.models.encoded_set import encode_set
from monody.models.events import END, PITCH_SYMBOLS, REST, START, Vocabulary
from monody.models.surprisal import Score
from monody.music.melody import Melody
from monody.settings.model import ENCODINGS
from tests.builders.midi_files import tune

VOCABULARY = Vocabulary("notes")
TRAIN = encode_set([tune(seed) for seed in range(4)], VOCABULARY)


def test_every_context_is_a_distribution() -> None:
    before = np.array([0, 0, 1, 1, 1], np.uint8)
    after = np.array([1, 2, 0, 0, 2], np.uint8)
    for estimate in (_unigram, _bigram):
        table = estimate(_count(before, after, 4, 5))
        assert table.shape == (4, 5)
        assert np.allclose(table.sum(axis=1), 1)
        assert np.all(table > 0)


def test_witten_and_bell_by_hand() -> None:
    # Seen: a twice, b once; two kinds of symbol. P(a) = (2 + 2 / 4) / (3 + 2).
    mixed = _witten_bell(np.array([2.0, 1.0, 0.0, 0.0]), np.full(4, 0.25))
    assert mixed.tolist() == pytest.approx([0.5, 0.3, 0.1, 0.1])


def test_the_bigram_knows_a_melody_it_has_counted() -> None:
    notes = [(60 + i % 2, 24 * i, 24) for i in range(200)]
    encoded = encode_set([Melody.from_notes(notes)], VOCABULARY)
    score = Score.of(bigram(encoded, encoded, VOCABULARY), encoded)
    assert score.bits_per_note < 0.3
    assert score.pitch_accuracy > 0.99
    assert score.duration_accuracy == 1


def test_the_bigram_by_hand_end_of_melody_included() -> None:
    held_out = encode_set([Melody.from_notes([(60, 0, 12)])], VOCABULARY)
    surprisal = bigram(TRAIN, held_out, VOCABULARY)
    pitch = _bigram(_count(TRAIN.pitch_in, TRAIN.pitch, 132, PITCH_SYMBOLS))
    assert held_out.pitch.tolist() == [60, END]
    assert surprisal.pitch_bits.tolist() == pytest.approx(
        [-np.log2(pitch[START, 60]), -np.log2(pitch[60, END])]
    )
    among_notes = pitch[START, 60] / pitch[START, :REST].sum()
    assert surprisal.note_pitch_bits.tolist() == pytest.approx(
        [-np.log2(among_notes), 0]
    )
    assert surprisal.duration_bits[0] > 0
    assert surprisal.duration_bits[1] == 0


def test_the_unigram_by_hand() -> None:
    train = encode_set([Melody.from_notes([(60, 0, 12), (60, 12, 24)])], VOCABULARY)
    surprisal = unigram(train, train, VOCABULARY)
    # 60 twice, the end once: two kinds, each as likely as not to be any of 131.
    often, once = (2 + 2 / 131) / 5, (1 + 2 / 131) / 5
    assert surprisal.pitch_bits.tolist() == pytest.approx(
        (-np.log2([often, often, once])).tolist()
    )
    lengths = len(VOCABULARY.durations)
    assert surprisal.duration_bits.tolist() == pytest.approx(
        [*-np.log2([(1 + 2 / lengths) / 4] * 2), 0]
    )
    assert surprisal.pitch_hit.tolist() == [True, True, False]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_uniform_model_needs_the_bits_of_the_alphabets(encoding: str) -> None:
    vocabulary = Vocabulary(encoding)
    encoded = encode_set([tune(7)], vocabulary)
    surprisal = uniform(encoded, encoded, vocabulary)
    timed = encoded.pitch != END
    assert np.allclose(surprisal.pitch_bits, np.log2(131))
    assert np.allclose(surprisal.note_pitch_bits[encoded.pitch < REST], 7)
    assert np.allclose(
        surprisal.duration_bits, np.log2(len(vocabulary.durations)) * timed
    )
    assert not surprisal.duration_hit[~timed].any()


def test_each_model_knows_more_than_the_one_before() -> None:
    models: list[Reference] = [uniform, unigram, bigram]
    held_out = encode_set([tune(seed) for seed in range(10, 14)], VOCABULARY)
    bits = [model(TRAIN, held_out, VOCABULARY).bits.sum() for model in models]
    assert bits == sorted(bits, reverse=True)
