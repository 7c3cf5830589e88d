from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.keys import key_name, key_tonic
from monody.music.melody import Melody, Note
from monody.music.meter import Meter, bar_lines, is_meter, meters_from, metric_positions
from tests.builders.melodies import melodies


@pytest.mark.parametrize(
    "notes",
    [
        [(60, 0, 10), (62, 9, 10)],
        [(60, 10, 5), (62, 0, 5)],
        [(128, 0, 5)],
        [(-1, 0, 5)],
        [(60, -1, 5)],
        [(60, 0, 0)],
    ],
)
def test_a_melody_refuses_what_is_none(notes: list[tuple[int, int, int]]) -> None:
    with pytest.raises(ValueError, match="a melody's"):
        Melody.from_notes(notes)


def test_a_melody_cannot_be_changed_afterwards() -> None:
    melody = Melody.from_notes([(60, 0, 10)])
    with pytest.raises(ValueError, match="read-only"):
        melody.notes[0, 0] = 1


def test_bars_and_felt_beats() -> None:
    assert Meter(0, 4, 4).bar_ticks == 96
    assert Meter(0, 6, 8).bar_ticks == 72
    assert Meter(0, 6, 8).beat_ticks == 36
    assert Meter(0, 3, 8).beat_ticks == 12
    assert Meter(0, 3, 4).beat_ticks == 24


def test_meters_that_make_no_bar() -> None:
    assert is_meter(7, 8)
    assert not is_meter(4, 0)
    assert not is_meter(0, 4)
    assert not is_meter(4, 3)
    assert not is_meter(255, 4)


def test_key_names() -> None:
    assert key_name(-1, minor=True) == "D minor"
    assert key_name(2, minor=False) == "D major"
    tonics = map(key_tonic, ("Cb major", "D minor", "A# minor"))
    assert [*tonics] == [11, 2, 10]


def test_positions_begin_anew_where_the_meter_changes() -> None:
    meters = [Meter(0, 3, 4), Meter(100, 2, 4)]
    ticks = np.array([0, 71, 72, 99, 100, 147, 148])
    positions, index = metric_positions(ticks, meters)
    assert positions.tolist() == [0, 71, 0, 27, 0, 47, 0]
    assert index.tolist() == [0, 0, 0, 0, 1, 1, 1]


@given(melodies(), st.integers(0, 2000))
def test_bar_lines_are_where_positions_are_0(melody: Melody, end: int) -> None:
    positions, _ = metric_positions(np.arange(end + 1), melody.meters)
    expected = np.flatnonzero(positions == 0).tolist()
    assert bar_lines(melody.meters, end).tolist() == expected


@given(melodies(), st.integers(0, 600))
def test_meters_from_a_tick_keep_positions(melody: Melody, start: int) -> None:
    line = int(bar_lines(melody.meters, start)[-1])
    ticks = np.arange(line, line + 400)
    before, _ = metric_positions(ticks, melody.meters)
    after, _ = metric_positions(ticks - line, meters_from(melody.meters, line))
    assert before.tolist() == after.tolist()


def test_between_shortens_notes_that_cross_an_edge() -> None:
    melody = Melody.from_notes([(60, 0, 30), (62, 30, 30), (64, 60, 30)])
    assert list(melody.between(20, 70)) == [
        Note(60, 0, 10),
        Note(62, 10, 30),
        Note(64, 40, 10),
    ]


def test_equality_is_of_the_music() -> None:
    melody = Melody.from_notes([(60, 0, 30)])
    assert melody == Melody(melody.notes, source="elsewhere", track=7)
    assert melody != melody.transposed(1)
    assert melody != Melody(melody.notes, bpm=90)
