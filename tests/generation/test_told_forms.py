"""What the network is told while it writes is what it was told in training."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody.generation.decoding.told_forms import TOLD, told_forms
from monody.models.outline import tell
from monody.music.form import Form
from monody.music.melody import Melody
from tests.builders.melodies import melodies


@given(st.lists(melodies(unit=2, longest=200), min_size=1, max_size=3), st.data())
def test_a_form_is_told_event_by_event_as_in_training(
    some: list[Melody], data: st.DataObject
) -> None:
    one_meter = [Melody(melody.notes, melody.meters[:1]) for melody in some]
    tonics = data.draw(st.lists(st.none() | st.integers(0, 11), min_size=3, max_size=3))
    all_forms = [
        Form.of(melody, tonic) for melody, tonic in zip(one_meter, tonics, strict=False)
    ]
    told = told_forms([*all_forms, None])
    for row, (melody, form) in enumerate(zip(one_meter, all_forms, strict=True)):
        starts = melody.starts.astype(np.int64)
        bars, position = np.divmod(starts, form.bar_ticks)
        begun = np.arange(len(starts)) - np.searchsorted(bars, bars)
        expected = tell(form, starts, bars, begun)
        alone = told.take(np.full(len(starts), row))
        found = alone.at(bars, position, begun)
        for name, symbols in zip(TOLD, found, strict=True):
            assert symbols.tolist() == expected[name].tolist(), name


def test_what_is_told_can_be_counted_with() -> None:
    """A network multiplies symbols: in bytes, 45 16ths were 8 ticks."""
    form = Form(96, 0, (384,), (0,) * 4, (False,) * 4, notes=(4,) * 4)
    zero = np.zeros(1, np.int64)
    told = told_forms([form]).at(zero, zero, zero)
    assert {each.dtype for each in told} == {np.dtype(np.int64)}


def test_nothing_is_told_where_there_is_no_form() -> None:
    form = Form(96, 0, (96,), (0,), (False,))
    told = told_forms([None, form])
    zero = np.zeros(2, np.int64)
    found = [each.tolist() for each in told.at(zero, zero, zero)]
    assert [row for row, _ in found] == [0] * len(TOLD)
    # Of cadences and notes a form may say nothing.
    assert dict(zip(TOLD, (own for _, own in found), strict=True)) == {
        "phrase_left": 17, "returns": 1, "bars_back": 0,
        "cadence_left": 0, "notes_left": 0, "cadence_degree": 0,
    }  # fmt: skip
