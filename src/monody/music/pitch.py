"""Names of pitches: middle C, MIDI number 60, is C4."""

from __future__ import annotations

import re

from monody.errors import SettingError
from monody.music.note_names import NoteName, readings, refuse_doubtful_b

OCTAVE = 12  # semitones
PITCH_CLASSES = 12  # 0 for C to 11 for B
MIDDLE_C = 60
MAX_PITCH = 127  # of MIDI, where 0 is the lowest: G9
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}  # semitones above C
BY_FIFTHS = "FCGDAEB"  # letters, each a fifth above the one before
SHARP_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MAX_DIGITS = 9  # of a number: Python refuses those of thousands
_OCTAVE_NUMBER = re.compile(r"\s*(-?[0-9]{1,2})\s*")


def pitch_name(pitch: int, *, flats: bool = False) -> str:
    """Name a MIDI pitch.

    Args:
        pitch: MIDI pitch.
        flats: Whether black keys are named as flats; else as sharps.

    Example:
        >>> from monody.music.pitch import pitch_name
        >>> pitch_name(60), pitch_name(61), pitch_name(61, flats=True)
        ('C4', 'C#4', 'Db4')
    """
    names = FLAT_NAMES if flats else SHARP_NAMES
    return f"{names[pitch % OCTAVE]}{pitch // OCTAVE - 1}"


def is_black_key(pitch: int) -> bool:
    """Tell whether a MIDI pitch is a black key of a piano.

    Example:
        >>> from monody.music.pitch import is_black_key
        >>> [is_black_key(pitch) for pitch in (60, 61)]
        [False, True]
    """
    return "#" in SHARP_NAMES[pitch % OCTAVE]


def parse_pitch_range(text: str, name: str = "pitch_range") -> tuple[int, int]:
    """Return the lowest and highest MIDI pitch of ``C3..C6`` or ``do3..do6``.

    Args:
        text: Two pitches with two dots between them. Each is a MIDI number, or a
            note's name in any case and an octave's number: ``Bb3``, ``si bemol 3``.
        name: The setting that it is the value of, for the error.

    Raises:
        SettingError: If the text is no such range.

    Example:
        >>> from monody.music.pitch import parse_pitch_range
        >>> parse_pitch_range("C3..C6"), parse_pitch_range("do3..do6")
        ((48, 84), (48, 84))
    """
    low, dots, high = text.partition("..")
    if not dots:
        raise SettingError(f"{name} must be such as C3..C6, not {text!r}")
    try:
        (lowest, first), (highest, last) = _named_pitch(low), _named_pitch(high)
    except SettingError as error:
        raise SettingError(f"{name}: {error}") from error
    refuse_doubtful_b([one for one in (first, last) if one], name, text)
    if lowest > highest:
        raise SettingError(f"{name} must begin with the lower note, not {text!r}")
    return lowest, highest


def _named_pitch(text: str) -> tuple[int, NoteName | None]:
    """Return a MIDI number, and the note's name unless the text is a number.

    Args:
        text: A number, or a name of ``note_names`` in any case and an octave's number;
            the octave from middle C up is 4.
    """
    text = text.strip()
    is_number = text.isdecimal() and len(text) <= MAX_DIGITS
    pitch, name = int(text) if is_number else -1, None
    for named, rest in readings(text):
        if octave := _OCTAVE_NUMBER.fullmatch(rest):
            pitch, name = _semitones(str(named)) + OCTAVE * (int(octave[1]) + 1), named
            break
    if not 0 <= pitch <= MAX_PITCH:
        raise SettingError(
            "a pitch must be a name such as C4, Bb3 or do4, or a number 0-127, not "
            f"{text!r}"
        )
    return pitch, name


def pitch_class(name: str) -> int:
    """Return the pitch class of a note's name.

    Args:
        name: A letter from A to G in either case, then sharps ``#`` or flats ``b``.

    Example:
        >>> from monody.music.pitch import pitch_class
        >>> pitch_class("Bb")
        10
    """
    return _semitones(name) % OCTAVE


def _semitones(name: str) -> int:
    """Count the semitones from C up to a note of the same octave: -1 for ``Cb``."""
    letter, sign = name[0].upper(), name[1:].lower()
    return STEPS[letter] + sign.count("#") - sign.count("b")
