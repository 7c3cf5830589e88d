"""Every name of every note and mode means one thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import SettingError
from monody.music.mode_names import MODE_NAMES, SHORT, mode_named, spellings
from monody.music.near_names import without_accents
from monody.music.note_names import (
    FLAT_WORDS,
    GERMAN,
    LETTERS,
    SHARP_WORDS,
    SOLFEGE,
    note_name,
    readings,
)
from monody.music.pitch import parse_pitch_range
from monody.music.scale import MODES, parse_scale

SIGNS = {
    "": [""],
    "#": ["#", "♯", " #", *(f" {word}" for word in SHARP_WORDS), "-sharp"],
    "b": ["b", "♭", *(f" {word}" for word in FLAT_WORDS), "-flat"],
}


def _all_names() -> Iterator[tuple[str, str]]:
    """Yield each spelling of each note, and its English name."""
    signed = {**{letter: letter for letter in LETTERS}, **SOLFEGE, "h": "B"}
    for written, letter in signed.items():
        for sign, spelt in SIGNS.items():
            for one in spelt:
                yield written + one, letter + sign
    yield from GERMAN.items()


NAMES = dict(_all_names())
MODES_SPELT = {
    **{name: mode for mode in MODE_NAMES for name in spellings(mode)},
    **{short: mode for short, mode in SHORT.items() if short},
}
cases = st.sampled_from([str, str.lower, str.upper, str.capitalize, without_accents])
notes = st.sampled_from(sorted(NAMES))
modes = st.sampled_from(sorted(MODES_SPELT))


def test_the_modes_that_have_names_are_those_there_are() -> None:
    assert [*MODE_NAMES] == [*MODES]


def test_no_name_of_one_mode_is_that_of_another() -> None:
    for name, mode in MODES_SPELT.items():
        found = mode_named(name)
        assert found is not None
        assert found.mode == mode, name


@pytest.mark.parametrize("written", NAMES)
def test_every_name_is_the_english_one(written: str) -> None:
    for text in (written, written.upper(), written.capitalize()):
        assert str(note_name(text)) == NAMES[written]
        pitch, english = f"{text}4", f"{NAMES[written]}4"
        assert parse_pitch_range(f"{pitch}..{pitch}") == parse_pitch_range(
            f"{english}..{english}"
        )


@given(notes, modes, st.sampled_from([" ", "-", "  "]), cases)
def test_every_key_in_every_language_is_the_english_one(
    tonic: str, mode: str, space: str, spell: object
) -> None:
    assert callable(spell)
    text = spell(tonic) + space + (mode if mode in SHORT else spell(mode))
    named = mode_named(mode)
    assert named is not None
    is_b_flat = tonic == "B" and named.is_german
    english = f"{'Bb' if is_b_flat else NAMES[tonic]} {MODES_SPELT[mode]}"
    assert parse_scale(text) == parse_scale(english)


@pytest.mark.parametrize("tonic", NAMES)
def test_no_key_can_be_read_in_two_ways(tonic: str) -> None:
    for mode in ["", *MODES_SPELT]:
        for space in ("", " "):
            text = f"{tonic}{space}{mode}"
            read = [name for name, rest in readings(text) if mode_named(rest)]
            assert len(read) <= 1, (text, read)
            assert read or not space, text


@given(st.lists(notes, min_size=2, max_size=7))
def test_a_list_of_notes_is_that_of_their_english_names(names: list[str]) -> None:
    english = ",".join(NAMES[name] for name in names)
    if "B" in names and {*names} & {*GERMAN}:
        with pytest.raises(SettingError, match="key must say Bb or H"):
            parse_scale(",".join(names))
    else:
        assert parse_scale(",".join(names)).name == english


@given(st.text())
def test_any_text_is_a_note_or_none(text: str) -> None:
    name = note_name(text)
    assert name is None or name.letter in LETTERS
    assert len([*readings(text)]) <= 2
