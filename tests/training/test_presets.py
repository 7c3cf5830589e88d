from __future__ import annotations

from pathlib import Path

import pytest

import monody
from monody.errors import MonodyError
from monody.settings.base import required
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings
from monody.training.presets import (
    PRESETS,
    choose_base,
    fill_in,
    preset_for,
    take_sizes,
)


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
        ModelSettings(rnn_size=7), TrainSettings(patience=3), 2_400, lines.append
    )
    assert (model.rnn_size, settings.patience) == (7, 3)
    assert (model.dropout, settings.batch_size) == (0.5, 8)
    assert model.num_layers == 2
    assert [line.split()[0] for line in lines] == ["--dropout", "--batch_size"]
    assert all(": " in line and len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("model", "notes", "base", "reason"),
    [
        (ModelSettings(), 2_400, "base", "your style"),
        (ModelSettings(dropout=0.1), 2_400, "base", "your style"),
        (ModelSettings(rnn_size=7), 2_400, "none", "--rnn_size 7"),
        (ModelSettings(encoding="steps"), 2_400, "none", "--encoding steps"),
        (ModelSettings(), 200_000, "none", "enough to learn"),
    ],
)
def test_small_corpora_fine_tune_the_base_unless_a_size_is_named(
    model: ModelSettings, notes: int, base: str, reason: str
) -> None:
    lines: list[str] = []
    chose = choose_base(model, TrainSettings(), 40, notes, lines.append)
    assert chose.base == base
    assert lines[0].startswith(f"40 melodies to learn from, {notes:,} notes: ")
    assert lines[1].startswith(f"  --base {base}: ")
    assert reason in lines[1]


@pytest.mark.parametrize("base", ["none", "base", "experiments/07"])
def test_a_base_that_is_named_stays(base: str) -> None:
    lines: list[str] = []
    named = TrainSettings(base=base)
    assert choose_base(ModelSettings(), named, 40, 2_400, lines.append) == named
    assert len(lines) == 1


def test_a_network_has_the_sizes_of_its_base() -> None:
    base = ModelSettings(encoding="notes", rnn_size=9, num_layers=3, dropout=0.1)
    taken = take_sizes(ModelSettings(dropout=0.6), base)
    assert (taken.rnn_size, taken.num_layers, taken.dropout) == (9, 3, 0.6)
    for other in (
        ModelSettings(rnn_size=8),
        ModelSettings(num_layers=1),
        ModelSettings(encoding="steps"),
    ):
        with pytest.raises(MonodyError, match=r"--\w+ is .*, but that of the base is "):
            take_sizes(other, base)


def test_a_network_cannot_be_built_before_its_sizes_are_chosen() -> None:
    with pytest.raises(ValueError, match="presets.fill_in"):
        required(ModelSettings().rnn_size)


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
    record = experiment.record()
    assert record.model.rnn_size == 12
    assert record.model.dropout == PRESETS[0].dropout
    assert record.training.batch_size == PRESETS[0].batch_size
    assert lines[0].startswith("on CPU")
    assert [line.split()[0] for line in lines[2:]] == [
        "--base", "--dropout", "--batch_size", "--patience",
    ]  # fmt: skip


def test_a_gpu_gets_larger_batches_where_there_is_enough_to_learn() -> None:
    lines: list[str] = []
    few, many = (
        fill_in(ModelSettings(), TrainSettings(base="none"), notes, lines.append, True)
        for notes in (146_000, 2_000_000)
    )
    assert (few[1].batch_size, many[1].batch_size) == (16, 64)
    assert few[1].max_pairs == many[1].max_pairs == 1 << 24
    assert any("side by side" in line for line in lines)
    named = TrainSettings(batch_size=5, max_pairs=7)
    kept = fill_in(ModelSettings(), named, 2_000_000, lines.append, True)[1]
    assert (kept.batch_size, kept.max_pairs) == (5, 7)
