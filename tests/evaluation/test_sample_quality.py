from __future__ import annotations

import json
from pathlib import Path

import pytest

import monody
from monody.errors import MonodyError
from monody.evaluation.sample_quality import sample_quality
from monody.experiments.experiment import Experiment


def test_generated_melodies_stand_beside_held_out_ones_and_these_beside_training(
    trained: Experiment,
) -> None:
    steps: list[int] = []
    music = sample_quality(trained, progress=lambda done, _: steps.append(done))
    held_out = len(trained.side("validation")) + len(trained.side("test"))
    generated, ceiling = music.sides
    assert generated.generated_melodies == generated.real_melodies == held_out
    assert ceiling.generated_melodies == held_out
    assert ceiling.real_melodies == len(trained.side("train"))
    assert steps == [0, 1, 2, 3]
    assert json.loads(json.dumps(music.to_json()))["seed"] == music.seed
    assert sample_quality(trained) == music


def test_without_held_out_melodies_there_is_nothing_to_compare_with(
    trained: Experiment, tmp_path: Path
) -> None:
    alone = tmp_path / "model.keras"
    alone.write_bytes(trained.model_path.read_bytes())
    with pytest.raises(MonodyError):
        sample_quality(monody.Experiment(alone))
