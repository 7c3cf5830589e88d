from __future__ import annotations

from collections.abc import Iterator

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.clock import (
    Durations,
    count_in_bar,
    fillable_by_bars,
    fillable_by_notes,
    fillable_lengths,
    power_of_two,
)

NOTHING: frozenset[int] = frozenset()
some_ticks = st.frozensets(st.integers(1, 40), max_size=4)
few_ticks = st.frozensets(st.integers(1, 4), max_size=2)
few_durations = st.builds(Durations, few_ticks, few_ticks, few_ticks)


@given(some_ticks, some_ticks, some_ticks, st.integers(0, 120))
def test_fillable_lengths_are_sums_with_a_note_at_the_end(
    notes: frozenset[int], rests: frozenset[int], holds: frozenset[int], length: int
) -> None:
    sums = {0}
    for total in range(1, length + 1):
        if any(total - ticks in sums for ticks in notes | rests):
            sums.add(total)
    expected = {0} | {n for n in range(length + 1) for d in notes if n - d in sums}
    found = fillable_lengths(Durations(notes, rests, holds), length)
    assert found.shape == (length + 1,)
    assert set(np.flatnonzero(found).tolist()) == expected


def test_the_longest_file_takes_no_time() -> None:
    durations = Durations(frozenset({5}), frozenset({1}), NOTHING)
    assert fillable_lengths(durations, 600_000)[5:].all()


def fillings(durations: Durations, left: int, sounding: bool) -> Iterator[list[int]]:
    """Yield, for every way to fill so many ticks, the ticks before each note in it."""
    if left == 0:
        if sounding:
            yield []
        return
    kinds = [
        (durations.notes, [0], True),
        (durations.rests, [], False),
        (durations.holds if sounding else NOTHING, [], True),
    ]
    for allowed, begins, sounds in kinds:
        for ticks in allowed:
            for rest in (
                fillings(durations, left - ticks, sounds) if ticks <= left else ()
            ):
                yield begins + [ticks + before for before in rest]


def _as_many_in_bars(
    starts: list[int], begun: int, position: int, left: int, bar: int, limits: range
) -> bool:
    """Count the notes of each bar; the first holds ``begun`` of them already."""
    counts = {0: begun} | dict.fromkeys(range(1, (position + left) // bar + 1), 0)
    for start in starts:
        counts[(position + start) // bar] += 1
    over = (position + left) // bar  # bars that are whole
    fewest = all(counts[index] >= limits.start for index in range(over))
    return fewest and max(counts.values()) < limits.stop


@settings(max_examples=60)
@given(
    few_durations,
    st.integers(0, 6),
    st.integers(1, 7),
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted),
)
def test_notes_in_each_bar_are_those_of_all_melodies(
    durations: Durations, length: int, bar: int, counts: list[int]
) -> None:
    low, high = counts
    table = fillable_by_bars(durations, length, bar, low, high)
    silent, sounds = table[:, 0], table[:, -1]
    for left in range(1, length + 1):
        position = (length - left) % bar
        for sounding, found in ((False, silent[left]), (True, sounds[left])):
            ways = list(fillings(durations, left, sounding))
            expected = [
                any(
                    _as_many_in_bars(
                        starts, begun, position, left, bar, range(low, high + 1)
                    )
                    for starts in ways
                )
                for begun in range(high + 1)
            ]
            assert found.tolist() == expected
    assert silent[0].tolist() == [False] * (high + 1)
    assert sounds[0].tolist() == [True] * (high + 1)


@settings(max_examples=60)
@given(few_durations, st.integers(0, 7), st.integers(0, 8))
def test_an_exact_number_of_notes_is_that_of_some_melody(
    durations: Durations, length: int, notes: int
) -> None:
    table = fillable_by_notes(durations, length, notes)
    silent, sounds = table[:, 0], table[:, -1]
    for left in range(length + 1):
        for sounding, found in ((False, silent[left]), (True, sounds[left])):
            ways = {len(starts) for starts in fillings(durations, left, sounding)}
            expected = [count in ways for count in range(notes + 1)]
            assert found.tolist() == expected


@pytest.mark.parametrize(
    ("begun", "lines", "low", "ok", "after"),
    [
        (2, 0, 3, True, 2),  # the bar goes on: there is time for more
        (2, 1, 3, False, 0),
        (3, 1, 3, True, 0),
        (3, 2, 3, False, 0),  # a whole bar without a note of its own
        (3, 2, 0, True, 0),
        (4, 0, 0, True, 4),
        (5, 0, 0, False, 5),  # more than four
        (5, 1, 0, False, 0),
    ],
)
def test_notes_are_counted_bar_by_bar(
    begun: int, lines: int, low: int, ok: bool, after: int
) -> None:
    for array in (np.array, jnp.array):
        counted = count_in_bar(array(begun), array(lines), array(low), array(4))
        assert [int(each) for each in counted] == [ok, after]


def test_sizes_are_few() -> None:
    sizes = [power_of_two(number) for number in (1, 64, 65, 128, 129)]
    assert sizes == [64, 64, 128, 128, 256]
    assert [power_of_two(number, 1) for number in (1, 2, 3, 5)] == [1, 2, 4, 8]


def test_the_shortest_event_may_be_of_any_kind() -> None:
    assert Durations(frozenset({6}), frozenset({4, 9}), frozenset({5})).shortest == 4
