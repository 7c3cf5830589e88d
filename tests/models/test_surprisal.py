from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.models.encoded_set import EncodedSet, concatenate, encode_set
from monody.models.events import END, HOLD, REST, Events, Vocabulary
from monody.models.surprisal import (
    RESAMPLES,
    Saving,
    Score,
    Surprisal,
    bits_of_notes,
    interval_of_bits,
    melody_sums,
    resampled,
)
from monody.music.melody import Melody
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune

VOCABULARY = Vocabulary("notes")


def _encoded(*pitches: list[int]) -> EncodedSet:
    """Melodies of these pitch symbols, all of one length."""
    events = [
        Events(
            pitch=np.array(symbols, np.uint8),
            duration=np.where(np.array(symbols) == END, 0, 11).astype(np.uint8),
            position=np.zeros(len(symbols), np.int16),
            bar=np.zeros(len(symbols), np.int32),
            meter=np.zeros(len(symbols), np.uint8),
        )
        for symbols in pitches
    ]
    return concatenate(events, VOCABULARY)


def _surprisal(encoded: EncodedSet, bits: list[float] | None = None) -> Surprisal:
    """So many bits of pitch, and half of a bit of duration where there is one."""
    events = len(encoded.pitch)
    timed = encoded.pitch != END
    return Surprisal(
        pitch_bits=np.ones(events) if bits is None else np.array(bits),
        duration_bits=0.5 * timed,
        note_pitch_bits=np.where(encoded.pitch < REST, 0.25, 0.0),
        pitch_hit=np.arange(events) % 2 == 0,
        duration_hit=timed & (np.arange(events) % 3 == 0),
    )


def test_a_score_by_hand() -> None:
    encoded = _encoded([60, REST, 62, END], [64, END])
    score = Score.of(_surprisal(encoded, [1, 2, 3, 4, 5, 6]), encoded)
    assert (score.melodies, score.notes) == (2, 3)
    assert score.pitch_bits_per_note == pytest.approx(21 / 3)
    assert score.duration_bits_per_note == pytest.approx(4 * 0.5 / 3)
    assert score.bits_per_note == pytest.approx(23 / 3)
    assert score.pitch_bits_given_note == pytest.approx(0.25)
    assert score.pitch_accuracy == pytest.approx(3 / 6)
    assert score.duration_accuracy == pytest.approx(1 / 4)  # ends have no duration
    assert score.interval_95 == pytest.approx((11.5 / 2, 11.5))  # one melody, the other
    assert score.to_json()["interval_95"] == list(score.interval_95)


def test_an_interval_covers_what_it_should() -> None:
    rng = np.random.default_rng(5)
    inside, trials = 0, 100
    for _ in range(trials):
        melody_bits = rng.gamma(4.0, 0.5, 40)  # mean 2
        encoded = _encoded(*[[60, END]] * 40)
        bits = np.stack([melody_bits, np.zeros(40)], axis=1).ravel().tolist()
        plain = replace(_surprisal(encoded, bits), duration_bits=np.zeros(80))
        low, high = interval_of_bits(plain, encoded)
        inside += low <= 2.0 <= high
    assert 0.88 <= inside / trials <= 0.99


def test_resamples_are_as_many_melodies_and_the_same_for_every_model() -> None:
    values = np.array([1.0, 10.0, 100.0])
    ones, drawn = resampled(np.ones(3), values)
    assert np.all(ones == 3)
    assert drawn.shape == (RESAMPLES,)
    assert {1.0 * 3, 111.0, 300.0} <= set(drawn.tolist())
    assert np.array_equal(resampled(values)[0], drawn)


def test_large_sets_are_drawn_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monody.models.surprisal.DRAWS_AT_ONCE", 70)
    ones, drawn = resampled(np.ones(9), np.arange(9.0))
    assert ones.shape == (RESAMPLES,)
    assert np.all(ones == 9)
    assert drawn.mean() == pytest.approx(36, rel=0.02)


def test_a_saving_by_hand() -> None:
    encoded = _encoded([60, END], [62, 64, END])
    twice = [2.0, 3.0, 2.0, 2.0, 3.0]
    one = replace(_surprisal(encoded), duration_bits=np.zeros(5))
    other = replace(one, pitch_bits=np.array(twice))
    saving = Saving.of(one, other, encoded)
    assert saving.share == pytest.approx(1 - 5 / 12)
    assert saving.interval_95 == pytest.approx((1 - 3 / 7, 1 - 2 / 5))
    assert Saving.of(other, one, encoded).share == pytest.approx(1 - 12 / 5)


def test_a_saving_is_surer_than_the_bits_of_either_model() -> None:
    encoded = _encoded(*[[60, END]] * 30)
    hard = np.repeat(np.linspace(1, 9, 30), 2)  # some melodies are hard for all models
    one = _surprisal(encoded, hard.tolist())
    other = _surprisal(encoded, (1.25 * hard).tolist())
    low, high = Saving.of(one, other, encoded).interval_95
    score = Score.of(one, encoded)
    wide = (score.interval_95[1] - score.interval_95[0]) / score.bits_per_note
    assert 0.1 < low <= high < 0.2
    assert high - low < wide / 10


def test_rests_count_to_the_next_note_and_holds_to_what_they_lengthen() -> None:
    encoded = _encoded([60, END], [REST, HOLD, 60, HOLD, HOLD, 62, REST, HOLD, 64, END])
    bits = [100.0, 100.0, *(2.0**event for event in range(10))]
    surprisal = replace(_surprisal(encoded, bits), duration_bits=np.zeros(12))
    notes = bits_of_notes(surprisal, encoded, 1)
    assert notes.tolist() == [1 + 2 + 4 + 8 + 16, 32, 64 + 128 + 256]


@given(corpus=st.lists(melodies(), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_notes_and_the_end_have_all_bits_of_a_melody(
    corpus: list[Melody], seed: int
) -> None:
    encoded = encode_set(corpus, VOCABULARY)
    bits = np.random.default_rng(seed).random(len(encoded.pitch))
    surprisal = _surprisal(encoded, bits.tolist())
    for index, (melody, total) in enumerate(
        zip(corpus, melody_sums(surprisal.bits, encoded), strict=True)
    ):
        notes = bits_of_notes(surprisal, encoded, index)
        assert len(notes) == len(melody)
        end = surprisal.bits[encoded.ends[index] - 1]
        assert notes.sum() + end == pytest.approx(total)


def test_a_real_tune_has_a_note_for_each_note() -> None:
    encoded = encode_set([tune(1), tune(2)], VOCABULARY)
    assert len(bits_of_notes(_surprisal(encoded), encoded, 1)) == len(tune(2))
