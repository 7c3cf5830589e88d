"""Written measures are played in their order, each with its bar line."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from monody.reading.notation.performed import SCORE_TICKS_PER_QUARTER, performed
from monody.reading.notation.play_order import MAX_MEASURES, play_order
from monody.reading.notation.written_score import (
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
    written_ticks,
)
from monody.reading.raw_score import RawScore
from tests.builders.written_music import bars, sounds, starts

QUARTER = written_ticks(1)


def _measure(quarters: int, pitch: int = 60, tied: bool = False) -> WrittenMeasure:
    ticks = quarters * QUARTER
    return WrittenMeasure([WrittenNote(0, pitch, 0, ticks, tied)], ticks)


def _played(*measures: WrittenMeasure) -> RawScore:
    measures[0].meters = [(0, 4, 4)]
    return performed(WrittenScore([Line(0)], list(measures)))


@given(st.lists(st.integers(4, 9), min_size=1, max_size=30))
def test_every_measure_that_is_full_begins_with_a_bar_line(lengths: list[int]) -> None:
    score = _played(*map(_measure, lengths))
    assert set(starts(score)) <= set(bars(score, sum(lengths)))


@given(st.lists(st.integers(1, 9), min_size=2, max_size=30), st.data())
def test_time_goes_on_through_repeats(lengths: list[int], data: st.DataObject) -> None:
    measures = list(map(_measure, lengths))
    for measure in measures:
        measure.opens_repeat = data.draw(st.booleans())
        measure.plays = data.draw(st.sampled_from([0, 0, 2, 3]))
        measure.ending = frozenset(data.draw(st.sets(st.integers(1, 3), max_size=2)))
        measure.double_bar = data.draw(st.booleans())
    order = play_order(measures)
    if order is None:
        return
    score = _played(*measures)
    sounding = sounds(score)
    assert [float(length) for _, _, length in sounding] == [lengths[i] for i in order]
    for (_, start, length), (_, following, _) in itertools.pairwise(sounding):
        assert start + length == following


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0, 2, 3])), max_size=12))
def test_no_measure_is_lost_where_there_are_no_endings(
    signs: list[tuple[bool, int]],
) -> None:
    measures = [WrittenMeasure(opens_repeat=opens, plays=p) for opens, p in signs]
    order = play_order(measures)
    assert order is not None
    assert set(order) == set(range(len(measures)))


def test_a_double_bar_before_an_ending_does_not_move_the_repeat() -> None:
    first = WrittenMeasure(ending=frozenset([1]), plays=2)
    second = WrittenMeasure(ending=frozenset([2]))
    double = WrittenMeasure(double_bar=True)
    assert play_order([WrittenMeasure(), double, first, second]) == [0, 1, 2, 0, 1, 3]
    section = [double, WrittenMeasure(), double, first, second]
    assert play_order(section) == [0, 1, 2, 3, 1, 2, 4]


def test_repeats_that_would_never_end_are_not_played() -> None:
    measures = [_measure(4) for _ in range(2000)]
    for measure in measures[:8]:
        measure.opens_repeat = True
    for measure in measures[-8:]:
        measure.plays = 16
    assert play_order(measures) is None
    score = _played(*measures)
    assert len(score.tracks[0].pitch) == 2000
    assert score.repairs == (
        f"repeats not played: more than {MAX_MEASURES:,} measures or 1,000,000 notes",
    )


def test_repeats_of_very_many_notes_are_not_played() -> None:
    measures = [WrittenMeasure([WrittenNote(0, 60, 0, 1)] * 600, QUARTER, plays=16)
                for _ in range(120)]  # fmt: skip
    score = _played(*measures)
    assert len(score.tracks[0].pitch) == 600 * 120
    assert score.repairs[0].startswith("repeats not played")


def test_music_longer_than_can_be_counted_is_cut_and_says_so() -> None:
    score = _played(*[_measure(100_000) for _ in range(5)])
    assert len(score.tracks[0].pitch) == 2
    assert score.repairs == ("cut after 2 measures: too long",)


def test_a_tie_leads_into_each_ending() -> None:
    first, ending, other = _measure(4, tied=True), _measure(4), _measure(2)
    ending.ending, ending.plays = frozenset([1]), 2
    other.ending = frozenset([2])
    assert sounds(_played(first, ending, other)) == [(60, 0, 8), (60, 8, 6)]


def test_a_tie_to_another_pitch_or_place_is_a_slur() -> None:
    score = _played(_measure(4, 60, tied=True), _measure(4, 62), _measure(4, 60))
    assert [length for _, _, length in sounds(score)] == [4, 4, 4]


def test_lines_of_a_staff_are_one_where_they_take_turns() -> None:
    def score(second_start: int) -> RawScore:
        notes = [
            WrittenNote(0, 60, 0, QUARTER),
            WrittenNote(1, 64, second_start, QUARTER),
        ]
        measure = WrittenMeasure(notes, 4 * QUARTER)
        return performed(WrittenScore([Line(0, 7), Line(0, 9)], [measure]))

    assert [track.program for track in score(QUARTER).tracks] == [7]
    assert [track.program for track in score(QUARTER - 1).tracks] == [7, 9]


def test_notes_that_midi_has_not_are_left_out() -> None:
    score = _played(_measure(4, 128), _measure(4, -1), _measure(4, 127))
    assert sounds(score) == [(127, 8, 4)]
    assert score.ticks_per_quarter == SCORE_TICKS_PER_QUARTER
