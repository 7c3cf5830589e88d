"""JSON that anybody may have written: read with limits, so that it can be trusted.

Python's own reader takes numbers without end, ``NaN``, which is no JSON, and nesting so
deep that whatever walks through it fails; and it makes ``[],[],`` thirty times as large
as it was. Here they are errors like any other: what is read takes memory in proportion
to its length, a dozen times as much at the most.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from monody.saved.bounded_file import read_bounded
from monody.saved.damage import damage_in, require
from monody.translation import marked

MAX_DEPTH = 32  # lists and objects within each other; monody's own have 7
MAX_WHOLE = 2**63 - 1
# A comma, a colon or a bracket stands for one value at most, and one takes 64 bytes at
# most. What monody writes has 16 bytes for each of them, a short text may have 3.
MARKS = ",:[{"
FREE_MARKS, BYTES_A_MARK = 2**18, 8
MAX_JSON_BYTES = 2**25  # the record of the base model, a large one, takes 2**20


def parse_json(text: str | bytes, what: str = "it") -> Any:
    """Read a JSON text from anywhere.

    Args:
        text: As text, or as bytes of UTF-8.
        what: What is read, for the message.

    Returns:
        Its value: all numbers are finite, whole ones have 64 bits at most, lists and
        objects are not nested deeper than ``MAX_DEPTH``, and there are not many more
        values than a text of its length has.

    Raises:
        DamagedError: If it is no JSON, or breaks one of these limits.

    Example:
        >>> from monody.saved.plain_json import parse_json
        >>> parse_json('{"notes": [[60, 0, 24]]}')
        {'notes': [[60, 0, 24]]}
        >>> parse_json("[1e999]", "the list")
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: the list is damaged (a number is not finite)
    """
    allowed = max(FREE_MARKS, len(text) // BYTES_A_MARK)
    require(_marks(text) <= allowed, f"{what} has more values than any of monody's")
    with damage_in(what):
        value = json.loads(
            text, parse_int=_whole, parse_float=_finite, parse_constant=_finite
        )
    require(not _is_deep(value), f"{what} is nested too deeply")
    return value


def read_json(path: Path, max_bytes: int = MAX_JSON_BYTES) -> Any:
    """Read a JSON file, as ``parse_json`` does.

    Args:
        path: The file.
        max_bytes: The most that it may hold.

    Raises:
        DamagedError: If it is no JSON, larger, or a device, a pipe or the like.
        OSError: If it is not there, or cannot be read.
    """
    return parse_json(read_bounded(path, max_bytes), path.name)


def _marks(text: str | bytes) -> int:
    """Count what separates and opens values, in texts within it, too."""
    if isinstance(text, str):
        return sum(map(text.count, MARKS))
    return sum(map(text.count, MARKS.encode()))


def _whole(digits: str) -> int:
    if len(digits) > len(str(-MAX_WHOLE)) or abs(int(digits)) > MAX_WHOLE:
        raise ValueError(marked("a number has too many digits"))
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)  # of NaN and Infinity, too
    if not math.isfinite(number):
        raise ValueError(marked("a number is not finite"))
    return number


def _is_deep(value: Any) -> bool:
    """Tell whether a value is nested too deeply, looking at one layer after another."""
    layer = [value]
    for _ in range(MAX_DEPTH + 1):
        layer = [part for each in layer for part in _parts(each)]
    return bool(layer)


def _parts(value: Any) -> Iterable[Any]:
    """Return what a list or an object holds; nothing of any other value."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
