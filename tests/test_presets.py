from __future__ import annotations

from pathlib import Path

import pytest

import monody
from monody.presets import PRESETS, fill_in, preset_for
from monody.settings import ModelSettings, TrainSettings, chosen


def test_the_more_notes_the_larger_the_network_and_the_less_is_hidden() -> None:
    tens, hundreds, thousands = (preset_for(n) for n in (4_000, 20_000, 150_000))
    assert (tens, hundreds, thousands) == PRESETS
    assert tens.rnn_size <= hundreds.rnn_size <= thousands.rnn_size
    assert tens.dropout >= hundreds.dropout >= thousands.dropout
    assert tens.patience >= hundreds.patience >= thousands.patience


def test_the_limit_belongs_to_the_larger_preset() -> None:
    limits = [int(known.below_notes) for known in PRESETS[:-1]]
    for limit, smaller, larger in zip(limits, PRESETS, PRESETS[1:], strict=False):
        assert preset_for(limit - 1) is smaller
        assert preset_for(limit) is larger


def test_each_choice_is_explained_in_a_line_and_what_is_named_stays() -> None:
    lines: list[str] = []
    model, settings = fill_in(
        ModelSettings(rnn_size=7), TrainSettings(patience=3), 40, 2_400, lines.append
    )
    assert (model.rnn_size, settings.patience) == (7, 3)
    assert (model.dropout, settings.batch_size) == (0.5, 8)
    first, *others = lines
    assert first == "40 melodies to learn from, 2,400 notes: tens of tunes"
    assert [line.split()[0] for line in others] == ["--dropout", "--batch_size"]
    assert all(": " in line and len(line) <= 80 for line in others)


def test_a_network_cannot_be_built_before_its_sizes_are_chosen() -> None:
    with pytest.raises(ValueError, match="presets.fill_in"):
        chosen(ModelSettings().rnn_size)


def test_what_was_chosen_is_saved_with_the_experiment(
    tunes: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    experiment = monody.train(
        monody.read_corpus(tunes),
        monody.TrainSettings(num_epochs=1),
        model=monody.ModelSettings(rnn_size=12),
        experiment_dir=tmp_path / "01",
        explain=lines.append,
    )
    saved = experiment.record()["settings"]
    assert saved["model"]["rnn_size"] == 12
    assert saved["model"]["dropout"] == PRESETS[0].dropout
    assert saved["training"]["batch_size"] == PRESETS[0].batch_size
    assert [line.split()[0] for line in lines[1:]] == [
        "--dropout", "--batch_size", "--patience",
    ]  # fmt: skip
