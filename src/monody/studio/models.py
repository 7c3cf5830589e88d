"""The models that a studio composes with: the base model, and those trained here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any

import monody
from monody.errors import printable
from monody.sentences import translated
from monody.studio.folder import StudioFolder, is_id
from monody.studio.words import _

SIZES = ("rnn_size", "num_layers", "base")  # settings that tell models apart


def models_json(
    folder: StudioFolder, base: monody.Experiment, at_work: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the models that can write, as the page gets them: the base model first.

    Figures of models that were judged on the same melodies, those of the same ``data``,
    can be compared.

    Args:
        folder: Of the studio.
        base: The base model.
        at_work: Ids of those that are in training, which are left out.
    """
    own = [
        (path.name, _run(monody.Experiment(path)))
        for path in sorted(folder.models.glob("*"))  # which may be gone
        if is_id(path.name)
        and path.name not in at_work
        and monody.Experiment(path).model_path.is_file()
    ]
    own.sort(key=lambda item: (item[1].started or "", item[0]))
    seen: Counter[str] = Counter()
    listed = [_json(None, _("The model that comes with monody"), _run(base))]
    for model, run in own:
        name = run.message or _("A model without a name")
        seen[name] += 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        listed.append(_json(model, f"{name}{number}", run))
    return listed


def _problem(run: monody.Run) -> str:
    """Say why a model cannot be used, and where it is."""
    return _("It cannot be used: {why}. It lies in {folder}.").format(
        why=translated(run.problem or ""), folder=printable(run.folder)
    )


def _run(experiment: monody.Experiment) -> monody.Run:
    """Read what an experiment tells of itself, again only when that has changed."""
    told_by = (
        experiment.settings_path, experiment.history_path, experiment.scores_path,
        experiment.checkpoint_path, experiment.message_path,
    )  # fmt: skip
    states = (path.stat() for path in told_by if path.is_file())
    state = tuple((each.st_size, each.st_mtime_ns) for each in states)
    return _read(experiment.folder, state)


@lru_cache(maxsize=64)
def _read(folder: Path, _: tuple[tuple[int, int], ...]) -> monody.Run:
    """Read an experiment; the base model's record takes a good part of a second."""
    return monody.read_run(folder)


def _json(model: str | None, name: str, run: monody.Run) -> dict[str, Any]:
    """Return one model as JSON values."""
    scores = run.scores.get("test") or run.scores.get("validation")
    others = scores.references if scores is not None else {}
    return {
        "id": model,
        "name": name,
        "collection": run.message,
        "problem": run.problem and _problem(run),
        "started": run.started,
        "melodies": run.melodies,
        "epochs": run.epochs,
        "seconds": run.seconds,
        "finished": run.finished,
        "bits_per_note": run.bits_per_note("validation"),
        "test_bits_per_note": run.bits_per_note("test"),
        "references": {other: one.bits_per_note for other, one in others.items()},
        "settings": {setting: run.settings.get(setting) for setting in SIZES},
        "data": run.data_fingerprint,
    }
