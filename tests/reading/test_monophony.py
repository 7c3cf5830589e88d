from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.reading.extraction.monophony import (
    free_shares,
    one_voice,
    overlaps,
    top_line,
)
from monody.reading.note_table import MAX_TICK, NoteTable, gather
from monody.reading.raw_score import RawTrack

LEGATO_TICKS = 3
Row = tuple[int, int, int]  # pitch, start, duration
ROWS = st.lists(
    st.tuples(st.integers(55, 66), st.integers(0, 60), st.integers(1, 30)), max_size=25
)
TRACKS = st.lists(ROWS, min_size=1, max_size=4)


def _table(tracks: list[list[Row]]) -> NoteTable:
    raw = []
    for index, rows in enumerate(tracks):
        pitch, start, duration = np.array(rows, np.int32).reshape(-1, 3).T
        raw.append(RawTrack(pitch, start, duration, 0, False, index))
    return gather(raw, np.full(len(raw), 24))


def _rows(notes: NoteTable) -> list[tuple[int, int, int, int]]:
    columns = (notes.owner, notes.pitch, notes.start, notes.end)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(TRACKS)
def test_notes_are_gathered_by_track_in_order(tracks: list[list[Row]]) -> None:
    notes = _table(tracks)
    assert sorted(_rows(notes)) == sorted(
        (index, pitch, start, start + duration)
        for index, rows in enumerate(tracks)
        for pitch, start, duration in rows
    )
    assert notes.counts.tolist() == [len(rows) for rows in tracks]
    key = list(zip(notes.owner, notes.start, notes.pitch, strict=True))
    assert key == sorted(key)


def test_notes_that_make_no_sense_are_left_out() -> None:
    rows = [(-1, 0, 9), (128, 0, 9), (60, -5, 9), (60, 5, -9), (60, MAX_TICK, 9)]
    assert _rows(_table([rows])) == [(0, 60, 5, 6)]


@given(TRACKS)
def test_the_top_line_is_what_nothing_higher_sounds_above(
    tracks: list[list[Row]],
) -> None:
    notes = _table(tracks)
    expected = []
    for owner, pitch, start, end in _rows(notes):
        after = start + LEGATO_TICKS
        covered = any(
            other == owner and high > pitch and begin < after < stop
            for other, high, begin, stop in _rows(notes)
        )
        if not covered:
            expected.append((owner, pitch, start, end))
    legato = np.full(len(tracks), LEGATO_TICKS)
    assert _rows(top_line(notes, legato)) == expected


@given(TRACKS)
def test_one_voice_never_overlaps_and_keeps_every_onset(
    tracks: list[list[Row]],
) -> None:
    notes = _table(tracks)
    single = one_voice(notes)
    assert not overlaps(single).any()
    assert {row[:1] + row[2:3] for row in _rows(single)} == {
        row[:1] + row[2:3] for row in _rows(notes)
    }
    highest = {
        (owner, start): pitch
        for owner, pitch, start, _ in sorted(_rows(notes), key=lambda row: row[1])
        if pitch == max(r[1] for r in _rows(notes) if (r[0], r[2]) == (owner, start))
    }
    assert {(o, s): p for o, p, s, _ in _rows(single)} == highest


@given(TRACKS)
def test_free_notes_stand_alone(tracks: list[list[Row]]) -> None:
    notes = _table(tracks)
    shares = free_shares(notes, np.full(len(tracks), 24))
    for track, share in enumerate(shares.tolist()):
        own = [row for row in _rows(notes) if row[0] == track]
        free = [
            all(row[2] != near[2] for near in own[max(i - 1, 0) : i])
            and all(
                row[2] != near[2] and row[3] <= near[2] + 3
                for near in own[i + 1 : i + 2]
            )
            for i, row in enumerate(own)
        ]
        assert share == pytest.approx(np.mean(free) if own else 1)
