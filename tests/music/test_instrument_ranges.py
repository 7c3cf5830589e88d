from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import SettingError
from monody.music.general_midi import GENERAL_MIDI
from monody.music.instrument_ranges import RANGES, parse_range
from monody.music.pitch import parse_pitch_range

NAMES = [name.strip() for names in RANGES for name in names.split(",")]
VOICES = ("soprano", "mezzo-soprano", "alto", "tenor", "baritone", "bass")

# Ensembles, synthesizers, effects, drums, and instruments that each tuning or maker
# gives another range.
NO_RANGE = {
    *GENERAL_MIDI[38:40],  # synth basses
    *GENERAL_MIDI[80:104],  # leads, pads, effects
    *GENERAL_MIDI[115:],  # drums, sound effects
    *GENERAL_MIDI[48:52],  # strings
    *GENERAL_MIDI[61:64],  # brass sections
    "Music Box", "Guitar Harmonics", "Tremolo Strings", "Pizzicato Strings",
    "Choir Aahs", "Voice Oohs", "Synth Choir", "Orchestra Hit", "Blown Bottle", "Sitar",
    "Shamisen", "Koto", "Shanai", "Tinkle Bell", "Agogo",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "pitches"),
    [
        ("C4..A5", (60, 81)),
        ("60..81", (60, 81)),
        ("flute", (60, 96)),
        (" FLUTE ", (60, 96)),
        ("Violin", (55, 105)),
        ("tin whistle", (74, 98)),
        ("Alto Sax", (49, 80)),
        ("alto-saxophone", (49, 80)),
        ("Mezzosoprano", (57, 81)),
        ("Acoustic Guitar (nylon)", (40, 83)),
        ("Electric Piano 2", (28, 100)),
    ],
)
def test_ranges(text: str, pitches: tuple[int, int]) -> None:
    assert parse_range(text) == pitches


def test_transposing_instruments_sound_as_their_tubes_are_long() -> None:
    written = parse_pitch_range("Bb3..F6")  # every saxophone's
    for name, semitones in (("soprano", 2), ("alto", 9), ("tenor", 14), ("bari", 21)):
        full_name = name.replace("bari", "baritone") + " sax"
        sounding = tuple(pitch - semitones for pitch in written)
        assert parse_range(full_name) == sounding


def test_each_name_means_one_range_of_an_octave_or_more() -> None:
    letters = ["".join(filter(str.isalpha, name.lower())) for name in NAMES]
    assert len(set(letters)) == len(letters)
    for name in NAMES:
        lowest, highest = parse_range(name)
        assert 12 <= highest - lowest <= 87  # a piano has 88 keys


def test_voices_rise_from_bass_to_soprano() -> None:
    ranges = [parse_range(voice) for voice in reversed(VOICES)]
    assert ranges == sorted(ranges)
    assert [high for _, high in ranges] == sorted(high for _, high in ranges)


def test_general_midis_melodic_instruments_are_known() -> None:
    assert set(GENERAL_MIDI) >= NO_RANGE
    for name in GENERAL_MIDI:
        if name in NO_RANGE:
            with pytest.raises(SettingError):
                parse_range(name)
        else:
            parse_range(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flutte", r"^range must be such as C4\.\.A5 or an instrument such as flute, "
                   r"not 'flutte': did you mean flute"),
        ("whist", "did you mean tin whistle, penny whistle, whistle"),
        ("", "not ''$"),
        ("C4-A5", "not 'C4-A5'$"),
        ("A5..C4", "^range must begin with the lower note"),
        ("C4..X", "^range: a pitch must be a name"),
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused(text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        parse_range(text)


@given(st.text())
def test_any_other_text_is_one_line_of_error(text: str) -> None:
    with pytest.raises(SettingError) as error:
        parse_range(f"no instrument {text}")
    assert len(str(error.value).splitlines()) == 1
