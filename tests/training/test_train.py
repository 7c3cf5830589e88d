from __future__ import annotations

import csv
import json
import math
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.records import style_symbols
from monody.models.backend import keras
from monody.models.encoded_set import encode_set
from monody.models.events import Vocabulary
from monody.models.keras_likelihood import Evaluator
from monody.models.keras_network import build_model
from monody.models.saved_model import TrainedModel
from monody.settings.devices import DeviceSettings
from monody.settings.model import ModelSettings
from monody.settings.training import OPTIMIZERS, TrainSettings
from monody.training.callbacks import (
    CosineRate,
    HeldOutScore,
    Plateau,
    SaveModels,
    Stopwatch,
)
from monody.training.divergence import Divergence
from monody.training.fit import TrainingData
from monody.training.optimizer import LEARNING_RATES, make_optimizer
from tests.builders.json_files import read_json
from tests.builders.midi_files import tune, write_tunes

TINY = ModelSettings(rnn_size=12)  # as the fixtures: compiled once for all


def test_an_experiment_records_everything(trained: Experiment, tunes: Path) -> None:
    names = {path.name for path in trained.folder.iterdir()}
    assert names >= {
        "model.keras", "last.keras", "settings.json", "message.txt", "split.json",
        "files.json", "training", "held_out", "history.csv", "scores.json",
        "tensorboard-logs", "checkpoint.npz",
    }  # fmt: skip
    assert (trained.folder / "message.txt").read_text() == "a note to self"
    settings = read_json(trained.settings_path)["settings"]
    assert settings["model"]["rnn_size"] == 12
    assert settings["training"]["seed"] == 3
    split = read_json(trained.split_path)
    files = [item["file"] for side in split.values() for item in side]
    assert sorted(files) == sorted(path.name for path in tunes.iterdir())
    assert [len(split[side]) for side in ("train", "validation", "test")] == [16, 2, 2]
    for side, listed in split.items():
        kept = [melody.source for melody in trained.side(side)]
        assert kept == [item["file"] for item in listed]
    files = read_json(trained.verdicts_path)
    assert len(files) == 20
    assert (files[0]["verdict"], files[0]["melodies"]) == ("kept", 1)
    reading = settings["reading"]
    assert (reading["line"], reading["deduplicate"]) == ("auto", True)
    assert list((trained.folder / "tensorboard-logs").glob("events.*"))
    assert not list(trained.folder.glob(".*"))  # no temporary file is left


