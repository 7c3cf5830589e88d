from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.models import numpy_ops
from monody.models.copy_attention import (
    BARS_BACK,
    CODES,
    COPIES,
    INTERVALS,
    LIKENESSES,
    MAX_INTERVAL,
    PLACES,
    RETURN_CODES,
    RUN_LENGTHS,
    SCORE_SCALE,
    Slots,
    _place_codes,
    _return_codes,
    _run_codes,
    interval_symbol,
    likeness,
)
from monody.models.copy_mixture import _can_move, moved
from monody.models.events import UNKNOWN
from monody.models.inference_layers import Embedding
from monody.models.outline import EXACT, FRESH, VARIED
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


def _reading(**values: int) -> dict[str, NDArray[np.int64]]:
    """Return what is read of one event; by default on the bar line."""
    return {
        name: np.array([[value]]) for name, value in ({"position": 0} | values).items()
    }


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
    of_return = np.arange(RETURN_CODES * COPIES, dtype=np.float32).reshape(-1, COPIES)
    layers = dict(zip((*LIKENESSES, "like_return"), (*tables, of_return), strict=True))
    made = Parts({name: Embedding(layers[name]) for name in layers}, numpy_ops)
    slots = _slots([0, 0, 12], [24, 23, 23])
    reading = _reading(bar=24, returns=EXACT, bars_back=1)
    codes = _return_codes(numpy_ops, slots, reading)[0, 0]
    places = _place_codes(numpy_ops, slots, reading)
    runs = np.array([[[[run, 3, CODES - 1]] for run in (0, 1, 2)]])  # (1, 3, 1, slots)
    scores = likeness(made, runs, slots, reading)
    for slot in range(3):
        expected = sum(
            table.reshape(CODES, PLACES, COPIES)[run, places[0, 0, slot]]
            for table, run in zip(tables, runs[0, :, 0, slot], strict=True)
        )
        expected = expected + of_return[codes[slot]]
        assert np.allclose(scores[0, 0, slot], expected * SCORE_SCALE, rtol=1e-6)


@pytest.mark.parametrize(
    ("returns", "codes"),
    [
        (UNKNOWN, [0, 0, 0, 0]),
        (FRESH, [1, 1, 1, 1]),
        (VARIED, [2, 3, 2, 2]),
        (EXACT, [2, 4, 2, 2]),
    ],
)
def test_a_slot_is_where_a_bar_is_taken_from_or_elsewhere(
    returns: int, codes: list[int]
) -> None:
    # In the same bar, at the same place two bars back, beside it, and a bar further.
    slots = _slots([12, 12, 0, 12], [5, 3, 3, 2])
    reading = _reading(position=12, bar=5, returns=returns, bars_back=2)
    assert _return_codes(numpy_ops, slots, reading)[0, 0].tolist() == codes
    assert max(codes) < RETURN_CODES


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
