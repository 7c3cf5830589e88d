from __future__ import annotations

import numpy as np
import pytest

from monody.batches import encode_set
from monody.events import END, PITCH_SYMBOLS, START, Vocabulary
from monody.melody import Melody
from monody.references import _bigram, _witten_bell, bigram_score
from tests.midi_files import tune

VOCABULARY = Vocabulary("notes")


def test_every_context_is_a_distribution() -> None:
    before = np.array([0, 0, 1, 1, 1], np.uint8)
    after = np.array([1, 2, 0, 0, 2], np.uint8)
    table = _bigram(before, after, 4, 5)
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
    assert bigram_score(encoded, encoded, VOCABULARY).bits_per_note < 0.3


def test_bits_by_hand_end_of_melody_included() -> None:
    train = encode_set([tune(seed) for seed in range(4)], VOCABULARY)
    held_out = encode_set([Melody.from_notes([(60, 0, 12)])], VOCABULARY)
    score = bigram_score(train, held_out, VOCABULARY)
    pitch = _bigram(train.pitch_in, train.pitch, 132, PITCH_SYMBOLS)
    expected = -np.log2(pitch[START, 60]) - np.log2(pitch[60, END])
    assert score.pitch_bits == pytest.approx(expected)
    assert (score.notes, score.melodies) == (1, 1)
    assert score.duration_bits > 0
