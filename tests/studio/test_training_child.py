from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import monody
from monody.errors import MonodyError
from monody.generation.provenance import read_provenance
from monody.studio import priority
from monody.studio.heard import BARS, heard_epochs, heard_path
from monody.studio.studio import Studio
from monody.studio.training_child import Order, carry_out
from monody.studio.training_progress import Moment, TrainingFacts
from tests.builders.browsers import studio_in

TRAINING = {"num_epochs": 3, "batch_size": 8, "base": "none", "seed": 3}
NETWORK = {"rnn_size": 12, "num_layers": 2}
EPOCHS = TRAINING["num_epochs"]


def _order(tunes: Path, folder: Path, **changes: Any) -> Order:
    return Order(
        experiment=str(folder),
        files=str(tunes),
        name="Airs",
        log=os.devnull,
        **{"training": TRAINING, "network": NETWORK, **changes},
    )


def _weights(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "last.keras") as archive:
        return archive.read("model.weights.h5")


@pytest.fixture(scope="module")
def whole(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> monody.Experiment:
    """The same training, which nobody listens to."""
    return monody.train(
        monody.read_corpus(tunes),
        monody.TrainSettings(**TRAINING),  # type: ignore[arg-type]
        model=monody.ModelSettings(**NETWORK),  # type: ignore[arg-type]
        experiment_dir=tmp_path_factory.mktemp("whole") / "01",
    )


def test_a_training_tells_how_far_it_is_and_is_heard_at_each_better_epoch(
    tunes: Path, tmp_path: Path, whole: monody.Experiment
) -> None:
    told: list[dict[str, Any]] = []
    folder = tmp_path / "made"
    carry_out(_order(tunes, folder), told.append)
    assert told[:2] == [{"stage": "reading"}, {"stage": "preparing"}]
    over = [what["epoch"] for what in told if what.get("share") == 0.0]
    assert over == [1, 2, 3]
    assert [what["pace"] for what in told if "pace" in what][-1] > 0
    history = monody.Experiment(folder).history()
    better = [int(row["epoch"]) for row in history if row["best"]]
    assert [what["heard"] for what in told if "heard" in what] == better
    assert heard_epochs(folder) == better
    last = read_provenance(heard_path(folder, better[-1]))
    assert (last.settings.bars, last.settings.seed) == (BARS, 3)
    assert _weights(folder) == _weights(whole.folder)
    assert monody.Experiment(folder).message() == "Airs"


def test_a_training_that_was_cut_off_goes_on_as_if_it_had_not_been(
    tunes: Path, tmp_path: Path, whole: monody.Experiment
) -> None:
    def cut_off(what: dict[str, Any]) -> None:
        if what.get("epoch") == 2:
            raise OSError("killed")

    folder = tmp_path / "made"
    with pytest.raises(OSError, match="killed"):
        carry_out(_order(tunes, folder), cut_off)
    assert not monody.Experiment(folder).is_over()
    order = _order(tmp_path / "gone", folder)  # the melodies are the experiment's
    carry_out(order, lambda _: None)
    assert monody.Experiment(folder).is_over()
    assert _weights(folder) == _weights(whole.folder)


def test_what_was_begun_without_a_checkpoint_begins_again(
    tunes: Path, tmp_path: Path
) -> None:
    (tmp_path / "made/training").mkdir(parents=True)
    (tmp_path / "made/model.keras").write_bytes(b"half")

    def stop(what: dict[str, Any]) -> None:
        if what == {"stage": "preparing"}:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(_order(tunes, tmp_path / "made"), stop)
    assert not (tmp_path / "made").exists()


def test_what_was_chosen_by_hand_is_what_is_learnt(
    tunes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[set[str], Any, Any]] = []

    def learn(corpus: monody.Corpus, settings: Any, *, model: Any, **_: Any) -> None:
        asked.append(({melody.source for melody in corpus.melodies}, settings, model))

    monkeypatch.setattr(monody, "train", learn)
    order = _order(tunes, tmp_path / "made", leave_out=("tune-000.mid",))
    carry_out(Order.from_line(order.to_line()), lambda _: None)
    [(sources, settings, model)] = asked
    assert sources == {f"tune-{number:03}.mid" for number in range(1, 20)}
    assert (settings.num_epochs, model.rnn_size) == (EPOCHS, 12)


def test_a_collection_without_a_melody_is_refused_in_words_of_the_page(
    tmp_path: Path,
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files/odd.mid").write_bytes(b"<html>")
    with pytest.raises(MonodyError, match="no melody in this collection to learn from"):
        carry_out(_order(tmp_path / "files", tmp_path / "made"), lambda _: None)
    assert not (tmp_path / "made").exists()


def test_the_folder_of_a_training_says_how_far_it_is(
    trained: monody.Experiment,
) -> None:
    facts = TrainingFacts.of(trained.folder)
    assert facts.chosen.startswith("16 melodies, ")
    # From nothing, as it was told: no reason is given that is none.
    assert facts.chosen.endswith("notes: tens of tunes.")
    many = TrainingFacts(2_000, 90_000).chosen
    assert many.endswith("from nothing: there is enough to learn from nothing.")
    assert (facts.epochs, len(facts.curve), facts.has_model) == (2, 2, True)
    assert facts.best_epoch in (1, 2)
    assert facts.curve[0]["held_out"] > 0
    assert facts.pace is not None
    assert facts.pace == trained.history()[1]["seconds"]
    assert Moment("training", 1, 0.5).seconds_left(facts) == facts.pace / 2
    assert Moment("training", 5, 0.5).seconds_left(facts) == 0


def test_nothing_is_known_of_a_training_that_has_not_begun(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    for folder in (tmp_path, tmp_path / "none"):
        assert TrainingFacts.of(folder) == TrainingFacts()
    assert Moment().seconds_left(TrainingFacts()) is None
    told = Moment("training", 0, 0.25, 20.0).seconds_left(TrainingFacts(epochs=10))
    assert told == 10 * 20 - 5


def test_training_gives_way(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for niceness, added in ((0, 10), (10, 0), (19, 0)):
        asked: list[int] = []

        def nice(by: int, niceness: int = niceness, asked: list[int] = asked) -> int:
            asked.append(by)
            return niceness + by

        monkeypatch.setattr("monody.studio.priority.os.nice", nice)
        monkeypatch.setattr(priority, "AUTOGROUP", tmp_path / "autogroup")
        priority.give_way()
        assert asked == [0, added]
    assert (tmp_path / "autogroup").read_text() == "10"


EAGER = "tests.builders.eager_training"


def test_training_gives_way_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    kernel = SimpleNamespace(
        GetCurrentProcess=lambda: -1,
        SetPriorityClass=lambda process, kind: asked.append((process, kind)),
    )
    windll = SimpleNamespace(kernel32=kernel)
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    monkeypatch.setattr(priority, "os", SimpleNamespace())
    monkeypatch.setattr(sys, "platform", "win32")
    priority.give_way()
    assert asked == [(-1, 0x4000)]


SERVER = f"""
import sys, time
from pathlib import Path
from monody.studio import trainings
from monody.studio.folder import StudioFolder
from monody.studio.studio import Studio
trainings.CHILD = {EAGER!r}
studio = Studio.of(StudioFolder(Path(sys.argv[1])))
studio.trainings.start()
print("open", flush=True)
time.sleep(600)
"""
MAX_SECONDS = 120


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + MAX_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.thorough
def test_a_server_that_is_killed_in_mid_training_goes_on_when_it_starts_again(
    tmp_path: Path,
    tunes: Path,
    whole: monody.Experiment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("monody.studio.trainings.CHILD", EAGER)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    studio = studio_in(tmp_path)
    training = _asked_for(studio, tunes)
    studio.close()
    folder = tmp_path / "models" / training
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE
    )
    assert server.stdout
    _until(lambda: (folder / "history.csv").is_file())
    server.kill()
    server.wait()
    server.stdout.close()
    again = studio_in(tmp_path)
    again.trainings.start()
    try:
        _until(lambda: again.trainings.get(training).state not in ("queued", "running"))
        told = again.trainings.one_json(training)
        assert (told["state"], told["epoch"], told["model"]) == ("done", 3, training)
        assert len(told["heard"]) == sum(row["better"] for row in told["curve"])
    finally:
        again.close()
    assert _weights(folder) == _weights(whole.folder)


def _asked_for(studio: Studio, tunes: Path) -> str:
    """Put a training into the queue of a studio that does not work it off."""
    from monody.studio.uploads import Upload

    part = 'Content-Disposition: form-data; name="files"; filename="{}"\r\n\r\n'
    incoming = studio.folder.path / "incoming"
    incoming.mkdir()
    upload = Upload(incoming, "multipart/form-data; boundary=x")
    for path in sorted(tunes.glob("*.mid")):
        upload.write(b"--x\r\n" + part.format(path.name).encode())
        upload.write(path.read_bytes() + b"\r\n")
    upload.write(b"--x--")
    collection = studio.collections.add(upload, "Airs")
    return studio.trainings.add(collection.id, TRAINING, NETWORK).id


def test_a_child_of_a_server_that_was_killed_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tunes: Path
) -> None:
    monkeypatch.setattr("monody.studio.training_child.SECONDS_TO_LEAVE", 0.0)
    experiment = monody.Experiment(tmp_path / "made")
    with experiment.alone(), pytest.raises(MonodyError, match="another training is at"):
        carry_out(_order(tunes, tmp_path / "made"), lambda _: None)
