"""What a new melody follows: what was asked for, its primer, or the corpus."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.outlines import (
    MelodyOutline,
    bars_asked,
    draw_outline,
    style_symbol,
)
from monody.generation.primers import Primer, named_bars
from monody.models.events import UNKNOWN
from monody.models.record import Precedent, RunRecord
from monody.music.form import Cadence, Form
from monody.music.meter import Meter
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune

C_MAJOR, D_MINOR, A_MINOR = 1, 15, 22  # symbols of tonics
STYLES = ("dance", "song")


def _precedent(bars: int, meter: str, begins: int, tonic: int, style: int) -> Precedent:
    bar = Meter(0, *map(int, meter.split("/"))).bar_ticks
    end = bars * bar
    cadence = Cadence(end - bar // 2, 7)
    form = Form(
        bar, begins, (end,), (0,) * bars, (False,) * bars, (cadence,), (4,) * bars
    )
    return Precedent(form, meter, tonic, (60, 72), style)


WALTZ = _precedent(9, "3/4", 48, A_MINOR, 1)  # with a pickup
SONG = _precedent(8, "4/4", 0, C_MAJOR, 2)


@pytest.fixture
def record(trained: Experiment) -> RunRecord:
    """The record of a model with two styles and a melody of each."""
    own = trained.load().record
    style = replace(own.style, precedents=(WALTZ, SONG))
    return replace(own, style=style, styles=STYLES)


def _outline(
    record: RunRecord, primer: Primer | None = None, seed: int = 0, **asked: Any
) -> MelodyOutline:
    settings = SampleSettings(seed=1, **asked)
    return draw_outline(record, settings, primer, np.random.default_rng(seed))


def _primer() -> Primer:
    primer = named_bars(tune(2, meter=(3, 4)), 1, 4)
    return replace(primer, key=D_MINOR, style=2)


def test_without_anything_all_is_that_of_one_melody_of_the_corpus(
    record: RunRecord,
) -> None:
    drawn = [_outline(record, seed=seed, bars=8) for seed in range(20)]
    found = {(str(o.meter), o.position, o.key, o.style) for o in drawn}
    assert found == {("3/4", 48, A_MINOR, 1), ("4/4", 0, C_MAJOR, 2)}
    assert {o.precedent for o in drawn} == {WALTZ, SONG}


def test_what_is_asked_for_comes_first(record: RunRecord) -> None:
    for primer in (None, _primer()):
        drawn = _outline(record, primer, meter="6/8", key="D dorian", style="Dance")
        assert (drawn.meter, drawn.key, drawn.style) == (Meter(0, 6, 8), D_MINOR, 1)


def test_then_comes_what_the_primer_has(record: RunRecord) -> None:
    drawn = _outline(record, _primer())
    assert (drawn.meter, drawn.key, drawn.style) == (Meter(0, 3, 4), D_MINOR, 2)
    assert drawn.position == 0
    late = replace(_primer(), position=48)
    assert _outline(record, late).position == 48
    # In another meter its place in the bar says nothing.
    assert _outline(record, late, meter="4/4").position == 0


def test_a_pickup_can_be_forbidden(record: RunRecord) -> None:
    without: list[dict[str, Any]]
    without = [{"pickup": False}, {"file_length": 64}, {"form": "AABA"}]
    for asked in without:
        drawn = [_outline(record, seed=seed, **asked) for seed in range(9)]
        assert {o.position for o in drawn} == {0}
    waltz = _outline(record, style="dance", pickup=False, bars=8)
    form = waltz.form(8)
    assert form is not None
    assert (form.bars, form.begins) == (8, 0)


def test_a_form_that_is_shorter_ends_on_its_tick(record: RunRecord) -> None:
    form = _outline(record, style="song", file_length=50).form(4, 300)
    assert form is not None
    assert (form.bars, form.end) == (4, 300)


def test_note_values_that_are_asked_for_leave_the_cadences(record: RunRecord) -> None:
    form = _outline(record, durations="8ths").form(8)
    usual = _outline(record).form(8)
    assert form is not None
    assert usual is not None
    assert form.cadences == usual.cadences != ()
    assert form.notes == ()  # as many as the note values leave room for


def test_a_density_is_told_bar_by_bar(record: RunRecord) -> None:
    usual = _outline(record).form(8)
    assert usual is not None
    for fewest, most in ((4, 4), (2, 3), (0, 64)):
        form = _outline(record, density=f"{fewest}..{most}").form(8)
        assert form is not None
        assert form.cadences == usual.cadences
        nearest = [min(max(count, fewest), most) for count in usual.notes]
        assert [*form.notes[1:-1]] == nearest[1:-1]
        assert max(form.notes) <= most


def test_a_pickup_is_left_out_where_no_note_value_fills_it(record: RunRecord) -> None:
    for values, position in (("quarters", 48), ("halves", 0), ("8ths", 48)):
        outline = _outline(record, style="dance", durations=values, bars=8)
        assert outline.position == position


def test_where_the_end_is_to_be_the_tonic_the_last_cadence_is(
    record: RunRecord,
) -> None:
    for end, degree in (("tonic", 0), ("usual", 7)):
        form = _outline(record, end=end).form(8)
        assert form is not None
        assert form.cadences[-1].degree == degree


def test_what_continues_a_melody_follows_the_rest_of_a_form(record: RunRecord) -> None:
    back, exact = (0, 0, 0, 0, 4, 4, 0, 0), (False,) * 4 + (True,) + (False,) * 3
    form = replace(
        SONG.form, phrase_ends=(4 * 96, 8 * 96), back=back, exact=exact,
        cadences=(Cadence(3 * 96, 7), Cadence(7 * 96, 0)), notes=tuple(range(8)),
    )  # fmt: skip
    known = replace(record.style, precedents=(replace(SONG, form=form),))
    primer = named_bars(tune(2, meter=(4, 4)), 1, 4)
    drawn = _outline(replace(record, style=known), primer, bars=4)
    left = drawn.form(4)
    assert left is not None
    assert (left.begins, left.bars, left.phrase_ends) == (0, 4, (4 * 96,))
    # Its first bars return from those that it continues, as in the precedent.
    assert (left.back, left.exact) == ((4, 4, 0, 0), (True, False, False, False))
    assert (left.cadences, left.notes) == ((Cadence(3 * 96, 0),), (4, 5, 6, 7))
    # In another meter it is a melody of its own.
    other = _outline(replace(record, style=known), primer, bars=4, meter="3/4")
    assert other.heard is None
    other_form = other.form(4)
    assert other_form is not None
    assert max(other_form.back) < 4


def test_what_continues_a_pickup_begins_where_the_primer_ends(
    record: RunRecord,
) -> None:
    primer = replace(_primer(), position=48)  # a pickup to the next bar
    left = _outline(record, primer, bars=4).form(4)
    assert left is not None
    assert (left.begins, left.bars, left.has_pickup) == (48, 5, True)
    assert left.phrase_ends[0] > left.begins


def test_where_the_network_ends_a_melody_it_follows_no_form(record: RunRecord) -> None:
    assert _outline(record, free=True).form(8) is None


def test_a_melody_is_in_the_register_of_its_precedent_moved_to_its_key(
    record: RunRecord,
) -> None:
    assert _outline(record, style="song").pitches == (58, 74)  # a tone more
    assert _outline(record, style="song", key="D").pitches == (60, 76)
    assert _outline(record, style="song", key="A").pitches == (55, 71)
    for asked in ({"range": "C3..G5"}, {"free": True}):
        assert _outline(record, **asked).pitches is None
    assert _outline(record, _primer()).pitches is None


def test_a_model_without_precedents_writes_too(record: RunRecord) -> None:
    bare = replace(record, style=replace(record.style, precedents=()))
    drawn = _outline(bare)
    assert (drawn.meter, drawn.position) == (Meter(0, 4, 4), 0)
    assert (drawn.key, drawn.form(8)) == (UNKNOWN, None)


def test_a_length_in_16ths_is_counted_in_bars() -> None:
    settings = SampleSettings(file_length=17)
    assert bars_asked(settings, Meter(0, 4, 4)) == 2
    assert bars_asked(settings, Meter(0, 6, 8)) == 2
    assert bars_asked(SampleSettings(bars=5), Meter(0, 6, 8)) == 5


def test_styles_are_found_by_name(record: RunRecord) -> None:
    assert [style_symbol(record, name) for name in ("SONG", "dance", None)] == [2, 1, 0]
    with pytest.raises(MonodyError, match="no style 'jazz': .* knows dance, song"):
        style_symbol(record, "jazz")
    with pytest.raises(MonodyError, match="has learnt one style, its own"):
        style_symbol(replace(record, styles=()), "song")
