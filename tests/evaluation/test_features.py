from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from monody.evaluation.features import bars_of, excerpts, melody_features
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from tests.builders.melodies import melodies
from tests.builders.midi_files import Triple
from tests.builders.profile import examples

BAR = [(60, 0, 24), (64, 24, 24), (67, 48, 48)]  # a bar of 4/4


def at(bar: int, notes: list[Triple], ticks: int = 96) -> list[Triple]:
    return [(pitch, start + bar * ticks, length) for pitch, start, length in notes]


def features(melody: Melody, key: str | None = None) -> dict[str, list[float]]:
    keys = None if key is None else np.array([KEY_NAMES.index(key)], np.int8)
    measured = melody_features(MelodyStore.of([melody]), keys)
    return {name: values[0].tolist() for name, values in measured.items()}


def test_every_feature_of_a_toy_melody() -> None:
    melody = Melody.from_notes([(60, 24, 24), (61, 48, 11), (48, 72, 7), (74, 96, 24)])
    found = features(melody, "C major")
    assert found["pitch_class_shares"] == [0.5, 0.25, 0.25, *[0] * 9]
    intervals = found["interval_shares"]
    assert len(intervals) == 25
    assert sum(intervals) == 1
    # Up a semitone, down 13, up 26: wider than an octave counts as one.
    assert [intervals[0], intervals[13], intervals[24]] == [1 / 3] * 3
    durations = found["duration_shares"]
    assert len(durations) == 15
    # By ratio 7 ticks are nearer to an 8th triplet (8) than to a 16th (6).
    assert [durations[place] for place in (3, 5, 8)] == [0.25, 0.25, 0.5]
    assert found["range_semitones"] == [26]
    assert found["notes_per_quarter"] == [4 / 4]
    assert found["in_key_share"] == [0.75]


def test_repetition_after_one_two_and_four_bars() -> None:
    other = [(pitch + 1, start, length) for pitch, start, length in BAR]
    plan = [BAR, other, BAR, BAR, BAR]
    notes = [note for bar, kind in enumerate(plan) for note in at(bar, kind)]
    found = features(Melody.from_notes(notes))
    assert found["repetition_after_1_bar"] == [2 / 4]
    assert found["repetition_after_2_bars"] == [2 / 3]
    assert found["repetition_after_4_bars"] == [1]


def test_another_duration_or_place_is_no_repetition() -> None:
    longer = [(60, 0, 12), (64, 24, 24), (67, 60, 36)]
    found = features(Melody.from_notes([*BAR, *at(1, longer)]))
    assert found["repetition_after_1_bar"] == [1 / 3]
    assert found["repetition_after_2_bars"] == [0]


def test_repetition_follows_the_meter() -> None:
    jig = [(60, 0, 36), (64, 36, 36)]
    notes = [note for bar in range(3) for note in at(bar, jig, 72)]
    in_six = Melody.from_notes(notes, meters=[Meter(0, 6, 8)])
    assert features(in_six)["repetition_after_1_bar"] == [1]
    assert features(Melody.from_notes(notes))["repetition_after_1_bar"] == [0]
    # A bar of 4/4 and bars of 6/8: bars are counted anew where the meter changes.
    moved = [
        (60, 0, 36),
        *((pitch, start + 96, ticks) for pitch, start, ticks in notes),
    ]
    changing = Melody.from_notes(moved, meters=[Meter(0, 4, 4), Meter(96, 6, 8)])
    assert features(changing)["repetition_after_1_bar"] == [5 / 5]


def test_a_minor_key_has_its_raised_sixth_and_seventh() -> None:
    pitches = (69, 71, 72, 74, 76, 77, 78, 79, 80, 70)  # A minor, and B flat
    melody = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate(pitches)])
    assert features(melody, "A minor")["in_key_share"] == [0.9]
    assert features(melody.transposed(1), "Bb minor")["in_key_share"] == [0.9]
    assert features(melody, "C major")["in_key_share"] == [0.7]
    assert features(melody.transposed(-1), "Cb major")["in_key_share"] == [0.7]


