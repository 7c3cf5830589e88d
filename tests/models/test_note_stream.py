from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monody.models.note_stream import STOP, NoteStream, metric_positions_of
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter, bar_lines, metric_positions
from tests.builders.melodies import melodies


def _rows(line: NoteStream) -> list[tuple[int, int, int]]:
    """Return pitch, start and end of each row."""
    return list(zip(*(array.tolist() for array in vars(line).values()), strict=True))


def _line(*several: list[tuple[int, int, int]]) -> NoteStream:
    """Lay out melodies given as lists of pitch, start and duration."""
    return NoteStream.of(MelodyStore.of(Melody.from_notes(notes) for notes in several))


def test_a_stop_is_after_each_melody_also_one_without_notes() -> None:
    line = _line([(60, 0, 6), (62, 12, 6)], [], [(64, 24, 12)])
    stop = (STOP, 0, 0)
    assert _rows(line) == [(60, 0, 6), (62, 12, 18), stop, stop, (64, 24, 36), stop]
    assert line.silences(None).tolist() == [0, 6, 0, 0, 24, 0]
    assert line.silences(48).tolist() == [0, 6, 30, 48, 24, 12]


def test_of_notes_that_share_a_16th_the_longest_stays_the_last_of_equals() -> None:
    shared = _line([(60, 0, 1), (61, 1, 1), (62, 6, 2), (63, 8, 1), (64, 9, 30)])
    stop = (STOP, 0, 0)
    assert _rows(shared.in_steps(None)) == [(61, 0, 1), (62, 1, 2), (64, 2, 7), stop]
    assert _rows(shared.in_steps(4)) == [(61, 0, 1), (62, 1, 2), (64, 2, 4), stop]
    assert _rows(shared.in_steps(2)) == [(61, 0, 1), (62, 1, 2), stop]
    assert _rows(shared.in_steps(0)) == [stop]


@given(st.lists(melodies(), min_size=1, max_size=5))
def test_metric_positions_are_those_of_each_melody(several: list[Melody]) -> None:
    ticks = [np.append(melody.durations, 0) for melody in several]
    ends = np.cumsum([len(lengths) for lengths in ticks])
    store = MelodyStore.of(several)
    position, bar, meter = metric_positions_of(np.concatenate(ticks), ends, store)
    for melody, lengths, end in zip(several, ticks, ends, strict=True):
        begins = np.cumsum(lengths) - lengths
        expected, index = metric_positions(begins, melody.meters)
        here = slice(end - len(lengths), end)
        assert position[here].tolist() == expected.tolist()
        lines = bar_lines(melody.meters, int(begins[-1]))
        counted = np.searchsorted(lines, begins, side="right") - 1
        assert bar[here].tolist() == counted.tolist()
        in_force = [Meter(*row) for row in store.meters[meter[here]].tolist()]
        assert in_force == [melody.meters[i] for i in index]
