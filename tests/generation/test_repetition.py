from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.experiments.corpus_style import usual_repeats
from monody.generation.constraints.repetition import (
    NOTHING,
    no_repeats,
    repeat,
    repeats_of,
)
from monody.models.events import HOLD, REST
from monody.music.repetition import FIGURE_NOTES
from tests.builders.profile import examples

# Few pitches, so that they repeat; figures laid end to end, so that they do for long.
few_notes = st.lists(st.integers(60, 62), max_size=100)
figures = st.tuples(
    st.lists(st.integers(60, 63), min_size=1, max_size=12), st.integers(1, 8)
).map(lambda figure: figure[0] * figure[1])
tunes = st.one_of(few_notes, st.lists(figures, max_size=4).map(lambda f: [*chain(*f)]))
symbols = st.lists(st.sampled_from([60, 61, REST, HOLD]), max_size=40)


def _run(notes: list[int], figure: int) -> int:
    """Count the last notes that are the same as the one ``figure`` notes before."""
    count = 0
    while (
        count + figure < len(notes) and notes[-1 - count] == notes[-1 - count - figure]
    ):
        count += 1
    return count


def _longest(notes: list[int], figure: int) -> int:
    return max(_run(notes[:end], figure) for end in range(1, len(notes) + 1))


@given(tunes)
def test_runs_are_counted_for_every_figure(notes: list[int]) -> None:
    latest, runs = repeats_of(np.array(notes, np.int64))
    padded = [*notes[::-1], *[NOTHING] * FIGURE_NOTES][:FIGURE_NOTES]
    assert latest.tolist() == padded
    assert runs.tolist() == [_run(notes, n) for n in range(1, FIGURE_NOTES + 1)]


def test_a_figure_that_comes_four_times() -> None:
    runs = repeats_of(np.array([60, 62, 64] * 4)).runs.tolist()
    assert runs[2] == 9  # of three notes: each but the first three are repeats
    assert runs[5] == 6  # of six notes, twice
    assert (runs[0], runs[1]) == (0, 0)


@settings(max_examples=examples(30))
@given(st.lists(symbols, min_size=3, max_size=3))
def test_event_by_event_is_the_same_as_all_at_once(melodies: list[list[int]]) -> None:
    now = no_repeats(3)
    for event in range(max(map(len, melodies))):
        # A melody that is over rests on.
        pitch = np.array([[*melody, *[REST] * 40][event] for melody in melodies])
        now = repeat(now, pitch, pitch < REST)
    for row, melody in enumerate(melodies):
        notes = [symbol for symbol in melody if symbol < REST]
        latest, runs = repeats_of(np.array(notes, np.int64))
        assert now.latest[row].tolist() == latest.tolist()
        assert now.runs[row].tolist() == runs.tolist()


def _usual(melodies: list[list[int]]) -> list[int]:
    pitch = np.array([note for melody in melodies for note in melody])
    return usual_repeats(pitch, np.cumsum([len(melody) for melody in melodies]))


LEAST = [min(3 * notes, 24) for notes in range(1, FIGURE_NOTES + 1)]


def test_any_figure_may_come_a_few_times() -> None:
    assert LEAST[:9] == [3, 6, 9, 12, 15, 18, 21, 24, 24]
    assert _usual([[60, 62, 64, 65, 67]]) == LEAST
    assert _usual([[60]]) == LEAST


def test_one_melody_sets_how_far_it_repeats() -> None:
    usual = _usual([[60] * 40, [60, 62]])
    # 40 notes are 39 repeats of one, 38 of two, …, until the least is more.
    assert usual == [max(40 - n, least) for n, least in enumerate(LEAST, start=1)]


def test_a_figure_does_not_go_on_in_the_next_melody() -> None:
    assert _usual([[60] * 4] * 10) == LEAST
    assert _usual([[60, 62] * 4] * 10) == LEAST


def test_one_odd_melody_of_a_hundred_is_left_out() -> None:
    plain, odd = [60, 62, 64], [60] * 30
    assert _usual([plain] * 100 + [odd]) == LEAST
    assert _usual([plain] * 99 + [odd] * 2)[0] == 29


@settings(max_examples=examples(30))
@given(st.lists(tunes.filter(bool), min_size=1, max_size=20))
def test_few_melodies_all_keep_to_the_usual(melodies: list[list[int]]) -> None:
    expected = [
        max(least, *(_longest(melody, notes) for melody in melodies))
        for notes, least in enumerate(LEAST[:16], start=1)
    ]
    assert _usual(melodies)[:16] == expected


@pytest.mark.parametrize("rows", [1, 5])
def test_without_a_note_nothing_repeats(rows: int) -> None:
    begin = no_repeats(rows)
    assert begin.latest.shape == begin.runs.shape == (rows, FIGURE_NOTES)
    assert not begin.runs.any()
    assert repeats_of(np.zeros(0, np.int64)).latest.tolist() == begin.latest[0].tolist()
