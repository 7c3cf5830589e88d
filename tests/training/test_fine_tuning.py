from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import monody
from monody.errors import MonodyError
from monody.evaluation.evaluate import evaluate
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state
from monody.memory import limited_to
from monody.models.encoded_set import encode_set
from monody.models.keras_likelihood import Evaluator
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.midi_file import write_midi
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings
from monody.training.from_nothing import train_from_nothing
from monody.training.train_network import TrainingStopped
from tests.builders.json_files import read_json
from tests.builders.midi_files import write_tunes

TWO_EPOCHS = TrainSettings(num_epochs=2)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tunes that the base was not trained on."""
    folder = tmp_path_factory.mktemp("others")
    write_tunes(folder, 30)
    for path in sorted(folder.iterdir())[:20]:
        path.unlink()
    return folder


def _tune(
    folder: Path, base: Experiment, tunes: Path, settings: TrainSettings = TWO_EPOCHS
) -> Experiment:
    return monody.train(
        monody.read_corpus(tunes),
        replace(settings, base=str(base.folder)),
        experiment_dir=folder,
    )


@pytest.fixture(scope="module")
def tuned(
    trained: Experiment, others: Path, tmp_path_factory: pytest.TempPathFactory
) -> Experiment:
    return _tune(tmp_path_factory.mktemp("tuned") / "01", trained, others)


def _weights(path: Path) -> list[np.ndarray]:
    return list(TrainedModel(path).network.get_weights())


def _same(ours: Path, theirs: Path) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(_weights(ours), _weights(theirs), strict=True)
    )


def test_it_has_the_sizes_of_its_base_and_learns(
    tuned: Experiment, trained: Experiment
) -> None:
    ours, theirs = tuned.record().model, trained.record().model
    for name in ("rnn_size", "num_layers", "encoding"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert not _same(tuned.model_path, trained.model_path)
    scores = read_json(tuned.scores_path)["validation"]
    base = scores["references"]["base_alone"]["bits_per_note"]
    assert scores["bits_per_note"] < base


def test_it_says_what_its_base_was_and_keeps_it(
    tuned: Experiment, trained: Experiment
) -> None:
    assert tuned.record().base_sha256 == trained.load().fingerprint
    assert tuned.load().record.base_sha256 == trained.load().fingerprint
    assert tuned.base_path.read_bytes() == trained.model_path.read_bytes()
    assert trained.record().base_sha256 is None
    assert trained.base() is None


def test_a_base_that_is_hurt_by_fine_tuning_stays_as_it_is(
    trained: Experiment, others: Path, tmp_path: Path
) -> None:
    hurt = _tune(
        tmp_path / "01", trained, others, replace(TWO_EPOCHS, learning_rate=3.0)
    )
    assert _same(hurt.model_path, trained.model_path)
    scores = read_json(hurt.scores_path)["validation"]
    base = scores["references"]["base_alone"]["bits_per_note"]
    assert scores["bits_per_note"] == pytest.approx(base, abs=1e-6)
    assert read_training_state(hurt.checkpoint_path).stale_epochs == 2


def test_going_on_after_a_stop_ends_in_the_same_weights(
    tuned: Experiment, trained: Experiment, others: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "01"
    _tune(folder, trained, others, TrainSettings(num_epochs=1))
    monody.resume(folder, num_epochs=2)
    assert _same(folder / "model.keras", tuned.model_path)


@pytest.mark.parametrize("moment", ["train_network.fit", "one_training.save_model"])
def test_a_stop_before_anything_is_learnt_leaves_what_goes_on(
    moment: str,
    tuned: Experiment,
    trained: Experiment,
    others: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "01"
    with monkeypatch.context() as patch:
        patch.setattr(f"monody.training.{moment}", stopped)
        with pytest.raises(TrainingStopped):
            _tune(folder, trained, others)
    assert not (folder / "model.keras").exists()
    if (folder / "checkpoint.npz").exists():
        monody.resume(folder)
    else:
        _tune(folder, trained, others)
    assert _same(folder / "model.keras", tuned.model_path)


def test_from_nothing_is_what_it_would_be_without_a_base(
    trained: Experiment, others: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.training.presets.PRESETS", _small_presets())
    tuned = _tune(tmp_path / "01", trained, others)
    nothing = train_from_nothing(tuned)
    plain = monody.train(
        monody.read_corpus(others),
        TrainSettings(num_epochs=2, base="none"),
        experiment_dir=tmp_path / "02",
    )
    assert _same(nothing.path, plain.model_path)
    written = nothing.path.stat().st_mtime_ns
    assert train_from_nothing(tuned).path.stat().st_mtime_ns == written
    assert not list(tuned.folder.glob(".from_nothing*"))


def _small_presets() -> tuple[object, ...]:
    from monody.training.presets import PRESETS

    return tuple(replace(preset, rnn_size=12) for preset in PRESETS)


def test_what_it_would_be_is_not_trained_where_it_cannot_fit(
    tuned: Experiment,
) -> None:
    with limited_to(10**9), pytest.raises(MonodyError, match="training needs about"):
        train_from_nothing(tuned)


def test_ctrl_c_leaves_nothing_of_the_comparison(
    tuned: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monody.training.from_nothing.fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train_from_nothing(tuned)
    assert not list(tuned.folder.glob("*from_nothing*"))


def test_the_scorecard_has_a_row_for_base_from_nothing_and_fine_tuned(
    trained: Experiment, others: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.training.presets.PRESETS", _small_presets())
    tuned = _tune(tmp_path / "01", trained, others)
    assert "from_nothing" not in evaluate(tuned).references
    card = evaluate(tuned, from_nothing=True)
    encoded = encode_set(tuned.side("test"), card.judged.vocabulary)
    for name, path in (
        ("base_alone", trained.model_path),
        ("from_nothing", tuned.folder / "from_nothing.keras"),
    ):
        in_keras = Evaluator(encoded).score(TrainedModel(path).network)
        bits = card.references[name].score.bits_per_note
        assert bits == pytest.approx(in_keras.bits_per_note, abs=1e-5)
    assert {"base_alone", "from_nothing", "bigram"} <= card.references.keys()


def test_events_that_the_base_never_met_are_learnt(
    trained: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    meters = (Meter(0, 7, 8), Meter(0, 5, 4), Meter(0, 13, 16))
    for index in range(9):
        notes = [(30 + (n * n + 5 * index) % 23, 29 * n, 29) for n in range(24)]
        odd = Melody.from_notes(notes, meters=[meters[index % 3]])
        write_midi(odd, folder / f"{index}.mid")
    tuned = _tune(tmp_path / "01", trained, folder)
    scores = read_json(tuned.scores_path)["validation"]
    base = scores["references"]["base_alone"]["bits_per_note"]
    assert scores["bits_per_note"] < base < 100
    [piece] = monody.generate(
        tuned, monody.SampleSettings(num_files=1, bars=3, meter="7/8", seed=1)
    ).melodies
    assert 2 * 84 < piece.end <= 3 * 84  # its last note ends in the third bar


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (ModelSettings(rnn_size=5), "--rnn_size is 5, but that of the base is 12"),
        (ModelSettings(encoding="steps"), "--encoding is steps, but .* is notes"),
    ],
)
def test_a_base_of_other_sizes_is_refused_before_anything_is_made(
    trained: Experiment, others: Path, tmp_path: Path, model: ModelSettings, said: str
) -> None:
    with pytest.raises(MonodyError, match=said):
        monody.train(
            monody.read_corpus(others),
            TrainSettings(base=str(trained.folder)),
            model=model,
            experiment_dir=tmp_path / "01",
        )
    assert not (tmp_path / "01").exists()


def test_a_base_that_is_not_there_is_refused(others: Path, tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no trained model in 'nowhere'"):
        monody.train(
            monody.read_corpus(others),
            TrainSettings(base="nowhere"),
            experiment_dir=tmp_path / "01",
        )
    assert not (tmp_path / "01").exists()