def test_a_declared_key_goes_before_an_estimate() -> None:
    scale = [
        (60 + step, 24 * i, 24) for i, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12))
    ]
    melody = Melody.from_notes(scale)
    declared = Melody(melody.notes, key="F# major")
    assert features(melody)["in_key_share"] == [1]
    assert features(declared)["in_key_share"] == [2 / 8]  # F and B


def test_silence_is_0_in_everything() -> None:
    assert all(not any(values) for values in features(Melody.from_notes([])).values())


def test_no_melodies_have_features_of_the_same_widths() -> None:
    none = melody_features(MelodyStore.of([]))
    one = melody_features(MelodyStore.of([Melody.from_notes(BAR)]))
    assert {name: values.shape[1] for name, values in none.items()} == {
        name: values.shape[1] for name, values in one.items()
    }


@settings(max_examples=examples(50))
@given(melody=melodies())
def test_shares_are_shares_and_all_is_finite(melody: Melody) -> None:
    found = features(melody)
    for name, values in found.items():
        assert np.isfinite(values).all()
        if name not in ("range_semitones", "notes_per_quarter"):
            assert min(values) >= 0
            assert sum(values) <= 1 + 1e-9


def test_an_excerpt_ends_at_a_bar_line() -> None:
    notes = [*BAR, (60, 96, 200)]
    (cut,) = excerpts(MelodyStore.of([Melody.from_notes(notes)]), 2)
    assert cut.notes.tolist() == [list(note) for note in [*BAR, (60, 96, 96)]]
    (whole,) = excerpts(MelodyStore.of([Melody.from_notes(notes)]), 4)
    assert whole == Melody.from_notes(notes)


def test_bars_of_an_excerpt_follow_the_meters() -> None:
    meters = [Meter(0, 2, 4), Meter(96, 3, 4)]
    melody = Melody.from_notes([(60, 12 * i, 12) for i in range(40)], meters=meters)
    (cut,) = excerpts(MelodyStore.of([melody]), 3)
    assert cut.end == 2 * 48 + 72
    assert cut.meters == tuple(meters)


def test_an_excerpt_begins_where_the_music_does() -> None:
    late = Melody.from_notes(at(30, BAR) + at(31, BAR))
    (cut,) = excerpts(MelodyStore.of([late]), 1)
    assert cut == Melody.from_notes(BAR)
    empty = Melody.from_notes([])
    assert list(excerpts(MelodyStore.of([empty]), 1)) == [empty]


@settings(max_examples=examples(50))
@given(melody=melodies())
def test_an_excerpt_of_all_bars_is_the_melody(melody: Melody) -> None:
    (cut,) = excerpts(MelodyStore.of([melody]), 10_000)
    shift = int(melody.starts[0] - cut.starts[0])
    assert (cut.notes + np.array([0, shift, 0])).tolist() == melody.notes.tolist()


def test_no_bars_are_refused() -> None:
    with pytest.raises(ValueError, match="bars must be 1 or more, not 0"):
        excerpts(MelodyStore.of([]), 0)


@pytest.mark.parametrize(
    ("notes", "bars"),
    [
        ([], 1),
        ([(60, 0, 1)], 1),
        ([(60, 0, 96)], 1),
        ([(60, 0, 97)], 2),
        ([(60, 72, 24), (62, 96, 96)], 2),
        ([(60, 200, 24), (62, 300, 24)], 2),
    ],
)
def test_bars_count_from_that_of_the_first_note(
    notes: list[tuple[int, int, int]], bars: int
) -> None:
    melody = Melody.from_notes(notes)
    assert bars_of(melody) == bars
    (cut,) = excerpts(MelodyStore.of([melody]), bars)
    assert cut.pitches.tolist() == melody.pitches.tolist()
