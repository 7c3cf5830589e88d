"""An experiment: the folder that holds one training.

experiments/01/
model.keras        the best weights; alone enough to sample
last.keras         the weights of the last epoch
epoch-0001.keras   those of epochs 1, 2, 4, 8 and so on
settings.json      every setting, the seed, versions, the data's fingerprint
message.txt        the note of --message
split.json         which melodies were trained on and which held out
files.json         the verdict on every file
training/          the melodies trained on, so that the data is not needed again
held_out/          the held-out melodies, validation before test
checkpoint.npz     where training stands, for `monody train --resume`
base.keras         what it was fine-tuned from, if it was
from_nothing.keras what it would be without: `monody evaluate` trains it to compare
history.csv        figures of each epoch
scores.json        held-out bits per note, and the bigram reference
index.html         the page of the training: curves, corpus, scorecard
samples/           what the page lets one hear: melodies of some epochs
tensorboard-logs/
generated/         what `monody sample` writes
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.experiments.training_state import read_training_state
from monody.files import make_folder, write_text
from monody.models.saved_model import TrainedModel
from monody.music.melody_store import MelodyStore
from monody.settings.training import TrainSettings

EXPERIMENTS = Path("experiments")
MODEL_FILE = "model.keras"
LAST_FILE = "last.keras"
CHECKPOINT_FILE = "checkpoint.npz"
BASE_FILE, FROM_NOTHING_FILE = "base.keras", "from_nothing.keras"
HISTORY_FILE = "history.csv"
SETTINGS_FILE, SCORES_FILE = "settings.json", "scores.json"
TRAINING, HELD_OUT = "training", "held_out"


class Experiment:
    """A folder with one training.

    Args:
        path: The folder, or a ``.keras`` file on its own.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        alone = self.path.is_file()
        self.folder = self.path.parent if alone else self.path
        self.model_path = self.path if alone else self.path / MODEL_FILE
        self.checkpoint_path = self.folder / CHECKPOINT_FILE
        self._loaded: TrainedModel | None = None

    @property
    def generated(self) -> Path:
        """Where melodies go by default."""
        return self.folder / "generated"

    @property
    def model_name(self) -> str:
        """What files that it writes call their model: where it lies."""
        return str(self.model_path.absolute())

    @property
    def base_path(self) -> Path:
        """Where a copy of what it was fine-tuned from lies, if it was."""
        return self.folder / BASE_FILE

    @property
    def last_path(self) -> Path:
        """Where the weights of the last epoch lie."""
        return self.folder / LAST_FILE

    def epoch_path(self, epoch: int) -> Path:
        """Return where the weights of an epoch lie, if they were kept."""
        return self.folder / f"epoch-{epoch:04d}.keras"

    @property
    def samples(self) -> Path:
        """Where the melodies go that the page of the training shows."""
        return self.folder / "samples"

    def history(self) -> list[dict[str, float]]:
        """Return the figures of each epoch; none before the first is over."""
        path = self.folder / HISTORY_FILE
        if not path.is_file():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return [
                {name: float(value) for name, value in row.items()}
                for row in csv.DictReader(file)
            ]

    def __repr__(self) -> str:
        return f"Experiment({str(self.path)!r})"

    @classmethod
    def create(cls, path: str | os.PathLike[str] | None = None) -> Experiment:
        """Make the folder of a new experiment.

        Args:
            path: The folder; by default the next number in ``experiments/``.

        Raises:
            MonodyError: If the folder holds a training already, or cannot be made.
        """
        if path is None:
            return cls(_make_numbered())
        experiment = cls(path)
        unfinished = not experiment.is_over()
        if unfinished or experiment.model_path.exists():
            holds = "an unfinished training" if unfinished else "a trained model"
            resume = "--resume goes on with it; or " if unfinished else ""
            raise MonodyError(
                f"{str(experiment.path)!r} holds {holds} already: {resume}name another "
                "--experiment_dir, or remove it"
            )
        make_folder(experiment.folder)
        # Of a training that is over and whose model was removed: no way to go on.
        experiment.checkpoint_path.unlink(missing_ok=True)
        return experiment

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Experiment:
        """Open a trained experiment.

        Args:
            path: Its folder or a ``.keras`` file; by default the most recent one in
                ``experiments/``.

        Raises:
            MonodyError: If there is none, or it has no model yet.
        """
        experiment = cls(path) if path else _most_recent(MODEL_FILE)
        if not experiment.model_path.is_file():
            raise MonodyError(
                f"no trained model in {str(experiment.path)!r}: expected "
                f"{str(experiment.model_path)!r}; run `monody train` first, or name "
                "another --experiment_dir"
            )
        return experiment

    @classmethod
    def to_go_on(cls, path: str | os.PathLike[str] | None = None) -> Experiment:
        """Open an experiment whose training may go on.

        Args:
            path: Its folder; by default the most recent one in ``experiments/``.

        Raises:
            MonodyError: If there is none, or it has no checkpoint.
        """
        experiment = cls(path) if path else _most_recent(SETTINGS_FILE)
        if not experiment.checkpoint_path.is_file():
            raise MonodyError(
                f"no training to go on with in {str(experiment.path)!r}: expected "
                f"{str(experiment.checkpoint_path)!r}; train anew, or name another "
                "--experiment_dir"
            )
        return experiment

    def is_over(self) -> bool:
        """Tell whether training came to its own end, as far as the folder says."""
        try:
            settings = self.record()["settings"]["training"]
            standing = read_training_state(self.checkpoint_path)
            return standing.over(TrainSettings.from_json(settings)) is not None
        except (MonodyError, KeyError, TypeError):
            return True  # nothing there that could go on

    def load(self) -> TrainedModel:
        """Load the network, once: what was compiled for it stays compiled.

        Raises:
            MonodyError: If the file is not a model of monody, or of another version.
        """
        if self._loaded is None:
            self._loaded = TrainedModel(self.model_path)
        return self._loaded

    def base(self) -> TrainedModel | None:
        """Return what it was fine-tuned from, or ``None``.

        Raises:
            MonodyError: If the file is damaged, or of another version.
        """
        there = self.base_path.is_file()
        return TrainedModel(self.base_path) if there else None

    def held_out_melodies(self) -> MelodyStore | None:
        """Return the held-out melodies, or ``None`` where the model stands alone."""
        folder = self.folder / HELD_OUT
        return MelodyStore.load(folder) if folder.is_dir() else None

    def side(self, name: str) -> MelodyStore:
        """Return the melodies of one side of the split, in the order of the split.

        Args:
            name: ``train``, ``validation`` or ``test``. A side may be empty.

        Raises:
            MonodyError: If the experiment does not hold them.
        """
        folder = self.folder / (TRAINING if name == "train" else HELD_OUT)
        counts = self.record().get("melodies")
        try:
            melodies = MelodyStore.load(folder)
        except (OSError, ValueError, EOFError) as error:
            raise self._lacks(f"the {name} melodies") from error
        if counts is None:
            raise self._lacks("which melodies are on which side")
        first = counts["validation"] if name == "test" else 0
        chosen = melodies[first : first + counts[name]]
        if len(chosen) != counts[name]:
            raise self._lacks(f"all of the {name} melodies")
        return chosen

    def record(self) -> dict[str, Any]:
        """Return what ``settings.json`` says: settings, data, versions, the start.

        Raises:
            MonodyError: If it is missing or damaged.
        """
        try:
            record = self.read_json(SETTINGS_FILE)
        except (OSError, ValueError) as error:
            raise self._lacks(SETTINGS_FILE) from error
        if not isinstance(record, dict):
            raise self._lacks(SETTINGS_FILE)
        return record

    def _lacks(self, what: str) -> MonodyError:
        return MonodyError(
            f"{str(self.folder)!r} does not hold {what}: expected a whole experiment "
            "of this version of monody; train again, or name another --experiment_dir"
        )

    def write_json(self, name: str, values: Any) -> None:
        """Write a readable JSON file into the folder."""
        write_text(self.folder / name, json.dumps(values, indent=2) + "\n")

    def read_json(self, name: str) -> Any:
        """Read a JSON file of the folder."""
        return json.loads((self.folder / name).read_text("utf-8"))


def now() -> str:
    """Return the present time in UTC, sortable as text."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _make_numbered() -> Path:
    """Make ``experiments/NN``, one more than the highest number there."""
    make_folder(EXPERIMENTS)
    while True:
        numbers = [int(p.name) for p in EXPERIMENTS.iterdir() if p.name.isdecimal()]
        folder = EXPERIMENTS / f"{max(numbers, default=0) + 1:02d}"
        with contextlib.suppress(FileExistsError):  # another training was quicker
            folder.mkdir()
            return folder


def _most_recent(needed: str) -> Experiment:
    """Return the experiment with a certain file that was started last.

    When that was, its own record says. Folder times are not asked: copying and sampling
    change them.
    """
    started = []
    for path in EXPERIMENTS.iterdir() if EXPERIMENTS.is_dir() else ():
        if (path / needed).is_file():
            with contextlib.suppress(MonodyError):
                started.append((Experiment(path).record().get("started", ""), path))
    if not started:
        raise MonodyError(
            f"no trained experiment in {str(EXPERIMENTS)!r}: run `monody train` first, "
            "or name one with --experiment_dir"
        )
    return Experiment(max(started)[1])
