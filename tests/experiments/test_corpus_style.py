from __future__ import annotations

import numpy as np
import pytest

from monody.experiments import corpus_style as corpus_style_module
from monody.experiments.corpus_style import (
    common_lengths,
    common_places,
    corpus_style,
    precedents,
)
from monody.models.encoded_set import encode_set
from monody.models.events import Vocabulary
from monody.models.outline import pitch_class_of, tonic_symbols
from monody.models.record import CorpusStyle
from monody.music.form import Form
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from tests.builders.midi_files import tune


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
    found = common_lengths(lengths, np.ones_like(lengths))
    assert found.tolist() == lengths.tolist()


def test_notes_are_told_where_in_a_beat_they_commonly_begin() -> None:
    assert _style(*[12] * 200).places == (0, 12)
    assert _style(*[24] * 90, *[8] * 9).places == (0, 8, 16)
    assert _style(*[12] * 150, 6, 6, *[24] * 50).places == (0, 12)  # one on a 16th
    assert _style(*[6] * 200).places == (0, 6, 12, 18)


def test_the_beat_itself_is_always_a_place() -> None:
    assert common_places(np.bincount([12] * 300)) == (0, 12)


def _four_bars(seed: int, meter: tuple[int, int] = (4, 4)) -> Melody:
    return tune(seed, bars=4, meter=meter)


def test_a_precedent_is_the_form_of_its_melody_in_its_key() -> None:
    corpus = [_four_bars(1), _four_bars(2, (6, 8)), _four_bars(3).transposed(5)]
    store = MelodyStore.of(corpus)
    tonics = tonic_symbols(store)
    found = precedents(store, [3, 1, 2])
    assert [each.meter for each in found] == ["4/4", "6/8", "4/4"]
    assert [each.tonic for each in found] == tonics
    assert [each.style for each in found] == [3, 1, 2]
    for each, melody, tonic in zip(found, corpus, tonics, strict=True):
        assert each.form == Form.of(melody, pitch_class_of(tonic))
        assert each.pitches == (melody.pitches.min(), melody.pitches.max())
    assert {each.style for each in precedents(store)} == {0}


def test_precedents_are_taken_evenly_from_the_whole_corpus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(corpus_style_module, "MAX_PRECEDENTS", 5)
    store = MelodyStore.of([_four_bars(seed) for seed in range(9)])
    numbers = list(range(9))  # as if they were styles, to tell them apart
    assert [each.style for each in precedents(store, numbers)] == [0, 2, 4, 6, 8]
    few = store.take([0, 1, 2])
    assert [each.style for each in precedents(few, numbers)] == [0, 1, 2]


def test_melodies_that_change_their_meter_are_no_precedents() -> None:
    changing = Melody(_four_bars(0).notes, (Meter(0, 4, 4), Meter(96, 3, 4)))
    both = precedents(MelodyStore.of([changing, _four_bars(1)]), [1, 2])
    assert [each.style for each in both] == [2]
    # Unless there are no others.
    alone = precedents(MelodyStore.of([changing]), [1])
    assert [(each.style, each.meter) for each in alone] == [(1, "4/4")]


@pytest.mark.parametrize(("bars", "count"), [(1, 0), (2, 1)])
def test_a_bar_alone_is_no_precedent(bars: int, count: int) -> None:
    store = MelodyStore.of([tune(1, bars=bars)])
    assert len(precedents(store)) == count
    late = tune(1, bars=bars).notes + np.array([0, 72, 0], np.int32)  # with a pickup
    assert len(precedents(MelodyStore.of([Melody(late)]))) == count
