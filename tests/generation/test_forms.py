"""The forms that new melodies follow: which is drawn, and how it is fitted."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monody.generation.forms import MANY, draw_precedent, fitted_form, later_part
from monody.models.record import Precedent
from monody.music.form import Cadence, Form
from monody.music.melody import Melody
from tests.builders.melodies import melodies

BAR_TICKS = st.sampled_from([24, 48, 72, 84, 96, 120, 144])


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """Any form, of a melody or not."""
    bar = draw(BAR_TICKS)
    bars = draw(st.integers(1, 20))
    begins = draw(st.sampled_from([0, bar // 4, bar // 2, bar - bar // 4]))
    end = (bars - 1) * bar + draw(st.integers(1, bar))
    begins = min(begins, end - 1)
    inner = draw(st.sets(st.integers(begins + 1, end), max_size=6)) - {end}
    ends = (*sorted(inner), end)
    back = tuple(draw(st.integers(0, here)) for here in range(bars))
    tells = draw(st.booleans())
    closes = [
        Cadence(
            draw(st.integers(first, last - 1)),
            draw(st.integers(-1, 11)),
            draw(st.integers(-1, 3)),
        )
        for first, last in pairwise([begins, *ends])
    ]
    return Form(
        bar_ticks=bar,
        begins=begins,
        phrase_ends=ends,
        back=back,
        exact=tuple(each > 0 and draw(st.booleans()) for each in back),
        cadences=tuple(closes) if tells else (),
        notes=tuple(draw(st.integers(0, 9)) for _ in back) if tells else (),
    )


def _form_of(melody: Melody) -> Form:
    bar = melody.meters[0].bar_ticks
    silent = melody.starts[0] // bar * bar  # empty bars are no part of a tune
    notes = melody.notes - np.array([0, silent, 0], np.int32)
    return Form.of(Melody(notes, melody.meters[:1]), tonic=0)


every_form = forms() | melodies(unit=6, longest=96).map(_form_of)


@given(every_form, st.integers(1, 40), BAR_TICKS, st.sampled_from([None, 0, 1, 2, 3]))
def test_a_form_is_fitted_to_any_length_meter_and_beginning(
    form: Form, bars: int, bar: int, quarter: int | None
) -> None:
    begins = None if quarter is None else quarter * bar // 4
    fitted = fitted_form(form, bars, bar, begins)
    assert fitted.bar_ticks == bar
    assert 0 <= fitted.begins < bar
    assert begins is None or fitted.begins == begins
    assert fitted.bars == bars + fitted.has_pickup
    assert fitted.whole_bars == bars
    ends = fitted.phrase_ends
    assert all(one < other for one, other in pairwise(ends))
    assert (fitted.bars - 1) * bar < ends[-1] <= fitted.bars * bar
    assert len(fitted.exact) == fitted.bars
    for here, (back, same) in enumerate(zip(fitted.back, fitted.exact, strict=True)):
        assert 0 <= back <= here
        assert back or not same
    assert len(fitted.notes) in (0, fitted.bars)
    assert min(fitted.notes, default=0) >= 0
    assert len(fitted.cadences) in (0, len(ends))
    for cadence, end in zip(fitted.cadences, ends, strict=False):
        assert 0 <= cadence.tick < end


@pytest.mark.parametrize("begins", [None, 0, 72])
def test_what_is_no_longer_than_a_pickup_is_prolonged_as_a_bar(
    begins: int | None,
) -> None:
    short = Form(96, 48, (60,), (0,), (False,), (Cadence(54, 0, 1),), (2,))
    fitted = fitted_form(short, 4, 96, begins)
    assert fitted.whole_bars == 4
    assert len(fitted.phrase_ends) <= fitted.bars + 1
    assert fitted.begins == (48 if begins is None else begins)


@given(every_form)
def test_a_form_that_fits_stays_as_it_is(form: Form) -> None:
    before = [0, *form.phrase_ends][-2]
    assume(form.whole_bars and form.end - before >= form.bar_ticks)
    fitted = fitted_form(form, form.whole_bars, form.bar_ticks, form.begins)
    assert fitted == form


def _precedent(
    bars: int = 8, meter: str = "4/4", begins: int = 0, style: int = 0, tonic: int = 1
) -> Precedent:
    form = Form(96, begins, (bars * 96,), (0,) * bars, (False,) * bars)
    return Precedent(form, meter, tonic, (60, 72), style)


def _drawn(some: list[Precedent], **asked: object) -> list[Precedent]:
    rng = np.random.default_rng(1)
    drawn = [draw_precedent(some, rng, **asked) for _ in range(40)]  # type: ignore[arg-type]
    return [each for each in drawn if each is not None]


def test_without_precedents_none_is_drawn() -> None:
    assert draw_precedent([], np.random.default_rng(0), bars=8) is None


def test_the_meter_the_style_and_the_beginning_are_those_asked_for() -> None:
    some = [
        _precedent(meter=meter, begins=begins, style=style)
        for meter in ("4/4", "3/4")
        for begins in (0, 72)
        for style in (1, 2)
    ]
    for each in _drawn(some, bars=8, meter="3/4", begins=72, style=2):
        assert (each.meter, each.form.begins, each.style) == ("3/4", 72, 2)
    assert len(set(_drawn(some, bars=4))) == len(some)


def test_what_no_precedent_has_does_not_count() -> None:
    some = [_precedent(), _precedent(bars=16)]
    drawn = _drawn(some, bars=8, meter="7/8", begins=48, style=3)
    assert set(drawn) == set(some)


def test_a_style_counts_more_than_a_meter_and_that_more_than_a_length() -> None:
    one = _precedent(style=1, bars=4)
    other = _precedent(meter="6/8", bars=32)
    assert set(_drawn([one, other], bars=32, meter="6/8", style=1)) == {one}
    assert set(_drawn([one, other], bars=32, meter="4/4")) == {one}


def test_where_few_have_the_right_length_any_is_drawn() -> None:
    some = [_precedent(bars=4), _precedent(bars=16), _precedent(bars=32)]
    assert {each.form.bars for each in _drawn(some, bars=16)} == {4, 16, 32}


def test_of_many_with_the_right_length_one_is_drawn() -> None:
    right = [_precedent(bars=8, tonic=tonic) for tonic in range(MANY)]
    longer = [_precedent(bars=16)] * MANY
    assert {each.form.bars for each in _drawn([*right, *longer], bars=8)} == {8}
    few = [*right[1:], *longer]
    assert {each.form.bars for each in _drawn(few, bars=8)} == {8, 16}


def test_a_pickup_is_no_bar() -> None:
    with_pickup = _precedent(bars=9, begins=72)
    assert with_pickup.form.whole_bars == 8
    fitted = fitted_form(with_pickup.form, 8, 96, begins=None)
    assert (fitted.bars, fitted.begins) == (9, 72)
    without = fitted_form(with_pickup.form, 8, 96, begins=0)
    assert (without.bars, without.begins) == (8, 0)


@given(forms(), st.data())
def test_what_is_left_of_a_form_closes_as_it_does(
    form: Form, data: st.DataObject
) -> None:
    first = data.draw(st.integers(0, form.bars - 1))
    in_last = form.end - first * form.bar_ticks  # ticks from the bar line to the end
    begins = data.draw(st.integers(0, min(form.bar_ticks, in_last) - 1))
    left = later_part(form, first, begins)
    assert left.bars == form.bars - first
    assert (left.begins, left.end) == (begins, in_last)
    assert (left.back, left.exact) == (form.back[first:], form.exact[first:])
    assert all(end > begins for end in left.phrase_ends)
    assert len(left.cadences) == (len(left.phrase_ends) if form.cadences else 0)
    assert [one[1:] for one in left.cadences[-1:]] == [
        one[1:] for one in form.cadences[-1:]
    ]


def test_what_goes_on_follows_a_melody_with_about_as_many_notes() -> None:
    rng = np.random.default_rng(1)
    known = [
        Precedent(Form(96, 0, (96,), (0,), (False,), notes=(count,)), "4/4", 1, (0, 9))
        for count in range(1, MANY + 11)
    ]
    drawn = [draw_precedent(known, rng, bars=4, density=3.5) for _ in range(200)]
    found = {each.form.notes[0] for each in drawn if each is not None}
    assert found == set(range(1, MANY + 1))
    # Where a form does not say it, it has a usual number: six in a bar of 4/4.
    silent = Precedent(Form(96, 0, (96,), (0,), (False,)), "4/4", 1, (0, 9))
    few = [silent] * MANY + known[9:]
    assert draw_precedent(few, rng, bars=4, density=6) == silent
