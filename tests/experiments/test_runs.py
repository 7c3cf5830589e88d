from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.runs import Run, best_runs, differing_settings, list_runs
from monody.experiments.scores import SideScores
from monody.models.surprisal import Score
from tests.builders.json_files import read_json, write_json


@pytest.fixture
def folder(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Experiments of all kinds: finished, stopped, killed, damaged, foreign."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "experiments"
    for name in ("9", "10", "11", "12", "13"):
        shutil.copytree(trained.folder, folder / name)
    _change(folder / "10", rnn_size=24, n_jobs=7)
    scores = read_json(trained.scores_path)
    scores["validation"]["bits_per_note"] = 1.0
    write_json(Experiment(folder / "10").scores_path, scores)
    _change(folder / "11", num_epochs=5)  # stopped: has scores, may go on
    _change(folder / "12", num_epochs=5)  # killed
    (folder / "12" / "scores.json").unlink()
    (folder / "12" / "message.txt").write_text("with [red]marks\x1b[31m\nand lines")
    (folder / "13" / "history.csv").write_text("epoch,seconds\n1,none\n")
    (folder / "foreign").mkdir()
    (folder / "torn").mkdir()
    (folder / "torn" / "settings.json").write_text("{")
    (folder / "older").mkdir()
    (folder / "older" / "settings.json").write_text("{}")
    (folder / ".hidden").mkdir()
    (folder / "note.txt").touch()
    return folder


def _change(folder: Path, **settings: int) -> None:
    """Change saved settings."""
    experiment = Experiment(folder)
    record = read_json(experiment.settings_path)
    for part in record["settings"].values():
        part.update({name: settings[name] for name in settings if name in part})
    write_json(experiment.settings_path, record)


def test_every_folder_is_listed_by_its_name(folder: Path, tunes: Path) -> None:
    assert folder.name == "experiments"
    runs = list_runs()  # of the present folder
    assert [run.name for run in runs] == [
        "9", "10", "11", "12", "13", "foreign", "older", "torn",
    ]  # fmt: skip
    first = runs[0]
    assert first.problem is None
    assert (first.epochs, first.finished, first.message) == (2, True, "a note to self")
    assert Path(first.data_dir or "").name == tunes.name  # of the process that trained
    assert first.melodies == {"train": 16, "validation": 2, "test": 2}
    assert first.settings["rnn_size"] == 12
    assert first.seconds is not None
    assert first.seconds > 0
    test = read_json(Experiment(folder / "9").scores_path)["test"]
    assert first.bits_per_note("test") == test["bits_per_note"]
    assert list_runs("experiments/9")[0].settings == first.settings


def test_what_is_not_finished_says_so(folder: Path) -> None:
    stopped, killed = list_runs(folder)[2:4]
    assert not stopped.finished
    assert stopped.bits_per_note("test") is not None
    assert not killed.finished
    assert killed.bits_per_note("test") is None
    assert killed.best_so_far is not None
    assert killed.bits_per_note("validation") == pytest.approx(
        stopped.bits_per_note("validation"), abs=1e-4
    )


def test_a_damaged_or_foreign_folder_is_listed_with_its_problem(folder: Path) -> None:
    problems = {run.name: run.problem for run in list_runs(folder) if run.problem}
    assert "does not hold history.csv" in str(problems["13"])
    assert problems["foreign"] == "not an experiment: no settings.json"
    for name in ("torn", "older"):
        assert str(problems[name]).startswith("damaged, or of another version: ")
    (folder / "9" / "checkpoint.npz").write_bytes(b"")
    assert list_runs(folder)[0].finished  # it has its figures
    with pytest.raises(MonodyError, match="no folder 'nowhere'"):
        list_runs("nowhere")


def test_only_settings_with_an_effect_that_differ_are_shown(folder: Path) -> None:
    assert differing_settings(list_runs(folder)) == ["rnn_size", "num_epochs"]
    assert differing_settings([]) == []


def _score(bits: float) -> Score:
    return Score(1, 9, bits, bits, 0.0, bits, 0.5, 0.5, (bits, bits))


def test_the_best_is_among_those_on_the_same_melodies() -> None:
    def run(name: str, data: str, bits: float | None, seed: int = 1) -> Run:
        scores = {} if bits is None else {"validation": SideScores(_score(bits), {})}
        return Run(name, data_fingerprint=data, settings={"seed": seed}, scores=scores)

    runs = [
        run("a", "x", 3.0), run("b", "x", 2.0), run("c", "x", None),
        run("d", "y", 1.0), run("e", "x", 1.0, seed=2),
    ]  # fmt: skip
    assert [run.name for run in best_runs(runs)] == ["b"]


def test_the_table_fits_80_columns(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["runs", str(folder)])
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    for words in (
        "10 *", "20 melodies", "rnn_size 24", "num_epochs 5", "unfinished, epoch 3",
        '"a note to self"', "not an experiment", "[red]marks\\x1b[31m",
        "* the best on the same melodies",
    ):  # fmt: skip
        assert words in said, said
    assert "n_jobs" not in said


def test_json_is_everything_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["runs", str(folder), "--json"])
    known = json.loads(capsys.readouterr().out)
    assert known["differing"] == ["rnn_size", "num_epochs"]
    runs = {run["name"]: run for run in known["runs"]}
    assert [name for name, run in runs.items() if run["best"]] == ["10"]
    assert runs["10"]["scores"]["test"]["references"]["bigram"]["notes"] > 0
    assert runs["foreign"]["problem"]


def test_an_empty_folder_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["runs", str(tmp_path)])
    assert "run `monody train` first" in capsys.readouterr().out
