"""Damaged experiments: every part of one, in many ways, and all that reads it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.errors import MonodyError
from monody.experiments.experiment import SIDES, Experiment
from monody.experiments.novelty_index import known_melodies
from monody.experiments.runs import list_runs
from monody.experiments.training_state import (
    read_training_state,
    read_variables,
    write_checkpoint,
)
from monody.training.resume import resume
from tests.builders.damages import damages, empty, folder_instead, nested
from tests.builders.json_files import read_json, write_json
from tests.builders.profile import examples

# All that is read again of an experiment.
PARTS = ("model.keras", "settings.json", "scores.json", "history.csv", "message.txt",
         "checkpoint.npz", "split.json", "files.json", "novelty_held_out.json",
         "training/notes.npy", "training/meters.npy", "training/info.npy",
         "training/sources.json", "held_out/notes.npy", "held_out/meters.npy",
         "held_out/info.npy", "held_out/sources.json", "novelty/index.json",
         "novelty/sums.json", "novelty/order.npy", "novelty/text.npy")  # fmt: skip
TRIES = examples(12)


@pytest.fixture
def damaged(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Experiment:
    """An experiment to damage, beside one that is whole."""
    monkeypatch.chdir(tmp_path)
    for name in ("01", "02"):
        shutil.copytree(trained.folder, tmp_path / "experiments" / name)
    return Experiment("experiments/02")


def _uses(experiment: Experiment) -> Iterator[Callable[[], object]]:
    """Yield all that reads a part of an experiment."""
    yield from (experiment.record, experiment.history, experiment.scores)
    yield from (experiment.message, experiment.started, experiment.held_out_melodies)
    yield from (lambda side=side: list(experiment.side(side)) for side in SIDES)
    yield lambda: experiment.load().layers
    yield lambda: known_melodies(experiment)
    yield lambda: read_variables(experiment.checkpoint_path)
    yield lambda: read_training_state(experiment.checkpoint_path).over(
        experiment.record().training
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part_is_a_sentence_or_does_not_matter(
    damaged: Experiment, part: str
) -> None:
    path = damaged.folder / part
    whole = path.read_bytes()
    for seed in range(TRIES):
        for damage, harm in damages(path, seed):
            harm(path)
            for use in _uses(Experiment(damaged.path)):
                with contextlib.suppress(MonodyError):
                    use()
            ours, theirs = list_runs("experiments")
            assert ours.problem is None, damage
            assert theirs.name == "02"
            if path.is_dir():
                path.rmdir()
            path.parent.mkdir(exist_ok=True)  # an index that is not whole is removed
            path.write_bytes(whole)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("settings.json", "does not hold settings.json"),
        ("training/info.npy", "does not hold the train melodies"),
        ("held_out/sources.json", "does not hold the held_out melodies"),
        ("model.keras", "not a whole model file"),
    ],
)
@pytest.mark.parametrize("harm", [empty, nested, folder_instead])
def test_sampling_says_what_is_damaged(
    damaged: Experiment,
    part: str,
    said: str,
    harm: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm(damaged.folder / part)
    command = ["sample", "--num_files", "1", "--bars", "2", "--experiment_dir"]
    with pytest.raises(SystemExit) as ended:
        main([*command, str(damaged.path)])
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert said in line or "no trained model in" in line


@pytest.mark.parametrize("harm", [empty, nested, folder_instead])
@pytest.mark.parametrize("part", ["checkpoint.npz", "training/notes.npy"])
def test_going_on_says_what_is_damaged(
    damaged: Experiment,
    part: str,
    harm: Callable[[Path], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    harm(damaged.folder / part)
    command = ["train", "--resume", "--num_epochs", "3", "--experiment_dir"]
    with pytest.raises(SystemExit) as ended:
        main([*command, str(damaged.path)])
    assert ended.value.code == 2
    *_, line = capsys.readouterr().err.splitlines()
    assert line.startswith("monody: ")
    assert str(damaged.path) in line


@pytest.mark.parametrize("batch", [-1, 1000])
def test_a_checkpoint_of_no_batch_is_refused(damaged: Experiment, batch: int) -> None:
    path = damaged.checkpoint_path
    state = replace(read_training_state(path), batch=batch)
    write_checkpoint(path, state, read_variables(path))
    with pytest.raises(MonodyError, match="not a whole checkpoint|no batch"):
        resume(damaged.path, num_epochs=3)


@pytest.mark.parametrize("started", ["yesterday", "0001-01-01", "9" * 400, 5, None])
def test_one_odd_experiment_does_not_hide_the_others(
    damaged: Experiment, started: object, capsys: pytest.CaptureFixture[str]
) -> None:
    record = read_json(damaged.settings_path)
    record["started"] = started
    write_json(damaged.settings_path, record)
    for arguments in (["runs"], ["runs", "--json"]):
        main(arguments)
        said = capsys.readouterr().out
        assert "01" in said
        assert "02" in said


def test_the_time_of_the_base_is_not_told(
    damaged: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    record = read_json(damaged.settings_path)
    del record["started"]
    write_json(damaged.settings_path, record)
    main(["runs", str(damaged.path)])
    assert "02" in capsys.readouterr().out
