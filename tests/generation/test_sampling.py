from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.generation.decoding.sampling import SamplingSettings, sample, shortlist
from tests.builders.profile import examples

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DRAWS = 4000  # of every test
NEUTRAL = SamplingSettings(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)


def _settings(**knobs: float) -> SamplingSettings:
    """Turn some knobs; the others stay neutral."""
    return NEUTRAL._replace(**knobs)  # type: ignore[arg-type]


def _chances(rows: int, seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).random(rows)


def _table(probabilities: dict[str, float]) -> np.ndarray[Any, Any]:
    """Lay out letters; those not named have a probability of almost nothing."""
    return np.array([probabilities.get(letter, 1e-12) for letter in LETTERS])


def _draw(
    probabilities: dict[str, float], allowed: str = LETTERS, /, **knobs: float
) -> Counter[str]:
    logits = np.tile(np.log(_table(probabilities)).astype(np.float32), (DRAWS, 1))
    mask = np.tile([letter in allowed for letter in LETTERS], (DRAWS, 1))
    drawn = sample(logits, mask, _settings(**knobs), _chances(DRAWS))
    assert drawn.dtype == np.int64
    return Counter(LETTERS[index] for index in drawn.tolist())


def _listed(probabilities: dict[str, float], **knobs: float) -> str:
    """Spell the shortlist of some letters."""
    table = _table(probabilities).astype(np.float32)[None]
    [short] = shortlist(np.log(table), _settings(**knobs))
    return "".join(letter for letter, kept in zip(LETTERS, short, strict=True) if kept)


def test_temperature_0_is_the_most_likely_symbol() -> None:
    assert _draw({"h": 0.5, "i": 0.49}, temperature=0) == {"h": DRAWS}


def test_temperature_1_draws_as_often_as_likely() -> None:
    drawn = _draw({"h": 0.7, "i": 0.3})
    assert set(drawn) == {"h", "i"}
    assert drawn["h"] / DRAWS == pytest.approx(0.7, abs=0.03)


def test_a_high_temperature_evens_out_and_a_low_one_sharpens() -> None:
    # p ** (1 / temperature), renormalised: at 2 it is (.667, .333), at .5 (.94, .06)
    likely = {"a": 0.8, "b": 0.2}
    assert _draw(likely, temperature=2)["a"] / DRAWS < 0.71
    assert _draw(likely, temperature=0.5)["a"] / DRAWS > 0.91


@pytest.mark.parametrize("temperature", [0, 1, 10])
@pytest.mark.parametrize("top_k", [0, 2])
def test_what_is_not_allowed_is_never_drawn(temperature: float, top_k: int) -> None:
    likely = {"a": 1 - 1e-9, "b": 1e-10}
    drawn = _draw(likely, "bc", temperature=temperature, top_k=top_k)
    assert set(drawn) <= {"b", "c"}


SPELLED = {"m": 0.5, "o": 0.25, "n": 0.125, "d": 0.0625, "y": 0.0625}


@pytest.mark.parametrize(
    ("top_k", "letters"),
    [(1, "m"), (2, "mo"), (3, "mno"), (4, "dmno"), (5, "dmnoy")],
)
def test_top_k_keeps_exactly_as_many(top_k: int, letters: str) -> None:
    assert _listed(SPELLED, top_k=top_k) == letters  # of d and y, the first
    assert set(_draw(SPELLED, top_k=top_k)) <= {*letters}


def test_top_k_of_equals_keeps_the_first() -> None:
    even = dict.fromkeys(LETTERS, 1 / 26)
    for count in (1, 7, 26):
        assert _listed(even, top_k=count) == LETTERS[:count]
    assert _listed(even, top_k=0) == LETTERS


def test_top_k_is_as_many_where_one_symbol_is_nearly_certain() -> None:
    # What follows it has a share that is lost beside 1 in 32 bits.
    assert _listed({"a": 1.0, "z": 1e-9, "y": 1e-10}, top_k=3) == "ayz"


@pytest.mark.parametrize(
    ("top_p", "letters"),
    [
        (0.0, "m"),  # the likeliest always stays
        (0.49, "m"),
        (0.5, "m"),
        (0.51, "mo"),
        (0.75, "mo"),
        (0.8, "mno"),
        (0.9, "dmno"),
        (0.99, "dmnoy"),
    ],
)
def test_top_p_keeps_the_fewest_that_have_the_share(top_p: float, letters: str) -> None:
    assert _listed(SPELLED, top_p=top_p) == letters
    assert set(_draw(SPELLED, top_p=top_p)) <= {*letters}


