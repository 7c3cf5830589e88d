from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monody.saved.damage import DamagedError
from monody.saved.values import SavedValues, listed, number, table, text, whole
from tests.builders.damages import ODD

READERS: tuple[Callable[[Any], Any], ...] = (
    whole, number, text, table, lambda value: listed(value, whole),
)  # fmt: skip


@pytest.mark.parametrize("read", READERS)
def test_a_value_is_what_was_expected_or_refused(read: Callable[[Any], Any]) -> None:
    for odd in ODD:
        try:
            found = read(odd)
        except DamagedError:
            continue
        assert found == odd or isinstance(found, float | tuple)


def test_numbers_are_finite_and_in_their_range() -> None:
    assert whole(3, 1, 3) == 3
    assert number(3, 1, 3) == 3.0
    for odd in (4, 0, True, 2.5, "3", None):
        with pytest.raises(DamagedError):
            whole(odd, 1, 3)
    for odd in (3.1, 0, True, "3", float("nan"), float("inf"), 10**400):
        with pytest.raises(DamagedError):
            number(odd, 1, 3)
    with pytest.raises(DamagedError):
        number(float("inf"))


def test_an_error_names_the_value() -> None:
    saved = SavedValues({"bars": 9, "bpm": "fast", "about": "x" * 20_001, "in": {}})
    assert saved.whole("bars", maximum=9) == 9
    assert saved.any("bpm") == "fast"
    for words, ask in (
        (
            "bars: expected a whole number from 0 to 8",
            lambda: saved.whole("bars", 0, 8),
        ),
        ("bpm: expected a number", lambda: saved.number("bpm")),
        ("about: expected a text of 20,000 characters", lambda: saved.text("about")),
        ("bars: expected a text", lambda: saved.text("bars")),
        ("bars: expected names with values", lambda: saved.part("bars")),
        ("bpm is missing", lambda: saved.part("in").any("bpm")),
    ):
        with pytest.raises(DamagedError, match=words):
            ask()


@pytest.mark.parametrize("odd", ODD)
def test_only_names_with_values_can_be_asked_for_them(odd: object) -> None:
    if not isinstance(odd, dict):
        with pytest.raises(DamagedError, match="expected names with values"):
            SavedValues(odd)
