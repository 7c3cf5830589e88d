from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.models import batches as batches_module
from monody.models.batches import (
    KNOWN_ENDS,
    LENGTH_UNIT,
    MAX_LENGTHS,
    MAX_SHIFT,
    Batch,
    Batches,
    EncodedSet,
    concatenate,
    encode_set,
    padded_lengths,
    random_shifts,
)
from monody.models.events import (
    END,
    MAX_BARS_LEFT,
    REST,
    START,
    UNKNOWN,
    Vocabulary,
    bars_left_symbol,
    encode,
)
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.pitch import MIDDLE_C
from monody.settings.model import ENCODINGS
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

VOCABULARY = Vocabulary("notes")


def _rows(batch: Batch) -> list[tuple[list[int], list[int]]]:
    """Return what is read and what is predicted in each sequence of a batch."""
    return [
        (batch.pitch_in[row][real].tolist(), batch.pitch[row][real].tolist())
        for row, real in enumerate(batch.pitch_counts)
        if real.any()
    ]


def _same(first: EncodedSet, second: EncodedSet) -> bool:
    """Whether two sets are equal in all their arrays, types included."""
    pairs = zip(vars(first).values(), vars(second).values(), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("at_once", [1, 4, 256])
def test_a_store_on_disk_is_encoded_as_its_melodies_are_one_by_one(
    encoding: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches_module, "MELODIES_AT_ONCE", at_once)
    vocabulary = Vocabulary(encoding)
    corpus = [tune(seed) for seed in range(9)]
    MelodyStore.of(corpus).save(tmp_path)
    store = MelodyStore.load(tmp_path)  # memory-mapped
    one_by_one = [encode(melody, vocabulary) for melody in corpus]
    expected = concatenate(one_by_one, vocabulary)
    assert _same(encode_set(store, vocabulary), expected)
    assert _same(encode_set(iter(corpus), vocabulary), expected)
    chosen = [7, 0, 3, 3, 8, 1]
    expected = concatenate([one_by_one[index] for index in chosen], vocabulary)
    assert _same(encode_set(store, vocabulary, chosen), expected)


@settings(max_examples=examples(30))
@given(
    st.lists(melodies(longest=50), min_size=1, max_size=12),
    st.integers(1, 5),
    st.sampled_from([2, 3, 9, 9999]),
    st.booleans(),
)
def test_every_event_is_a_target_exactly_once(
    corpus: list[Melody], batch_size: int, window: int, shuffled: bool
) -> None:
    encoded = encode_set(corpus, VOCABULARY)
    batches = Batches(encoded, batch_size, window)
    if shuffled:
        batches.shuffle(np.random.default_rng(0), 1.0)
    seen: Counter[int] = Counter()
    for index in range(len(batches)):
        batch = batches[index]
        seen.update(batch.duration[batch.pitch_counts].tolist())
    assert seen == Counter(encoded.duration.tolist())


@pytest.mark.parametrize("window", [9999, 7])
def test_the_target_is_the_next_event_and_never_of_another_melody(
    window: int,
) -> None:
    corpus = [tune(seed) for seed in range(5)]
    ends = {melody.notes[-1, 0] for melody in corpus}
    batches = Batches(encode_set(corpus, VOCABULARY), 2, window)
    for index in range(len(batches)):
        for read, predicted in _rows(batches[index]):
            assert read[1:] == predicted[:-1]  # one ahead, not two
            assert START not in read[1:]
            assert END not in predicted[:-1]
            assert (predicted[-1] != END) or read[-1] in ends


def test_transpositions_keep_intervals_and_stay_in_the_range_of_the_set() -> None:
    corpus = [tune(seed) for seed in range(8)]
    corpus += [corpus[0].transposed(9), corpus[1].transposed(-9)]
    encoded = encode_set(corpus, VOCABULARY)
    lowest = min(melody.pitches.min() for melody in corpus)
    highest = max(melody.pitches.max() for melody in corpus)
    rng = np.random.default_rng(0)
    drawn = np.stack([random_shifts(encoded, rng) for _ in range(200)])
    for melody, shifts in zip(corpus, drawn.T, strict=True):
        down = max(lowest - melody.pitches.min(), -MAX_SHIFT)
        up = min(highest - melody.pitches.max(), MAX_SHIFT)
        assert set(shifts.tolist()) == set(range(down, up + 1))

    batches = Batches(encoded, 4, 999)
    plain = Counter(tuple(np.diff(melody.pitches).tolist()) for melody in corpus)
    batches.shuffle(rng, 1.0)
    moved: Counter[tuple[int, ...]] = Counter()
    for index in range(len(batches)):
        for read, predicted in _rows(batches[index]):
            notes = [symbol for symbol in predicted if symbol < REST]
            moved[tuple(np.diff(notes).tolist())] += 1
            assert read[1:] == predicted[:-1]
    assert moved == plain


@settings(max_examples=examples(30))
@given(st.lists(melodies(longest=50), min_size=1, max_size=5))
def test_the_note_before_is_the_latest_one_before_the_event_read(
    corpus: list[Melody],
) -> None:
    batches = Batches(encode_set(corpus, VOCABULARY), 3, 9999)
    for index in range(len(batches)):
        batch = batches[index]
        for row, real in enumerate(batch.pitch_counts):
            expected, latest = [], MIDDLE_C
            for symbol in batch.pitch_in[row][real].tolist():
                expected.append(latest)
                latest = symbol if symbol < REST else latest
            assert batch.note_before[row][real].tolist() == expected


@settings(max_examples=examples(30))
@given(st.lists(melodies(longest=50), min_size=1, max_size=5))
def test_ends_are_counted_in_bars_and_ticks(corpus: list[Melody]) -> None:
    encoded = encode_set(corpus, VOCABULARY)
    bounds = zip(encoded.starts.tolist(), encoded.ends.tolist(), strict=True)
    for start, end in bounds:
        bars, ticks = encoded.bar[end - 1], encoded.position[end - 1]
        left = np.minimum(bars - encoded.bar[start:end], MAX_BARS_LEFT)
        assert encoded.bars_left[start:end].tolist() == (left + 1).tolist()
        assert set(encoded.end_position[start:end].tolist()) == {ticks + 1}


def test_many_bars_left_are_as_many_as_a_few_less() -> None:
    bars = np.array([0, 1, MAX_BARS_LEFT, MAX_BARS_LEFT + 1, 10_000], np.int32)
    symbols = bars_left_symbol(bars).tolist()
    assert symbols == [1, 2, *[MAX_BARS_LEFT + 1] * 3]
    assert UNKNOWN not in symbols


def _end_symbols(batches: Batches) -> list[tuple[list[int], list[int]]]:
    """Return what is told of the end in each sequence, event by event."""
    return [
        (batch.bars_left[row][real].tolist(), batch.end_position[row][real].tolist())
        for batch in (batches[index] for index in range(len(batches)))
        for row, real in enumerate(batch.pitch_counts)
        if real.any()
    ]


@pytest.mark.parametrize("window", [9999, 7])
def test_half_of_the_training_sequences_know_their_end_the_others_nothing(
    window: int,
) -> None:
    encoded = encode_set([tune(seed) for seed in range(60)], VOCABULARY)
    batches = Batches(encoded, 8, window)
    for told in _end_symbols(batches):  # judged: no end is told
        assert {*told[0], *told[1]} == {UNKNOWN}
    batches.shuffle(np.random.default_rng(1), 1.0)
    known = unknown = 0
    for bars_left, end_position in _end_symbols(batches):
        if UNKNOWN in bars_left:
            assert {*bars_left, *end_position} == {UNKNOWN}
            unknown += 1
        else:
            assert set(end_position) == {1}  # on the bar line
            assert bars_left == sorted(bars_left, reverse=True)
            known += 1
    assert known / (known + unknown) == pytest.approx(KNOWN_ENDS, abs=0.15)


def test_an_end_that_is_known_is_that_of_the_melody() -> None:
    corpus = [tune(seed, bars=2 + seed) for seed in range(12)]
    encoded = encode_set(corpus, VOCABULARY)
    batches = Batches(encoded, 4, 9)
    batches.shuffle(np.random.default_rng(2), 0.0)
    for index in range(len(batches)):
        batch = batches[index]
        source, real = batches.events_of(index)
        known = real & (batch.bars_left != UNKNOWN)
        for name in ("bars_left", "end_position"):
            told = getattr(encoded, name)[source]
            assert np.array_equal(getattr(batch, name)[known], told[known])


def test_fewer_melodies_than_a_batch_are_no_trouble() -> None:
    batches = Batches(encode_set([tune(1)], VOCABULARY), 32, 999)
    assert len(batches) == 1
    assert batches[0].pitch.shape[0] == 1  # no rows that mean nothing
    assert len(_rows(batches[0])) == 1
    assert batches[0].note_count == len(tune(1))


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=80))
def test_few_lengths_all_long_enough(lengths: list[int]) -> None:
    padded = padded_lengths(np.array(lengths))
    assert len(set(padded.tolist())) <= MAX_LENGTHS
    assert np.all(padded >= lengths)
    assert np.all(padded % LENGTH_UNIT == 0)


def test_the_same_seed_draws_the_same_epoch() -> None:
    encoded = encode_set([tune(seed) for seed in range(6)], VOCABULARY)
    first, second = Batches(encoded, 2, 99), Batches(encoded, 2, 99)
    for batches in (first, second):
        batches.shuffle(np.random.default_rng([5, 1]), 1.0)
    for index in range(len(first)):
        assert np.array_equal(first[index].pitch, second[index].pitch)
