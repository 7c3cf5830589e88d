from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import MAX_MESSAGE_BYTES, Experiment
from tests.builders.json_files import read_json, write_json


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _pretend(name: str, started: str) -> Path:
    folder = Path("experiments") / name
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps({"started": started}))
    (folder / "model.keras").touch()
    return folder


def test_new_experiments_are_numbered_on() -> None:
    assert Experiment.create().folder == Path("experiments/01")
    _pretend("07", "2026-01-01")
    _pretend("by-name", "2026-01-01")
    assert Experiment.create().folder == Path("experiments/08")
    assert Experiment.create("elsewhere/x").folder == Path("elsewhere/x")


def test_a_name_of_many_digits_is_not_counted_on() -> None:
    _pretend("03", "2026-01-01")
    _pretend("9" * 250, "2026-01-01")
    assert Experiment.create().folder == Path("experiments/04")


@pytest.mark.skipif(os.name == "nt", reason="Windows links for administrators only")
def test_an_experiment_that_cannot_be_read_does_not_hide_the_others() -> None:
    _pretend("01", "2026-01-01")
    odd = _pretend("02", "2026-01-02")
    (odd / "settings.json").unlink()
    (odd / "settings.json").symlink_to("/proc/self/mem")  # its first byte is no byte
    assert Experiment.open().folder == Path("experiments/01")


def test_of_a_note_that_is_none_the_beginning_is_read() -> None:
    experiment = Experiment(_pretend("01", "2026-01-01"))
    with experiment.message_path.open("wb") as file:
        file.write("¡Hola!".encode())
        file.truncate(2**40)
    message = experiment.message()
    assert message is not None
    assert (message[:6], len(message) <= MAX_MESSAGE_BYTES) == ("¡Hola!", True)


def test_the_most_recent_is_the_one_started_last_whatever_the_file_times() -> None:
    older = _pretend("09", "2026-01-01T00:00:00")
    _pretend("10", "2026-01-02T00:00:00")
    unfinished = _pretend("11", "2026-01-03T00:00:00")
    (unfinished / "model.keras").unlink()
    os.utime(older)
    (older / "generated").mkdir()
    assert Experiment.open().folder == Path("experiments/10")


def test_a_missing_experiment_says_what_to_do() -> None:
    with pytest.raises(MonodyError, match="no trained experiment.*monody train"):
        Experiment.open()
    with pytest.raises(
        MonodyError, match=r"no trained model in 'nowhere'.*model\.keras"
    ):
        Experiment.open("nowhere")
    Path("file").touch()
    with pytest.raises(MonodyError, match="cannot make the folder"):
        Experiment.create("file/below")


def test_an_experiment_can_be_moved(trained: Experiment) -> None:
    shutil.copytree(trained.folder, "moved")
    moved = Experiment.open("moved")
    assert moved.load().data_fingerprint == trained.load().data_fingerprint
    held_out = moved.held_out_melodies()
    assert held_out is not None
    assert len(held_out) == 4


def test_each_side_of_the_split_is_kept(trained: Experiment) -> None:
    shutil.copytree(trained.folder, "whole")
    whole = Experiment("whole")
    assert [len(whole.side(side)) for side in ("train", "validation", "test")] == [
        16, 2, 2,
    ]  # fmt: skip
    held_out = whole.held_out_melodies()
    assert held_out is not None
    assert [melody.source for melody in held_out[2:]] == [
        melody.source for melody in whole.side("test")
    ]
    shutil.rmtree("whole/training")
    with pytest.raises(MonodyError, match="does not hold the train melodies"):
        whole.side("train")
    record = read_json(whole.settings_path)
    record["melodies"]["test"] = 3
    write_json(whole.settings_path, record)
    with pytest.raises(MonodyError, match="does not hold all of the test melodies"):
        whole.side("test")
    del record["melodies"]
    write_json(whole.settings_path, record)
    with pytest.raises(MonodyError, match="not those of this version of monody"):
        whole.side("test")
    Path("whole/settings.json").write_text("[]")
    with pytest.raises(MonodyError, match=r"does not hold settings\.json"):
        whole.side("test")


def test_what_may_go_on_is_the_one_started_last(trained: Experiment) -> None:
    with pytest.raises(MonodyError, match="monody train"):
        Experiment.to_go_on()
    _pretend("01", "2026-01-01")
    with pytest.raises(MonodyError, match="no training to go on with in.*train again"):
        Experiment.to_go_on()
    damaged = _pretend("02", "2027-01-01")
    (damaged / "settings.json").write_text("{")
    shutil.copytree(trained.folder, "experiments/03")
    assert Experiment.to_go_on().folder == Path("experiments/03")
    assert Experiment("experiments/03").is_over()
    assert Experiment("experiments/01").is_over()
    shorter = read_json(trained.settings_path)
    shorter["settings"]["training"]["num_epochs"] = 3
    write_json(Experiment("experiments/03").settings_path, shorter)
    with pytest.raises(MonodyError, match="unfinished training already: --resume"):
        Experiment.create("experiments/03")
    Experiment("experiments/01").checkpoint_path.touch()
    (Path("experiments/01") / "model.keras").unlink()
    assert not Experiment.create("experiments/01").checkpoint_path.exists()


@pytest.mark.parametrize("named", ["notes.txt", "experiments/01/model.keras"])
def test_a_file_is_no_folder_for_a_training(trained: Experiment, named: str) -> None:
    shutil.copytree(trained.folder, "experiments/01")
    Path("notes.txt").write_text("my notes")
    before = sorted(Path().rglob("*"))
    for use in (Experiment.create, Experiment.to_go_on):
        with pytest.raises(MonodyError, match="is a file: name the folder"):
            use(named)
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    [
        "settings.json", "split.json", "files.json", "message.txt", "history.csv",
        "scores.json", "checkpoint.npz", "last.keras", "base.keras",
        "training/notes.npy", "held_out/sources.json",
    ],
)  # fmt: skip
def test_a_new_training_replaces_no_file_of_the_users(name: str) -> None:
    path = Path("mine") / name
    path.parent.mkdir(parents=True)
    path.write_text('{"mine": true}')
    with pytest.raises(MonodyError, match="of no training of monody"):
        Experiment.create("mine")
    assert path.read_text() == '{"mine": true}'
    assert [each for each in Path("mine").rglob("*") if each.is_file()] == [path]


def test_a_training_that_was_killed_at_its_beginning_may_begin_again() -> None:
    folder = _pretend("01", "2026-01-01")
    (folder / "model.keras").unlink()
    (folder / "split.json").write_text("{}")
    assert Experiment.create(folder).folder == folder


def test_one_training_at_a_time_is_at_work_in_an_experiment() -> None:
    experiment = Experiment.create("experiments/01")
    again = Experiment("experiments/01")
    with experiment.alone():
        with pytest.raises(MonodyError, match="another training is at work in 'exp"):
            again.alone().__enter__()
        with pytest.raises(MonodyError, match="another training is at work"):
            again.require_idle()
        with pytest.raises(MonodyError, match="another training is at work"):
            Experiment.create("experiments/01")
    again.require_idle()
    Experiment("nowhere").require_idle()
    assert not Path("nowhere").exists()


def test_opening_an_experiment_removes_what_a_killed_training_left(
    trained: Experiment,
) -> None:
    for name, opened in (("a", Experiment.open), ("b", Experiment.to_go_on)):
        shutil.copytree(trained.folder, name)
        (Path(name) / ".monody-0123456789abcdef.keras").write_bytes(b"half of it")
        opened(name)
        assert not list(Path(name).glob(".*"))
