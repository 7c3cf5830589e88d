from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody.models import numpy_ops
from monody.models.copy_attention import (
    BARS_BACK,
    CODES,
    COPIES,
    INTERVALS,
    LIKENESSES,
    MAX_INTERVAL,
    PLACES,
    RUN_LENGTHS,
    SCORE_SCALE,
    Slots,
    _can_move,
    _place_codes,
    _run_codes,
    interval_symbol,
    likeness,
    moved,
)
from monody.models.inference_layers import Embedding
from monody.models.parts import Parts


@given(st.lists(st.integers(0, 1), min_size=17, max_size=40))
def test_runs_are_counted_back_from_now_and_from_each_slot(events: list[int]) -> None:
    read = np.array(events)
    same = read[:, None] == read  # (events, events)
    codes = _run_codes(numpy_ops, same[None, None])[0, 0]
    for now in range(len(events)):
        for slot in range(1, now + 1):
            length = 0
            while length < slot and read[now - length] == read[slot - 1 - length]:
                length += 1
            assert codes[now, slot] == sum(length >= least for least in RUN_LENGTHS)


def _slots(position: list[int], bar: list[int]) -> Slots:
    blank = np.zeros((1, len(bar)), np.int32)
    return Slots(blank, blank, blank, np.array([position]), np.array([bar]))


def test_places_are_told_apart_by_the_bars_between() -> None:
    slots = _slots([0] * 9 + [12], [24, 23, 22, 20, 16, 8, 0, 19, 18, 23])
    reading = {"position": np.array([[0]]), "bar": np.array([[24]])}
    codes = _place_codes(numpy_ops, slots, reading)[0, 0].tolist()
    one, two, four, eight, sixteen = range(1, len(BARS_BACK) + 1)
    of_eight, _, any_other = range(len(BARS_BACK) + 1, len(BARS_BACK) + 4)
    same, elsewhere = 0, 0
    assert codes == [
        same, one, two, four, eight, sixteen, of_eight, any_other, any_other, elsewhere,
    ]  # fmt: skip


def test_likeness_is_looked_up_by_run_and_place_together() -> None:
    sizes = (CODES * PLACES, COPIES)
    tables = [
        np.arange(np.prod(sizes), dtype=np.float32).reshape(sizes) * 1000**index
        for index in range(len(LIKENESSES))
    ]
    made = Parts(dict(zip(LIKENESSES, map(Embedding, tables), strict=True)), numpy_ops)
    slots = _slots([0, 0, 12], [24, 23, 23])
    reading = {"position": np.array([[0]]), "bar": np.array([[24]])}
    places = _place_codes(numpy_ops, slots, reading)
    runs = np.array([[[[run, 3, CODES - 1]] for run in (0, 1, 2)]])  # (1, 3, 1, slots)
    scores = likeness(made, runs, slots, reading)
    for slot in range(3):
        expected = sum(
            table.reshape(CODES, PLACES, COPIES)[run, places[0, 0, slot]]
            for table, run in zip(tables, runs[0, :, 0, slot], strict=True)
        )
        assert np.allclose(scores[0, 0, slot], expected * SCORE_SCALE, rtol=1e-6)


def test_an_interval_is_copied_where_it_leads_to_a_note() -> None:
    before = np.array([[60, 60, 60, 60, 60]])
    pitch = np.array([[67, 40, 20, 128, 130]])  # a fifth up, 20 and 40 down, rest, end
    blank = np.zeros_like(pitch)
    slots = Slots(pitch, interval_symbol(numpy_ops, pitch, before), blank, blank, blank)
    possible = _can_move(numpy_ops, slots, np.array([[60, 125, 10]]))[0]
    assert possible.tolist() == [
        [True, True, False, True, True],
        [False, True, False, True, True],  # 132 is no pitch
        [True, False, False, True, True],  # nor is -10
    ]


@given(st.integers(0, 127))
def test_each_note_has_what_its_interval_has(latest: int) -> None:
    table = np.arange(INTERVALS, dtype=np.float32)[None, None]
    notes = moved(numpy_ops, table, np.array([[latest]]))[0, 0]
    for pitch in range(128):
        interval = max(-MAX_INTERVAL, min(MAX_INTERVAL, pitch - latest))
        assert notes[pitch] == interval + MAX_INTERVAL
