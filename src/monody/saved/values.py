"""JSON values of the kind and the range that is expected, alone or asked for by name.

JSON from a file may hold anything where a number should be: a text, a list, ``true``, a
number with a thousand digits, or ``NaN``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from monody.saved.damage import DamagedError

Value = TypeVar("Value")
MAX_WHOLE = 2**31 - 1
MAX_NUMBER = 1e300
MAX_CHARACTERS = 20_000  # of a text; a form of many sections is the longest


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
    is_bool = isinstance(value, bool)
    if is_bool or not isinstance(value, int) or not minimum <= value <= maximum:
        raise DamagedError(f"expected a whole number from {minimum} to {maximum}")
    return value


def number(
    value: object, minimum: float = -MAX_NUMBER, maximum: float = MAX_NUMBER
) -> float:
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


def text(value: object, max_characters: int = MAX_WHOLE) -> str:
    """Return a text.

    Args:
        value: From JSON.
        max_characters: The most that it may have.

    Raises:
        DamagedError: If it is none, or longer.

    Example:
        >>> from monody.saved.values import text
        >>> text("4/4")
        '4/4'
    """
    if not isinstance(value, str):
        raise DamagedError("expected a text")
    if len(value) > max_characters:
        raise DamagedError(f"expected a text of {max_characters:,} characters at most")
    return value


def shown_text(value: object) -> str:
    r"""Return a text that can be shown and sent: half a letter in it is spelt out.

    JSON can name half of a letter of two parts, which no file and no page can hold.

    Args:
        value: From JSON.

    Raises:
        DamagedError: If it is no text.

    Example:
        >>> from monody.saved.values import shown_text
        >>> print(shown_text("caf\u00e9 \ud83c"))
        café \ud83c
    """
    return text(value).encode("utf-8", "backslashreplace").decode("utf-8")


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


class SavedValues:
    """A JSON object whose values are asked for by name; errors name them.

    Args:
        values: From JSON.

    Raises:
        DamagedError: If it is no object, or a value is missing or of another kind.

    Example:
        >>> from monody.saved.values import SavedValues
        >>> saved = SavedValues({"attempt": 2, "source": "a.mid"})
        >>> saved.whole("attempt", maximum=9), saved.text("source")
        (2, 'a.mid')
        >>> saved.whole("source", maximum=9)
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: source: expected a whole number from 0 to 9
    """

    def __init__(self, values: object) -> None:
        self._values = table(values)

    def any(self, name: str) -> Any:
        """Return a value of any kind."""
        if name not in self._values:
            raise DamagedError(f"{name} is missing")
        return self._values[name]

    def part(self, name: str) -> SavedValues:
        """Return the object within this one that has a name."""
        return SavedValues(self._as(name, table))

    def whole(self, name: str, minimum: int = 0, maximum: int = MAX_WHOLE) -> int:
        """Return a whole number within its limits, both included."""
        return self._as(name, partial(whole, minimum=minimum, maximum=maximum))

    def number(self, name: str) -> float:
        """Return a finite number."""
        return self._as(name, number)

    def text(self, name: str) -> str:
        """Return a text that is not too long."""
        return self._as(name, partial(text, max_characters=MAX_CHARACTERS))

    def settings(self, name: str) -> dict[str, Any]:
        """Return the object with a name as it is; its texts are not too long."""
        part = self.part(name)
        for each, value in part._values.items():
            if isinstance(value, str):
                part.text(each)
        return dict(part._values)

    def _as(self, name: str, kind: Callable[[Any], Value]) -> Value:
        """Return a value of a kind.

        Args:
            name: Of the value.
            kind: Returns it, or raises a ``DamagedError``.
        """
        value = self.any(name)
        try:
            return kind(value)
        except DamagedError as error:
            raise DamagedError(f"{name}: {error}") from error
