from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.primers import (
    MAX_PRIMER_BARS,
    Primer,
    choose_primer,
    draw_primer,
    fitted,
    named_bars,
    primer_melodies,
)
from monody.music.key_finding import heard_scale
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import metric_positions
from monody.music.phrases import phrase_ends
from monody.settings.sampling import SampleSettings
from tests.builders.json_files import read_json
from tests.builders.melodies import melodies
from tests.builders.midi_files import midi_file, tune


def _lines(melody: Melody) -> list[int]:
    ticks = np.arange(melody.end + 400)
    positions, _ = metric_positions(ticks, melody.meters)
    return np.flatnonzero(positions == 0).tolist()


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(st.integers(0, 40), st.integers(1, 3))
def test_bars_before_the_first_note_are_not_continued(silent: int, count: int) -> None:
    notes = [(60 + 2 * one, 96 * silent + 24 * one, 24) for one in range(count)]
    primer = draw_primer(Melody.from_notes(notes), _rng())
    assert (primer.first_bar, primer.bars, len(primer.music)) == (silent, 1, count)


@pytest.mark.parametrize(
    ("asked", "position"),
    [
        ({}, 84),
        ({"durations": "8ths"}, 84),
        ({"durations": "quarters"}, 0),  # no note would begin on a beat
        ({"meter": "3/4"}, 0),  # its bar line is elsewhere
        ({"pickup": False}, 0),
    ],
)
def test_a_primer_goes_on_to_the_bar_line_where_no_pickup_can_follow(
    asked: dict[str, Any], position: int
) -> None:
    music = Melody.from_notes([(60, 0, 96), (62, 96, 84)])
    primer = Primer(music, "", 0, 0, bars=1, ticks=180, position=84)
    moved = fitted(primer, SampleSettings(**asked))
    assert moved.position == position
    assert moved.ticks == (180 if position else 192)


@given(melodies(), st.integers(0, 1000), st.booleans())
def test_a_primer_is_phrases_of_its_melody(
    melody: Melody, seed: int, mid_bar: bool
) -> None:
    primer = draw_primer(melody, _rng(seed), mid_bar=mid_bar)
    lines = _lines(melody)
    assert 0 <= primer.bars <= max(MAX_PRIMER_BARS + 1, len(lines) - 1)
    sounds_from = np.searchsorted(lines, melody.starts[0], side="right") - 1
    assert len(primer.music) >= min(4, len(melody)) or primer.first_bar == sounds_from
    assert primer.music.end <= primer.ticks
    meters = primer.music.meters
    assert primer.first_bar > 0 or meters[0] == melody.meters[0]
    # What follows begins on a bar line of the melody, or where a phrase ends.
    start = lines[primer.first_bar]
    after = start + primer.ticks
    assert lines[primer.first_bar + primer.bars] == after - primer.position
    assert 0 <= primer.position < primer.bar_ticks
    assert primer.position == 0 or (mid_bar and after in phrase_ends(melody))
    # Of its first bar, only what belongs to the phrase is there.
    whole = melody.between(start, after)
    assert primer.music.meters == whole.meters
    left_out = len(whole) - len(primer.music)
    assert np.array_equal(primer.music.notes, whole.notes[left_out:])
    assert not left_out or primer.music.starts[0] + start in phrase_ends(melody)


def _with_pickups() -> Melody:
    """Write four phrases of four bars, each with a pickup of a quarter."""
    notes, tick = [], 72
    for phrase in range(4):
        for place in range(15):
            ticks = 48 if place == 14 else 24
            notes.append((60 + (5 * place + phrase) % 12, tick, ticks))
            tick += ticks
    return Melody.from_notes(notes)


def test_a_primer_may_end_before_a_pickup() -> None:
    melody = _with_pickups()
    drawn = [draw_primer(melody, _rng(seed), mid_bar=True) for seed in range(10)]
    assert {primer.position for primer in drawn} == {72}
    assert {int(primer.music.starts[0]) for primer in drawn} == {72}
    for primer in drawn[:3]:
        longer = primer.to_bar_line()
        assert longer.to_bar_line() is longer
        assert (longer.bars, longer.ticks) == (primer.bars + 1, primer.ticks + 24)
        assert longer.position == 0
    on_the_line = [draw_primer(melody, _rng(seed)) for seed in range(10)]
    assert {primer.position for primer in on_the_line} == {0}


@given(melodies(), st.integers(0, 1000))
def test_a_primer_survives_being_saved(melody: Melody, seed: int) -> None:
    primer = draw_primer(melody, _rng(seed))
    assert Primer.from_json(json.loads(json.dumps(primer.to_json()))) == primer


@pytest.mark.parametrize(("first", "last"), [(1, 1), (3, 4), (1, 8), (8, 8)])
def test_bars_that_are_named_are_cut(first: int, last: int) -> None:
    melody = tune(3, bars=8, meter=(3, 4))
    primer = named_bars(melody, first, last)
    assert primer.music == melody.between((first - 1) * 72, last * 72)
    assert (primer.first_bar, primer.bars) == (first - 1, last - first + 1)
    assert primer.ticks == primer.bars * 72


def test_bars_that_are_not_there_are_named() -> None:
    with pytest.raises(MonodyError, match=r"bars 8-9 are not all there.*has 8 bars"):
        named_bars(tune(3, bars=8), 8, 9)
    holey = Melody.from_notes([(60, 0, 24), (62, 3 * 96, 24)])
    with pytest.raises(MonodyError, match=r"bars 2-3 of .* are silent"):
        named_bars(holey, 2, 3)


