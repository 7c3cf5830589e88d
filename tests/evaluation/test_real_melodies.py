from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monody.errors import MonodyError
from monody.evaluation.real_melodies import other_melodies, own_melodies
from monody.experiments.experiment import Experiment


def test_where_few_are_held_out_the_training_melodies_come_after_them(
    trained: Experiment,
) -> None:
    real = own_melodies(trained)
    sides = [trained.side(name) for name in ("validation", "test", "train")]
    assert list(real.melodies) == [melody for side in sides for melody in side]
    sources = [melody.source for side in sides for melody in side]
    assert [melody.source for melody in real.melodies] == sources
    assert (real.data, real.left_out) == (None, 0)
    assert (real.held_out, real.training) == (
        len(sides[0]) + len(sides[1]),
        len(sides[2]),
    )


def test_where_enough_are_held_out_they_are_all(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_out = len(trained.side("validation")) + len(trained.side("test"))
    monkeypatch.setattr("monody.evaluation.real_melodies.MIN_HELD_OUT", held_out)
    real = own_melodies(trained)
    assert (len(real.melodies), real.held_out) == (held_out, held_out)
    assert real.training == 0


def test_a_model_file_alone_has_none(trained: Experiment, tmp_path: Path) -> None:
    alone = tmp_path / "model.keras"
    alone.write_bytes(trained.model_path.read_bytes())
    with pytest.raises(MonodyError, match="does not hold"):
        own_melodies(Experiment(alone))


def test_melodies_of_a_folder_that_were_trained_on_are_left_out(
    trained: Experiment,
) -> None:
    melodies = trained.side("train")
    known = np.arange(len(melodies)) % 3 == 0
    real = other_melodies(melodies, known, "airs")
    new = np.flatnonzero(~known).tolist()
    assert list(real.melodies) == [melodies[index] for index in new]
    assert (real.data, real.left_out) == ("airs", int(known.sum()))
    assert len(other_melodies(melodies, None, "airs").melodies) == len(melodies)


def test_a_folder_of_training_melodies_only_is_no_comparison(
    trained: Experiment,
) -> None:
    melodies = trained.side("train")
    known = np.ones(len(melodies), bool)
    with pytest.raises(MonodyError, match=r"every melody in 'airs' .* --data_dir"):
        other_melodies(melodies, known, "airs")
