from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.models import encoded_set
from monody.models.batches import (
    LENGTH_UNIT,
    MAX_LENGTHS,
    MAX_SHIFT,
    TOLD_PART,
    TOLD_PARTS,
    TOLD_SHARE,
    TOLD_STYLE,
    Batch,
    Batches,
    Part,
    padded_lengths,
    random_shifts,
    told_parts,
)
from monody.models.encoded_set import EncodedSet, concatenate, encode_set
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
from monody.models.network import TOLD
from monody.models.outline import Outline, heard_outline, moved_tonic, tonic_symbols
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.pitch import MIDDLE_C
from monody.settings.model import ENCODINGS
from tests.builders.encoded import outlined_set
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
    names = [field.name for field in fields(EncodedSet) if field.name != "later"]
    pairs = [(getattr(first, name), getattr(second, name)) for name in names]
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("at_once", [1, 4, 256])
def test_a_store_on_disk_is_encoded_as_its_melodies_are_one_by_one(
    encoding: str, at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded_set, "MELODIES_AT_ONCE", at_once)
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


STYLE = 3


def _outlined(count: int = 60) -> EncodedSet:
    """Tunes of which all can be told."""
    corpus = [tune(seed) for seed in range(count)]
    return outlined_set(corpus, VOCABULARY, styles=[STYLE] * count)


class _Told(NamedTuple):
    """A sequence of a batch."""

    told: dict[str, NDArray[np.int32]]  # symbols of its events
    known: dict[str, NDArray[np.uint8]]  # those that the set has
    shift: int  # semitones


def _told(encoded: EncodedSet, batches: Batches) -> Iterator[_Told]:
    for index in range(len(batches)):
        batch = batches[index]
        source, real = batches.events_of(index)
        for row in np.flatnonzero(real.any(axis=1)):
            events = source[row][real[row]]
            moved = batch.pitch[row][real[row]] - encoded.pitch[events]
            yield _Told(
                {name: getattr(batch, name)[row][real[row]] for name in TOLD},
                {name: getattr(encoded, name)[events] for name in TOLD},
                int(moved[np.abs(moved).argmax()]),  # 0 of the end and of rests
            )


@pytest.mark.parametrize("window", [9999, 7])
def test_each_part_is_told_whole_or_not_at_all(window: int) -> None:
    encoded = _outlined()
    batches = Batches(encoded, 8, window)
    batches.shuffle(np.random.default_rng(1), 0.0)
    seen = set()
    for told, known, _ in _told(encoded, batches):
        parts = []
        for part in (*TOLD_PARTS, ("style",)):
            is_told = bool(told[part[0]].any())
            for name in part:
                expected = known[name] if is_told else np.zeros_like(known[name])
                assert np.array_equal(told[name], expected), name
            parts.append(is_told)
        seen.add(tuple(parts))
    assert (False,) * 6 in seen
    assert (True,) * 6 in seen
    assert len(seen) > 6  # parts come with others, and without


def test_some_sequences_are_told_much_and_some_nothing() -> None:
    told = told_parts(20_000, np.random.default_rng(0))
    assert set(told) == set(TOLD)
    assert sorted(name for part in TOLD_PARTS for name in part) == sorted(
        set(TOLD) - {"style"}
    )
    parts = np.stack([told[part[0]] for part in TOLD_PARTS])
    near = partial(pytest.approx, abs=0.015)
    assert parts.mean(axis=1) == near(TOLD_SHARE * TOLD_PART)
    assert parts.all(axis=0).mean() == near(TOLD_SHARE * TOLD_PART ** len(parts))
    assert (parts[0] & parts[1]).mean() == near(TOLD_SHARE * TOLD_PART**2)
    assert told["style"].mean() == near(TOLD_STYLE)
    assert told["style"][~parts.any(axis=0)].mean() == near(TOLD_STYLE)


def test_the_tonic_moves_with_the_melody_and_degrees_stay() -> None:
    encoded = _outlined()
    batches = Batches(encoded, 8, 9999)
    batches.shuffle(np.random.default_rng(2), 1.0, octaves=2)
    shifts = set()
    for told, known, shift in _told(encoded, batches):
        if told["tonic"].any():
            tonic = moved_tonic(int(known["tonic"][0]), shift)
            assert set(told["tonic"].tolist()) == {tonic}
            assert np.array_equal(told["cadence_degree"], known["cadence_degree"])
            shifts.add(shift)
    assert len(shifts) > 5


