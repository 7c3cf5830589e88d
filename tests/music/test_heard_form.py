"""The form of a melody is told in the letters that a musician would use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.form_check import keeps_form
from monody.music.form_text import parse_form
from monody.music.heard_form import MAX_BARS, form_letters, heard_form
from monody.music.melody import Melody
from monody.music.meter import Meter
from tests.builders.melodies import melodies

# Of four bars each, one with a long note at its end; small letters vary the large ones.
PHRASES = {
    "A": [(60, 24), (62, 24), (64, 24), (65, 24)] * 3 + [(67, 96)],
    "B": [(72, 48), (71, 24), (69, 24)] * 3 + [(67, 96)],
    "C": [(55, 36), (57, 12), (59, 48)] * 3 + [(60, 96)],
    "D": [(76, 12), (74, 12), (72, 24), (71, 48)] * 3 + [(74, 96)],
}
PHRASES["a"] = [*PHRASES["A"][:-1], (60, 96)]
PHRASES["b"] = [*PHRASES["B"][:-1], (60, 96)]


def _melody(phrases: str, pickup: bool = False) -> Melody:
    notes, tick = [], 0
    for name in phrases:
        for pitch, ticks in PHRASES[name]:
            notes.append((pitch, tick, ticks))
            tick += ticks
    if pickup:  # a beat before each phrase, taken from the long note before
        early = [(pitch, start + 72, ticks) for pitch, start, ticks in notes]
        return Melody.from_notes(early)
    return Melody.from_notes(notes)


@pytest.mark.parametrize(
    ("phrases", "form"),
    [
        ("AABA", "AABA"),
        ("AABB", "AABB"),
        ("AaBA", "A A' B A"),
        ("AaBa", "A A' B A'"),
        ("ABAC", "ABAC"),
        ("ABACA", "ABACA"),
        ("ABD", "ABC"),
        ("AB", "AB"),
        ("ABABCDCD", "A8 A8 B8 B8"),
        ("ABAbCDCD", "A8 A'8 B8 B8"),
        ("AABAAABA", "AABAAABA"),
        ("ABCDABCD", "A8 B8 A8 B8"),
    ],
)
@pytest.mark.parametrize("pickup", [False, True])
def test_the_form_of_a_melody_is_told_in_letters(
    phrases: str, form: str, pickup: bool
) -> None:
    melody = _melody(phrases, pickup)
    assert form_letters(melody) == form
    assert str(heard_form(melody)) == form


@given(st.lists(st.sampled_from("AaBbCD"), min_size=1, max_size=8))
def test_a_melody_has_the_form_that_is_heard(phrases: list[str]) -> None:
    melody = _melody("".join(phrases))
    assert keeps_form(melody, heard_form(melody))


@given(melodies())
def test_any_melody_has_a_form_that_can_be_read(melody: Melody) -> None:
    form = heard_form(melody)
    assert parse_form(str(form)).bars_of_sections() == form.bars_of_sections()


def test_a_form_that_was_asked_for_is_told_as_it_was_asked_for() -> None:
    melody = _melody("ABABCDCD")
    asked = parse_form("ABABCDCD")
    assert form_letters(melody, asked, 32) == "ABABCDCD"
    assert form_letters(melody, parse_form("AABBCCDD"), 32) == "A8 A8 B8 B8"
    assert form_letters(melody, parse_form("16+16"), 32) == "A8 A8 B8 B8"


def test_a_form_that_was_asked_for_is_found_after_a_primer() -> None:
    assert form_letters(_melody("DABABCDC"), parse_form("ABABCDC"), 28) == "ABABCDC"


def test_nothing_is_said_of_one_section_none_or_very_many() -> None:
    assert form_letters(Melody.from_notes([])) == ""
    assert form_letters(_melody("A")) == ""
    assert form_letters(Melody.from_notes([(60, 96 * MAX_BARS, 24)])) == ""


def test_a_long_form_is_cut() -> None:
    assert form_letters(_melody("AB" * 8 + "C")) == "ABABABABABABABAB …"


def test_without_letters_enough_phrases_are_told_by_their_bars() -> None:
    notes = [(24 + index, 384 * index + tick, 96 - index) for index in range(28)
             for tick in (0, 96, 192, 288)]  # fmt: skip
    form = heard_form(Melody.from_notes(notes, [Meter(0, 4, 4)]))
    assert not form.has_letters
    assert form.total_bars() == 112
