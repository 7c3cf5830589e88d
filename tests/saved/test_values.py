from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from monody.saved.damage import DamagedError
from monody.saved.values import listed, number, table, text, whole
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
