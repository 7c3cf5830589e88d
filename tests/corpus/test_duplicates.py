from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.corpus.duplicates import Duplicates, find_duplicates
from monody.corpus.fingerprints import FingerprintSets, Integers
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from tests.builders.copies import (
    COPIES,
    Copying,
    another_end,
    as_it_was,
    cut_short,
    misremembered,
    slower,
    transposed,
    with_holes,
)
from tests.builders.midi_files import store_of, tune
from tests.builders.profile import examples


def _check(duplicates: Duplicates) -> None:
    """Assert what holds of any corpus."""
    groups, copy_of = duplicates.groups, duplicates.copy_of
    copies = np.flatnonzero(copy_of >= 0)
    assert (copy_of[copy_of[copies]] == -1).all()  # copies of what is kept
    assert (groups[copies] == groups[copy_of[copies]]).all()
    appeared = np.unique(groups, return_index=True)[1]
    assert groups[np.sort(appeared)].tolist() == list(range(len(appeared)))


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_is_in_the_group_of_its_tune(
    copy: Copying,
) -> None:
    rng = np.random.default_rng(1)
    tunes = [tune(seed, bars=16) for seed in range(60)]
    copies = [copy(melody, rng) for melody in tunes]
    duplicates = find_duplicates(store_of([*tunes, *copies]))
    _check(duplicates)
    groups = duplicates.groups
    assert groups[:60].tolist() == groups[60:].tolist()
    assert len(set(groups.tolist())) == 60  # and no tune is in another's group


def test_of_many_copies_the_first_of_the_longest_is_kept() -> None:
    rng = np.random.default_rng(2)
    close = [transposed, slower, misremembered, with_holes, cut_short]
    tunes = [tune(seed, bars=16) for seed in range(20)]
    copies = [copy(melody, rng) for melody in tunes for copy in close]
    duplicates = find_duplicates(store_of([*tunes, *copies]))
    tune_of = np.repeat(np.arange(20), len(close)).tolist()
    assert duplicates.groups.tolist() == [*range(20), *tune_of]
    assert duplicates.copy_of.tolist() == [*[-1] * 20, *tune_of]


def test_unrelated_tunes_are_not_linked() -> None:
    duplicates = find_duplicates(store_of([tune(seed, bars=16) for seed in range(400)]))
    assert duplicates.groups.tolist() == list(range(400))
    assert set(duplicates.copy_of.tolist()) == {-1}


def test_of_identical_melodies_the_first_is_kept() -> None:
    rng = np.random.default_rng(3)
    same = [transposed(tune(7), rng) for _ in range(200)]
    duplicates = find_duplicates(store_of([tune(5), *same, tune(6)]))
    assert duplicates.copy_of.tolist() == [-1, -1, *[1] * 199, -1]
    assert duplicates.groups.tolist() == [0, *[1] * 200, 2]


