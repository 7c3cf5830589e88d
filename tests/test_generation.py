from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pretty_midi
import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.errors import MonodyError, SettingError
from monody.experiment import Experiment
from monody.generation import MAX_PRIMER_BARS, draw_primer
from monody.melody import Melody, metric_positions
from monody.melody_store import MelodyStore
from monody.sample_settings import SampleSettings
from tests.melodies import melodies
from tests.midi_files import midi_file, read_back, tune


@pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
@pytest.mark.parametrize("file_length", [16, 100])
def test_files_read_back_by_other_libraries_are_exact(
    fixture: str, file_length: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    experiment: Experiment = request.getfixturevalue(fixture)
    settings = SampleSettings(num_files=10, file_length=file_length, seed=4)
    paths = monody.generate(experiment, settings).save(tmp_path)
    assert len(paths) == 10
    for path in paths:
        notes, end = read_back(path)
        last = notes[-1]
        assert last[1] + last[2] == end == file_length * 6
        for (_, start, duration), (_, following, _) in pairwise(notes):
            assert start + duration <= following
        [instrument] = pretty_midi.PrettyMIDI(str(path)).instruments
        assert len(instrument.notes) == len(notes)


def test_the_same_seed_is_the_same_bytes(trained: Experiment, tmp_path: Path) -> None:
    settings = SampleSettings(num_files=3, file_length=32, seed=9)
    runs = [
        monody.generate(trained, settings).save(tmp_path / name) for name in ("a", "b")
    ]
    for first, second in zip(*runs, strict=True):
        assert first.read_bytes() == second.read_bytes()
    other = SampleSettings(num_files=3, file_length=32, seed=10)
    elsewhere = monody.generate(trained, other).save(tmp_path / "c")
    assert elsewhere[0].read_bytes() != runs[0][0].read_bytes()


def test_no_seed_is_a_new_seed_and_is_saved(
    trained: Experiment, tmp_path: Path
) -> None:
    settings = SampleSettings(num_files=1, file_length=16)
    first, second = (monody.generate(trained, settings) for _ in range(2))
    assert first.settings.seed != second.settings.seed
    first.save(tmp_path)
    [run] = json.loads((tmp_path / "manifest.json").read_text())
    assert run["settings"]["seed"] == first.settings.seed
    assert run["data_fingerprint"] == trained.load().data_fingerprint
    assert len(run["model_sha256"]) == 64


def test_a_file_that_is_no_manifest_is_not_written_over(
    trained: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "an app"}')
    settings = SampleSettings(num_files=1, file_length=16)
    with pytest.raises(MonodyError, match="not a list of monody"):
        monody.generate(trained, settings).save(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_a_short_primer_will_do(trained: Experiment, tmp_path: Path) -> None:
    data = midi_file([[(60, 0, 480), (62, 480, 480)]])
    (tmp_path / "short.mid").write_bytes(data)
    settings = SampleSettings(num_files=1, file_length=16, seed=1)
    generation = monody.generate(trained, settings, prime_file=tmp_path / "short.mid")
    [primer] = generation.primers
    assert primer is not None
    assert primer.music.pitches.tolist() == [60, 62]


def test_files_are_never_written_over(trained: Experiment, tmp_path: Path) -> None:
    settings = SampleSettings(num_files=2, file_length=16, seed=1)
    names = []
    for _ in range(2):
        names += [p.name for p in monody.generate(trained, settings).save(tmp_path)]
    assert names == ["1.mid", "2.mid", "3.mid", "4.mid"]
    runs = json.loads((tmp_path / "manifest.json").read_text())
    assert [[m["file"] for m in run["melodies"]] for run in runs] == [
        ["1.mid", "2.mid"],
        ["3.mid", "4.mid"],
    ]


def test_instrument_tempo_and_meter_arrive(trained: Experiment, tmp_path: Path) -> None:
    (tmp_path / "waltz.mid").write_bytes(
        midi_file(
            [list(tune(50, meter=(3, 4)))],
            ticks_per_quarter=24,
            tempos=[(0, 77.0)],
            meters=[(0, 3, 4)],
        )
    )
    settings = SampleSettings(num_files=2, file_length=24, midi_instrument="FLUTE")
    prime = tmp_path / "waltz.mid"
    generation = monody.generate(trained, settings, prime_file=prime)
    [first, _] = generation.save(tmp_path / "out")
    file = pretty_midi.PrettyMIDI(str(first))
    assert file.instruments[0].program == 73
    assert file.get_tempo_changes()[1][0] == pytest.approx(77, rel=1e-4)
    sign = file.time_signature_changes[0]
    assert (sign.numerator, sign.denominator) == (3, 4)


def test_primers_come_from_the_folder_named(
    trained: Experiment, tmp_path: Path
) -> None:
    data = midi_file([list(tune(99))], ticks_per_quarter=24)
    (tmp_path / "mine.mid").write_bytes(data)
    settings = SampleSettings(num_files=3, file_length=16, seed=1)
    generation = monody.generate(trained, settings, data_dir=tmp_path)
    assert {p.source for p in generation.primers if p} == {"mine.mid"}


def test_primers_are_held_out_melodies_by_default(trained: Experiment) -> None:
    settings = SampleSettings(num_files=12, file_length=16, seed=1)
    generation = monody.generate(trained, settings)
    split = trained.read_json("split.json")
    held_out = {item["file"] for item in split["validation"] + split["test"]}
    sources = [primer.source for primer in generation.primers if primer]
    assert len(sources) == 12
    assert set(sources) <= held_out
    assert len(set(sources)) > 1


def test_a_model_file_alone_is_enough(trained: Experiment, tmp_path: Path) -> None:
    alone = tmp_path / "mine.keras"
    shutil.copy(trained.model_path, alone)
    settings = SampleSettings(num_files=2, file_length=32, seed=2)
    generation = monody.generate(Experiment.open(alone), settings)
    assert generation.primers == (None, None)
    paths = generation.save()
    assert paths == [tmp_path / "generated" / f"{i}.mid" for i in (1, 2)]
    assert read_back(paths[0])[1] == 32 * 6


def test_mistakes_are_named(trained: Experiment, tmp_path: Path) -> None:
    settings = SampleSettings(num_files=1, file_length=16)
    with pytest.raises(MonodyError, match="no file .*--prime_file"):
        monody.generate(trained, settings, prime_file=tmp_path / "none.mid")
    with pytest.raises(MonodyError, match="not both"):
        monody.generate(trained, settings, prime_file="a.mid", data_dir=tmp_path)
    (tmp_path / "empty.mid").write_bytes(b"")
    with pytest.raises(MonodyError, match="no usable melody .*empty file"):
        monody.generate(trained, settings, prime_file=tmp_path / "empty.mid")
    with pytest.raises(SettingError, match="midi_instrument"):
        monody.generate(trained, SampleSettings(midi_instrument="kazoo"))


@given(melodies(), st.integers(0, 1000))
def test_a_primer_is_whole_bars_of_its_melody(melody: Melody, seed: int) -> None:
    store = MelodyStore.of([melody])
    primer = draw_primer(store, np.random.default_rng(seed))
    lines = _lines(melody)
    assert 1 <= primer.bars <= max(MAX_PRIMER_BARS, len(lines) - 1)
    assert len(primer.music) >= min(4, len(melody)) or primer.first_bar == 0
    assert primer.music.end <= primer.ticks
    meters = primer.music.meters
    assert primer.first_bar > 0 or meters[0] == melody.meters[0]
    # The tick after it begins a bar of the melody.
    start = lines[primer.first_bar]
    assert lines[primer.first_bar + primer.bars] - start == primer.ticks
    assert primer.music == melody.between(start, start + primer.ticks)


def _lines(melody: Melody) -> list[int]:
    ticks = np.arange(melody.end + 400)
    positions, _ = metric_positions(ticks, melody.meters)
    return np.flatnonzero(positions == 0).tolist()
