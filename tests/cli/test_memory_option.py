"""``--max_memory``, which every command has that may need much of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.models import saved_model
from tests.builders.midi_files import write_tunes


@pytest.fixture
def workplace(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder in which somebody works, with an experiment and music."""
    shutil.copytree(trained.folder, tmp_path / "experiments" / "01")
    write_tunes(tmp_path / "music", 1)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _fails(arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that fails; return the one line that it says."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments.split())
    assert stopped.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    "command", ["inspect", "train", "sample", "evaluate", "vary a.mid", "again a.mid"]
)
def test_no_limit_leaves_too_little_for_python(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = _fails(f"{command} --max_memory 5MB", capsys)
    assert "max_memory must be at least 200 MB, not 5MB" in line


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    "command", ["sample --bars 4", "evaluate", "vary music/tune-000.mid --keep rhythm"]
)
def test_a_model_that_cannot_fit_is_refused_before_it_is_read(
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(saved_model, "OWN_BYTES", 10**9)
    line = _fails(f"{command} --max_memory 500MB", capsys)
    assert "/model.keras' needs about 1.0 GB of memory, and 500 MB may be used" in line
    assert "name another --experiment_dir" in line


@pytest.mark.usefixtures("workplace")
@pytest.mark.parametrize(
    "command", ["train music --base none", "evaluate --from_nothing"]
)
def test_a_training_that_cannot_fit_is_refused_before_anything_is_read(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = _fails(f"{command} --max_memory 300MB", capsys)
    assert "training needs about 1.3 GB of memory, and 300 MB may be used" in line
