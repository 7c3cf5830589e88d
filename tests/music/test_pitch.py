from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import SettingError
from monody.music.pitch import parse_pitch_range, pitch_name


@given(st.integers(0, 127))
def test_a_name_means_its_pitch(pitch: int) -> None:
    name = pitch_name(pitch)
    assert parse_pitch_range(f"{name}..{name}") == (pitch, pitch)
    assert parse_pitch_range(f"{pitch}..{pitch}") == (pitch, pitch)


@pytest.mark.parametrize(
    ("name", "pitch"),
    [
        ("C4", 60),
        ("Bb3", 58),
        ("b#3", 60),
        ("C-1", 0),
        ("Fbb4", 63),
        ("do4", 60),
        ("Dó 4", 60),
        ("sib3", 58),
        ("si bemol 3", 58),
        ("fa sostenido 4", 66),
        ("do-1", 0),
        ("H3", 59),
        ("Es4", 63),
    ],
)
def test_other_spellings(name: str, pitch: int) -> None:
    assert parse_pitch_range(f"{name}..{name}") == (pitch, pitch)


@pytest.mark.parametrize(
    "text",
    ["", "J4", "C", "128", "C#b4", "G#9", "-1", "4C", "do", "dore4", "d o4", "doo4",
     "9" * 5_000],  # more digits than Python reads
)  # fmt: skip
def test_what_is_no_pitch_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="a name such as C4"):
        parse_pitch_range(f"{text}..C4")
    with pytest.raises(SettingError, match="a name such as C4"):
        parse_pitch_range(f"C4..{text}")


def test_ranges() -> None:
    assert parse_pitch_range("C3..84") == (48, 84)
    assert parse_pitch_range("do4 .. la5") == (60, 81)
    assert parse_pitch_range("H3..Es5") == (59, 75)
    with pytest.raises(SettingError, match="range must say Bb or H"):
        parse_pitch_range("H3..B5", "range")
    for text in ("C3", "C3-C4", "C5..C4", "C3..", "C3..X"):
        with pytest.raises(SettingError, match="pitch_range"):
            parse_pitch_range(text)
