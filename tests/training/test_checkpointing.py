from __future__ import annotations

import contextlib
import csv
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from tensorboardX.proto import event_pb2

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import (
    TrainingState,
    read_training_state,
    read_variables,
    write_checkpoint,
)
from monody.memory import limited_to
from monody.models.backend import keras
from monody.models.encoded_set import encode_set
from monody.models.events import Vocabulary
from monody.settings.model import ModelSettings
from monody.settings.training import COSINE, TrainSettings
from monody.training.checkpointing import put_back, variables_of
from monody.training.resume import resume
from monody.training.train import train
from monody.training.train_network import TrainingStopped

NETWORK = ModelSettings(rnn_size=12, num_layers=1, dropout=0.3)
EPOCHS = 3
SETTINGS = TrainSettings(num_epochs=EPOCHS, batch_size=4, window_size=32, patience=2)
BATCHES = 8  # of an epoch
BEFORE = -1  # its first
STANDING = TrainingState(
    epoch=2,
    batch=0,
    remembered={"Clock": {"seconds": 90.0}, "Plateau": {"stale_epochs": 1}},
)
# The values of SETTINGS, for a training in a process of its own.
PROGRAM = """
import sys
import monody, monody.training.checkpointing
from monody.settings.model import ModelSettings
from monody.settings.training import COSINE, TrainSettings
monody.training.checkpointing.SECONDS_BETWEEN = 0
monody.train(
    monody.read_corpus(sys.argv[1]),
    TrainSettings(num_epochs=3, batch_size=4, window_size=32, patience=2),
    model=ModelSettings(rnn_size=12, num_layers=1, dropout=0.3),
    experiment_dir=sys.argv[2],
)
"""


@pytest.fixture(scope="module", autouse=True)
def _checkpoints_at_once() -> Iterator[None]:
    """Write a checkpoint after each step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monody.training.checkpointing.SECONDS_BETWEEN", 0)
        yield


@pytest.fixture(scope="module")
def whole(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A training that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole") / "01"
    return train(
        monody.read_corpus(tunes), SETTINGS, model=NETWORK, experiment_dir=folder
    )


class _Stop(keras.callbacks.Callback):
    """Ctrl-C after a batch of an epoch, after its last and all callbacks, or before.

    ``BEFORE`` is when the epoch begins: the checkpoint of the one before is written.
    """

    def __init__(self, epoch: int, batch: int | None) -> None:
        super().__init__()
        self._when = (epoch, batch)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        if (epoch, BEFORE) == self._when:
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self._epoch, batch) == self._when:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if (epoch, None) == self._when:
            raise KeyboardInterrupt


def _stopped(
    tunes: Path,
    folder: Path,
    epoch: int,
    batch: int | None,
    settings: TrainSettings = SETTINGS,
) -> TrainingState:
    """Train until a stop; return what the checkpoint says."""
    with contextlib.suppress(TrainingStopped):
        train(
            monody.read_corpus(tunes),
            settings,
            model=NETWORK,
            experiment_dir=folder,
            callbacks=[_Stop(epoch, batch)],
        )
    return read_training_state(folder / "checkpoint.npz")


def _weights(path: Path) -> bytes:
    """Read the weights out of a model's file, to the bit."""
    with zipfile.ZipFile(path) as archive:
        return archive.read("model.weights.h5")


def _history(folder: Path) -> list[dict[str, str]]:
    """Read the history, without the seconds."""
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        del row["seconds"]
        del row["seconds_waited"]
    return rows


def _points(folder: Path) -> list[tuple[str, int, float]]:
    """Read what TensorBoard shows: points, without those it is told to forget."""
    points: list[tuple[str, int, float]] = []
    for path in sorted((folder / "tensorboard-logs").iterdir()):
        data = path.read_bytes()
        place = 0
        while place < len(data):
            (size,) = struct.unpack_from("<Q", data, place)
            event = event_pb2.Event.FromString(data[place + 12 : place + 12 + size])
            place += size + 16
            if event.HasField("session_log"):
                points = [point for point in points if point[1] < event.step]
            for value in event.summary.value:
                if not value.tag.startswith("seconds"):
                    points.append((value.tag, event.step, value.simple_value))
    return points