def test_bars_are_drawn_or_named() -> None:
    store = MelodyStore.of([tune(seed, bars=24) for seed in range(5)])
    drawn = [choose_primer(store, SampleSettings(), _rng(seed)) for seed in range(20)]
    assert len({(primer.first_bar, primer.bars) for primer in drawn}) > 5
    again = [choose_primer(store, SampleSettings(), _rng(seed)) for seed in range(20)]
    assert again == drawn
    named = SampleSettings(prime_bars="2-3")
    bars = {choose_primer(store, named, _rng(seed)).first_bar for seed in range(20)}
    assert bars == {1}


KEYS = ("C", "Eb", "F# minor", "D dorian", "Ab mixolydian", "B,C#,E")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", range(3))
def test_a_primer_is_moved_to_the_tonic_of_the_key(key: str, seed: int) -> None:
    settings = SampleSettings(key=key)
    primer = named_bars(tune(seed), 1, 8)
    moved = fitted(primer, settings)
    music, scale = moved.music, settings.scale
    assert scale is not None
    heard = heard_scale(music.pitches.tolist(), music.durations.tolist())
    assert heard.tonic == scale.tonic
    assert -5 <= moved.transposed <= 6
    assert music == primer.music.transposed(moved.transposed)
    assert (moved.bars, moved.ticks) == (primer.bars, primer.ticks)


@pytest.mark.parametrize("range_", ["C2..C3", "C4..A5", "C7..C8", "0..5"])
def test_a_primer_is_moved_by_octaves_towards_the_range(range_: str) -> None:
    settings = SampleSettings(range=range_)
    primer = named_bars(tune(1), 1, 8)
    moved = fitted(primer, settings)
    assert settings.pitches is not None
    assert moved.transposed % 12 == 0
    away = sum(settings.pitches) / 2 - np.median(moved.music.pitches)
    edge = moved.music.pitches.min() < 12 or moved.music.pitches.max() > 115
    assert abs(away) <= 6 or edge


def test_a_primer_stays_where_it_cannot_be_moved() -> None:
    wide = Melody.from_notes([(0, 0, 24), (127, 24, 24), (60, 48, 48)])
    primer = named_bars(wide, 1, 1)
    assert primer.moved(1) is primer
    assert primer.moved(0) is primer


def test_the_melody_with_the_most_notes_of_a_file_is_continued(
    trained: Experiment, tmp_path: Path
) -> None:
    few = [(72, 0, 48), (74, 96, 48)]
    data = midi_file([few, list(tune(5))], ticks_per_quarter=24)
    (tmp_path / "two.mid").write_bytes(data)
    settings = SampleSettings(seed=1)
    store = primer_melodies(trained, settings, tmp_path / "two.mid", None)
    assert store is not None
    assert [len(melody) for melody in store] == [len(tune(5))]


def test_a_short_primer_will_do(trained: Experiment, tmp_path: Path) -> None:
    data = midi_file([[(60, 0, 480), (62, 480, 480)]])
    (tmp_path / "short.mid").write_bytes(data)
    settings = SampleSettings(num_files=1, file_length=16, seed=1)
    generation = monody.generate(trained, settings, prime_file=tmp_path / "short.mid")
    [primer] = generation.primers
    assert primer is not None
    assert primer.music.pitches.tolist() == [60, 62]


def test_primers_come_from_the_folder_named(
    trained: Experiment, tmp_path: Path
) -> None:
    data = midi_file([list(tune(99))], ticks_per_quarter=24)
    (tmp_path / "mine.mid").write_bytes(data)
    settings = SampleSettings(num_files=3, file_length=16, seed=1)
    generation = monody.generate(trained, settings, data_dir=tmp_path)
    assert {p.source for p in generation.primers if p} == {"mine.mid"}


def test_primers_are_held_out_melodies(trained: Experiment) -> None:
    settings = SampleSettings(num_files=12, file_length=16, start="primer", seed=1)
    generation = monody.generate(trained, settings)
    split = read_json(trained.split_path)
    held_out = {item["file"] for item in split["validation"] + split["test"]}
    sources = [primer.source for primer in generation.primers if primer]
    assert len(sources) == 12
    assert set(sources) <= held_out
    assert len(set(sources)) > 1


def test_held_out_melodies_of_another_meter_are_not_continued(
    trained: Experiment,
) -> None:
    other = SampleSettings(num_files=1, meter="6/8", start="primer")
    assert primer_melodies(trained, other, None, None) is None
    same = SampleSettings(num_files=1, meter="4/4", start="primer")
    store = primer_melodies(trained, same, None, None)
    assert store is not None
    assert len(store) == 4


def test_mistakes_are_named(trained: Experiment, tmp_path: Path) -> None:
    settings = SampleSettings()
    nothing = SampleSettings(start="nothing")
    assert primer_melodies(trained, nothing, None, None) is None
    with pytest.raises(MonodyError, match="no file .*--prime_file"):
        primer_melodies(trained, settings, tmp_path / "none.mid", None)
    with pytest.raises(MonodyError, match="not both"):
        primer_melodies(trained, settings, "a.mid", tmp_path)
    for named in (("a.mid", None), (None, tmp_path)):
        with pytest.raises(MonodyError, match="--start nothing has no primer"):
            primer_melodies(trained, nothing, *named)
    (tmp_path / "empty.mid").write_bytes(b"")
    with pytest.raises(MonodyError, match="no usable melody .*empty file"):
        primer_melodies(trained, settings, tmp_path / "empty.mid", None)