def test_the_history_has_the_held_out_figure_of_each_epoch(trained: Experiment) -> None:
    with (trained.folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    best = min(float(row["val_bits_per_note"]) for row in rows)
    scores = read_json(trained.scores_path)
    assert scores["validation"]["bits_per_note"] == pytest.approx(best, abs=1e-4)
    assert scores["test"]["references"]["bigram"]["notes"] == scores["test"]["notes"]


def test_held_out_figures_are_of_the_melodies_as_they_are(
    trained: Experiment, tunes: Path
) -> None:
    corpus = monody.read_corpus(tunes)
    split = monody.split_corpus(corpus, 3)
    model = trained.load()
    encoded = encode_set((corpus.melodies[i] for i in split.test), model.vocabulary)
    score = Evaluator(encoded).score(model.network)
    saved = read_json(trained.scores_path)["test"]
    assert score.bits_per_note == pytest.approx(saved["bits_per_note"], rel=1e-6)


def test_the_model_file_carries_all_that_sampling_needs(
    trained: Experiment, tunes: Path
) -> None:
    model = TrainedModel(trained.model_path)
    assert model.vocabulary == Vocabulary("notes")
    record = read_json(trained.settings_path)
    assert Path(record.pop("data_dir")).name == tunes.name
    assert record.pop("started").startswith("20")
    assert model.record.of_model() == record  # where the data lay is not given away
    assert record["melodies"] == {"train": 16, "validation": 2, "test": 2}
    assert len(model.data_fingerprint) == 64
    assert record["seen"]["note_ticks"] == [12, 24]
    assert record["usual"] == {
        "meter": "4/4", "bpm": 120.0, "bars": 8, "most_bars": 8,
    }  # fmt: skip


def _weights(experiment: Experiment) -> list[Any]:
    weights: list[Any] = experiment.load().network.get_weights()
    return weights


def test_the_same_seed_trains_the_same_weights(tunes: Path, tmp_path: Path) -> None:
    corpus = monody.read_corpus(tunes)

    def train(name: str, seed: int) -> list[Any]:
        settings = TrainSettings(num_epochs=1, seed=seed)
        folder = tmp_path / name
        return _weights(
            monody.train(corpus, settings, model=TINY, experiment_dir=folder)
        )

    first, second, other = train("a", 1), train("b", 1), train("c", 2)
    for one, two in zip(first, second, strict=True):
        assert np.array_equal(one, two)
    assert not np.array_equal(first[-1], other[-1])


def test_one_melody_is_trained_on_without_held_out_figures(tmp_path: Path) -> None:
    write_tunes(tmp_path / "one", 1)
    corpus = monody.read_corpus(tmp_path / "one")
    settings = TrainSettings(num_epochs=2)
    experiment = monody.train(
        corpus, settings, model=TINY, experiment_dir=tmp_path / "x"
    )
    assert read_json(experiment.scores_path) == {}
    generation = monody.generate(
        experiment, monody.SampleSettings(num_files=1, file_length=16)
    )
    assert generation.melodies[0].end == 96
    with pytest.raises(MonodyError, match="holds a trained model already"):
        monody.train(corpus, settings, model=TINY, experiment_dir=tmp_path / "x")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_classic_optimizer_can_be_had(name: str) -> None:
    optimizer = make_optimizer(TrainSettings(optimizer=name, grad_clip=2.0))
    assert type(optimizer).__name__.lower() == name
    assert float(optimizer.learning_rate) == pytest.approx(LEARNING_RATES[name])
    assert optimizer.global_clipnorm == 2.0
    chosen = TrainSettings(optimizer=name, learning_rate=0.5, grad_clip=0.0)
    assert float(make_optimizer(chosen).learning_rate) == 0.5
    assert make_optimizer(chosen).global_clipnorm is None


def test_every_epoch_is_drawn_anew_and_again_from_the_seed() -> None:
    encoded = encode_set([tune(seed) for seed in range(20)], Vocabulary("notes"))
    data = TrainingData(encoded, TrainSettings(seed=1, batch_size=4))
    again = TrainingData(encoded, TrainSettings(seed=1, batch_size=4))

    def pitches(data: TrainingData) -> list[bytes]:
        return [data[i][1]["pitch"].tobytes() for i in range(len(data))]

    data.draw(0)
    first = pitches(data)
    data.draw(3)
    again.draw(3)  # at once, as where a training goes on
    assert pitches(data) == pitches(again) != first
    data.first_batch = 2
    data.draw(3)
    again.draw(3)
    assert pitches(data) == pitches(again)[2:]


def test_weights_add_up_to_nats_per_note() -> None:
    encoded = encode_set([tune(1)], Vocabulary("notes"))
    _, _, weights = TrainingData(encoded, TrainSettings(batch_size=4))[0]
    notes = encoded.note_count
    assert weights["pitch"].sum() == pytest.approx((notes + 1) / notes, rel=1e-5)
    assert weights["duration"].sum() == pytest.approx(1, rel=1e-5)


def test_no_data_is_an_error_and_not_an_endless_loop(tmp_path: Path) -> None:
    (tmp_path / "empty.mid").write_bytes(b"")
    corpus = monody.read_corpus(tmp_path)
    with pytest.raises(MonodyError, match="no usable melody"):
        monody.train(corpus, experiment_dir=tmp_path / "x")
    assert not (tmp_path / "x").exists()


class _Trainee:
    """What a callback sees of the model that is trained."""

    def __init__(self) -> None:
        self.optimizer = SimpleNamespace(learning_rate=0.1)
        self.stop_training = False


def test_the_best_weights_are_the_best_not_the_newest(tmp_path: Path) -> None:
    best, last = tmp_path / "best", tmp_path / "last"
    epoch = 0

    def save(path: Path) -> None:
        path.write_text(str(epoch))

    def callback() -> SaveModels:
        return SaveModels(save, best, last)

    one = callback()
    kept = []
    for epoch, figure in enumerate([3.0, 2.0, 2.5, math.nan, 2.1], 1):
        logs = {"val_bits_per_note": figure, "bits_per_note": -epoch}
        one.on_epoch_end(epoch - 1, logs)
        kept.append((best.read_text(), last.read_text(), logs["best"]))
        one.save_last()
        assert last.read_text() == str(epoch)
        state, one = one.state(), callback()  # stopped and gone on
        one.restore(json.loads(json.dumps(state)))
    assert kept == [
        # The third and the fifth are saved where training ends with them; the fourth is
        # a milestone.
        ("1", "1", 1.0), ("2", "2", 1.0), ("2", "2", 0.0), ("2", "4", 0.0),
        ("2", "4", 0.0),
    ]  # fmt: skip


@given(
    st.lists(st.sampled_from([1.0, 1.5, 1.504, 1.506, 2.0, 3.0]), max_size=20),
    st.integers(1, 7),
)
def test_the_plateau_is_what_keras_makes_of_it(
    figures: list[float], patience: int
) -> None:
    ours, theirs = _Trainee(), _Trainee()
    plateau = Plateau(patience)
    pair = [
        keras.callbacks.ReduceLROnPlateau(
            "val_bits_per_note", factor=0.5, patience=max(patience // 3, 1),
            mode="min", min_delta=0.005,
        ),
        keras.callbacks.EarlyStopping(
            "val_bits_per_note", patience=patience, mode="min"
        ),
    ]  # fmt: skip
    for callback in pair:
        callback.set_model(theirs)
        callback.on_train_begin()
    best = math.inf
    for epoch, figure in enumerate(figures):
        logs = {"val_bits_per_note": figure, "best": float(figure < best)}
        best = min(best, figure)
        plateau.set_model(ours)
        plateau.on_epoch_end(epoch, dict(logs))
        for callback in pair:
            callback.on_epoch_end(epoch, dict(logs))
        assert ours.stop_training == theirs.stop_training
        assert ours.optimizer.learning_rate == theirs.optimizer.learning_rate
        state, plateau = plateau.state(), Plateau(patience)  # stopped and gone on
        plateau.restore(json.loads(json.dumps(state)))


def test_a_cosine_falls_from_the_whole_rate_to_nearly_nothing() -> None:
    trainee, rates = _Trainee(), []
    callback = CosineRate(epochs=4, first_rate=0.01)
    callback.set_model(trainee)
    for epoch in range(4):
        callback.on_epoch_begin(epoch)
        rates.append(trainee.optimizer.learning_rate)
    shares = [(1 + math.cos(math.pi * part)) / 2 for part in (0, 1 / 4, 1 / 2, 3 / 4)]
    assert rates == pytest.approx([0.01 * share for share in shares])
    callback.on_epoch_begin(2)  # as after a stop
    assert trainee.optimizer.learning_rate == rates[2]


def test_a_plateau_leaves_the_rate_alone_where_a_cosine_lowers_it() -> None:
    trainee = _Trainee()
    rate = trainee.optimizer.learning_rate
    plateau = Plateau(patience=3, lowers_rate=False)
    plateau.set_model(trainee)
    for epoch in range(3):
        assert not trainee.stop_training
        plateau.on_epoch_end(epoch, {"val_bits_per_note": 2.0, "best": 0.0})
    assert trainee.stop_training
    assert trainee.optimizer.learning_rate == rate


def test_the_style_of_each_melody_is_told(tmp_path: Path) -> None:
    write_tunes(tmp_path / "tunes", 20)
    for number, path in enumerate(sorted((tmp_path / "tunes").iterdir())):
        collection = ("ryansMammoth", "lieder")[number % 2]
        path.rename(path.with_name(f"{collection}-{number:02d}.mid"))
    experiment = monody.train(
        monody.read_corpus(tmp_path / "tunes"),
        TrainSettings(num_epochs=1, base="none"),
        model=TINY,
        experiment_dir=tmp_path / "x",
        styles=("song", "dance"),
    )
    record = experiment.record()
    assert record.styles == ("song", "dance")
    assert experiment.load().record.styles == ("song", "dance")
    learnt = experiment.side("train")
    expected = [1 if "lieder" in melody.source else 2 for melody in learnt]
    assert [each.style for each in record.style.precedents] == expected
    assert style_symbols(learnt, record.styles) == expected


def test_training_stops_by_the_held_out_figure_not_by_its_own(
    tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = iter([3.0, 2.0, 2.5, 2.6, 2.7, 2.8, 2.9])
    plain = HeldOutScore.on_epoch_end

    def scripted(self: HeldOutScore, epoch: int, logs: dict[str, float]) -> None:
        plain(self, epoch, logs)
        logs["bits_per_note"] = -epoch  # training goes from better to better
        logs["val_bits_per_note"] = next(figures)

    monkeypatch.setattr(HeldOutScore, "on_epoch_end", scripted)
    experiment = monody.train(
        monody.read_corpus(tunes),
        TrainSettings(num_epochs=7, patience=2),
        model=TINY,
        experiment_dir=tmp_path / "x",
    )
    with (experiment.folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["best"] for row in rows] == ["1.0", "1.0", "0.0", "0.0"]
    rates = [float(row["learning_rate"]) for row in rows]
    assert rates[-1] < rates[0]


def test_a_diverged_training_says_so() -> None:
    vocabulary = Vocabulary("notes")
    network = build_model(replace(TINY, num_layers=1, dropout=0.3), vocabulary)
    network.set_weights([w * np.nan for w in network.get_weights()])
    evaluator = Evaluator(encode_set([tune(1)], vocabulary))
    callback = HeldOutScore(network, evaluator, Divergence(TrainSettings()))
    callback.set_model(_Trainee())
    with pytest.raises(MonodyError, match="diverged.*the held-out figure is NaN"):
        callback.on_epoch_end(0, {"loss": 1.0})


def test_the_time_limit_stops_within_an_epoch() -> None:
    trainee = _Trainee()
    clock = Stopwatch(max_minutes=1e-9)
    clock.set_model(trainee)
    clock.on_train_batch_end(0)
    assert trainee.stop_training


def test_time_before_a_stop_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock = Stopwatch(max_minutes=1.0)
    now[0] += 20
    clock.on_epoch_end(0, {})
    now[0] += 10
    state = clock.state()
    now[0] += 5000  # stopped meanwhile
    trainee = _Trainee()
    clock = Stopwatch(max_minutes=1.0)
    clock.set_model(trainee)
    clock.restore(state)
    now[0] += 29
    clock.on_train_batch_end(0)
    assert not trainee.stop_training
    now[0] += 1
    clock.on_train_batch_end(1)
    assert trainee.stop_training
    logs: dict[str, float] = {}
    clock.on_epoch_end(1, logs)
    assert logs["seconds"] == 40


def test_ctrl_c_keeps_the_best_weights_so_far(tunes: Path, tmp_path: Path) -> None:
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == self.at:
                raise KeyboardInterrupt

    corpus = monody.read_corpus(tunes)
    stop = Interrupt()
    stop.at = 1
    experiment = monody.train(
        corpus, model=TINY, experiment_dir=tmp_path / "one", callbacks=[stop]
    )
    assert json.loads((experiment.folder / "scores.json").read_text())["test"]
    stop.at = 0
    with pytest.raises(KeyboardInterrupt):
        monody.train(
            corpus, model=TINY, experiment_dir=tmp_path / "none", callbacks=[stop]
        )
    assert not (tmp_path / "none" / "model.keras").exists()
    with pytest.raises(MonodyError, match="unfinished training already: --resume"):
        monody.train(corpus, model=TINY, experiment_dir=tmp_path / "none")


def test_numbers_of_16_bits_train_a_network_that_is_saved_in_32(
    tunes: Path, trained: Experiment, tmp_path: Path
) -> None:
    experiment = monody.train(
        monody.read_corpus(tunes),
        TrainSettings(num_epochs=2, batch_size=8, seed=3),
        model=replace(TINY, num_layers=2),
        experiment_dir=tmp_path / "16",
        devices=DeviceSettings(precision="bfloat16"),
    )
    assert experiment.record().devices == "1 × cpu, bfloat16"
    with zipfile.ZipFile(experiment.model_path) as archive:
        assert b"bfloat16" not in archive.read("config.json")
    weights = experiment.load().network.get_weights()
    assert {weight.dtype for weight in weights} == {np.dtype("float32")}
    figures = [
        each.scores()["validation"].score.bits_per_note
        for each in (trained, experiment)
    ]
    assert figures[0] == pytest.approx(figures[1], abs=0.1)
    assert figures[0] != figures[1]  # it did learn with others


def test_the_history_says_how_long_training_waited(trained: Experiment) -> None:
    for row in trained.history():
        assert 0 <= row["seconds_waited"] <= row["seconds"]