def _assert_same(one: Path, two: Path) -> None:
    for name in ("model.keras", "last.keras"):
        assert _weights(one / name) == _weights(two / name), name
    first, second = (
        read_variables(one / "checkpoint.npz"),
        read_variables(two / "checkpoint.npz"),
    )
    for name, array in first.items():
        assert np.array_equal(array, second[name]), name
    assert _history(one) == _history(two)
    assert _points(one) == _points(two)
    assert (one / "scores.json").read_text() == (two / "scores.json").read_text()


@pytest.mark.parametrize(
    ("epoch", "batch", "expected"),
    [
        (0, 4, (0, 4)),
        # The models are written, the checkpoint is not.
        (0, None, (0, BATCHES - 1)),
        (1, BEFORE, (1, 0)),
        pytest.param(1, 0, (1, 0), marks=pytest.mark.thorough),  # an epoch is over
        pytest.param(1, 5, (1, 5), marks=pytest.mark.thorough),
    ],
)
def test_what_was_stopped_ends_like_what_was_not(
    whole: Experiment,
    tunes: Path,
    tmp_path: Path,
    epoch: int,
    batch: int | None,
    expected: tuple[int, int],
) -> None:
    folder = tmp_path / "x"
    standing = _stopped(tunes, folder, epoch, batch)
    assert (standing.epoch, standing.batch) == expected
    resume(folder)
    _assert_same(whole.folder, folder)
    assert not list(folder.glob(".*"))


