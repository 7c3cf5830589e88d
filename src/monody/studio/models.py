"""The models that a studio composes with: the base model, and those trained here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import monody
from monody.experiments.runs import Run, read_run
from monody.studio.folder import StudioFolder, is_id
from monody.studio.words import _


def models_json(
    folder: StudioFolder, base: monody.Experiment, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the models that can write, as the page gets them: the base model first.

    Args:
        folder: Of the studio.
        base: The base model.
        names: What each model has learnt from, by its id.
    """
    own = [
        _json(path.name, names.get(path.name, ""), _run(monody.Experiment(path)))
        for path in folder.models.iterdir()
        if is_id(path.name) and monody.Experiment(path).model_path.is_file()
    ]
    own.sort(key=lambda model: model["started"] or "", reverse=True)
    named = _("the model that comes with monody")
    return [_json(None, named, _run(base)), *own]


def _run(experiment: monody.Experiment) -> Run:
    """Read what an experiment tells of itself, again only when that has changed."""
    told_by = (
        experiment.settings_path, experiment.history_path, experiment.scores_path,
        experiment.checkpoint_path, experiment.message_path,
    )  # fmt: skip
    states = (path.stat() for path in told_by if path.is_file())
    state = tuple((each.st_size, each.st_mtime_ns) for each in states)
    return _read(experiment.folder, state)


@lru_cache(maxsize=64)
def _read(folder: Path, _: tuple[tuple[int, int], ...]) -> Run:
    """Read an experiment; the base model's record takes a good part of a second."""
    return read_run(folder)


def _json(model: str | None, name: str, run: Run) -> dict[str, Any]:
    """Return one model as JSON values."""
    return {
        "id": model,
        "name": name or model,
        "collection": name if model else None,
        "problem": run.problem,
        "started": run.started,
        "melodies": run.melodies,
        "epochs": run.epochs,
        "finished": run.finished,
        "bits_per_note": run.bits_per_note("validation"),
        "test_bits_per_note": run.bits_per_note("test"),
    }