@pytest.mark.parametrize(
    ("min_p", "letters"),
    [(0.1, "dmnoy"), (0.125, "dmnoy"), (0.2, "mno"), (0.5, "mo"), (0.6, "m"), (1, "m")],
)
def test_min_p_compares_with_the_likeliest(min_p: float, letters: str) -> None:
    assert _listed(SPELLED, min_p=min_p) == letters
    assert set(_draw(SPELLED, min_p=min_p)) <= {*letters}


def test_a_symbol_must_be_on_every_shortlist() -> None:
    assert _listed(SPELLED, top_k=4, top_p=0.8, min_p=0.4) == "mo"
    assert _listed(SPELLED, top_k=1, top_p=0.9) == "m"


def test_what_is_not_allowed_takes_no_place_on_a_shortlist() -> None:
    assert set(_draw(SPELLED, "ndy", top_k=2)) == {"n", "d"}
    assert set(_draw(SPELLED, "ndy", top_p=0.5)) == {"n"}
    assert set(_draw(SPELLED, "ndy", min_p=1)) == {"n"}


@pytest.mark.parametrize("knobs", [{"top_k": 3}, {"top_p": 0.8}, {"min_p": 0.2}])
def test_shortlists_do_not_depend_on_the_temperature(knobs: dict[str, float]) -> None:
    for temperature in (0.0, 0.5, 4.0):
        assert _listed(SPELLED, temperature=temperature, **knobs) == "mno"
    assert set(_draw(SPELLED, temperature=50, **knobs)) == {*"mno"}


def test_neutral_values_change_nothing() -> None:
    even = dict.fromkeys(LETTERS, 1 / 26)
    plain = _draw(even)
    assert plain == _draw(even, top_k=26)
    assert plain == _draw(even, min_p=1e-9)
    assert plain == _draw(even, top_k=0, top_p=1, min_p=0)


weights = st.lists(st.integers(0, 9), min_size=26, max_size=26).filter(any)


@settings(max_examples=examples(60))
@given(weights, st.integers(0, 30), st.floats(0, 1), st.floats(0, 1), st.integers(0))
def test_the_likeliest_is_always_on_the_shortlist(
    parts: list[int], top_k: int, top_p: float, min_p: float, seed: int
) -> None:
    table = np.array(parts, np.float32)[None] / sum(parts)
    logits = np.log(table + 1e-20)  # as those of the network, never minus infinity
    asked = _settings(top_k=top_k, top_p=top_p, min_p=min_p)
    [short] = shortlist(logits, asked)
    assert short[np.argmax(parts)]
    drawn = sample(logits, table >= 0, asked, _chances(1, seed))
    assert short[int(drawn[0])]


def test_each_row_has_its_own_chance() -> None:
    logits, allowed = np.zeros((50, 26), np.float32), np.ones((50, 26), bool)
    chances = np.linspace(0, 0.999, 50)
    drawn = sample(logits, allowed, _settings(), chances).tolist()
    assert drawn == [int(26 * chance) for chance in chances.tolist()]
    few = sample(logits[:3], allowed[:3], _settings(), chances[:3])
    assert few.tolist() == drawn[:3]


def test_no_shortlist_is_a_neutral_one() -> None:
    assert SamplingSettings(1.0) == NEUTRAL


def test_a_shortlist_of_everything_draws_as_none_does() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(DRAWS, 26)).astype(np.float32)
    allowed = rng.random(logits.shape) < 0.9
    plain = sample(logits, allowed, NEUTRAL, _chances(DRAWS))
    for knobs in ({"top_k": 26}, {"min_p": 1e-12}, {"top_k": 26, "top_p": 1.0}):
        listed = sample(logits, allowed, _settings(**knobs), _chances(DRAWS))
        assert listed.tolist() == plain.tolist()


@pytest.mark.parametrize("chance", [0.0, 0.5, np.nextafter(1.0, 0.0)])
def test_the_least_and_the_greatest_chance_draw_something_allowed(
    chance: float,
) -> None:
    allowed = np.arange(26) % 7 == 3
    for spread in (0, 1, 50):
        logits = np.linspace(-spread, spread, 26, dtype=np.float32)
        for knobs in ({}, {"temperature": 0}, {"temperature": 10}, {"top_k": 2}):
            [drawn] = sample(
                logits[None], allowed[None], _settings(**knobs), np.array([chance])
            )
            assert allowed[drawn]
