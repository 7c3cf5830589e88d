"""Where played notes end, and which ends are left as they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.reading.extraction.extract import extract
from monody.reading.midi.parse import read_midi
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import FileReport
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import Triple, midi_file

SETTINGS = ReadSettings(min_notes=4, min_distinct_pitches=2, line="tolerant")
QUARTER, TICK = 480, 20  # a tick of the grid, in ticks of the file

# Two bars: lengths, in ticks of the grid, and the rests after the notes.
STRAIGHT = [(24, 0), (12, 0), (6, 0), (6, 0), (36, 12), (12, 12), (24, 0), (48, 0)]
SWUNG = [(16, 0), (8, 0), (16, 0), (8, 0), (8, 0), (8, 0), (8, 0), (24, 0), (16, 8)]
LONG = [(24, 24), (48, 48), (72, 24), (96, 96)]


def _notes(rhythm: list[tuple[int, int]], times: int) -> list[Triple]:
    """Write a rhythm several times, in ticks of the file."""
    notes: list[Triple] = []
    clock = 0
    for number, (length, rest) in enumerate(rhythm * times):
        notes.append((60 + number % 5, clock * TICK, length * TICK))
        clock += length + rest
    return notes


def _gated(notes: list[Triple], share: float) -> list[Triple]:
    return [(pitch, start, round(share * length)) for pitch, start, length in notes]


def _read(notes: list[Triple], settings: ReadSettings = SETTINGS) -> Melody:
    [melody] = extract([read_midi(midi_file([notes]))], settings).melodies
    return melody


def _report(notes: list[Triple]) -> FileReport:
    [report] = extract([read_midi(midi_file([notes]))], SETTINGS).reports
    return report


@pytest.mark.parametrize("rhythm", [STRAIGHT, SWUNG, LONG])
@pytest.mark.parametrize("share", [0.99, 0.95, 0.9])
def test_what_a_program_takes_from_each_note_is_given_back(
    rhythm: list[tuple[int, int]], share: float
) -> None:
    notes = _notes(rhythm, times=4)
    assert _read(_gated(notes, share)) == _read(notes)


@pytest.mark.parametrize("rhythm", [STRAIGHT, SWUNG, LONG])
def test_so_is_a_tick_of_the_file(rhythm: list[tuple[int, int]]) -> None:
    notes = _notes(rhythm, times=4)
    short = [(pitch, start, length - 1) for pitch, start, length in notes]
    assert _read(short) == _read(notes)
    assert _report(short).repairs == ()


@given(st.lists(st.integers(55, 100), min_size=32, max_size=32))
def test_played_notes_and_their_rests_are_note_values(percent: list[int]) -> None:
    notes = _notes(STRAIGHT, times=4)
    played = [
        (pitch, start, length * share // 100)
        for (pitch, start, length), share in zip(notes, percent, strict=True)
    ]
    melody = _read(played)
    assert melody.starts.tolist() == [start // TICK for _, start, _ in notes]
    if any("note ends" in repair for repair in _report(played).repairs):
        assert np.all(melody.ends % 6 == 0)


def test_staccato_stays_and_its_rests_are_on_the_grid() -> None:
    lengths = [5, 7, 5, 8, 5, 7, 6, 7] * 4  # of quarters; 6 would be a 16th
    played = [(60 + i % 5, i * QUARTER, x * TICK) for i, x in enumerate(lengths)]
    melody = _read(played)
    assert set(melody.durations.tolist()) == {6}
    assert _report(played).repairs == (f"note ends put on the grid: {7 * 4}",)


def test_a_group_of_three_is_three() -> None:
    triplets = [(60 + i % 5, i * 8 * TICK, (5, 6, 7)[i % 3] * TICK) for i in range(48)]
    assert set(_read(triplets).durations.tolist()) == {8}
    fine = [(60 + i % 5, i * 4 * TICK, (2, 3)[i % 2] * TICK - 7) for i in range(48)]
    assert set(_read(fine).durations.tolist()) == {4}


def test_swing_stays_beside_straight_16ths() -> None:
    rhythm = [*SWUNG, *STRAIGHT]
    played = _gated(_notes(rhythm, times=2), 0.8)
    shuffled = _notes(rhythm, times=2)
    wanted = [length // TICK for _, _, length in shuffled]
    read = _read(played).durations.tolist()
    eighths = [place for place, ticks in enumerate(wanted) if ticks in (6, 8, 16)]
    assert [read[place] for place in eighths] == [wanted[place] for place in eighths]


@pytest.mark.parametrize(
    "rhythm",
    [
        [(6, 6), (12, 12), (24, 0), (3, 3), (3, 3), (12, 0)],  # staccato, by half
        [(4, 4), (4, 4), (8, 0), (24, 0), (2, 2), (2, 2), (2, 2)],  # in triplets
        [(24, 0), (21, 3), (24, 0), (24, 0)],  # now and then a rest of a 32nd
        [(3, 0), (3, 0), (6, 0), (12, 0), (9, 3), (12, 0)],
    ],
)
def test_exported_notation_is_read_as_it_is(rhythm: list[tuple[int, int]]) -> None:
    notes = _notes([*STRAIGHT, *SWUNG, *rhythm], times=3)
    melody = _read(notes)
    assert melody.durations.tolist() == [length // TICK for _, _, length in notes]
    assert _report(notes).repairs == ()


def test_notation_is_exact_and_nothing_moves_where_the_tempo_is_off() -> None:
    played = [(p, s, d - 13 * TICK) for p, s, d in _notes([(24, 24)], times=16)]
    assert set(_read(played).durations.tolist()) == {12}
    off = replace(SETTINGS, tempo="off")
    assert set(_read(played, off).durations.tolist()) == {11}
    pitch, start, duration = np.array(played).T
    track = RawTrack(pitch, start, duration, 0, False, 0)
    score = RawScore(QUARTER, (track,), (), (), (), is_written=True)
    [melody] = extract([score], SETTINGS).melodies
    assert set(melody.durations.tolist()) == {11}


def test_the_last_note_ends_on_the_grid_too() -> None:
    notes = _gated(_notes(LONG, times=4), 0.9)
    assert _read(notes).durations[-1] == 96
