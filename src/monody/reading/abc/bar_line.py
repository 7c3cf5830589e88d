"""ABC's bar lines, in whatever shape they are typed, and the numbers of endings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from monody.reading.notation.play_order import MAX_PLAYS


class BarLine(NamedTuple):
    """What a bar line says about repeats.

    Example:
        >>> from monody.reading.abc.bar_line import BarLine, parse_bar_line
        >>> parse_bar_line("::")
        BarLine(plays=2, opens=True, is_double=False)
        >>> parse_bar_line("|]") == BarLine(is_double=True)
        True
    """

    plays: int = 0  # of the music before it, where a repeat ends here
    opens: bool = False  # whether a repeat begins here
    is_double: bool = False  # double, or thick


@lru_cache(maxsize=256)
def parse_bar_line(text: str) -> BarLine:
    """Read a bar line: any sequence of ``|``, ``[``, ``]`` and ``:`` (4.8).

    Dots before it close a repeat, which is played once more for each of them; dots
    behind it open one. ``::`` does both.

    Args:
        text: The bar line.
    """
    colons = text.strip("|[]")
    if not text.strip(":"):
        return BarLine((len(text) + 1) // 2 + 1, True)
    before = len(text) - len(text.lstrip(":"))
    after = len(text) - len(text.rstrip(":"))
    if colons and not before and not after:  # |::|, as some write ::
        return BarLine(2, True)
    lines = text.strip(":")
    is_double = len(lines) > 1 and lines != "[|]"
    return BarLine(min(before, MAX_PLAYS) + 1 if before else 0, after > 0, is_double)


def parse_passes(text: str) -> frozenset[int]:
    """Read the numbers of an ending: ``1``, ``1,3`` or ``1-3`` (4.10).

    Example:
        >>> from monody.reading.abc.bar_line import parse_passes
        >>> sorted(parse_passes("[1-3,5"))
        [1, 2, 3, 5]
    """
    passes: set[int] = set()
    for first, last in re.findall(r"(\d{1,2})(?:-(\d{1,2}))?", text):
        passes.update(range(int(first), min(int(last or first), MAX_PLAYS) + 1))
    return frozenset(number for number in passes if 0 < number <= MAX_PLAYS)
