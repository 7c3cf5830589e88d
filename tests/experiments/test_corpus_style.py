from __future__ import annotations

import numpy as np
import pytest

from monody.experiments.corpus_style import common_lengths, corpus_style
from monody.models.batches import encode_set
from monody.models.events import Vocabulary
from monody.models.record import CorpusStyle
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore


def _style(*lengths: int, rest: int = 0) -> CorpusStyle:
    """The style of a melody of notes of these lengths, with a rest before each 99th."""
    notes, tick = [], 0
    for number, ticks in enumerate(lengths):
        tick += rest if number and number % 99 == 0 else 0
        notes.append((60 + number % 12, tick, ticks))
        tick += ticks
    store = MelodyStore.of([Melody.from_notes(notes)])
    return corpus_style(store, encode_set(store, Vocabulary("notes")), "notes")


def test_a_stray_short_note_is_no_reason_to_write_more_of_them() -> None:
    style = _style(*[12] * 150, 3, *[24] * 50, 1, 13)
    assert style.note_ticks == (12, 24)


def test_rare_lengths_stay_where_they_are_several_of_a_common_one() -> None:
    style = _style(*[12] * 150, 36, *[24] * 50, 96, 18)
    assert style.note_ticks == (12, 24, 36, 96)


def test_triplets_stay_where_they_are_common() -> None:
    style = _style(*[24] * 90, *[8] * 9, 16, 4)
    assert style.note_ticks == (8, 16, 24)


def test_rests_are_measured_by_the_notes() -> None:
    assert _style(*[12] * 200, rest=24).rest_ticks == (24,)
    assert _style(*[12] * 200, rest=5).rest_ticks == ()


@pytest.mark.parametrize("count", [1, 50, 300])
def test_without_a_common_length_all_are_used(count: int) -> None:
    lengths = np.arange(1, count + 1)
    assert common_lengths(lengths).tolist() == lengths.tolist()
