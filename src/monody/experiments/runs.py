"""The experiments of a folder, side by side.

Every figure is read from the files of its experiment; nothing is loaded that would need
Keras, and a folder that cannot be read costs itself only.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.experiment_files import EXPERIMENTS, SETTINGS_FILE
from monody.experiments.scores import SideScores
from monody.experiments.training_state import read_training_state
from monody.translation import marked

# Settings that a result does not depend on.
WITHOUT_EFFECT = ("n_jobs", "max_files_in_ram", "max_seconds_per_file", "cache")


@dataclass(frozen=True)
class Run:
    """One experiment, as its folder tells of it."""

    folder: str
    problem: str | None = None  # why nothing else is known
    started: str | None = None  # in UTC, ISO 8601
    message: str | None = None
    data_dir: str | None = None
    data_fingerprint: str | None = None
    melodies: dict[str, int] = field(default_factory=dict)  # on each side of the split
    settings: dict[str, Any] = field(default_factory=dict)
    epochs: int = 0  # that are over
    seconds: float | None = None  # of training
    finished: bool = False  # whether training came to its own end
    scores: dict[str, SideScores] = field(default_factory=dict)  # of each side
    best_so_far: float | None = None  # bits per note of the validation melodies

    @property
    def name(self) -> str:
        """The last part of the folder."""
        return Path(self.folder).name

    def bits_per_note(self, side: str) -> float | None:
        """Return the figure of the best weights, ``None`` where there is none.

        Args:
            side: ``validation`` or ``test``. While training has not come to its end,
                the first is that of the best epoch so far.
        """
        if side in self.scores:
            return self.scores[side].score.bits_per_note
        return self.best_so_far if side == "validation" else None

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        scores = {side: each.to_json() for side, each in self.scores.items()}
        return {"name": self.name, **asdict(self), "scores": scores}


def list_runs(folder: str | os.PathLike[str] = EXPERIMENTS) -> list[Run]:
    """Read what the experiments in a folder tell of themselves, by their names.

    Args:
        folder: The folder of experiments, or one experiment.

    Raises:
        MonodyError: If there is no such folder. A damaged or foreign folder within is
            listed with its problem.

    Example:
        >>> import monody
        >>> [(run.name, run.epochs, run.finished) for run in monody.list_runs()]
        [('01', 2, True)]
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise MonodyError(
            f"no folder {str(folder)!r}: run `monody train` first, or name the folder "
            "of the experiments"
        )
    if (folder / SETTINGS_FILE).is_file():
        return [read_run(folder)]
    inside = [
        path
        for path in folder.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    ]
    return [read_run(path) for path in sorted(inside, key=_by_name)]


def read_run(folder: str | os.PathLike[str]) -> Run:
    """Read what one experiment tells of itself; what cannot be read is its problem.

    Args:
        folder: Of the experiment.

    Example:
        >>> import monody
        >>> run = monody.read_run("experiments/01")
        >>> run.epochs, run.problem
        (2, None)
    """
    folder = Path(folder)
    try:
        if not (folder / SETTINGS_FILE).is_file():
            return Run(
                str(folder), problem=marked(f"not an experiment: no {SETTINGS_FILE}")
            )
        return _read_run(Experiment(folder))
    except MonodyError as error:
        return Run(
            str(folder), problem=marked(f"damaged, or of another version: {error}")
        )
    except OSError as error:
        return Run(
            str(folder), problem=marked(f"cannot be read: {error.strerror or error}")
        )


def _read_run(experiment: Experiment) -> Run:
    record = experiment.record()
    folder = experiment.folder
    history = experiment.history()
    key = "val_bits_per_note"
    bits = [row[key] for row in history if key in row]
    seconds = sum(row["seconds"] for row in history)
    with contextlib.suppress(MonodyError):  # counts an epoch begun, too
        seconds = read_training_state(experiment.checkpoint_path).seconds
    return Run(
        folder=str(folder),
        started=_time(record.started),
        message=experiment.message(),
        data_dir=record.data_dir,
        data_fingerprint=record.data_fingerprint,
        melodies=asdict(record.melodies),
        settings=record.settings,
        epochs=len(history),
        seconds=seconds or None,
        finished=experiment.scores_path.exists() and experiment.is_over(),
        scores=experiment.scores(),
        best_so_far=min(bits, default=None),
    )


def _time(text: str) -> str | None:
    """Return a time as it is; ``None`` where there is none, as in the base model.

    Raises:
        MonodyError: If it is no time, or one that no clock here can show.
    """
    if not text:
        return None
    try:
        datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise MonodyError(f"its training started at {text!r}, which is no time") from (
            error
        )
    return text


def _by_name(path: Path) -> list[tuple[int, str]]:
    """Sort names by the numbers in them: ``9`` comes before ``10``."""
    parts = re.split(r"(\d+)", path.name)
    return [(int(part) if part.isdecimal() else -1, part) for part in parts]


def differing_settings(runs: Sequence[Run]) -> list[str]:
    """Return the names of the settings that are not the same in all of the runs."""
    known = [run.settings for run in runs if not run.problem]
    names = dict.fromkeys(name for settings in known for name in settings)
    return [
        name
        for name in names
        if name not in WITHOUT_EFFECT
        and any(settings.get(name) != known[0].get(name) for settings in known)
    ]


def best_runs(runs: Sequence[Run]) -> list[Run]:
    """Return the best of each group of runs whose figures can be compared.

    Those are two runs or more on the same melodies with the same ones held out. The
    validation melodies decide, so that the test figure of the best stays one that was
    chosen by nothing.
    """
    groups: dict[tuple[Any, ...], list[tuple[float, int]]] = {}
    for index, run in enumerate(runs):
        bits = run.bits_per_note("validation")
        if bits is not None:
            seed, copies = run.settings.get("seed"), run.settings.get("deduplicate")
            key = (run.data_fingerprint, seed, copies)
            groups.setdefault(key, []).append((bits, index))
    return [runs[min(group)[1]] for group in groups.values() if len(group) > 1]
