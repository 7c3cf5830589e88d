from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import monody
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError, SettingError
from monody.experiments.experiment import Experiment
from monody.generation.provenance import read_provenance
from monody.generation.rewrite import Rewrite
from monody.generation.vary import again, vary
from monody.music.midi_file import write_midi
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import midi_file, tune

SHORT: dict[str, Any] = {"start": "primer", "num_files": 3, "bars": 4, "seed": 5}


@pytest.fixture(scope="module")
def work(trained: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody works, with one experiment."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(trained.folder, folder / "experiments" / "01")
    return folder


@pytest.fixture(autouse=True)
def here(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(work)


@pytest.fixture(scope="module")
def sampled(trained: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A melody that continues a primer, and is the second of its run."""
    folder = tmp_path_factory.mktemp("sampled")
    return monody.generate(trained, SampleSettings(**SHORT)).save(folder)[1]


def _bytes_again(path: Path, experiment_dir: Path | None = None) -> bytes:
    [output] = again(path, experiment_dir).outputs
    copy = path.with_suffix(".again")
    copy.write_bytes(output.to_bytes())
    return copy.read_bytes()


# --- again


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"start": "nothing"},
        {"with_primer": True, "key": "D dorian", "end": "tonic", "bpm": 77.7},
        {"num_files": 2, "best_of": 5, "max_copy": 99.0},
        {"bars": None, "file_length": 70, "midi_instrument": "flute"},
        {"temperature": 0.0, "range": "C4..C5"},
    ],
)
def test_again_makes_the_same_bytes(
    trained: Experiment, tmp_path: Path, asked: dict[str, Any]
) -> None:
    settings = SampleSettings(**{**SHORT, **asked})
    for path in monody.generate(trained, settings).save(tmp_path):
        assert _bytes_again(path) == path.read_bytes()


@pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
@pytest.mark.parametrize(
    "how",
    [
        Rewrite(keep="rhythm"),
        Rewrite(replace=(2, 3)),
        Rewrite(keep="pitches", to_key="E minor"),
    ],
)
def test_a_rewrite_is_made_again_from_itself_alone(
    fixture: str, how: Rewrite, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    experiment: Experiment = request.getfixturevalue(fixture)
    mine = tmp_path / "mine.mid"
    mine.write_bytes(midi_file([list(tune(4, bars=4))], ticks_per_quarter=24))
    generation = vary(mine, {"num_files": 2}, how, experiment.folder)
    paths = generation.save(tmp_path / "out")
    mine.unlink()
    assert len(paths) == 2
    for path in paths:
        assert _bytes_again(path, experiment.folder) == path.read_bytes()


def test_again_works_from_anywhere(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(trained.folder, tmp_path / "runs" / "01")
    monkeypatch.chdir(tmp_path / "runs")
    generation = monody.generate(Experiment.open("01"), SampleSettings(**SHORT))
    path = generation.save()[2].absolute()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert _bytes_again(path) == path.read_bytes()


def test_again_finds_a_model_that_was_moved(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = tmp_path / "there"
    shutil.copytree(trained.folder, there)
    settings = SampleSettings(**SHORT)
    [first, *_] = monody.generate(Experiment.open(there), settings).save(tmp_path)
    moved = there.rename(tmp_path / "moved")
    with pytest.raises(MonodyError, match="no longer where it was.*--experiment_dir"):
        again(first)
    with pytest.raises(MonodyError, match="no longer where it was"):
        vary(first, {"temperature": 0.5})
    assert _bytes_again(first, moved) == first.read_bytes()
    alone = tmp_path / "alone.keras"
    shutil.copy(moved / "model.keras", alone)
    assert _bytes_again(first, alone) == first.read_bytes()


def test_again_refuses_another_model(sampled: Path, trained_steps: Experiment) -> None:
    with pytest.raises(MonodyError, match="is not the model that .* was made with"):
        again(sampled, trained_steps.folder)


def test_a_file_without_provenance_cannot_be_made_again(tmp_path: Path) -> None:
    write_midi(tune(3), tmp_path / "mine.mid", text="made by hand")
    for make in (again, lambda path: vary(path, {"temperature": 0.5})):
        with pytest.raises(MonodyError, match="does not say how monody made it"):
            make(tmp_path / "mine.mid")
        with pytest.raises(MonodyError, match="no file"):
            make(tmp_path / "none.mid")


# --- one setting changed


def test_what_does_not_change_the_notes_leaves_them(sampled: Path) -> None:
    changes = {"bpm": 90.0, "midi_instrument": "flute"}
    [changed] = vary(sampled, changes).melodies
    original = read_melody(sampled)
    assert changed.notes.tolist() == original.notes.tolist()
    assert (changed.bpm, changed.program) == (90.0, 73)


def test_the_seed_and_all_else_stay(sampled: Path, tmp_path: Path) -> None:
    generation = vary(sampled, {"temperature": 0.7})
    [path] = generation.save(tmp_path)
    old, new = read_provenance(sampled), read_provenance(path)
    assert new.settings == replace(old.settings, temperature=0.7)
    assert (new.index, new.primer) == (old.index, old.primer)
    assert _bytes_again(path) == path.read_bytes()


def test_nothing_but_the_setting_is_behind_a_change(sampled: Path) -> None:
    same = vary(sampled, {"temperature": 1.0}).melodies[0]
    assert same.notes.tolist() == read_melody(sampled).notes.tolist()
    other = vary(sampled, {"seed": 6}).melodies[0]
    assert other.notes.tolist() != same.notes.tolist()


@pytest.mark.parametrize(
    ("changes", "ticks"),
    [({"bars": 6}, 576), ({"file_length": 30}, 180), ({"meter": "3/4"}, 288)],
)
def test_the_length_follows_what_is_changed(
    sampled: Path, changes: dict[str, Any], ticks: int
) -> None:
    assert vary(sampled, changes).melodies[0].end == ticks


def test_another_key_moves_the_primer_too(sampled: Path) -> None:
    [one] = vary(sampled, {"key": "D major"}).generated
    primer = one.draft.task.primer
    assert primer is not None
    assert {pitch % 12 for pitch in one.draft.melody.pitches.tolist()} <= {
        2, 4, 6, 7, 9, 11, 1,
    }  # fmt: skip


def test_mistakes_in_changes_are_named(sampled: Path, tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="nothing is to change: name a setting"):
        vary(sampled)
    with pytest.raises(SettingError, match="num_files must be 1"):
        vary(sampled, {"num_files": 3, "temperature": 0.5})
    with pytest.raises(SettingError, match="best_of is for `monody sample`, not for"):
        vary(sampled, {"best_of": 5})
    [path] = vary(sampled, how=Rewrite(keep="rhythm")).save(tmp_path)
    with pytest.raises(MonodyError, match="is a rewrite: name what to keep"):
        vary(path, {"temperature": 0.5})


# --- rewrites


def test_a_rewrite_uses_the_model_of_its_file(sampled: Path) -> None:
    generation = vary(sampled, {"num_files": 3}, Rewrite(keep="rhythm"))
    assert generation.made_from.model_sha256 == read_provenance(sampled).model
    original = read_melody(sampled)
    for melody in generation.melodies:
        assert melody.notes[:, 1:].tolist() == original.notes[:, 1:].tolist()
    assert generation.settings.seed is not None
    assert len({str(melody.notes) for melody in generation.melodies}) == 3


def test_a_rewrite_of_a_rewrite(sampled: Path, tmp_path: Path) -> None:
    [path] = vary(sampled, {"seed": 1}, Rewrite(keep="rhythm")).save(tmp_path)
    [twice] = vary(path, {"seed": 2}, Rewrite(replace=(2, 3))).save(tmp_path)
    first, second = read_melody(path), read_melody(twice)
    for start, end in ((0, 96), (288, 384)):
        assert list(first.between(start, end)) == list(second.between(start, end))
    assert _bytes_again(twice) == twice.read_bytes()


def test_the_first_of_more_rewrites_are_the_same(sampled: Path) -> None:
    how = Rewrite(keep="rhythm")
    few = vary(sampled, {"num_files": 1, "seed": 4}, how).melodies
    many = vary(sampled, {"num_files": 3, "seed": 4}, how).melodies
    assert few == many[:1]


@pytest.mark.parametrize(
    "changes", [{"bars": 3}, {"bpm": 90.0}, {"density": "4"}, {"best_of": 9}]
)
def test_a_rewrite_refuses_what_it_would_not_heed(
    sampled: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(SettingError, match=f"{next(iter(changes))} is for melodies"):
        vary(sampled, changes, Rewrite(keep="rhythm"))


def test_bars_that_are_not_there_are_named(sampled: Path) -> None:
    with pytest.raises(MonodyError, match="bars 3-9 are not all there.* has 4"):
        vary(sampled, how=Rewrite(replace=(3, 9)))


def test_the_form_of_a_file_is_taken_with_its_length(
    trained: Experiment, tmp_path: Path
) -> None:
    path = monody.generate(trained, SampleSettings(num_files=1, seed=5, bars=5)).save(
        tmp_path
    )[0]
    mine = tmp_path / "mine.mid"
    part = tune(3, bars=4)
    notes = [
        (pitch, start + 384 * place, ticks)
        for place in range(2)
        for pitch, start, ticks in part
    ]
    mine.write_bytes(midi_file([notes], ticks_per_quarter=24))
    varied = vary(path, {"form": f"like:{mine}"})
    assert (varied.settings.form, varied.settings.bars) == ("AA", 8)
    assert varied.settings.pickup is False
    assert varied.melodies[0].end == 8 * 96
    [written] = varied.save()
    assert "like" not in written.name
    longer = vary(path, {"form": "A2 B4 A2"})
    assert (longer.settings.bars, longer.melodies[0].end) == (8, 8 * 96)
    with pytest.raises(MonodyError, match="no file 'gone.mid'"):
        vary(path, {"form": "like:gone.mid"})
