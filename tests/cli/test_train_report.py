from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest

from monody.cli.train_report import in_words, say_training
from monody.experiments.experiment import Experiment
from monody.experiments.scores import BASE_ALONE, BIGRAM, SideScores
from monody.models.surprisal import Score


@pytest.fixture
def score(trained: Experiment) -> Score:
    return trained.scores()["test"].score


def _scores(score: Score, ours: float, **references: float) -> dict[str, SideScores]:
    def of(bits: float) -> Score:
        return dataclasses.replace(score, bits_per_note=bits)

    side = SideScores(of(ours), {name: of(bits) for name, bits in references.items()})
    return {"test": side}


def test_the_figure_is_told_in_words(score: Score) -> None:
    assert in_words(_scores(score, 1.9, **{BIGRAM: 3.17})) == (
        "it predicts held-out melodies with 1.90 bits a note, 40 % fewer than counting "
        "pairs"
    )
    assert in_words(_scores(score, 2.0, **{BIGRAM: 1.6, BASE_ALONE: 2.5})) == (
        "it predicts held-out melodies with 2.00 bits a note (the base alone 2.50), "
        "25 % more than counting pairs"
    )
    assert in_words(_scores(score, 2.0, **{BIGRAM: 2.0})).endswith(
        "as many as counting pairs"
    )
    assert in_words({}).startswith("how well it predicts is not known")


def test_what_to_do_next_names_the_experiment_unless_it_is_the_latest(
    trained: Experiment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for folder in ("experiments/01", "my own"):
        shutil.copytree(trained.folder, folder)
    say_training(Experiment("experiments/01"))
    meaning, where = capsys.readouterr().out.splitlines()
    assert meaning.endswith(" counting pairs; next: monody sample")
    assert where == f"model: {Path('experiments/01/model.keras')}"
    say_training(Experiment("my own"))
    [meaning, _] = capsys.readouterr().out.splitlines()
    assert meaning.endswith("; next: monody sample --experiment_dir 'my own'")
