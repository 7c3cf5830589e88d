"""What is taken for a collapsed melody, and what must not be."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.generation.collapse import _loop_notes, collapse_of
from monody.music.melody import Melody
from monody.music.meter import Meter
from tests.builders.melodies import melodies

BAR_TICKS = 96
EIGHTH_TICKS, QUARTER_TICKS = 12, 24

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
TUNE = (60, 64, 62, 67, 65, 69, 67, 71, 69, 72, 71, 67, 65, 64, 62, 67)

pitches = st.integers(40, 90)
figures = st.lists(pitches, min_size=1, max_size=8)
durations = st.sampled_from([6, 12, 18, 24, 36, 48])


def eighths(pitches: Iterable[int]) -> Melody:
    """Make a melody of 8ths without rests."""
    return Melody.from_notes(
        (pitch, place * EIGHTH_TICKS, EIGHTH_TICKS)
        for place, pitch in enumerate(pitches)
    )


def rambling(notes: int, seed: int = 0) -> list[int]:
    """Return pitches in no order."""
    chosen = np.random.default_rng(seed).integers(len(SCALE), size=notes)
    return [SCALE[place] for place in chosen]


def after_another(pitches: Iterable[int], lengths: Iterable[int]) -> Melody:
    """Make a melody of these pitches and durations without rests."""
    notes, clock = [], 0
    for pitch, length in zip(pitches, lengths, strict=True):
        notes.append((pitch, clock, length))
        clock += length
    return Melody.from_notes(notes)


def test_no_note_is_empty() -> None:
    assert collapse_of(Melody.from_notes([])) == "empty"
    assert collapse_of(Melody.from_notes([]), length_ticks=960) == "empty"


@given(melodies())
def test_any_melody_gets_a_known_answer(melody: Melody) -> None:
    known = {None, "silence", "one note", "endless loop"}
    assert collapse_of(melody) in known
    assert collapse_of(melody, length_ticks=melody.end) == collapse_of(melody)


@given(melodies(), st.integers(-12, 12))
def test_transposing_changes_nothing(melody: Melody, semitones: int) -> None:
    moved = melody.pitches + semitones
    if moved.min() >= 0 and moved.max() <= 127:
        assert collapse_of(melody.transposed(semitones)) == collapse_of(melody)


@given(figure=figures, times=st.integers(8, 60), turn=st.integers(0, 7))
def test_a_repeated_figure_is_a_loop(figure: list[int], times: int, turn: int) -> None:
    played = (figure * (times + 40))[turn:][: max(60, times * len(figure))]
    expected = "one note" if len(set(figure)) == 1 else "endless loop"
    assert collapse_of(eighths(played)) == expected


@given(figure=figures, data=st.data())
def test_60_last_pitches_of_period_8_are_found(
    figure: list[int], data: st.DataObject
) -> None:
    played = rambling(300) + (figure * 60)[:60]
    rhythm = data.draw(st.lists(durations, min_size=len(played), max_size=len(played)))
    assert collapse_of(after_another(played, rhythm)) in ("one note", "endless loop")


@given(pitch=pitches, rhythm=st.lists(durations, min_size=8, max_size=200))
def test_one_pitch_in_any_rhythm_is_one_note(pitch: int, rhythm: list[int]) -> None:
    assert collapse_of(after_another([pitch] * len(rhythm), rhythm)) == "one note"


@pytest.mark.parametrize(
    "played",
    [
        [60] * 95 + [62, 64, 65, 67, 69],  # nearly all of the notes
        rambling(200) + [60] * 60,  # until the end
        [*rambling(60), *[60] * 60, *rambling(60)],  # in the middle
    ],
)
def test_a_pitch_that_repeats_on_and_on_is_one_note(played: list[int]) -> None:
    assert collapse_of(eighths(played)) == "one note"


def test_a_pitch_that_stays_for_16_bars_is_one_note() -> None:
    lengths = [EIGHTH_TICKS] * 300 + [BAR_TICKS] * 16 + [EIGHTH_TICKS]
    played = [*rambling(299), 61, *[60] * 16, 61]
    assert collapse_of(after_another(played, lengths)) == "one note"
    lengths[-2] -= 1
    assert collapse_of(after_another(played, lengths)) is None


def test_one_long_note_is_one_note() -> None:
    assert collapse_of(Melody.from_notes([(60, 0, 16 * BAR_TICKS)])) == "one note"
    assert collapse_of(Melody.from_notes([(60, 0, BAR_TICKS)])) is None


def test_a_loop_in_the_middle_is_found() -> None:
    played = [*rambling(60), *[60, 64, 67, 72] * 15, *rambling(60, seed=1)]
    assert collapse_of(eighths(played)) == "endless loop"


def test_a_loop_of_16_notes_is_found_and_one_of_17_is_not() -> None:
    assert collapse_of(eighths(TUNE * 8)) == "endless loop"
    assert collapse_of(eighths([*TUNE, 74] * 8)) is None


@pytest.mark.parametrize(
    "played",
    [
        TUNE,
        [60, 64, 67, 64] * 4,  # the same half bar, for two bars
        [*rambling(40), *[60, 64, 67, 64, 60, 64, 67, 72] * 4, *rambling(40)],
        TUNE * 4,
        (TUNE * 2 + tuple(pitch + 7 for pitch in TUNE) * 2) * 4,  # AABB, four verses
        [note for pitch in rambling(100) for note in (50, pitch)],  # a drone
        [*rambling(60), *[60] * 20, *rambling(60)],  # a recitation
        [*rambling(200), *[71, 72] * 32, *rambling(200)],  # a long trill
    ],
)
def test_music_is_no_loop(played: list[int]) -> None:
    assert collapse_of(eighths(played)) is None


@given(st.lists(st.sampled_from(SCALE), min_size=1, max_size=16))
def test_being_short_is_no_loop(played: list[int]) -> None:
    assert collapse_of(eighths(played)) in (None, "one note")


@pytest.mark.parametrize("first_note", [0, 30, 150])
def test_four_silent_bars_are_silence(first_note: int) -> None:
    played = eighths(rambling(200)).notes.copy()
    played[first_note:, 1] += 4 * BAR_TICKS
    assert collapse_of(Melody(played)) == "silence"
    played[first_note:, 1] -= 1
    assert collapse_of(Melody(played)) is None


def test_a_bar_is_the_longest_of_the_meters() -> None:
    played = eighths(rambling(200)).notes.copy()
    played[30:, 1] += 4 * BAR_TICKS
    meters = (Meter(0, 4, 4), Meter(BAR_TICKS, 6, 4))
    assert collapse_of(Melody(played, meters=meters)) is None


def test_silence_after_the_last_note_counts_to_the_length() -> None:
    melody = eighths(rambling(200))
    assert collapse_of(melody, length_ticks=melody.end + 3 * BAR_TICKS) is None
    assert collapse_of(melody, length_ticks=melody.end + 4 * BAR_TICKS) == "silence"


@pytest.mark.parametrize(
    ("rest_ticks", "answer"), [(24, None), (25, "silence"), (95, "silence")]
)
def test_more_silence_than_sound_is_silence(
    rest_ticks: int, answer: str | None
) -> None:
    notes = [
        (pitch, place * (QUARTER_TICKS + rest_ticks), QUARTER_TICKS)
        for place, pitch in enumerate(rambling(100))
    ]
    assert collapse_of(Melody.from_notes(notes)) == answer


def test_staccato_is_no_silence() -> None:
    notes = [(pitch, place * 24, 3) for place, pitch in enumerate(rambling(100))]
    assert collapse_of(Melody.from_notes(notes)) is None


def test_the_rest_before_a_pickup_is_no_silence() -> None:
    assert collapse_of(Melody.from_notes([(67, 84, 12)])) is None


def test_loop_notes_counts_from_the_beginning_of_the_loop() -> None:
    played = np.array([0, 1, 2, 1, 2, 1, 1])
    loops = _loop_notes(played, np.array([[1], [2], [9]]))
    assert loops.tolist() == [
        [0, 0, 0, 0, 0, 0, 2],
        [0, 0, 0, 3, 4, 5, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
