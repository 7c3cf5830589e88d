"""Names of pitches: middle C, MIDI number 60, is C4."""

from __future__ import annotations

import re

from monody.errors import SettingError

OCTAVE = 12  # semitones
PITCH_CLASSES = 12  # 0 for C to 11 for B
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
BY_FIFTHS = "FCGDAEB"  # letters, each a fifth above the one before
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NAME = re.compile(r"([A-G])(#{0,2}|b{0,2})(-?\d+)", re.IGNORECASE)


def pitch_name(pitch: int) -> str:
    """Name a MIDI pitch: ``pitch_name(61) == "C#4"``."""
    return f"{SHARP_NAMES[pitch % OCTAVE]}{pitch // OCTAVE - 1}"


def parse_pitch(text: str) -> int:
    """Return the MIDI number of ``C4``, ``Bb3`` or ``60``.

    Raises:
        SettingError: If the text names no pitch from 0 (C-1) to 127 (G9).
    """
    text = text.strip()
    found = _NAME.fullmatch(text)
    if found:
        letter, sign, octave = found.groups()
        pitch = _semitones(letter + sign) + OCTAVE * (int(octave) + 1)
    else:
        pitch = int(text) if text.isdecimal() else -1
    if not 0 <= pitch <= 127:
        raise SettingError(
            f"a pitch must be a name such as C4 or Bb3 or a number 0-127, not {text!r}"
        )
    return pitch


def parse_pitch_range(text: str, name: str = "pitch_range") -> tuple[int, int]:
    """Return the lowest and highest MIDI pitch of ``C3..C6``.

    Args:
        text: Two pitches with two dots between them.
        name: The setting that it is the value of, for the error.

    Raises:
        SettingError: If the text is no such range.
    """
    low, dots, high = text.partition("..")
    if not dots:
        raise SettingError(f"{name} must be such as C3..C6, not {text!r}")
    try:
        lowest, highest = parse_pitch(low), parse_pitch(high)
    except SettingError as error:
        raise SettingError(f"{name}: {error}") from error
    if lowest > highest:
        raise SettingError(f"{name} must begin with the lower note, not {text!r}")
    return lowest, highest


def pitch_class(name: str) -> int:
    """Return the pitch class of a note's name: ``pitch_class("Bb") == 10``.

    Args:
        name: A letter from A to G in either case, then sharps ``#`` or flats ``b``.
    """
    return _semitones(name) % OCTAVE


def _semitones(name: str) -> int:
    """Count the semitones from C up to a note of the same octave: -1 for ``Cb``."""
    letter, sign = name[0].upper(), name[1:].lower()
    return _STEPS[letter] + sign.count("#") - sign.count("b")
