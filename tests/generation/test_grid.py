"""The grid of a corpus: places where events begin, and whole tuplets."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody.generation.constraints.grid import grid_table, on_cut_thirds

TICKS = np.arange(1, 97)
TRIPLETS, BINARY = (8, 16), (0, 6, 12, 18)


@given(st.data())
def test_a_group_of_three_is_three(data: st.DataObject) -> None:
    table = grid_table((*BINARY, *TRIPLETS), TICKS)
    place, walked = 0, [0]
    for _ in range(12):
        ticks = data.draw(st.sampled_from(TICKS[table[place % 24]].tolist()))
        if place % 24 in TRIPLETS:  # it stays in its beat, and on its thirds
            assert place % 24 + ticks <= 24
            assert ticks % 8 == 0
        place += ticks
        walked.append(place % 24)
    for before, after in itertools.pairwise(walked):
        if after in TRIPLETS:
            assert before in (0, *TRIPLETS)


@given(st.sets(st.sampled_from(range(24)), min_size=1))
def test_nothing_ends_where_the_corpus_has_nothing(places: set[int]) -> None:
    table = grid_table(sorted(places), TICKS)
    begin, index = np.nonzero(table)
    assert set(((begin + TICKS[index]) % 24).tolist()) <= places


def test_without_triplets_in_the_corpus_there_are_none() -> None:
    table = grid_table(BINARY, TICKS)
    assert not table[0, [7, 15]].any()  # 8 and 16 ticks
    assert table[0, [5, 11, 23, 47]].all()  # a 16th, an 8th, a quarter, a half


def test_a_note_does_not_begin_off_the_beat_to_end_on_a_third() -> None:
    table = grid_table((*BINARY, *TRIPLETS), TICKS)
    assert not table[12, 3]  # from the second 8th, 4 ticks on to a third


@given(st.sampled_from([36, 60, 84, 108]), st.data())
def test_no_triplet_goes_over_the_bar_line(bar: int, data: st.DataObject) -> None:
    """Of 3/8, 5/8, 7/8 and 9/8, the last quarter is half a quarter."""
    table = grid_table((*BINARY, *TRIPLETS), TICKS)
    place = 0
    for _ in range(12):
        cut = on_cut_thirds(place + TICKS, np.array(bar))
        ticks = data.draw(st.sampled_from(TICKS[table[place % 24] & ~cut].tolist()))
        if (place + ticks) % 3:  # on a third: all of its quarter is in the bar
            assert place - place % 24 + 24 <= bar
        place = (place + ticks) % bar
