from __future__ import annotations

from dataclasses import replace

import pytest

from monody.music.melody import Melody
from monody.music.scale import parse_scale
from monody.render.notation.modes import in_named_scale, written_mode, written_scale


def _scale_heard(*pitches: int) -> str:
    notes = [(pitch, 24 * at, 24) for at, pitch in enumerate(pitches)]
    return written_scale(Melody.from_notes(notes)).name


@pytest.mark.parametrize(
    ("pitches", "name"),
    [
        ((60, 64, 67, 65, 62, 59, 60), "C major"),
        ((60, 64, 67, 65, 62, 58, 60, 67, 64, 60), "C mixolydian"),
        ((60, 64, 67, 66, 62, 59, 60, 67, 64, 60), "C lydian"),
        ((62, 65, 69, 70, 72, 69, 65, 64, 62), "D minor"),
        ((62, 65, 69, 71, 72, 69, 65, 64, 62), "D dorian"),
        ((64, 67, 71, 65, 64, 71, 67, 64), "E phrygian"),
        # The raised seventh makes the raised sixth one of melodic minor.
        ((62, 65, 69, 71, 73, 74, 69, 65, 64, 62), "D minor"),
        ((), "C chromatic"),
    ],
)
def test_a_mode_is_heard_where_it_has_all_notes_and_the_plain_scale_has_not(
    pitches: tuple[int, ...], name: str
) -> None:
    assert _scale_heard(*pitches) == name


@pytest.mark.parametrize(
    ("scale", "tonic"),
    [("G# major", "Ab"), ("C# locrian", "C#"), ("Eb lydian", "Eb"), ("A# minor", "A#")],
)
def test_the_tonic_is_spelled_as_its_signature(scale: str, tonic: str) -> None:
    mode = written_mode(parse_scale(scale))
    assert mode is not None
    assert mode.tonic == tonic


def test_lists_of_notes_have_no_mode() -> None:
    assert written_mode(parse_scale("C,D,E,G,A")) is None
    assert written_mode(parse_scale("C chromatic")) is None


def test_only_a_key_with_the_same_signature_is_named_in_full() -> None:
    melody = replace(Melody.from_notes([(62, 0, 24)]), key="A minor")
    assert in_named_scale(melody, parse_scale("D dorian")).key == "D dorian"
    assert in_named_scale(melody, parse_scale("E dorian")) is melody
    assert in_named_scale(melody, None) is melody
