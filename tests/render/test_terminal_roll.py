from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.pitch import pitch_name
from monody.render.roll.terminal import COLOURS, terminal_roll
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

HALVES = {"▀": "▀▘", "▄": "▄▖"}
PARTS = st.tuples(st.integers(48, 84), st.integers(0, 3), st.integers(1, 6))


@st.composite
def short_melodies(draw: st.DrawFn) -> Melody:
    """Four bars of 4/4 at most, in 16ths."""
    notes, clock = [], 0
    for pitch, silence, steps in draw(st.lists(PARTS, min_size=1, max_size=12)):
        start = clock + 6 * silence
        clock = start + 6 * steps
        if clock <= 4 * 96:
            notes.append((pitch, start, 6 * steps))
    return Melody.from_notes(notes)


def onsets(lines: list[str], margin: int) -> list[int]:
    """Find the columns, from the margin, in which a half line begins a note."""
    found = []
    for line in lines:
        for held, marks in HALVES.items():
            before = " "
            for column, mark in enumerate(line[margin:]):
                if mark in marks and before != held:
                    found.append(column)
                before = mark
    return sorted(found)


@settings(max_examples=examples(80), deadline=None)
@given(
    melody=melodies(longest=300),
    width=st.integers(1, 130),
    colour=st.booleans(),
    ascii_only=st.booleans(),
)
def test_it_never_exceeds_the_terminal(
    melody: Melody, width: int, colour: bool, ascii_only: bool
) -> None:
    roll = terminal_roll(melody, width=width, colour=colour, ascii_only=ascii_only)
    lines = roll.plain.split("\n")
    assert len(lines) <= 8
    assert max(line.cell_len for line in roll.split("\n")) <= width
    assert roll.plain.isascii() or not ascii_only
    assert colour or not roll.spans


@settings(max_examples=examples(80), deadline=None)
@given(melody=short_melodies())
def test_short_melodies_show_every_onset_in_its_place(melody: Melody) -> None:
    lines = terminal_roll(melody, width=80, colour=False).plain.split("\n")
    ends = (int(melody.pitches.min()), int(melody.pitches.max()))
    margin = max(len(pitch_name(pitch)) for pitch in ends) + 1
    ticks = 6 if any(start % 12 for start in melody.starts.tolist()) else 12
    expected = [
        start // ticks + start // 96  # a bar line takes a column
        for start in melody.starts.tolist()
    ]
    assert onsets(lines, margin) == expected
    bar_line = margin + 96 // ticks
    assert sum(line[bar_line] != "│" for line in lines) <= 1  # a note is held


def test_a_tune() -> None:
    notes = [(60, 0, 24), (62, 24, 12), (64, 36, 12), (67, 48, 48)]
    notes += [(67, 96, 12), (67, 108, 12), (60, 120, 96), (65, 216, 72)]
    roll = terminal_roll(Melody.from_notes(notes), width=40, colour=False)
    assert roll.plain.split("\n") == [
        "G4     ▀▀▀▀│▘▀      │        │",
        "      ▄    │        │  ▀▀▀▀▀▀│",
        "     ▄     │        │        │",
        "C4 ▄▄      │  ▄▄▄▄▄▄▄▄▄      │",
    ]


def test_ascii_marks_where_notes_begin() -> None:
    notes = [(60, 0, 24), (61, 24, 24), (61, 48, 48), (61, 96, 96)]
    melody = Melody.from_notes(notes)
    roll = terminal_roll(melody, width=40, colour=False, ascii_only=True)
    assert roll.plain == ' C4 o_^"^"""|^"""""""|'


def test_long_melodies_are_cut_after_a_bar() -> None:
    roll = terminal_roll(tune(1, bars=32), width=80, colour=False)
    lines = roll.plain.split("\n")
    assert lines[-1].strip() == "… 24 more bars"
    assert lines[1].count("│") == 8
    plain = terminal_roll(tune(1, bars=9), width=80, colour=False, ascii_only=True)
    assert plain.plain.endswith("... 1 more bar")


def test_a_bar_that_is_too_wide_is_cut() -> None:
    roll = terminal_roll(tune(1, bars=2), width=7, colour=False)
    assert max(map(len, roll.plain.split("\n"))) == 7
    assert roll.plain.endswith("   … 1")


def test_neighbours_share_a_line_where_the_range_is_wide() -> None:
    every = Melody.from_notes([(40 + i, 12 * i, 12) for i in range(28)])
    roll = terminal_roll(every, width=80, colour=False).plain.split("\n")
    assert len(roll) == 7
    assert onsets(roll, 3) == [i + i // 8 for i in range(28)]


def test_a_wide_range_keeps_its_shape_and_its_pitches() -> None:
    melody = Melody.from_notes([(48, 0, 12), (50, 12, 12), (84, 24, 12), (83, 36, 12)])
    roll = terminal_roll(melody, width=40, colour=False).plain.split("\n")
    assert [roll[0], roll[-1]] == ["C6   ▀▄    │", "C3 ▄▀      │"]
    assert len(roll) == 7


def test_a_pickup_begins_at_its_beat() -> None:
    notes = [(60, 72, 24), *((60, 96 + 24 * i, 24) for i in range(8))]
    roll = terminal_roll(Melody.from_notes(notes), width=40, colour=False)
    assert roll.plain == "C4 ▀▀│▀▘▀▘▀▘▀▀│▀▘▀▘▀▘▀▀│"


def test_colours_are_those_of_pitch_classes_and_bar_lines_are_faint() -> None:
    melody = Melody.from_notes([(60, 0, 24), (72, 24, 24), (67, 48, 48)])
    roll = terminal_roll(melody, width=40, colour=True)
    styles = {str(span.style) for span in roll.spans if span.style}
    assert styles == {COLOURS[0], COLOURS[7], "dim"}


def test_labels_are_spelled_as_in_the_key() -> None:
    melody = replace(Melody.from_notes([(70, 0, 24), (58, 24, 24)]), key="D minor")
    lines = terminal_roll(melody, width=40, colour=False).plain.split("\n")
    assert [lines[0][:3], lines[-1][:3]] == ["Bb4", "Bb3"]


def test_without_notes_there_is_no_roll() -> None:
    with pytest.raises(ValueError, match="at least one note"):
        terminal_roll(Melody.from_notes([]), width=80, colour=False)
