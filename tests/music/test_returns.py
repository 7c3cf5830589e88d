"""Bars that return are found, and are what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from monody.music.melody import Melody
from monody.music.meter import Meter, bar_lines
from monody.music.returns import MAX_BARS_BACK, VARIED_SHARE, Returns
from tests.builders.melodies import melodies
from tests.builders.profile import examples

# Bars of 4/4 by their letter; a small letter varies the large one.
BARS = {
    "A": [(60, 24), (62, 24), (64, 24), (65, 24)],
    "a": [(60, 24), (62, 24), (64, 48)],
    "B": [(72, 48), (71, 24), (69, 24)],
    "b": [(72, 48), (71, 24), (71, 24)],
    "C": [(55, 36), (57, 12), (59, 36), (57, 12)],
    "D": [(76, 12), (74, 12), (72, 24), (71, 36), (69, 12)],
    "L": [(67, 96)],  # a long note
    "M": [(65, 96)],
    "-": [],  # silence
}


def _melody(bars: str) -> Melody:
    notes = []
    for bar, letter in enumerate(bars):
        tick = 96 * bar
        for pitch, ticks in BARS[letter]:
            notes.append((pitch, tick, ticks))
            tick += ticks
    return Melody.from_notes(notes)


@pytest.mark.parametrize(
    ("bars", "back", "exact"),
    [
        ("A", [0], ""),
        ("ABCD", [0, 0, 0, 0], ""),
        ("AA", [0, 1], "1"),
        ("ABAB", [0, 0, 2, 2], "23"),
        ("AABB", [0, 1, 0, 1], "13"),
        ("ABCA", [0, 0, 0, 3], "3"),
        ("Aa", [0, 1], ""),
        ("ABab", [0, 0, 2, 2], ""),
        ("ABaB", [0, 0, 2, 2], "3"),
        ("ABCDABCD", [0] * 4 + [4] * 4, "4567"),
        # A phrase returns: the bar like it next to it counts less.
        ("AABLAABM", [0, 1, 0, 0, 4, 4, 4, 0], "1456"),
        # A long note that comes again alone is no return; beside others it is.
        ("ALBL", [0, 0, 0, 0], ""),
        ("ALAL", [0, 0, 2, 2], "23"),
        ("A-B-", [0, 0, 0], ""),  # silence does not return, and the last bar is none
        ("ABCABCABC", [0] * 3 + [3] * 6, "345678"),
    ],
)
def test_bars_that_return(bars: str, back: list[int], exact: str) -> None:
    found = Returns.of(_melody(bars))
    assert found.back.tolist() == back
    assert np.flatnonzero(found.exact).tolist() == [int(bar) for bar in exact]


def test_of_two_long_returns_the_nearer_counts() -> None:
    strain = "ABCDBCDA"
    found = Returns.of(_melody(strain * 3))
    assert found.back[8:].tolist() == [8] * 16
    assert found.exact[8:].all()


def test_bars_too_far_back_are_forgotten() -> None:
    far = "A" + "L" * (MAX_BARS_BACK - 1) + "A"
    assert Returns.of(_melody(far)).back[-1] == MAX_BARS_BACK
    farther = "A" + "L" * MAX_BARS_BACK + "A"
    assert Returns.of(_melody(farther)).back[-1] == 0


def _bars(melody: Melody) -> list[set[tuple[int, int, int]]]:
    """Return the notes of each bar: place in it, pitch, length."""
    lines = bar_lines(melody.meters, melody.end - 1).tolist()
    bars: list[set[tuple[int, int, int]]] = [set() for _ in lines]
    for pitch, start, ticks in melody.notes.tolist():
        bar = max(index for index, line in enumerate(lines) if line <= start)
        bars[bar].add((start - lines[bar], pitch, ticks))
    return bars


@settings(max_examples=examples(100))
@given(melodies(unit=12, longest=48))
def test_what_returns_is_alike(melody: Melody) -> None:
    found, bars = Returns.of(melody), _bars(melody)
    assert len(found.back) == len(found.exact) == len(bars)
    for bar, (back, exact) in enumerate(
        zip(found.back.tolist(), found.exact.tolist(), strict=True)
    ):
        assert 0 <= back <= bar
        if back:
            here, there = bars[bar], bars[bar - back]
            assert exact == (here == there)
            assert here
            most = max(len(here), len(there))
            assert exact or len(here & there) >= VARIED_SHARE * most
        else:
            assert not exact


@settings(max_examples=examples(50))
@given(melodies(unit=12, longest=48))
def test_a_melody_that_is_played_twice_returns(melody: Melody) -> None:
    first = Melody(melody.notes, melody.meters[:1])
    whole = first.meters[0].bar_ticks
    bars = -(-first.end // whole)
    again = first.notes + np.array([0, bars * whole, 0], np.int32)
    twice = Melody(np.concatenate([first.notes, again]), first.meters)
    found = Returns.of(twice)
    sounding = [bar for bar, notes in enumerate(_bars(twice)) if notes]
    late = [bar for bar in sounding if bar >= bars]
    if 1 < bars <= MAX_BARS_BACK:
        assert all(found.back[late] > 0)
        assert all(found.exact[late])


def test_another_meter_has_other_bars() -> None:
    notes = [(60 + step % 3, 24 * step, 24) for step in range(9)]
    waltz = Melody.from_notes(notes, meters=[Meter(0, 3, 4)])
    assert Returns.of(waltz).back.tolist() == [0, 1, 1]
    march = Melody.from_notes(notes, meters=[Meter(0, 4, 4)])
    assert Returns.of(march).back.tolist() == [0, 0, 0]


@settings(max_examples=examples(50))
@given(melodies(unit=6, longest=96))
def test_another_key_changes_no_return(melody: Melody) -> None:
    shift = 1 if melody.pitches.max() < 127 else -1
    if melody.pitches.min() + shift < 0:
        return
    here, there = Returns.of(melody), Returns.of(melody.transposed(shift))
    assert np.array_equal(here.back, there.back)
    assert np.array_equal(here.exact, there.exact)
