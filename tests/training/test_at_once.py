"""Two that train in one folder: one does, and the other is told so in a line."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NoReturn

import pytest

import monody
from monody.cli.main import main
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.files import copy_file
from monody.models.backend import keras
from monody.models.saved_model import TrainedModel
from monody.pages.training import write_training_page
from monody.settings.model import ModelSettings
from monody.settings.sampling import SampleSettings
from monody.settings.training import TrainSettings
from monody.training import train as training

TINY = ModelSettings(rnn_size=12)  # as the fixtures: compiled once for all
ONCE = TrainSettings(num_epochs=1, batch_size=8, seed=3)
IN_TRAINING = "another training is at work in"


class _Meanwhile(keras.callbacks.Callback):
    """Does something in the midst of a training."""

    def __init__(self, *does: object) -> None:
        super().__init__()
        self.does = does
        self.told: list[str] = []

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        for does in self.does if not self.told else ():
            with pytest.raises(MonodyError, match=IN_TRAINING) as caught:
                does()  # type: ignore[operator]
            self.told.append(str(caught.value))


def _too_late(*_: object, **__: object) -> NoReturn:
    raise AssertionError("work began before it was refused")


def test_whoever_else_trains_in_the_folder_is_refused(
    tunes: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, folder = monody.read_corpus(tunes), tmp_path / "01"
    lines: list[str] = []

    def command(*arguments: object) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("monody.cli.train.read_folder", _too_late)
            with pytest.raises(SystemExit) as stopped:
                main(["train", *map(str, arguments), "--experiment_dir", str(folder)])
        assert stopped.value.code == 2
        lines.extend(capsys.readouterr().err.splitlines())
        raise MonodyError(lines[-1])

    meanwhile = _Meanwhile(
        lambda: monody.train(corpus, ONCE, model=TINY, experiment_dir=folder),
        lambda: monody.resume(folder, num_epochs=2),
        lambda: write_training_page(Experiment(folder)),
        lambda: command(tunes),
        lambda: command("--resume"),
    )
    monody.train(corpus, ONCE, model=TINY, experiment_dir=folder, callbacks=[meanwhile])
    assert len(meanwhile.told) == 5
    assert len(lines) == 2  # one for each command
    monody.resume(folder, num_epochs=1)


def test_a_training_that_fails_lets_the_next_one_in(
    tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, folder = monody.read_corpus(tunes), tmp_path / "01"

    def full(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(training, "write_records", full)
        with pytest.raises(OSError, match="No space"):
            monody.train(corpus, ONCE, model=TINY, experiment_dir=folder)
    monody.train(corpus, ONCE, model=TINY, experiment_dir=folder)


def test_a_file_is_no_folder_to_train_in(tunes: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    corpus = monody.read_corpus(tunes)
    with pytest.raises(MonodyError, match="is a file: name the folder"):
        monody.train(corpus, ONCE, model=TINY, experiment_dir=tmp_path / "notes.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_melodies_name_the_model_that_wrote_them_though_it_is_in_training(
    trained: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "01"
    shutil.copytree(trained.folder, folder)
    experiment = Experiment.open(folder)
    written = TrainedModel(experiment.model_path).fingerprint
    experiment.load()
    shutil.copyfile(experiment.epoch_path(1), folder / "next")
    (folder / "next").replace(experiment.model_path)  # a training found a better one
    settings = SampleSettings(num_files=1, bars=4, seed=5)
    generation = monody.generate(experiment, settings)
    assert generation.melodies == monody.generate(trained, settings).melodies
    [output] = generation.outputs
    assert output.provenance.model == generation.made_from.model_sha256 == written


def test_a_base_in_training_is_recorded_as_it_was_copied(
    trained: Experiment, tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = tmp_path / "base"
    shutil.copytree(trained.folder, base)

    def late(source: Path, path: Path) -> None:
        shutil.copyfile(base / "epoch-0001.keras", base / "next")
        (base / "next").replace(base / "model.keras")
        copy_file(source, path)

    monkeypatch.setattr(training, "copy_file", late)
    settings = TrainSettings(num_epochs=1, batch_size=8, seed=3, base=str(base))
    experiment = monody.train(
        monody.read_corpus(tunes), settings, experiment_dir=tmp_path / "01"
    )
    kept = TrainedModel(experiment.base_path).fingerprint
    assert kept == TrainedModel(trained.epoch_path(1)).fingerprint
    assert experiment.record().base_sha256 == kept
    assert experiment.load().record.base_sha256 == kept
