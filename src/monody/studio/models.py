"""The models that a studio composes with: the base model, and those trained here."""

from __future__ import annotations

from typing import Any

import monody
from monody.experiments.runs import Run, read_run
from monody.studio.folder import StudioFolder, is_id
from monody.studio.words import _


def models_json(folder: StudioFolder, base: monody.Experiment) -> list[dict[str, Any]]:
    """Return the models that can write, as the page gets them: the base model first.

    Args:
        folder: Of the studio.
        base: The base model.
    """
    own = [
        _json(path.name, path.name, read_run(path))
        for path in sorted(folder.models.iterdir())
        if is_id(path.name) and monody.Experiment(path).model_path.is_file()
    ]
    named = _("the model that comes with monody")
    return [_json(None, named, read_run(base.folder)), *own]


def _json(model: str | None, name: str, run: Run) -> dict[str, Any]:
    """Return one model as JSON values."""
    return {
        "id": model,
        "name": name,
        "problem": run.problem,
        "started": run.started,
        "melodies": run.melodies,
        "epochs": run.epochs,
        "finished": run.finished,
        "bits_per_note": run.bits_per_note("validation"),
        "test_bits_per_note": run.bits_per_note("test"),
    }
