"""A melody has the form that was asked for, or it is said where it has not."""

from __future__ import annotations

import pytest

from monody.music.form_check import form_fault, keeps_form
from monody.music.form_text import parse_form
from monody.music.melody import Melody
from monody.music.meter import Meter

BAR = 96
PITCHES = {"a": (60, 62, 64, 65), "b": (67, 69, 71, 72), "v": (60, 62, 67, 69)}
PITCHES["w"] = (60, 69, 71, 72)  # too unlike a


def _melody(bars: str, meter: tuple[int, int] = (4, 4), first_tick: int = 0) -> Melody:
    """Return a melody of four notes a bar; a dot is an empty bar."""
    ticks = Meter(0, *meter).bar_ticks
    notes = [
        (pitch, first_tick + bar * ticks + beat * ticks // 4, ticks // 4)
        for bar, name in enumerate(bars)
        if name != "."
        for beat, pitch in enumerate(PITCHES[name])
    ]
    return Melody.from_notes(notes, [Meter(0, *meter)])


@pytest.mark.parametrize(
    ("bars", "form"),
    [
        ("aaba", "AABA"),
        ("avba", "A A' B A"),
        ("abab", "ABAB"),
        ("ab", "AB"),
        ("abvb", "A2 A'2"),
        ("abab", "A2 A2"),
        ("a.a.", "A2 A2"),
        ("aaaa", "1+1+2"),
        ("ab", "1+1"),
    ],
)
@pytest.mark.parametrize("meter", [(4, 4), (6, 8), (3, 4)])
def test_a_form_is_kept(bars: str, form: str, meter: tuple[int, int]) -> None:
    assert form_fault(_melody(bars, meter), parse_form(form), len(bars)) == ""
    assert keeps_form(_melody(bars, meter), parse_form(form), len(bars))


@pytest.mark.parametrize(
    ("bars", "form", "fault"),
    [
        ("abba", "AABA", "A in bar 2 is not that of bar 1"),
        ("aaba", "A A' B A", "A' in bar 2 is not varied, but that of bar 1"),
        ("awba", "A A' B A", "A' in bar 2 is too unlike that of bar 1"),
        ("aava", "AABA", "B in bar 3 is too like bar 1"),
        ("aaaa", "A2 B2", "B in bars 3-4 is too like bars 1-2"),
        ("avaa", "A2 A2", "A in bars 3-4 is not that of bars 1-2"),
        ("ab", "AA", "A in bar 2 is not that of bar 1"),
    ],
)
def test_the_first_section_that_is_wrong_is_told(
    bars: str, form: str, fault: str
) -> None:
    melody = _melody(bars)
    assert form_fault(melody, parse_form(form), len(bars)) == fault
    assert not keeps_form(melody, parse_form(form), len(bars))


def test_sections_of_different_length_are_not_compared() -> None:
    assert keeps_form(_melody("aaa"), parse_form("A1 B2"))


def test_a_note_that_is_longer_is_another_note() -> None:
    notes = [(60, 0, 24), (62, 48, 24), (60, 96, 24), (62, 144, 48)]
    assert not keeps_form(Melody.from_notes(notes), parse_form("AA"), 2)
    assert keeps_form(Melody.from_notes(notes), parse_form("AA'"), 2)


def test_a_note_that_is_held_into_a_section_is_heard_in_it() -> None:
    notes = [(60, 24, 24), (62, 48, 24), (64, 72, 36), (60, 120, 24), (62, 144, 24),
             (64, 168, 36)]  # fmt: skip
    assert not keeps_form(Melody.from_notes(notes), parse_form("AA"), 2)


def test_a_form_may_begin_after_other_bars() -> None:
    melody = _melody("wbaaba")
    assert keeps_form(melody, parse_form("AABA"), 4, start=2 * BAR)
    assert not keeps_form(melody, parse_form("AABA"), 4)


def test_a_melody_without_notes_has_sections_that_are_all_the_same() -> None:
    silence = Melody.from_notes([])
    assert keeps_form(silence, parse_form("AA"), 2)
    assert not keeps_form(silence, parse_form("AB"), 2)