def test_what_cannot_fit_does_not_go_on_and_can_later(
    tunes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    standing = _stopped(tunes, folder, 0, 2)
    with (
        limited_to(10**9),
        pytest.raises(MonodyError, match="training needs about .* 1.0 GB may be used"),
    ):
        resume(folder)
    assert read_training_state(folder / "checkpoint.npz") == standing


def test_it_may_be_stopped_again_and_again(
    whole: Experiment, tunes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    _stopped(tunes, folder, 0, 2)
    with pytest.raises(TrainingStopped) as stopped:
        resume(folder, callbacks=[_Stop(0, 1)])  # batches counted from where it was
    assert stopped.value.experiment.folder == folder
    assert not (folder / "model.keras").exists()
    assert read_training_state(folder / "checkpoint.npz").batch == 3
    resume(folder, callbacks=[_Stop(1, None)])  # has a model: no exception
    resume(folder)
    _assert_same(whole.folder, folder)


def test_a_killed_process_ends_like_one_that_was_not(
    whole: Experiment, tunes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    arguments = [sys.executable, "-c", PROGRAM, str(tunes), str(folder)]
    config: Any = jax.config
    cache = {"JAX_COMPILATION_CACHE_DIR": config.jax_compilation_cache_dir}
    with subprocess.Popen(arguments, env=os.environ | cache) as run:
        while run.poll() is None:
            if (folder / "checkpoint.npz").exists():
                standing = read_training_state(folder / "checkpoint.npz")
                if (standing.epoch, standing.batch) >= (1, 2):
                    run.kill()
                    break
            time.sleep(0.001)
    assert run.returncode != 0
    assert read_training_state(folder / "checkpoint.npz").epoch < EPOCHS
    resume(folder)
    _assert_same(whole.folder, folder)


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
def test_ctrl_c_writes_where_it_was(
    whole: Experiment, tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.training.checkpointing.SECONDS_BETWEEN", 1000)

    class Press(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 4:
                os.kill(os.getpid(), signal.SIGINT)

    folder = tmp_path / "x"
    with pytest.raises(TrainingStopped):
        train(
            monody.read_corpus(tunes),
            SETTINGS,
            model=NETWORK,
            experiment_dir=folder,
            callbacks=[Press()],
        )
    standing = read_training_state(folder / "checkpoint.npz")
    assert (standing.epoch, standing.batch) == (0, 5)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    resume(folder)
    _assert_same(whole.folder, folder)


@pytest.fixture(scope="module")
def on_a_cosine(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """The same, whose rate falls along a cosine."""
    folder = tmp_path_factory.mktemp("cosine") / "01"
    settings = replace(SETTINGS, schedule=COSINE)
    corpus = monody.read_corpus(tunes)
    return train(corpus, settings, model=NETWORK, experiment_dir=folder)


@pytest.mark.parametrize("batch", [BEFORE, 5, None])
def test_a_rate_on_a_cosine_goes_on_where_it_was(
    on_a_cosine: Experiment, tunes: Path, tmp_path: Path, batch: int | None
) -> None:
    folder = tmp_path / "x"
    _stopped(tunes, folder, 1, batch, on_a_cosine.record().training)
    resume(folder)
    _assert_same(on_a_cosine.folder, folder)
    rates = [float(row["learning_rate"]) for row in _history(folder)]
    assert rates == pytest.approx([rates[0] * share for share in (1, 0.75, 0.25)])


def test_a_longer_training_is_the_shorter_one_gone_on(
    whole: Experiment, tunes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    shorter = replace(SETTINGS, num_epochs=2)
    train(monody.read_corpus(tunes), shorter, model=NETWORK, experiment_dir=folder)
    scores = (folder / "scores.json").read_text()
    before = read_training_state(folder / "checkpoint.npz")
    resume(folder)  # is over: nothing happens
    assert read_training_state(folder / "checkpoint.npz") == before
    (folder / "scores.json").unlink()
    resume(folder)  # died before it was scored
    assert (folder / "scores.json").read_text() == scores
    resume(folder, num_epochs=EPOCHS)
    _assert_same(whole.folder, folder)
    assert Experiment(folder).record().training.num_epochs == EPOCHS


def test_the_melodies_come_from_the_experiment(whole: Experiment, tunes: Path) -> None:
    corpus = monody.read_corpus(tunes)
    split = monody.split_corpus(corpus, SETTINGS.seed)
    vocabulary = Vocabulary("notes")
    for side in ("train", "validation", "test"):
        kept = encode_set(whole.side(side), vocabulary)
        first = encode_set(corpus.melodies, vocabulary, getattr(split, side))
        for name in ("pitch", "duration", "position", "ends"):
            assert np.array_equal(getattr(kept, name), getattr(first, name))


def test_a_damaged_checkpoint_is_refused_in_one_sentence(
    whole: Experiment, tmp_path: Path
) -> None:
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(MonodyError, match="no checkpoint in"):
        read_training_state(path)
    data = (whole.folder / "checkpoint.npz").read_bytes()
    middle = len(data) // 2
    changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    for damaged in (b"", b"text", data[:-100], data[:100]):
        path.write_bytes(damaged)
        with pytest.raises(MonodyError, match="not a whole checkpoint"):
            read_training_state(path)
    path.write_bytes(changed)
    with pytest.raises(MonodyError, match="not a whole checkpoint"):
        read_variables(path)
    np.savez(path, other=np.zeros(3))
    with pytest.raises(MonodyError, match="not a whole checkpoint"):
        read_training_state(path)


def test_a_checkpoint_of_another_network_is_refused(whole: Experiment) -> None:
    values = read_variables(whole.folder / "checkpoint.npz")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    before = variables_of(model)
    with pytest.raises(MonodyError, match="another network or optimizer"):
        put_back(values, model)
    put_back({name: value * 0 + 1 for name, value in before.items()}, model)
    assert all((value == 1).all() for value in variables_of(model).values())


def test_a_checkpoint_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    arrays: dict[str, Any] = {"a/0": np.arange(3, dtype=np.uint32)}
    arrays["b/0"] = np.array(1.5, np.float32)
    write_checkpoint(path, STANDING, arrays)
    assert read_training_state(path) == STANDING
    read = read_variables(path)
    assert read.keys() == arrays.keys()
    assert read["a/0"].dtype == np.uint32
    assert float(read["b/0"]) == 1.5
    assert [item.name for item in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_training_says_why_it_is_over() -> None:
    settings = TrainSettings(num_epochs=3, patience=2)
    assert STANDING.over(settings) is None
    limited = replace(settings, max_minutes=1.5)
    assert "--max_minutes" in str(STANDING.over(limited))
    assert replace(STANDING, batch=1).over(limited) is None  # it is scored first
    assert STANDING.over(replace(settings, max_minutes=1.6)) is None
    assert "--num_epochs" in str(STANDING.over(replace(settings, num_epochs=2)))
    assert "--patience" in str(STANDING.over(replace(settings, patience=1)))


def test_where_another_process_is_asked_to_stop_this_one_stops_with_it(
    tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([False, False, True])  # as it begins, and after each step
    monkeypatch.setattr(
        "monody.models.processes.any_of", lambda here: here or next(asked)
    )
    folder = tmp_path / "01"
    corpus = monody.read_corpus(tunes)
    with pytest.raises(TrainingStopped):
        train(corpus, SETTINGS, model=NETWORK, experiment_dir=folder)
    state = read_training_state(folder / "checkpoint.npz")
    assert (state.epoch, state.batch) == (0, 2)
