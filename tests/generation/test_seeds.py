"""The random numbers behind the events of a melody."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody import seeds

some_seeds = st.integers(0, seeds.MAX_SEED)


@given(some_seeds, st.integers(0, 99_999), st.integers(0, 1 << 24), st.integers(1, 300))
def test_the_first_numbers_do_not_depend_on_how_many_are_drawn(
    seed: int, melody: int, attempt: int, few: int
) -> None:
    many = seeds.events(seed, melody, attempt).random((400, 2))
    assert np.array_equal(
        seeds.events(seed, melody, attempt).random((few, 2)), many[:few]
    )
    again = seeds.events(seed, melody, attempt)
    parts = [again.random((few, 2)), again.random((400 - few, 2))]
    assert np.array_equal(np.concatenate(parts), many)
    assert 0 <= many.min() < many.max() < 1


def test_every_melody_and_every_attempt_has_numbers_of_its_own() -> None:
    firsts = {
        seeds.events(seed, *seeds.event_draw(melody, attempt, part, 3)).random()
        for seed in (0, 1, seeds.MAX_SEED)
        for melody in (0, 1, 2)
        for attempt in (0, 1, 2)
        for part in (0, 1, 2)
    }
    assert len(firsts) == 3**4


def test_the_numbers_are_the_same_on_every_machine() -> None:
    drawn = seeds.events(seed=7, melody=2, attempt=1).random(3)
    assert drawn.tolist() == [
        0.09375851747792241,
        0.8882516422557546,
        0.7873085896603403,
    ]
