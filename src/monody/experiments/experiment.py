"""An experiment: the folder that holds one training.

Which files it holds, and where they lie, is in ``experiment_files``.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from monody.errors import MonodyError
from monody.experiments.experiment_files import (
    EXPERIMENTS,
    HELD_OUT,
    MODEL_FILE,
    SCORES_FILE,
    SETTINGS_FILE,
    ExperimentFiles,
)
from monody.experiments.history import read_history
from monody.experiments.scores import SideScores
from monody.experiments.training_state import read_training_state
from monody.file_names import next_number
from monody.files import make_folder, write_json
from monody.locks import LockedError, locked
from monody.models.record import RunRecord
from monody.models.saved_model import TrainedModel
from monody.music.melody_store import SOURCES_FILE, MelodyStore
from monody.music.store_check import check_store
from monody.music.store_files import ARRAYS
from monody.saved.damage import DamagedError, damage_in
from monody.saved.plain_json import read_json
from monody.saved.values import table
from monody.temporary import remove_abandoned

SIDES = ("train", "validation", "test")
MAX_MESSAGE_BYTES = 2**16  # of a note to self


class Experiment(ExperimentFiles):
    """A folder with one training.

    Args:
        path: The folder, or a ``.keras`` file on its own.

    Example:
        >>> from monody import Experiment
        >>> experiment = Experiment("experiments/01")
        >>> experiment.record().melodies
        MelodyCounts(train=16, validation=2, test=2)
        >>> len(experiment.side("train"))
        16
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._loaded: TrainedModel | None = None
        self._record: tuple[tuple[int, int, int], RunRecord] | None = None

    def history(self) -> list[dict[str, float]]:
        """Return the figures of each epoch; none before the first is over.

        Raises:
            MonodyError: If they are damaged or of another version.
        """
        if not self.history_path.exists():
            return []
        with self._holding(self.history_path.name):
            return read_history(self.history_path)

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
        experiment.require_free()
        with experiment.alone(new=True):
            # Of a training that is over and whose model was removed: no way to go on.
            experiment.checkpoint_path.unlink(missing_ok=True)
        return experiment

    @contextmanager
    def alone(self, *, new: bool = False) -> Iterator[None]:
        """Keep other trainings out of the experiment; its folder is made if need be.

        The folder of the training melodies is locked, which nothing but a training
        writes to: melodies may be sampled into the experiment meanwhile.

        Args:
            new: Whether a new training begins, so that the folder must be free.

        Raises:
            MonodyError: If another training is at work, the folder is not free, or none
                can be made.
        """
        make_folder(self.training_path)
        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self.training_path))
            except LockedError as error:
                raise MonodyError(
                    f"another training is at work in {str(self.path)!r} just now: wait "
                    "until it is over, or name another --experiment_dir"
                ) from error
            if new:  # another may have been quicker
                self._require_nothing_there()
            yield

    def require_idle(self) -> None:
        """Make sure that no training is at work just now.

        Raises:
            MonodyError: If one is.
        """
        if self.training_path.is_dir():
            with self.alone():
                pass

    def require_free(self) -> None:
        """Make sure that a new training may go into the folder, and replaces nothing.

        Raises:
            MonodyError: If the folder is a file, holds a training or one is at work in
                it, or has other files of the names that a training writes.
        """
        self._require_folder()
        self.require_idle()
        self._require_nothing_there()

    def _require_nothing_there(self) -> None:
        unfinished = not self.is_over()
        if unfinished or self.model_path.exists():
            holds = "an unfinished training" if unfinished else "a trained model"
            resume = "--resume goes on with it; or " if unfinished else ""
            raise MonodyError(
                f"{str(self.path)!r} holds {holds} already: {resume}name another "
                "--experiment_dir, or remove it"
            )
        for path in () if self._is_ours() else self._records():
            if os.path.lexists(path):
                raise MonodyError(
                    f"{str(path)!r} is of no training of monody, and would be "
                    "replaced: name another --experiment_dir, or move it away"
                )

    def _require_folder(self) -> None:
        if self.path.is_file():
            raise MonodyError(
                f"{str(self.path)!r} is a file: name the folder of an experiment with "
                "--experiment_dir"
            )

    def _is_ours(self) -> bool:
        """Tell whether a training began here, whatever became of it."""
        try:
            return bool(self.started())
        except MonodyError:
            return False

    def _records(self) -> Iterator[Path]:
        """Yield the files that a training writes."""
        yield from (
            self.settings_path, self.split_path, self.verdicts_path, self.message_path,
            self.history_path, self.scores_path, self.checkpoint_path, self.last_path,
            self.base_path, self.from_nothing_path, self.epoch_path(1),
            self.usual_novelty_path,
        )  # fmt: skip
        for folder in (self.training_path, self.held_out_path):
            yield from (folder / f"{name}.npy" for name in ARRAYS)
            yield folder / SOURCES_FILE

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
        remove_abandoned(experiment.folder)
        if not experiment.model_path.is_file():
            raise MonodyError(
                f"no trained model in {str(experiment.path)!r}: expected "
                f"{str(experiment.model_path)!r}; run `monody train` first, or name "
                "another --experiment_dir"
            )
        return experiment

    @classmethod
    def latest(cls) -> Experiment:
        """Return the most recent one in ``experiments/``, trained or not.

        Raises:
            MonodyError: If there is none.
        """
        return _most_recent(SETTINGS_FILE)

    @classmethod
    def to_go_on(cls, path: str | os.PathLike[str] | None = None) -> Experiment:
        """Open an experiment whose training may go on.

        Args:
            path: Its folder; by default the most recent one in ``experiments/``.

        Raises:
            MonodyError: If there is none, or it has no checkpoint.
        """
        experiment = cls(path) if path else _most_recent(SETTINGS_FILE)
        experiment._require_folder()
        remove_abandoned(experiment.folder)
        if not experiment.checkpoint_path.is_file():
            raise MonodyError(
                f"no training to go on with in {str(experiment.path)!r}: expected "
                f"{str(experiment.checkpoint_path)!r}; train again, or name another "
                "--experiment_dir"
            )
        return experiment

    def is_over(self) -> bool:
        """Tell whether training came to its own end, as far as the folder says."""
        try:
            settings = self.record().training
            state = read_training_state(self.checkpoint_path)
            return state.over(settings) is not None
        except MonodyError:
            return True  # nothing there that could go on

    def load(self) -> TrainedModel:
        """Open the network, once.

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
        """Return the held-out melodies, or ``None`` of a model file on its own.

        Raises:
            MonodyError: If they are damaged.
        """
        folder = self.held_out_path
        return self._melodies(folder, HELD_OUT) if folder.is_dir() else None

    def _melodies(self, folder: Path, side: str) -> MelodyStore:
        with self._holding(f"the {side} melodies"):
            melodies = MelodyStore.load(folder)
            check_store(melodies)
            return melodies

    def side(self, name: str) -> MelodyStore:
        """Return the melodies of one side of the split, in the order of the split.

        Args:
            name: ``train``, ``validation`` or ``test``. A side may be empty.

        Raises:
            MonodyError: If the experiment does not hold them.
        """
        folder = self.training_path if name == "train" else self.held_out_path
        counts = self.record().melodies
        melodies = self._melodies(folder, name)
        first = counts.validation if name == "test" else 0
        side = melodies[first : first + counts.of(name)]
        if len(side) != counts.of(name):
            raise self._lacks(f"all of the {name} melodies")
        return side

    def record(self) -> RunRecord:
        """Return what is known of its training: settings, data, versions, the start.

        Raises:
            MonodyError: If it is missing, damaged or of another version.
        """
        with self._holding(SETTINGS_FILE):
            state = self.settings_path.stat()
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
        if self._record is None or self._record[0] != stamp:
            # That of the base model takes a good part of a second, and is asked often.
            self._record = stamp, RunRecord.from_json(self._saved_record())
        return self._record[1]

    def started(self) -> str:
        """Return when its training started, though the rest be of another version.

        Raises:
            MonodyError: If the record is missing or damaged.
        """
        return str(self._saved_record().get("started", ""))

    def _saved_record(self) -> dict[str, object]:
        with self._holding(SETTINGS_FILE):
            return dict(table(read_json(self.settings_path)))

    def message(self) -> str | None:
        """Return the note to self, or ``None``. Letters that are damaged are marked.

        Of a file that is no note, such as a giant one, it is the beginning.
        """
        if not self.message_path.is_file():
            return None
        with self.message_path.open("rb") as file:
            return file.read(MAX_MESSAGE_BYTES).decode("utf-8", "replace")

    def scores(self) -> dict[str, SideScores]:
        """Return the held-out figures by side; none before training is over.

        Raises:
            MonodyError: If they are damaged or of another version.
        """
        if not self.scores_path.exists():
            return {}
        with self._holding(SCORES_FILE):
            saved = table(read_json(self.scores_path))
            return {side: SideScores.from_json(saved[side]) for side in saved}

    @contextlib.contextmanager
    def _holding(self, what: str) -> Iterator[None]:
        """Say in a sentence that a part is not whole, whatever is wrong with it."""
        try:
            with damage_in(what):
                yield
        except (DamagedError, FileNotFoundError, NotADirectoryError) as error:
            raise self._lacks(what) from error

    def _lacks(self, what: str) -> MonodyError:
        return MonodyError(
            f"{str(self.folder)!r} does not hold {what}: expected a whole experiment "
            "of this version of monody; train again, or name another --experiment_dir"
        )

    def write_record(self, record: RunRecord) -> None:
        """Write what is known of its training."""
        write_json(self.settings_path, record.of_folder())

    def write_scores(self, scores: Mapping[str, SideScores]) -> None:
        """Write the held-out figures of each side."""
        of_sides = {side: each.to_json() for side, each in scores.items()}
        write_json(self.scores_path, of_sides)


def _make_numbered() -> Path:
    """Make ``experiments/NN``, one more than the highest number there."""
    make_folder(EXPERIMENTS)
    while True:
        number = next_number(path.name for path in EXPERIMENTS.iterdir())
        folder = EXPERIMENTS / f"{number:02d}"
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
            with contextlib.suppress(MonodyError, OSError):  # odd ones, closed ones
                started.append((Experiment(path).started(), path))
    if not started:
        raise MonodyError(
            f"no trained experiment in {str(EXPERIMENTS)!r}: run `monody train` first, "
            "or name one with --experiment_dir"
        )
    return Experiment(max(started)[1])
