"""Names of pitches: middle C, MIDI number 60, is C4."""

from __future__ import annotations

import re

from monody.errors import SettingError

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NAME = re.compile(r"([A-G])(#{0,2}|b{0,2})(-?\d+)", re.IGNORECASE)


def pitch_name(pitch: int) -> str:
    """Name a MIDI pitch: ``pitch_name(61) == "C#4"``."""
    return f"{_SHARP_NAMES[pitch % 12]}{pitch // 12 - 1}"


def parse_pitch(text: str) -> int:
    """Return the MIDI number of ``C4``, ``Bb3`` or ``60``.

    Raises:
        SettingError: If the text names no pitch from 0 (C-1) to 127 (G9).
    """
    text = text.strip()
    found = _NAME.fullmatch(text)
    if found:
        letter, sign, octave = found.groups()
        bend = len(sign) * (1 if sign.startswith("#") else -1)
        pitch = _STEPS[letter.upper()] + bend + 12 * (int(octave) + 1)
    else:
        pitch = int(text) if text.isdecimal() else -1
    if not 0 <= pitch <= 127:
        raise SettingError(
            f"a pitch must be a name such as C4 or Bb3 or a number 0-127, not {text!r}"
        )
    return pitch


def parse_pitch_range(text: str) -> tuple[int, int]:
    """Return the lowest and highest MIDI pitch of ``C3..C6``.

    Raises:
        SettingError: If the text is no such range.
    """
    low, dots, high = text.partition("..")
    if not dots:
        raise SettingError(f"pitch_range must be such as C3..C6, not {text!r}")
    try:
        lowest, highest = parse_pitch(low), parse_pitch(high)
    except SettingError as error:
        raise SettingError(f"pitch_range: {error}") from error
    if lowest > highest:
        raise SettingError(f"pitch_range must begin with the lower note, not {text!r}")
    return lowest, highest