def test_the_longest_version_is_kept() -> None:
    whole = tune(3, bars=24)
    parts = [Melody(whole.notes[:n]) for n in (len(whole) // 2, len(whole) * 3 // 4)]
    copy_of = find_duplicates(store_of([parts[0], whole, parts[1]])).copy_of
    assert copy_of.tolist() == [1, -1, 1]


def test_copies_do_not_drift() -> None:
    """The second goes on where the first ends, the third where the second ends."""
    bars = [tune(seed, bars=8).notes for seed in range(5)]
    starts = 96 * 8 * np.arange(len(bars))
    moved = [
        notes + np.array([0, start, 0], np.int32)
        for notes, start in zip(bars, starts, strict=True)
    ]
    melodies = [
        Melody(np.concatenate(moved[:3])),
        Melody(np.concatenate(moved[2:4])),
        Melody(np.concatenate([*moved[3:4], moved[4][: len(moved[4]) // 2]])),
    ]
    duplicates = find_duplicates(store_of(melodies))
    assert duplicates.groups.tolist() == [0, 0, 0]
    assert duplicates.copy_of.tolist() == [-1, 0, -1]


@pytest.mark.parametrize(("shared", "groups"), [(14, [0, 0]), (9, [0, 1])])
def test_fourteen_notes_make_an_opening(shared: int, groups: list[int]) -> None:
    """The same pitches in another key, speed and rhythm, before another tune."""
    opening = [60, 67, 64, 69, 65, 62, 72, 71, 67, 69, 74, 72, 65, 67][:shared]
    ends = [np.random.default_rng(seed).integers(55, 80, 90) for seed in (1, 2)]
    melodies = []
    for end, ticks, up in zip(ends, ([6, 18], [24, 24]), (0, 5), strict=True):
        starts = np.cumsum(np.resize(ticks, shared + len(end)))
        pitches = np.append(opening, end) + up
        melodies.append(Melody(np.stack([pitches, starts, np.full_like(starts, 6)], 1)))
    assert find_duplicates(store_of(melodies)).groups.tolist() == groups


def test_melodies_of_one_piece_are_one_group_and_kept() -> None:
    first, second, third, other = (tune(seed) for seed in range(4))
    melodies = [
        Melody(first.notes, source="book.mid", piece=0),
        Melody(second.notes, source="book.mid", piece=0),
        Melody(third.notes, source="book.mid", piece=1),
        Melody(other.notes, source="other.mid", piece=1),
    ]
    duplicates = find_duplicates(MelodyStore.of(melodies))
    assert duplicates.groups.tolist() == [0, 0, 1, 2]
    assert duplicates.copy_of.tolist() == [-1] * 4


def test_a_repeat_within_a_piece_is_a_copy() -> None:
    melodies = [Melody(tune(1).notes, source="one.mid") for _ in range(2)]
    assert find_duplicates(MelodyStore.of(melodies)).copy_of.tolist() == [-1, 0]


def _bass(ticks: list[int], pitch: int, count: int = 64) -> Melody:
    """Repeat one note, with a step to the next at every eighth."""
    starts = np.cumsum(np.resize(ticks, count)) - ticks[0]
    pitches = pitch + np.arange(count) // 8 % 2 * 2
    return Melody(np.stack([pitches, starts, np.full(count, 6)], axis=1))


def test_pumping_basses_are_only_compared_whole() -> None:
    basses = [
        _bass([12], 36),
        _bass([24], 40),  # the same, slower and higher
        _bass([12], 36, count=72),
        _bass([18, 6], 36),
    ]
    groups = find_duplicates(store_of(basses)).groups
    assert groups.tolist() == [0, 0, 1, 2]


def test_melodies_of_few_patterns_are_only_compared_whole() -> None:
    drones = [
        Melody.from_notes([(60 + up, 24 * i, 24) for i in range(20)]).notes
        for up in range(3)
    ]
    scales = [
        Melody.from_notes([(48 + i * step, 24 * i, 24) for i in range(9)]).notes
        for step in (1, 2, 3)
    ]
    store = store_of([Melody(notes) for notes in drones + scales])
    assert find_duplicates(store).groups.tolist() == [0, 0, 0, 1, 2, 3]


def test_a_single_note_is_a_group() -> None:
    single = Melody.from_notes([(60, 0, 24)])
    groups = find_duplicates(store_of([single, tune(1), single])).groups
    assert groups.tolist() == [0, 1, 0]


def test_empty_melodies_are_one_group() -> None:
    empty = Melody(np.zeros((0, 3), np.int32))
    assert find_duplicates(store_of([empty])).groups.tolist() == [0]
    groups = find_duplicates(store_of([empty, tune(1), empty, tune(2)])).groups
    assert groups.tolist() == [0, 1, 0, 2]


def test_an_empty_store_has_no_groups() -> None:
    duplicates = find_duplicates(MelodyStore.of([]))
    assert len(duplicates.groups) == len(duplicates.copy_of) == 0


def test_the_order_of_melodies_does_not_decide_what_is_kept() -> None:
    whole = tune(9, bars=24)
    melodies = [Melody(whole.notes[: len(whole) - 3 * i]) for i in range(8)]
    melodies += [tune(seed, bars=8) for seed in range(4)]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(melodies))
        store = store_of([melodies[i] for i in order])
        kept = order[find_duplicates(store).copy_of == -1]
        assert sorted(kept.tolist()) == [0, 8, 9, 10, 11]


def _walk(seed: int, notes: int = 300) -> Melody:
    rng = np.random.default_rng(seed)
    pitches = 60 + np.abs(np.cumsum(rng.choice([-4, -2, -1, 1, 2, 3], notes)) % 48 - 24)
    starts = np.cumsum(rng.choice([6, 12, 24], notes))
    return Melody(np.stack([pitches, starts, np.full(notes, 6)], axis=1))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pairs were compared, each time that some were."""
    counts: list[int] = []
    shared = FingerprintSets.shared

    def counted(sets: FingerprintSets, pairs: Integers) -> Integers:
        counts.append(len(pairs))
        return shared(sets, pairs)

    monkeypatch.setattr(FingerprintSets, "shared", counted)
    return counts


def test_random_walks_are_hardly_compared(compared: list[int]) -> None:
    store = store_of([_walk(seed) for seed in range(300)])
    assert find_duplicates(store).groups.tolist() == list(range(300))
    assert sum(compared) < 1000  # of 45,000 pairs, each in three ways


def test_the_same_melodies_are_compared_once(compared: list[int]) -> None:
    rng = np.random.default_rng(6)
    tunes = [tune(seed, bars=16) for seed in range(20)]
    tunes += [misremembered(melody, rng) for melody in tunes]
    once = find_duplicates(store_of(tunes))
    count = sum(compared)
    copies = [transposed(melody, rng) for melody in tunes]
    both = find_duplicates(store_of([*tunes, *copies]))
    assert sum(compared) == 2 * count
    assert both.groups.tolist() == [*once.groups, *once.groups]
    kept = np.where(once.copy_of < 0, np.arange(len(tunes)), once.copy_of)
    assert both.copy_of.tolist() == [*once.copy_of, *kept]


@pytest.mark.parametrize("name", ["PART", "BLOCK"])
def test_the_size_of_parts_changes_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(7)
    tunes = [tune(seed, bars=16) for seed in range(60)]
    store = store_of([*tunes, *[another_end(melody, rng) for melody in tunes]])
    whole = find_duplicates(store)
    monkeypatch.setattr(f"monody.corpus.candidates.{name}", 1000)
    in_parts = find_duplicates(store)
    assert in_parts.groups.tolist() == whole.groups.tolist()
    assert in_parts.copy_of.tolist() == whole.copy_of.tolist()


SEEDS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, len(COPIES))), max_size=9)


@settings(max_examples=examples(40), deadline=None)
@given(SEEDS)
def test_any_corpus_has_sound_groups(recipe: list[tuple[int, int]]) -> None:
    rng = np.random.default_rng(4)
    changes = [*COPIES, as_it_was]
    store = store_of([changes[how](tune(seed, bars=3), rng) for seed, how in recipe])
    duplicates = find_duplicates(store)
    _check(duplicates)
    again = find_duplicates(store)
    assert again.groups.tolist() == duplicates.groups.tolist()
    assert again.copy_of.tolist() == duplicates.copy_of.tolist()
