"""The numbers that the texts and attributes of a score hold, or fail to hold."""

from __future__ import annotations

import math
from functools import lru_cache

MAX_NUMBER = 2**60  # what is larger counts as this large
_MAX_LETTERS = 40  # of a number; more are damage


@lru_cache(maxsize=1024)  # most numbers of a score are the same few
def number_of(text: str | None) -> int | float | None:
    """Return the number that a text is, as an ``int`` where it is whole.

    Args:
        text: From a stranger's file.

    Returns:
        The number, between -``MAX_NUMBER`` and ``MAX_NUMBER``; ``None`` if there is
        none.

    Example:
        >>> from monody.reading.musicxml.numbers_in_text import number_of
        >>> number_of(" 12 "), number_of("0.5"), number_of("1e3"), number_of("nan")
        (12, 0.5, 1000, None)
    """
    if text is None or len(text) > _MAX_LETTERS:
        return None
    try:
        number = int(text) if text.strip().isdigit() else float(text)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    number = max(-MAX_NUMBER, min(number, MAX_NUMBER))
    return int(number) if number == int(number) else number


def whole_number(text: str | None, default: int) -> int:
    """Return the whole number that a text is; a default if it is none.

    Example:
        >>> from monody.reading.musicxml.numbers_in_text import whole_number
        >>> whole_number("2", default=1), whole_number("two", default=1)
        (2, 1)
    """
    number = number_of(text)
    return number if isinstance(number, int) else default
