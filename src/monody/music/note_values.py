"""Note values, and other small numbers, as musicians write them.

``8ths``, ``1/4,1/8,3/8``; ``4..8`` notes a bar; bars ``5-8``; ``6/8``.
"""

from __future__ import annotations

import re
from fractions import Fraction

from monody.errors import SettingError

MAX_TICKS = 384  # four whole notes: the longest bar there is, meter.MAX_BAR_TICKS
MAX_NOTES_IN_BAR = 64
MAX_BAR = 999_999

_WORDS = {"whole": 1, "half": 2, "halve": 2, "quarter": 4, "eighth": 8, "sixteenth": 16,
          "thirty-second": 32}  # fmt: skip
_VALUE = re.compile(
    r"(?P<dotted>dotted )?"
    rf"(?:(?P<word>{'|'.join(_WORDS)})s?"
    r"|(?P<part>[0-9]{1,3})(?:st|nd|rd|th)s?"
    r"|(?P<above>[0-9]{1,3})/(?P<below>[0-9]{1,3})(?P<dot>\.)?)"
    r"(?P<triplet> triplets?)?(?: notes?)?"
)
_SPANISH_WORDS = {"redonda": 1, "blanca": 2, "negra": 4, "corchea": 8,
                  "semicorchea": 16, "fusa": 32}  # fmt: skip
_SPANISH_VALUE = re.compile(
    r"(?P<triplet>tresillos? de )?"
    rf"(?P<word>{'|'.join(_SPANISH_WORDS)})s?"
    r"(?P<dotted> con puntillo)?"
)
_ONLY = re.compile(r"(?:only|s[oó]lo) ")
_RANGE = re.compile(r"([0-9]{1,6})(?:\s*(?:\.\.|-|–)\s*([0-9]{1,6}))?")


def parse_note_values(text: str) -> frozenset[int]:
    """Return the durations that notes may have, in ticks, 24 to the quarter.

    A single value means none finer than it: its whole multiples, up to four whole
    notes. A list means only these; so does a single value after ``only``.

    Args:
        text: Such as ``8ths``, ``1/8``, ``quarters``, ``8th triplets``, ``12ths``; or
            ``1/4,1/8,3/8``, ``1/4.,1/8`` (a dotted quarter), ``only dotted halves``; or
            in Spanish, ``corcheas``, ``solo blancas con puntillo``.

    Raises:
        SettingError: If the text is neither, or a value is not a whole number of ticks.

    Example:
        >>> from monody.music.note_values import parse_note_values
        >>> sorted(parse_note_values("1/4,1/8,3/8"))
        [12, 24, 36]
        >>> sorted(parse_note_values("8ths"))[:5]
        [12, 24, 36, 48, 60]
        >>> sorted(parse_note_values("only dotted halves"))
        [72]
        >>> sorted(parse_note_values("negras,tresillos de corcheas"))
        [8, 24]
    """
    wanted = " ".join(text.lower().split())
    only = _ONLY.match(wanted)
    parts = wanted[only.end() if only else 0 :].split(",")
    ticks = [_ticks(part.strip(), text) for part in parts]
    if only or len(ticks) > 1:
        return frozenset(ticks)
    return frozenset(range(ticks[0], MAX_TICKS + 1, ticks[0]))


def parse_counts(text: str, name: str = "density") -> tuple[int, int]:
    """Return the least and the greatest number of notes that may begin in a bar.

    Args:
        text: ``4``, which is both, or ``4..8``; from 0 to 64.
        name: The setting that it is the value of, for the error.

    Raises:
        SettingError: If the text is no such count.

    Example:
        >>> from monody.music.note_values import parse_counts
        >>> parse_counts("4"), parse_counts("4..8")
        ((4, 4), (4, 8))
    """
    return _whole_range(text, name, "4 or 4..8", 0, MAX_NOTES_IN_BAR)


def parse_bars(text: str, name: str) -> tuple[int, int]:
    """Return the first and last of some bars, counted from 1.

    Args:
        text: ``5``, which is both, or ``5-8`` or ``5..8``.
        name: The setting that it is the value of, for the error.

    Raises:
        SettingError: If the text names no bars.

    Example:
        >>> from monody.music.note_values import parse_bars
        >>> parse_bars("5-8", "bars")
        (5, 8)
    """
    return _whole_range(text, name, "5 or 5-8", 1, MAX_BAR)


def parse_meter(
    text: str, name: str = "meter", example: str = "such as 6/8"
) -> tuple[int, int]:
    """Return the numerator and denominator of a time signature such as ``6/8``.

    Args:
        text: The time signature.
        name: The setting that it is the value of, for the error.
        example: A value of the setting, for the error, too.

    Raises:
        SettingError: If the text is none, or ``meter.is_meter`` refuses it.

    Example:
        >>> import monody
        >>> monody.parse_meter("6/8")
        (6, 8)
    """
    from monody.music.meter import is_meter

    found = re.fullmatch(r"\s*([0-9]{1,3})\s*/\s*([0-9]{1,3})\s*", text)
    if not found or not is_meter(int(found[1]), int(found[2])):
        raise SettingError(
            f"{name} must be {example}, the lower number 1, 2, 4, 8, 16 or 32 and "
            f"the bar no longer than four whole notes, not {text.strip()!r}"
        )
    return int(found[1]), int(found[2])


def _ticks(value: str, text: str) -> int:
    """Return the ticks of one note value, which is a part of the text."""
    from monody.music.meter import TICKS_PER_WHOLE

    ticks = TICKS_PER_WHOLE * _share_of_whole(value)
    if ticks.denominator == 1 and 1 <= ticks <= MAX_TICKS:
        return int(ticks)
    reason = (
        f"{value} is not from 1 tick (1/{TICKS_PER_WHOLE}) to four whole notes long, "
        "in whole ticks"
        if ticks
        else f"{value!r} is no note value"
    )
    raise SettingError(
        f"durations must be such as 8ths or 1/4,1/8,3/8, not {text!r}: {reason}"
    )


def _share_of_whole(value: str) -> Fraction:
    """Return which part of a whole note a note value is; 0 if the text is none."""
    if spanish := _SPANISH_VALUE.fullmatch(value):
        below = _SPANISH_WORDS[spanish["word"]]
        share = Fraction(3, 2 * below) if spanish["dotted"] else Fraction(1, below)
        return share * Fraction(2, 3) if spanish["triplet"] else share
    found = _VALUE.fullmatch(value)
    if not found:
        return Fraction(0)
    above = int(found["above"] or 1)
    below = int(found["below"] or found["part"] or _WORDS[found["word"]])
    if not below or (found["dotted"] and found["dot"]):
        return Fraction(0)
    share = Fraction(above, below)
    if found["dotted"] or found["dot"]:
        share *= Fraction(3, 2)
    return share * Fraction(2, 3) if found["triplet"] else share


def _whole_range(
    text: str, name: str, example: str, lowest: int, highest: int
) -> tuple[int, int]:
    """Return the two ends of a range of whole numbers, or one number twice."""
    found = _RANGE.fullmatch(text.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (-1, -1)
    if not lowest <= first <= last <= highest:
        raise SettingError(
            f"{name} must be such as {example}, from {lowest} to {highest:,}, the "
            f"smaller first, not {text!r}"
        )
    return first, last
