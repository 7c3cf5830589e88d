from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.corpus.corpus import Corpus
from monody.corpus.split import split_corpus
from monody.settings.reading import ReadSettings
from tests.builders.copies import COPIES
from tests.builders.midi_files import store_of, tune

ALL = ReadSettings(deduplicate=False)


def _corpus(count: int, bars: int = 8) -> Corpus:
    return Corpus.of(store_of([tune(seed, bars=bars) for seed in range(count)]))


@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(-5, 5)), min_size=5, max_size=60
    ),
    st.integers(0, 100),
)
def test_no_duplicate_stands_on_two_sides(
    made: list[tuple[int, int]], seed: int
) -> None:
    corpus = Corpus.of(
        store_of([tune(which, bars=2).transposed(up) for which, up in made]), ALL
    )
    split = split_corpus(corpus, seed)
    sides = [split.train, split.validation, split.test]
    assert sorted(sum(sides, ())) == list(range(len(made)))
    held = [set(corpus.groups[list(side)].tolist()) for side in sides]
    assert not held[0] & held[1]
    assert not held[0] & held[2]
    assert not held[1] & held[2]
    assert split.train


@pytest.mark.parametrize("seed", range(3))
def test_no_near_copy_stands_on_another_side_than_its_tune(seed: int) -> None:
    """Transposed, re-timed, ornamented, cut, misremembered: side by side with it."""
    rng = np.random.default_rng(seed)
    tunes = [tune(100 * seed + index, bars=16) for index in range(40)]
    copies = [copy(melody, rng) for copy in COPIES for melody in tunes]
    split = split_corpus(Corpus.of(store_of([*tunes, *copies]), ALL), seed)
    sides = [{index % 40 for index in side} for side in asdict(split).values()]
    assert sum(map(len, sides)) == 40  # each tune, with all its copies, on one side
    assert all(sides)


def test_copies_stand_on_no_side() -> None:
    tunes = [tune(seed) for seed in range(20)]
    copies = [melody.transposed(2) for melody in tunes]
    corpus = Corpus.of(store_of([*tunes, *copies]))
    split = split_corpus(corpus, seed=1)
    assert sorted(split.train + split.held_out) == corpus.used.tolist()
    assert len(corpus.used) == 20


def test_four_fifths_are_trained_on_and_a_fifth_is_held_out() -> None:
    corpus = _corpus(100, bars=3)
    split = split_corpus(corpus, seed=1)
    assert [len(split.train), len(split.validation), len(split.test)] == [80, 10, 10]
    assert split == split_corpus(corpus, seed=1)
    assert split != split_corpus(corpus, seed=2)


@pytest.mark.parametrize(("count", "held_out"), [(1, 0), (2, 1), (3, 1), (8, 2)])
def test_a_handful_of_melodies_is_split_as_far_as_it_goes(
    count: int, held_out: int
) -> None:
    split = split_corpus(_corpus(count), seed=0)
    assert len(split.train) == count - held_out
    assert len(split.held_out) == held_out
