"""A form is kept whole, and ends where it is asked to."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.music.form import (
    UNKNOWN_APPROACH,
    UNKNOWN_DEGREE,
    Cadence,
    Form,
    approach,
    cadences,
)
from monody.music.melody import Melody
from monody.music.meter import Meter
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

BAR = 96  # ticks, in 4/4
REPEATED, BY_STEP, FARTHER = 0, 1, 3  # ways to reach a note


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Any form, of phrases with or without cadences."""
    bars = draw(st.integers(1, 40))
    end = draw(st.integers((bars - 1) * BAR + 1, bars * BAR))
    inner = draw(st.lists(st.integers(1, max(1, end - 1)), unique=True, max_size=8))
    ends = tuple(sorted({*inner, end}))
    back = tuple(draw(st.integers(0, bar)) for bar in range(bars))
    closes: tuple[Cadence, ...] = ()
    if draw(st.booleans()):
        degree = st.integers(UNKNOWN_DEGREE, 11)
        way = st.integers(UNKNOWN_APPROACH, 3)
        closes = tuple(
            Cadence(draw(st.integers(first, last - 1)), draw(degree), draw(way))
            for first, last in pairwise((0, *ends))
        )
    counts: st.SearchStrategy[list[int]] = st.lists(
        st.integers(0, 30), min_size=bars, max_size=bars
    )
    return Form(
        bar_ticks=BAR,
        begins=draw(st.integers(0, min(end, BAR) - 1)),
        phrase_ends=ends,
        back=back,
        exact=tuple(bool(each) and draw(st.booleans()) for each in back),
        cadences=closes,
        notes=tuple(draw(counts)) if draw(st.booleans()) else (),
    )


@given(forms())
def test_a_form_comes_back_from_json(form: Form) -> None:
    assert Form.from_json(json.loads(json.dumps(form.to_json()))) == form


@settings(max_examples=examples(50))
@given(melodies(), st.integers(0, 11) | st.none())
def test_the_form_of_a_melody_comes_back_from_json(
    melody: Melody, tonic: int | None
) -> None:
    form = Form.of(melody, tonic)
    assert Form.from_json(json.loads(json.dumps(form.to_json()))) == form


