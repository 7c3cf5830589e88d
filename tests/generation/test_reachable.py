from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.generation.constraints.reachable import (
    Counts,
    Durations,
    Sounds,
    count_event,
    fillable_by_counts,
    fillable_lengths,
)
from tests.builders.profile import examples

NOTHING: frozenset[int] = frozenset()
some_ticks = st.frozensets(st.integers(1, 40), max_size=4)
few_ticks = st.frozensets(st.integers(1, 4), max_size=2)
few_durations = st.builds(Durations, few_ticks, few_ticks, few_ticks)


@given(some_ticks, some_ticks, some_ticks, st.integers(0, 120))
def test_fillable_lengths_are_sums_with_a_note_at_the_end(
    notes: frozenset[int],
    rests: frozenset[int],
    holds: frozenset[int],
    length: int,
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


def fillings(durations: Durations, left: int, sounds: Sounds) -> Iterator[list[int]]:
    """Yield, for every way to fill the ticks left, the ticks before each note in it."""
    if left == 0:
        if sounds == Sounds.CLOSING:
            yield []
        return
    kinds = [
        (durations.notes, [0], Sounds.CLOSING),
        (durations.rests, [], Sounds.NOTHING),
        (NOTHING if sounds == Sounds.NOTHING else durations.holds, [], sounds),
    ]
    for allowed, begins, then in kinds:
        for ticks in allowed:
            after = left - ticks
            if after < 0:
                continue
            for rest in fillings(durations, after, then):
                yield begins + [ticks + before for before in rest]


def _in_each_bar(
    starts: list[int], begun: int, tick: int, length: int, bar_ticks: int
) -> dict[int, int]:
    """Count the notes of each bar from a tick on, where ``begun`` have begun."""
    bar = tick // bar_ticks
    counts = dict.fromkeys(range(bar, -(-length // bar_ticks)), 0)
    counts[bar] = begun
    for start in starts:
        counts[(tick + start) // bar_ticks] += 1
    return counts


limits = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted)  # of one bar
free_or_exact = st.one_of(
    limits, st.just([0, 3]), st.integers(0, 2).map(lambda n: [n, n])
)


@settings(max_examples=examples(150))
@given(
    few_durations,
    st.integers(0, 7),
    st.integers(1, 7),
    st.integers(0, 6),
    st.lists(free_or_exact, min_size=15, max_size=15),
)
def test_notes_in_each_bar_are_those_of_all_melodies(
    durations: Durations,
    length: int,
    bar_ticks: int,
    late: int,
    bars: list[list[int]],
) -> None:
    position = late % bar_ticks
    end = position + length
    counts = Counts.of(*zip(*bars[: end // bar_ticks + 2], strict=True))
    most = int(counts.high.max())
    table = fillable_by_counts(durations, length, bar_ticks, counts, position)
    assert table.shape == (length + 1, len(Sounds), most + 1)
    for left, sounds in product(range(1, length + 1), Sounds):
        ways = list(fillings(durations, left, sounds))
        expected = [
            any(
                all(
                    bars[bar][0] <= count <= bars[bar][1]
                    for bar, count in _in_each_bar(
                        starts, begun, end - left, end, bar_ticks
                    ).items()
                )
                for starts in ways
            )
            for begun in range(most + 1)
        ]
        assert table[left, sounds].tolist() == expected


@given(
    st.integers(0, 20), st.integers(1, 7), st.lists(limits, min_size=22, max_size=22)
)
def test_a_melody_ends_in_a_note_and_its_last_bar_counts(
    length: int, bar_ticks: int, bars: list[list[int]]
) -> None:
    counts = Counts.of(*zip(*bars[: length // bar_ticks + 2], strict=True))
    durations = Durations(frozenset({1}), NOTHING, NOTHING)
    silent, sounds, closing = fillable_by_counts(durations, length, bar_ticks, counts)[
        0
    ].tolist()
    assert not any(silent)
    assert not any(sounds)
    low, high = bars[length // bar_ticks]
    if length % bar_ticks == 0:  # in a bar that is not there no note has begun
        low, high = 0, 0
    assert closing == [low <= begun <= high for begun in range(len(closing))]


def test_a_melody_is_filled_bar_by_bar() -> None:
    """Two notes, a bar without one, and a note."""
    durations = Durations(frozenset({2}), frozenset({4}), NOTHING)
    counts = Counts.of([2, 0, 1, 0], [2, 0, 1, 0])
    table = fillable_by_counts(durations, 10, 4, counts)
    assert np.flatnonzero(table[:, Sounds.NOTHING, 0]).tolist() == [2, 6, 10]
    assert np.flatnonzero(table[:, Sounds.NOTHING, 1]).tolist() == [8]
    assert np.flatnonzero(table[:, Sounds.CLOSING, 1]).tolist() == [0, 8]


@pytest.mark.parametrize(
    ("begun", "bar", "lines", "ok", "after"),
    [
        (2, 0, 0, True, 2),  # the bar goes on: there is time for more
        (2, 0, 1, False, 0),
        (3, 0, 1, True, 0),
        (3, 0, 2, False, 0),  # a whole bar without a note of its own
        (0, 1, 1, False, 0),
        (1, 1, 1, True, 0),
        (1, 1, 3, True, 0),  # two whole bars that need none
        (0, 2, 2, True, 0),
        (1, 3, 0, False, 1),  # the last bar may have none
        (4, 0, 0, True, 4),
        (5, 0, 0, False, 5),  # more than four
        (5, 0, 1, False, 0),
    ],
)
def test_notes_are_counted_bar_by_bar(
    begun: int, bar: int, lines: int, ok: bool, after: int
) -> None:
    several = Counts.of(
        [[9, 9, 9, 9, 9], [3, 1, 0, 0, 0]], [[9, 9, 9, 9, 9], [4, 4, 4, 0, 0]]
    )
    found = count_event(several, *map(np.array, (1, begun, bar, lines)))
    assert [int(number) for number in found] == [ok, after]


@given(st.lists(limits, min_size=1, max_size=8), st.integers(0, 4), st.data())
def test_bars_that_are_over_have_as_many_notes_as_they_should(
    bars: list[list[int]], begun: int, data: st.DataObject
) -> None:
    bar = data.draw(st.integers(0, len(bars) - 1))
    lines = data.draw(st.integers(0, len(bars) - 1 - bar))
    low, high = bars[bar]
    over = lines == 0 or begun >= low
    empty = all(bars[between][0] == 0 for between in range(bar + 1, bar + lines))
    counts = Counts.of(*([each] for each in zip(*bars, strict=True)))
    found = count_event(counts, *map(np.array, (0, begun, bar, lines)))
    assert [int(number) for number in found] == [
        begun <= high and over and empty,
        0 if lines else begun,
    ]
