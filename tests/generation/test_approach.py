"""How the last note of a phrase is reached."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from monody.generation.decoding.approach import lead
from monody.models.events import REST

DRAWS = 4000
REPEATED, BY_STEP, BY_THIRD, FARTHER = range(4)


def _drawn(way: int, likely: dict[int, float], goal: int = 0) -> NDArray[np.integer]:
    """Draw many notes before a note of pitch class ``goal``."""
    logits = np.full((DRAWS, 131), -30.0)
    for pitch, share in likely.items():
        logits[:, pitch] = np.log(share)
    chance = np.random.default_rng(1).random(DRAWS)
    allowed = np.ones((DRAWS, 131), np.bool_)
    return lead(logits, allowed, np.full(DRAWS, goal), np.full(DRAWS, way), chance)


@pytest.mark.parametrize(
    ("way", "notes"),
    [(REPEATED, {60}), (BY_STEP, {62, 59}), (BY_THIRD, {64}), (FARTHER, {67, 65})],
)
def test_only_notes_as_far_as_asked_are_drawn(way: int, notes: set[int]) -> None:
    likely = {60: 0.1, 62: 0.1, 64: 0.2, 67: 0.4, 65: 0.1, 59: 0.1}
    assert set(_drawn(way, likely).tolist()) == notes


def test_among_these_the_network_decides() -> None:
    drawn = _drawn(BY_STEP, {62: 0.3, 59: 0.1, 67: 0.6})
    assert np.mean(drawn == 62) == pytest.approx(0.75, abs=0.03)


def test_what_the_network_finds_impossible_is_not_forced() -> None:
    assert set(_drawn(BY_STEP, {67: 1.0}).tolist()) == {-1}  # there is no step


def test_a_rest_is_no_approach() -> None:
    assert set(_drawn(REPEATED, {REST: 1.0, 67: 1e-6}).tolist()) == {-1}


def test_only_what_is_allowed_is_drawn() -> None:
    logits = np.zeros((1, 131))
    allowed = np.zeros((1, 131), np.bool_)
    allowed[0, [59, 67]] = True
    for chance in (0.0, 0.3, 0.6, 0.99):
        drawn = lead(
            logits, allowed, np.zeros(1, int), np.ones(1, int), np.array([chance])
        )
        assert drawn[0] == 59


def test_the_last_of_several_is_reached_by_the_highest_chance() -> None:
    logits = np.log(np.full((1, 131), 1 / 131))
    goal, way = np.array([0]), np.array([BY_STEP])
    highest = np.array([np.nextafter(1.0, 0.0)])
    assert lead(logits, np.ones((1, 131), np.bool_), goal, way, highest)[0] == 122
