from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.corpus.histograms import histograms, hours_of_music
from monody.music import melody_blocks
from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter
from tests.builders.midi_files import store_of, tune
from tests.builders.profile import examples

MAJOR, MINOR = [0, 2, 4, 5, 7, 9, 11, 12], [0, 2, 3, 5, 7, 8, 11, 12]


def line(*notes: tuple[int, int], meter: tuple[int, int] = (4, 4)) -> Melody:
    """Make a melody of (pitch, ticks) pairs, one after the other."""
    ends = np.cumsum([ticks for _, ticks in notes])
    triples = [
        (pitch, int(end) - ticks, ticks)
        for (pitch, ticks), end in zip(notes, ends, strict=True)
    ]
    return Melody.from_notes(triples, meters=[Meter(0, *meter)])


def scale_tune(tonic: int, steps: list[int]) -> Melody:
    """Make a tune that goes up and down a scale and dwells on its triad."""
    places = [0, 2, 4, 2, 0, 1, 2, 3, 4, 5, 6, 7, 4, 2, 0]
    return line(*((tonic + steps[place], 24 - 12 * (place % 2)) for place in places))


def keys_of(*melodies: Melody) -> list[str]:
    return [KEY_NAMES[key] for key in estimated_keys(store_of(melodies))]


def test_every_histogram_of_a_toy_store() -> None:
    waltz = line((60, 24), (64, 12), (60, 6), (60, 5), (61, 500), meter=(3, 4))
    jig = line(*[(62, 12)] * 9, meter=(6, 8))
    counted = histograms(store_of([waltz, jig, jig]))
    assert counted["pitch"] == {"C4": 3, "C#4": 1, "D4": 18, "D#4": 0, "E4": 1}
    assert list(counted["pitch"]) == ["C4", "C#4", "D4", "D#4", "E4"]
    assert counted["duration"] == {"16th": 1, "8th": 19, "quarter": 1, "other": 2}
    assert list(counted["duration"]) == ["16th", "8th", "quarter", "other"]
    assert list(counted["meter"].items()) == [("6/8", 2), ("3/4", 1)]
    assert counted["length"] == {"1-7": 1, "8-15": 2}


@pytest.mark.parametrize(
    ("ticks", "name"),
    [(3, "32nd"), (8, "8th triplet"), (9, "dotted 16th"), (18, "dotted 8th"),
     (36, "dotted quarter"), (48, "half"), (96, "whole"), (7, "other")],
)  # fmt: skip
def test_a_note_value_has_its_name(ticks: int, name: str) -> None:
    assert histograms(store_of([line((60, ticks))]))["duration"] == {name: 1}


def test_lengths_leave_no_gap_and_the_last_bin_is_open() -> None:
    long, short = line(*[(60, 6)] * 1500), line(*[(60, 6)] * 300)
    counted = histograms(store_of([long, short]))["length"]
    assert counted == {"256-511": 1, "512-1023": 0, "1024 or more": 1}


def test_a_declared_key_goes_before_an_estimate() -> None:
    silent, says = scale_tune(60, MAJOR), scale_tune(60, MAJOR)
    declared = Melody(says.notes, says.meters, key="A minor")
    store = MelodyStore.of([silent, declared, declared])
    assert histograms(store)["key"] == {"A minor": 2, "C major": 1}


@pytest.mark.parametrize(
    ("tonic", "major", "minor"),
    [(60, "C major", "C minor"), (62, "D major", "D minor"), (63, "Eb major",
     "Eb minor"), (66, "F# major", "F# minor"), (68, "Ab major", "G# minor")],
)  # fmt: skip
def test_keys_are_told_from_the_notes(tonic: int, major: str, minor: str) -> None:
    found = keys_of(scale_tune(tonic, MAJOR), scale_tune(tonic, MINOR))
    assert found == [major, minor]


def test_notes_that_favour_no_key_have_none() -> None:
    chromatic = line(*((60 + step, 12) for step in range(12)))
    store = store_of([chromatic])
    assert estimated_keys(store).tolist() == [-1]
    assert histograms(store)["key"] == {"unknown": 1}


def test_nothing_is_counted_of_nothing() -> None:
    assert not any(histograms(store_of([])).values())
    assert not any(histograms(store_of([tune(1)]), np.array([False])).values())


@settings(max_examples=examples(30))
@given(
    chosen=st.lists(st.booleans(), min_size=7, max_size=7),
    notes=st.integers(1, 100),
    melodies=st.integers(1, 8),
)
def test_parts_add_up_to_the_same_counts(
    chosen: list[bool], notes: int, melodies: int
) -> None:
    store = store_of([tune(seed, bars=2 + seed) for seed in range(7)])
    mask = np.array(chosen)
    expected = histograms(store.take(np.flatnonzero(mask)))
    hours = hours_of_music(store, mask)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(melody_blocks, "NOTES_AT_A_TIME", notes)
        patch.setattr(melody_blocks, "MELODIES_AT_A_TIME", melodies)
        assert histograms(store, mask) == expected
        assert hours_of_music(store, mask) == pytest.approx(hours)


def test_hours_follow_the_tempo() -> None:
    minute = line(*[(60, 24)] * 60)
    store = MelodyStore.of(
        [Melody(minute.notes, bpm=60.0), Melody(minute.notes, bpm=120.0)]
    )
    both, second = np.array([True, True]), np.array([False, True])
    assert hours_of_music(store, both) == pytest.approx(1.5 / 60)
    assert hours_of_music(store, second) == pytest.approx(0.5 / 60)