@pytest.mark.parametrize(
    "saved", [[], [96], [1] * 8, [96, 0, 1, [96], [], [], [[1]], []]]
)
def test_a_damaged_form_is_refused(saved: list[object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        Form.from_json(saved)


@settings(max_examples=examples(50))
@given(melodies(), st.integers(0, 11) | st.none())
def test_a_form_fits_its_melody(melody: Melody, tonic: int | None) -> None:
    form = Form.of(melody, tonic)
    assert form.begins == melody.starts[0]
    assert form.end == melody.end
    assert form.bar_ticks == melody.meters[0].bar_ticks
    assert form.bars == len(form.exact) == len(form.notes)
    assert sum(form.notes) == len(melody)
    assert len(form.cadences) == len(form.phrase_ends)
    for cadence, end in zip(form.cadences, form.phrase_ends, strict=True):
        (last,) = (n for n in melody if n.start == cadence.tick)
        assert not [n for n in melody if last.start < n.start < end]
        degree = UNKNOWN_DEGREE if tonic is None else (last.pitch - tonic) % 12
        assert cadence.degree == degree


@pytest.mark.parametrize(
    ("begins", "has_pickup"),
    [(0, False), (24, False), (47, False), (48, True), (72, True), (95, True)],
)
def test_a_melody_that_begins_late_in_its_bar_has_a_pickup(
    begins: int, has_pickup: bool
) -> None:
    notes = [(60 + step, begins + 24 * step, 24) for step in range(8)]
    form = Form.of(Melody.from_notes(notes))
    assert form.has_pickup == has_pickup
    assert form.whole_bars == form.bars - int(has_pickup)


def test_notes_are_counted_in_the_bar_where_they_begin() -> None:
    notes = [(60, 0, 24), (62, 48, 72), (64, 120, 24), (65, 300, 60)]
    assert Form.of(Melody.from_notes(notes)).notes == (2, 1, 0, 1)
    in_six_eight = Melody.from_notes(notes, meters=[Meter(0, 6, 8)])
    assert Form.of(in_six_eight).notes == (2, 1, 0, 0, 1)


@given(forms(), st.integers(1, 60 * BAR))
def test_with_another_end_phrases_before_it_are_kept(form: Form, tick: int) -> None:
    moved = form.ending_at(tick)
    assert moved.end == tick
    kept = moved.phrase_ends[:-1]
    assert kept == tuple(end for end in form.phrase_ends[:-1] if end < tick)
    assert len(moved.cadences) == (len(moved.phrase_ends) if form.cadences else 0)
    assert moved.cadences[:-1] == form.cadences[: len(kept)]
    if form.cadences:
        close = moved.cadences[-1]
        assert (kept or (0,))[-1] <= close.tick < tick
        assert close.degree == form.cadences[len(kept)].degree
    assert (moved.back, moved.notes) == (form.back, form.notes)


@given(forms())
def test_with_its_own_end_a_form_is_what_it_was(form: Form) -> None:
    assert form.ending_at(form.end) == form


def test_a_last_phrase_may_have_to_be_of_some_length() -> None:
    form = Form(BAR, 0, (192, 384, 576), (0,) * 6, (False,) * 6)
    assert form.ending_at(480, last_phrase=96).phrase_ends == (192, 384, 480)
    assert form.ending_at(480, last_phrase=97).phrase_ends == (192, 480)


def test_a_melody_closes_as_far_before_its_new_end_as_before_its_old() -> None:
    closes = (Cadence(144, 7, 3), Cadence(336, 0, 1))
    form = Form(BAR, 0, (192, 384), (0,) * 4, (False,) * 4, closes)
    assert form.ending_at(480).cadences == (Cadence(144, 7, 3), Cadence(432, 0, 1))
    assert form.ending_at(200).cadences == (Cadence(144, 7, 3), Cadence(192, 0, 1))


def test_a_melody_that_ends_early_closes_as_the_phrase_that_is_cut() -> None:
    closes = (Cadence(144, 7), Cadence(360, 2), Cadence(480, 0))
    form = Form(BAR, 0, (192, 384, 576), (0,) * 6, (False,) * 6, closes)
    assert form.ending_at(288).cadences == (Cadence(144, 7), Cadence(264, 2))


@given(st.integers(-60, 60))
def test_a_note_is_reached_alike_from_above_and_below_in_every_octave(far: int) -> None:
    kinds = approach(np.array([far, -far, far + 12, far - 12]))
    assert len(set(kinds.tolist())) == 1
    least = min(far % 12, -far % 12)
    assert kinds[0] == sum(least > most for most in (0, 2, 4))


def test_a_phrase_closes_with_its_last_note_whatever_rests_follow() -> None:
    melody = Melody.from_notes([(60, 0, 24), (67, 48, 24), (62, 96, 24), (72, 144, 12)])
    closes = [Cadence(48, 7, FARTHER), Cadence(144, 0, BY_STEP)]
    assert cadences(melody, [96, 156], tonic=0) == closes
    assert cadences(melody, [96, 156]) == [
        each._replace(degree=UNKNOWN_DEGREE) for each in closes
    ]


def test_a_phrase_of_the_first_note_alone_is_not_approached() -> None:
    melody = Melody.from_notes([(60, 0, 96), (62, 96, 24), (62, 120, 72)])
    ways = [cadence.approach for cadence in cadences(melody, [96, 192])]
    assert ways == [UNKNOWN_APPROACH, REPEATED]


@given(st.integers(0, 40), st.integers(-12, 12))
def test_in_another_key_the_form_is_the_same(seed: int, shift: int) -> None:
    melody = tune(seed)
    there = Form.of(melody.transposed(shift), shift % 12)
    assert there == Form.of(melody, 0)