def test_no_tonic_stays_none_in_every_key() -> None:
    chromatic = Melody.from_notes([(60 + step, 24 * step, 24) for step in range(12)])
    encoded = outlined_set([chromatic, tune(1)], VOCABULARY)
    assert set(encoded.tonic[: encoded.ends[0]].tolist()) == {UNKNOWN}
    batches = Batches(encoded, 1, 9999)
    for seed in range(20):
        batches.shuffle(np.random.default_rng(seed), 1.0)
        for told, known, _ in _told(encoded, batches):
            assert known["tonic"].any() or not told["tonic"].any()


@pytest.mark.parametrize("window", [9999, 7])
def test_sets_that_are_judged_are_told_nothing(window: int) -> None:
    encoded = _outlined(9)
    for told, known, _ in _told(encoded, Batches(encoded, 8, window)):
        assert all(known[name].any() for name in TOLD if name != "bars_back")
        assert not any(told[name].any() for name in TOLD)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("at_once", [1, 4, 256])
def test_each_melody_of_a_set_has_the_outline_that_it_has_alone(
    encoding: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded_set, "MELODIES_AT_ONCE", at_once)
    vocabulary = Vocabulary(encoding)
    meters = ((4, 4), (6, 8), (3, 4))
    store = MelodyStore.of(
        [tune(seed, 3 + seed, meters[seed % 3]) for seed in range(7)]
    )
    chosen, styles = [5, 0, 3, 3, 6], [1, 2, 3, 4, 5, 6, 7]
    encoded = outlined_set(store, vocabulary, chosen, styles)
    tonics = tonic_symbols(store)
    bounds = zip(chosen, encoded.starts, encoded.ends, strict=True)
    for index, start, end in bounds:
        melody = store[index]
        alone = heard_outline(
            melody, encode(melody, vocabulary), vocabulary, tonics[index]
        )
        for name, symbols in alone._asdict().items():
            assert np.array_equal(getattr(encoded, name)[start:end], symbols), name
        assert set(encoded.style[start:end].tolist()) == {styles[index]}


def test_nothing_is_found_out_that_is_not_asked_for() -> None:
    encoded = encode_set([tune(1)], VOCABULARY)
    for name in (*Outline._fields, "style"):
        assert set(getattr(encoded, name).tolist()) == {UNKNOWN}


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


@pytest.mark.parametrize(("count", "devices"), [(1, 4), (2, 2), (3, 6), (5, 5)])
def test_the_parts_of_several_processes_make_the_whole_batch(
    count: int, devices: int
) -> None:
    encoded = encode_set([tune(i) for i in range(11)], VOCABULARY)
    rng = np.random.default_rng
    whole = Batches(encoded, 4, 64)
    whole.shuffle(rng(1), 0.5)
    parts = [
        Batches(encoded, 4, 64, part=Part(index, count, devices))
        for index in range(count)
    ]
    for part in parts:
        part.shuffle(rng(1), 0.5)
        assert len(part) == len(whole)
    for index in range(len(whole)):
        batch, made = whole[index], [part[index] for part in parts]
        rows = len(batch.pitch)
        for name, expected in vars(batch).items():
            together = np.concatenate([getattr(each, name) for each in made])
            assert (together[:rows] == expected).all(), name
        padding = np.concatenate([each.pitch_counts for each in made])
        assert len(padding) % devices == 0
        assert not padding[rows:].any()
        notes = {part.notes_in(index) for part in parts}
        assert notes == {batch.note_count}


def test_more_pairs_make_larger_batches() -> None:
    encoded = encode_set([tune(i) for i in range(8)], VOCABULARY)
    small, large = (Batches(encoded, 8, 64, max_pairs=n) for n in (64**2, 10**6))
    assert len(small) > len(large)


def test_some_of_the_melodies_are_as_if_they_were_alone() -> None:
    tunes = [tune(i) for i in range(5)]
    some = encode_set(tunes, VOCABULARY).melodies(1, 4)
    arrays = vars(encode_set(tunes[1:4], VOCABULARY))
    assert arrays.pop("later") is some.later is None
    for name, expected in arrays.items():
        assert (getattr(some, name) == expected).all(), name
