"""How the last note of a phrase is reached."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from monody.generation.decoding.approach import lead
from monody.models.events import REST
from monody.music.form import approach

DRAWS = 4000


def _drawn(
    shares: tuple[float, ...], likely: dict[int, float], goal: int = 0
) -> NDArray[np.integer]:
    """Draw many notes before a note of pitch class ``goal``."""
    logits = np.full((DRAWS, 131), -30.0)
    for pitch, share in likely.items():
        logits[:, pitch] = np.log(share)
    chance = np.random.default_rng(1).random(DRAWS)
    allowed = np.ones((DRAWS, 131), np.bool_)
    goals = np.full(DRAWS, goal)
    return lead(logits, allowed, goals, np.array(shares), chance)


def test_kinds_of_approach_are_as_common_as_in_the_corpus() -> None:
    likely = {60: 0.1, 62: 0.1, 64: 0.2, 67: 0.5, 59: 0.1}
    drawn = _drawn((0.1, 0.6, 0.2, 0.1), likely)
    found = np.bincount(approach(drawn), minlength=4) / DRAWS
    assert found == pytest.approx([0.1, 0.6, 0.2, 0.1], abs=0.03)


def test_within_a_kind_the_network_decides() -> None:
    drawn = _drawn((0.0, 1.0, 0.0, 0.0), {62: 0.3, 59: 0.1, 67: 0.6})
    assert set(drawn.tolist()) == {62, 59}
    assert np.mean(drawn == 62) == pytest.approx(0.75, abs=0.03)


def test_what_the_network_finds_impossible_is_left_out() -> None:
    drawn = _drawn((0.0, 0.9, 0.0, 0.1), {67: 1.0})  # there is no step
    assert set(drawn.tolist()) == {67}


def test_where_no_note_is_left_nothing_is_drawn() -> None:
    assert set(_drawn((1.0, 0.0, 0.0, 0.0), {REST: 1.0, 67: 1e-6}).tolist()) == {-1}


def test_only_what_is_allowed_is_drawn() -> None:
    logits = np.zeros((1, 131))
    allowed = np.zeros((1, 131), np.bool_)
    allowed[0, [59, 67]] = True
    shares, goal = np.array([0.25, 0.25, 0.25, 0.25]), np.array([0])
    for chance in (0.0, 0.3, 0.6, 0.99):
        drawn = lead(logits, allowed, goal, shares, np.array([chance]))
        assert drawn[0] in (59, 67)
