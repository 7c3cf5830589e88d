"""The spelling of pitches in a key: the black key above A is B flat in D minor.

Names of notes are places on the line of fifths, … Bb F C G D A E B F# …, counted from
C: a key's seven notes are neighbours there, from one place below its sharps on.
"""

from __future__ import annotations

from typing import NamedTuple

from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.pitch import BY_FIFTHS
from monody.render.notation.modes import written_scale


class Key(NamedTuple):
    """A key signature."""

    sharps: int  # -7 (seven flats) to 7
    minor: bool


class Spelled(NamedTuple):
    """A written pitch: middle C is ``("C", 0, 4)``, Bb below it ``("B", -1, 3)``."""

    letter: str
    alter: int  # semitones that its sharps raise it by; flats are negative
    octave: int


def written_key(melody: Melody) -> Key:
    """Return the key signature to write a melody with.

    It is that of the scale that it is written in; C major where that has none.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.spelling import written_key
        >>> written_key(Melody.from_notes([(62, 0, 48), (65, 48, 24), (69, 72, 24)]))
        Key(sharps=-1, minor=True)
    """
    return Key(*key_signature(written_scale(melody).signature or "C major"))


def signature(key: Key) -> dict[str, int]:
    """Return the sharps that a key signature gives each letter; flats are negative.

    Example:
        >>> from monody.render.notation.spelling import Key, signature
        >>> signature(Key(sharps=-2, minor=False))
        {'E': -1, 'B': -1, 'F': 0, 'C': 0, 'G': 0, 'D': 0, 'A': 0}
    """
    lowest = key.sharps - 1
    return dict(_name(place) for place in range(lowest, lowest + 7))


def spelled(melody: Melody, key: Key) -> list[Spelled]:
    """Spell each note of a melody.

    Notes of the key are written without accidentals. Others that go on by a semitone
    are raised on the way up and lowered on the way down; else they are written as the
    nearer of both on the line of fifths, which in C major gives F#, C# and G#, but Bb
    and Eb. The sixth and seventh of minor are always raised. Other double sharps and
    flats are avoided.

    Args:
        melody: Its notes.
        key: The key signature.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.spelling import Key, spelled
        >>> melody = Melody.from_notes([(69, 0, 24), (70, 24, 24), (69, 48, 24)])
        >>> [name.letter + "b" * -name.alter for name in spelled(melody, Key(-1, True))]
        ['A', 'Bb', 'A']
    """
    names: list[Spelled] = []
    pitches: list[int] = melody.pitches.tolist()
    for pitch, step in zip(pitches, _steps(pitches), strict=True):
        letter, alter = _name(_place(pitch, step, key))
        names.append(Spelled(letter, alter, (pitch - alter) // 12 - 1))
    return names


def _steps(pitches: list[int]) -> list[int]:
    """Return the semitones from each pitch to the next other one; 0 if none comes."""
    step, steps = 0, [0] * len(pitches)
    for place in range(len(pitches) - 2, -1, -1):
        step = pitches[place + 1] - pitches[place] or step
        steps[place] = step
    return steps


def _place(pitch: int, step: int, key: Key) -> int:
    """Choose a pitch's place on the line of fifths.

    Args:
        pitch: MIDI pitch.
        step: Semitones to the next other pitch.
        key: The key signature.
    """
    lowest = key.sharps - 1
    above = (7 * pitch - lowest) % 12  # places above the key's lowest, all raised: 7-11
    raised, lowered = lowest + above, lowest + above - 12
    if above < 7 or (key.minor and above in (7, 9)):  # the sixth and seventh degree
        return raised
    is_raised = step == 1 or (step != -1 and above <= 9 + key.minor)
    place = raised if is_raised else lowered
    if abs(_name(place)[1]) > 1:
        return lowered if is_raised else raised
    return place


def _name(place: int) -> tuple[str, int]:
    """Return the letter at a place on the line of fifths, and its sharps."""
    sharps, letter = divmod(place + 1, len(BY_FIFTHS))  # F is at -1
    return BY_FIFTHS[letter], sharps
