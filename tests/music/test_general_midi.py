from __future__ import annotations

import pretty_midi
import pytest

from monody.errors import SettingError
from monody.music.general_midi import GENERAL_MIDI, program_of


def test_the_names_are_those_of_another_library() -> None:
    assert len(GENERAL_MIDI) == 128
    for program, name in enumerate(GENERAL_MIDI):
        theirs = pretty_midi.program_to_instrument_name(program)
        assert program_of(theirs) == program, (name, theirs)


@pytest.mark.parametrize("text", ["flute", "FLUTE", " Flute ", "73"])
def test_any_case_and_numbers(text: str) -> None:
    assert program_of(text) == 73


@pytest.mark.parametrize("text", ["128", "-1", "+200", " 1000 "])
def test_numbers_out_of_range(text: str) -> None:
    with pytest.raises(SettingError, match="from 0 to 127"):
        program_of(text)


def test_unknown_names_get_advice() -> None:
    with pytest.raises(SettingError, match="did you mean .*Violin"):
        program_of("violn")
    with pytest.raises(SettingError, match="did you mean Acoustic Grand Piano"):
        program_of("piano")
    with pytest.raises(SettingError, match="list of names: monody names instruments$"):
        program_of("")
    with pytest.raises(SettingError, match="a number 0-127, not '9999"):
        program_of("9" * 5_000)  # more digits than Python reads
    with pytest.raises(SettingError, match="midi_instrument"):
        program_of("+-5")
    with pytest.raises(SettingError, match="midi_instrument"):
        program_of("²")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("nylon guitar", "Acoustic Guitar (nylon)"),
        ("saxophone", "Alto Sax"),
        ("sax", "Alto Sax, Soprano Sax, Tenor Sax, Baritone Sax"),
        ("cor anglais", "English Horn"),
        ("double bass", "Contrabass, Acoustic Bass"),
        ("bagpipes", "Bagpipe"),
        ("fiddel", "Fiddle"),
        ("trumpt", "Trumpet, Muted Trumpet"),
        ("flautta", "Flute"),
        ("órgano", "Drawbar Organ, Percussive Organ, Rock Organ, Church Organ"),
        ("saxo", "Soprano Sax, Alto Sax, Tenor Sax, Baritone Sax"),
    ],
)
def test_near_misses_say_what_is_near(text: str, meant: str) -> None:
    with pytest.raises(SettingError) as error:
        program_of(text)
    assert f"did you mean {meant}? See" in str(error.value)
