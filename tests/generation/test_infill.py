from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.generation.infill import Gap, before, filled, gap_of
from monody.music.melody import Melody
from monody.music.meter import (
    Meter,
    bar_line_before,
    bar_lines,
    meter_at,
    metric_positions,
)
from tests.builders.melodies import melodies

# Four bars: notes 60 and 62, a note held over the bar line, and two more.
TUNE = Melody.from_notes(
    [(60, 0, 48), (62, 48, 48), (64, 96, 72), (65, 168, 48), (67, 240, 48),
     (69, 300, 84)]
)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "gap"),
    [
        (1, 1, Gap(0, 96)),
        (2, 2, Gap(96, 192, held=24)),  # 65 begins in bar 2, and sounds on in bar 3
        (3, 3, Gap(216, 288)),  # and is kept where bar 3 is replaced
        (2, 3, Gap(96, 288)),
        (3, 4, Gap(216, 384)),
        (4, 4, Gap(288, 384)),
    ],
)
def test_a_gap_is_what_the_notes_that_stay_leave(
    first: int, last: int, gap: Gap
) -> None:
    assert gap_of(TUNE, first, last) == gap


def test_the_last_new_note_is_held_over_the_bar_line_as_the_old_one_was() -> None:
    gap = gap_of(TUNE, 2, 2)
    new = filled(TUNE, gap, Melody.from_notes([(72, 0, 48), (74, 48, 48)]))
    assert new.notes.tolist() == [
        [60, 0, 48], [62, 48, 48], [72, 96, 48], [74, 144, 72], [67, 240, 48],
        [69, 300, 84],
    ]  # fmt: skip
    # A rest at the bar line stays one.
    early = filled(TUNE, gap, Melody.from_notes([(72, 0, 48)]))
    assert early.notes[2].tolist() == [72, 96, 48]


def test_bars_that_cannot_be_replaced_are_named() -> None:
    with pytest.raises(MonodyError, match="bars 3-5 are not all there: .* has 4"):
        gap_of(TUNE, 3, 5)
    held = Melody.from_notes([(60, 0, 300)])
    with pytest.raises(MonodyError, match="a held note fills bars 2-3: name others"):
        gap_of(held, 2, 3)


def test_a_meter_that_changes_after_the_last_note_adds_no_bar() -> None:
    for late in ((9, 8), (3, 32)):
        melody = Melody.from_notes(
            [(60, 0, 12)], meters=[Meter(0, 9, 8), Meter(500, *late)]
        )
        assert gap_of(melody, 1, 1) == Gap(0, 12)
        with pytest.raises(MonodyError, match="has 1$"):
            gap_of(melody, 2, 2)


def test_a_bar_that_a_new_meter_cuts_short_is_a_bar() -> None:
    melody = Melody.from_notes(
        [(60, 0, 40), (62, 60, 30)], meters=[Meter(0, 4, 4), Meter(60, 2, 4)]
    )
    assert gap_of(melody, 1, 1) == Gap(0, 60)
    assert gap_of(melody, 2, 2) == Gap(60, 90)


def _bar_numbers(melody: Melody) -> list[int]:
    """Return the bar in which each note begins, counted from 1: tick by tick."""
    ticks = np.arange(melody.end + 1)
    positions, _ = metric_positions(ticks, melody.meters)
    lines: list[int] = np.cumsum(positions == 0)[melody.starts].tolist()
    return lines


@given(melodies(), st.data())
def test_only_notes_that_begin_in_the_bars_go(
    melody: Melody, data: st.DataObject
) -> None:
    numbers = _bar_numbers(melody)
    first = data.draw(st.integers(1, max(numbers)))
    last = data.draw(st.integers(first, max(numbers)))
    try:
        gap = gap_of(melody, first, last)
    except MonodyError:
        assume(False)
    notes = list(melody)
    stay = [
        n for n, bar in zip(notes, numbers, strict=True) if not first <= bar <= last
    ]
    go = [note for note in notes if note not in stay]
    assert all(note.end <= gap.start or note.start >= gap.end for note in stay)
    assert all(gap.start <= note.start < gap.end for note in go)
    assert all(note.end <= gap.end + gap.held for note in go)
    # It ends at a bar line, or the melody ends: no new note begins in another bar.
    lines = bar_lines(melody.meters, gap.end).tolist()
    assert gap.end in (*lines, melody.end)
    assert gap.end <= melody.end

    filling = Melody.from_notes([(1, 0, 1), (2, gap.end - gap.start, 5)])
    filling = filling.between(0, gap.end - gap.start)
    new = filled(melody, gap, filling)
    assert [note for note in new if note.start < gap.start] + [
        note for note in new if note.start >= gap.end
    ] == stay
    assert new.end == melody.end or not any(note.start >= gap.end for note in stay)
    assert replace(new, notes=melody.notes) == melody


@given(melodies(), st.integers(0, 500))
def test_what_comes_before_a_tick_and_its_bar(melody: Melody, tick: int) -> None:
    assert list(before(melody, tick)) == [note for note in melody if note.end <= tick]
    positions, meters = metric_positions(np.array([tick]), melody.meters)
    assert meter_at(tick, melody.meters) == melody.meters[meters[0]]
    assert bar_line_before(tick, melody.meters) == tick - positions[0]
