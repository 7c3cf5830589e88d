from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monody.evaluation.two_sample import Floats, overlapping_area, tell_apart
from tests.builders.profile import examples


def normal(seed: int, rows: int, width: int = 1, mean: float = 0.0) -> Floats:
    return np.random.default_rng(seed).normal(mean, 1, (rows, width))


def exact_area(generated: Floats, reference: Floats) -> float:
    """Work the definition out without a grid of masses: kernel by kernel."""
    pairs = np.triu_indices(len(reference), 1)
    sides = [
        np.linalg.norm(reference[pairs[0]] - reference[pairs[1]], axis=1),
        np.linalg.norm(generated[:, None] - reference, axis=2).ravel(),
    ]
    grid = np.linspace(-5, 15, 20_001)
    densities = []
    for values in sides:
        width = values.std(ddof=1) * len(values) ** -0.2
        kernels = np.exp(-0.5 * ((grid[:, None] - values) / width) ** 2)
        densities.append(kernels.mean(axis=1) / (width * np.sqrt(2 * np.pi)))
    return float(np.trapezoid(np.minimum(*densities), grid))


@pytest.mark.parametrize("mean", [0.0, 1.0, 3.0])
def test_the_area_is_that_of_the_definition(mean: float) -> None:
    generated, reference = normal(1, 12, 3, mean), normal(2, 15, 3)
    expected = exact_area(generated, reference)
    assert overlapping_area(generated, reference) == pytest.approx(expected, abs=1e-3)


def test_sets_of_one_source_overlap_and_far_ones_do_not() -> None:
    reference = normal(1, 200, 4)
    assert overlapping_area(normal(2, 200, 4), reference) > 0.95
    assert overlapping_area(normal(2, 200, 4, 50.0), reference) < 1e-6


def test_a_scale_does_not_matter() -> None:
    generated, reference = normal(1, 30, 2, 0.5), normal(2, 30, 2)
    small = overlapping_area(generated * 1e-4, reference * 1e-4)
    assert small == pytest.approx(overlapping_area(generated, reference))


def test_where_all_distances_are_equal_equal_ones_count() -> None:
    same = np.ones((10, 2))
    assert overlapping_area(same, same) == 1
    assert overlapping_area(same + 1, same) == 0
    one_in_four = np.ones((8, 2))
    one_in_four[:6] = 3
    assert overlapping_area(one_in_four, same) == 0.25
    # Distances within are 0 and 2, distances between all 1.
    assert overlapping_area(np.zeros((4, 1)), np.array([[1.0], [-1.0], [1.0]])) == 0


@settings(max_examples=examples(50))
@given(
    generated=arrays(float, (5, 2), elements=st.floats(-100, 100)),
    reference=arrays(float, (6, 2), elements=st.floats(-100, 100)),
)
def test_an_area_is_from_0_to_1(generated: Floats, reference: Floats) -> None:
    assert 0 <= overlapping_area(generated, reference) <= 1


def test_two_halves_of_one_set_are_not_told_apart() -> None:
    accuracies, covered = [], 0
    for seed in range(20):
        vectors = normal(seed, 120, 10)
        told = tell_apart(vectors[:60], vectors[60:], seed)
        accuracies.append(told.accuracy)
        covered += told.interval_95[0] <= 0.5 <= told.interval_95[1]
    assert np.mean(accuracies) == pytest.approx(0.5, abs=0.04)
    assert covered >= 18


def test_another_mean_or_another_spread_is_told() -> None:
    real = normal(1, 200, 5)
    shifted, wider = normal(2, 100, 5), 3 * normal(2, 100, 5)
    shifted[:, 2] += 5
    assert tell_apart(shifted, real, 1).accuracy > 0.95
    told = tell_apart(wider, real, 1)
    assert told.accuracy > 0.8
    low, high = told.interval_95
    assert 0.5 < low < told.accuracy < high <= 1


def test_a_larger_side_has_no_advantage() -> None:
    # Equal numbers are drawn: the commoner side cannot be guessed.
    assert tell_apart(normal(1, 10, 3), normal(2, 500, 3), 1).accuracy < 0.8


def test_a_much_larger_side_is_drawn_from_several_times() -> None:
    small, large = normal(1, 20, 3), normal(2, 100, 3) + 0.5
    once = [tell_apart(small, large[:20], seed).accuracy for seed in range(30)]
    often = [tell_apart(small, large, seed) for seed in range(30)]
    assert np.std([told.accuracy for told in often]) < np.std(once)
    # The interval is that of twenty vectors all the same.
    low, high = often[0].interval_95
    assert high - low > 0.3


def test_sets_without_any_difference_are_a_coin_toss() -> None:
    assert tell_apart(np.ones((8, 3)), np.ones((9, 3)), 1).accuracy == 0.5


def test_a_seed_decides() -> None:
    sides = normal(1, 40, 4), normal(2, 50, 4)
    assert tell_apart(*sides, 3) == tell_apart(*sides, 3)
    assert len({tell_apart(*sides, seed).accuracy for seed in range(5)}) > 1


def test_folds_keep_no_secrets_from_each_other() -> None:
    # More features than vectors: whoever has seen a vector's label knows it by heart.
    figures = [
        tell_apart(normal(seed, 20, 200), normal(seed + 100, 20, 200), seed).accuracy
        for seed in range(20)
    ]
    assert np.mean(figures) == pytest.approx(0.5, abs=0.06)
