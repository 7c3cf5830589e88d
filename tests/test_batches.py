from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody import batches as batches_module
from monody.batches import (
    LENGTH_UNIT,
    MAX_LENGTHS,
    MAX_SHIFT,
    MIDDLE_C,
    Batch,
    Batches,
    EncodedSet,
    concatenate,
    encode_set,
    padded_lengths,
    random_shifts,
)
from monody.events import END, REST, START, Vocabulary, encode
from monody.melody import Melody
from monody.melody_store import MelodyStore
from monody.settings import ENCODINGS
from tests.melodies import melodies
from tests.midi_files import tune

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


@settings(max_examples=30)
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


@settings(max_examples=30)
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


def test_fewer_melodies_than_a_batch_are_no_trouble() -> None:
    batches = Batches(encode_set([tune(1)], VOCABULARY), 32, 999)
    assert len(batches) == 1
    assert batches[0].pitch.shape[0] == 32
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
