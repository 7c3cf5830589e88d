"""The values of ABC's information fields: meter, unit length, tempo and play order."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import islice

_FRACTION = re.compile(r"(\d{1,4})\s*/\s*(\d{1,4})")
# Possessive, or wide gaps in a hostile file take the square of their width.
_METER = re.compile(
    r"\(?\s*+(\d{1,3}+(?:\s*+\+\s*+\d{1,3}+)*+)\s*+\)?\s*+/\s*+(\d{1,3})"
)
_QUOTED = re.compile(r'"[^"]*"?')
_BPM = re.compile(r"=?\s*(\d{1,5}(?:\.\d{1,4})?)")
_PART = re.compile(r"[A-Za-z]|\(|\)|\d{1,3}")
MAX_PARTS = 1000  # played
MAX_BRACKETS = 8  # inside each other
MAX_BEATS = 16  # that a tempo adds up

MeterField = tuple[int, int]  # numerator and denominator


def parse_meter(value: str) -> MeterField | None:
    """Read ``M:``: ``6/8``, ``C``, ``C|`` or ``(2+3)/8`` (3.1.6).

    Args:
        value: What follows the colon.

    Returns:
        Numerator and denominator; ``None`` for free meter, or if it is none.

    Example:
        >>> from monody.reading.abc.fields import parse_meter
        >>> parse_meter("C|"), parse_meter("2+3/8"), parse_meter("none")
        ((2, 2), (5, 8), None)
    """
    text = value.strip()
    if text.startswith("C"):
        return (2, 2) if text.startswith("C|") else (4, 4)
    found = _METER.match(text)
    if found is None:
        return None
    numerator = sum(int(beats) for beats in found.group(1).split("+"))
    denominator = int(found.group(2))
    return (numerator, denominator) if numerator and denominator else None


def parse_unit(value: str) -> Fraction | None:
    """Read ``L:``, the length of a note without a number, in whole notes (3.1.7).

    Example:
        >>> from monody.reading.abc.fields import parse_unit
        >>> parse_unit("1/16")
        Fraction(1, 16)
    """
    found = _FRACTION.match(value.strip())
    if found is None:
        return Fraction(1) if value.strip() == "1" else None
    above, below = map(int, found.groups())
    return Fraction(above, below) if above and below else None


def default_unit(meter: MeterField | None) -> Fraction:
    """Return the unit length where no ``L:`` names it: 1/16 in short bars (3.1.7).

    Example:
        >>> from monody.reading.abc.fields import default_unit
        >>> default_unit((2, 4)), default_unit((6, 8)), default_unit(None)
        (Fraction(1, 16), Fraction(1, 8), Fraction(1, 8))
    """
    is_short = meter is not None and 4 * meter[0] < 3 * meter[1]
    return Fraction(1, 16) if is_short else Fraction(1, 8)


def parse_tempo(value: str, unit: Fraction) -> float | None:
    """Read ``Q:`` (3.1.8), also in its old forms ``120`` and ``C3=40`` (10.1).

    Args:
        value: What follows the colon.
        unit: The unit length, in whole notes, which the old forms count in.

    Returns:
        Quarter notes a minute; ``None`` if it names no speed.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.abc.fields import parse_tempo
        >>> parse_tempo('"Slow" 3/8=50', unit=Fraction(1, 8))
        75.0
    """
    text = _QUOTED.sub(" ", value).strip()
    lengths, equals, speed = text.partition("=")
    found = _BPM.match(speed.strip() if equals else lengths)
    if found is None:
        return None
    beat = unit
    if equals:
        named = islice(_FRACTION.finditer(lengths), MAX_BEATS)
        beats = [Fraction(int(a), int(b)) for a, b in (m.groups() for m in named)
                 if int(b)]  # fmt: skip
        multiple = re.match(r"\s*[A-Za-z]\s*(\d{0,3})", lengths)
        if beats:
            beat = sum(beats, Fraction(0))
        elif multiple:
            beat = unit * int(multiple.group(1) or 1)
        elif lengths.strip().isdigit():
            beat = Fraction(1, int(lengths.strip()[:4]) or 1)
    return float(beat * 4 * Fraction(found.group(1)))


def parse_parts(value: str) -> tuple[str, ...]:
    """Read ``P:`` of a header: the parts as they are played, ``A2(BC)2`` (3.1.9).

    Returns:
        The names of the parts in order; at most ``MAX_PARTS``.

    Example:
        >>> from monody.reading.abc.fields import parse_parts
        >>> "".join(parse_parts("A2.(BC)2"))
        'AABCBC'
    """
    groups: list[list[str]] = [[]]
    last: list[str] = []  # what a number repeats
    for token in _PART.findall(value):
        if token == "(":  # noqa: S105 - a bracket
            groups += [[]] if len(groups) <= MAX_BRACKETS else []
            continue
        if token.isdigit():
            groups[-1] += (last * (int(token) - 1))[: MAX_PARTS - len(groups[-1])]
            last = []
            continue
        if token != ")":  # noqa: S105
            last = [token]
        elif len(groups) > 1:
            last = groups.pop()
        else:
            continue
        groups[-1] += last[: MAX_PARTS - len(groups[-1])]
    return tuple([name for group in groups for name in group][:MAX_PARTS])
