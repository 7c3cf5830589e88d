from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.keys import KEY_NAMES, key_signature
from monody.music.melody import Melody
from monody.music.pitch import pitch_class
from monody.render.notation.spelling import Key, signature, spelled, written_key

SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def _names(key: str, *pitches: int) -> str:
    melody = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate(pitches)])
    names = spelled(melody, Key(*key_signature(key)))
    return " ".join(f"{name.letter}{SIGNS[name.alter]}{name.octave}" for name in names)


@given(st.lists(st.integers(0, 127), min_size=1), st.sampled_from(KEY_NAMES))
def test_a_spelled_pitch_sounds_the_same(pitches: list[int], key: str) -> None:
    melody = Melody.from_notes([(p, i, 1) for i, p in enumerate(pitches)])
    names = spelled(melody, Key(*key_signature(key)))
    sounding = [
        pitch_class(name.letter) + name.alter + 12 * (name.octave + 1) for name in names
    ]
    assert sounding == pitches


@given(st.sampled_from(KEY_NAMES), st.integers(0, 127))
def test_notes_of_the_key_need_no_accidental(key: str, pitch: int) -> None:
    signed = signature(Key(*key_signature(key)))
    classes = {(pitch_class(letter) + signed[letter]) % 12 for letter in signed}
    melody = Melody.from_notes([(pitch, 0, 1)])
    [name] = spelled(melody, Key(*key_signature(key)))
    assert (name.alter == signed[name.letter]) == (pitch % 12 in classes)


def test_signatures() -> None:
    d_minor = signature(Key(*key_signature("D minor")))
    assert {letter: sharps for letter, sharps in d_minor.items() if sharps} == {"B": -1}
    g_major = signature(Key(*key_signature("G major")))
    assert {letter: sharps for letter, sharps in g_major.items() if sharps} == {"F": 1}


@pytest.mark.parametrize(
    ("key", "pitches", "names"),
    [
        ("D minor", (70, 69, 61, 62), "Bb4 A4 C#4 D4"),
        ("G major", (66, 67, 65, 64), "F#4 G4 F4 E4"),
        ("C major", (60, 61, 62), "C4 C#4 D4"),  # raised on the way up
        ("C major", (62, 61, 60), "D4 Db4 C4"),  # lowered on the way down
        ("C major", (66, 66, 65), "Gb4 Gb4 F4"),  # as far as it goes on
        ("C major", (66, 60, 70, 60, 63, 60), "F#4 C4 Bb4 C4 Eb4 C4"),  # nearer
        ("A minor", (69, 68, 67, 66, 65), "A4 G#4 G4 F#4 F4"),  # its sixth, seventh
        ("G# minor", (67, 68), "F##4 G#4"),
        ("B major", (67, 66), "G4 F#4"),
        ("B major", (67, 68), "G4 G#4"),  # no double sharp
        ("Cb major", (59, 60), "Cb4 C4"),
        ("C# major", (60, 65), "B#3 E#4"),
    ],
)
def test_spelling(key: str, pitches: tuple[int, ...], names: str) -> None:
    assert _names(key, *pitches) == names


def test_the_key_is_the_melodys_else_the_one_heard() -> None:
    melody = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate((67, 71, 74))])
    assert written_key(replace(melody, key="F# minor")) == Key(3, True)
    assert written_key(replace(melody, key="D dorian")) == Key(0, True)
    assert written_key(melody) == Key(1, False)
    assert written_key(Melody.from_notes([])) == Key(0, False)
