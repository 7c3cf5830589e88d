"""JSON values of the kind and the range that is expected.

JSON from a file may hold anything where a number should be: a text, a list, ``true``, a
number with a thousand digits, or ``NaN``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from monody.saved.damage import DamagedError

Value = TypeVar("Value")
MAX_WHOLE = 2**31 - 1
LARGE = 1e300


def whole(value: object, minimum: int = 0, maximum: int = MAX_WHOLE) -> int:
    """Return a whole number.

    Args:
        value: From JSON.
        minimum: The least that it may be.
        maximum: The most that it may be.

    Raises:
        DamagedError: If it is none, or out of range.

    Example:
        >>> from monody.saved.values import whole
        >>> whole(10**30)
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: expected a whole number from 0 to 2147483647
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise DamagedError("expected a whole number")
    if not minimum <= value <= maximum:
        raise DamagedError(f"expected a whole number from {minimum} to {maximum}")
    return value


def number(value: object, minimum: float = -LARGE, maximum: float = LARGE) -> float:
    """Return a finite number.

    Args:
        value: From JSON.
        minimum: The least that it may be.
        maximum: The most that it may be.

    Raises:
        DamagedError: If it is none, or out of range.

    Example:
        >>> from monody.saved.values import number
        >>> number(3)
        3.0
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DamagedError("expected a number")
    if not minimum <= value <= maximum:  # NaN is not
        raise DamagedError(f"expected a number from {minimum:g} to {maximum:g}")
    return float(value)


def text(value: object) -> str:
    """Return a text.

    Raises:
        DamagedError: If it is none.

    Example:
        >>> from monody.saved.values import text
        >>> text("4/4")
        '4/4'
    """
    if not isinstance(value, str):
        raise DamagedError("expected a text")
    return value


def table(value: object) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises:
        DamagedError: If it is none.

    Example:
        >>> from monody.saved.values import table
        >>> table({"epoch": 3})["epoch"]
        3
    """
    if not isinstance(value, dict):
        raise DamagedError("expected names with values")
    return value


def listed(value: object, item: Callable[[Any], Value]) -> tuple[Value, ...]:
    """Return a list whose items are all of one kind.

    Args:
        value: From JSON.
        item: Returns an item, or raises a ``DamagedError``.

    Raises:
        DamagedError: If it is no list, or has another item.

    Example:
        >>> from monody.saved.values import listed, whole
        >>> listed([12, 24], whole)
        (12, 24)
    """
    if not isinstance(value, list):
        raise DamagedError("expected a list")
    return tuple(map(item, value))
