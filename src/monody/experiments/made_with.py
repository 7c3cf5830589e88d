"""Finding the model that a file was made with.

A generated file names its model by its fingerprint, and says what it was called. Where
to look for it the file does not say: it may come from anywhere. So the model is looked
for where monody's user keeps models, and beside the file; and what is found must have
the fingerprint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from monody.experiments.base import base_experiment, base_model_fingerprint
from monody.experiments.experiment import Experiment
from monody.experiments.experiment_files import EXPERIMENTS, MODEL_FILE
from monody.saved.damage import DamagedError, require_no_holes

LEVELS = 3  # folders that an output may lie in: NN/, NN/generated/, NN/samples/last/
MODELS = "*.keras"


def find_made_with(fingerprint: str, called: str, file: Path) -> Experiment | None:
    """Find the experiment, or the file alone, of a model.

    Args:
        fingerprint: SHA-256 of the model's file.
        called: What it was called, such as ``01/model.keras``. Its last name must be
            that of the model; where several may be it, the one in a folder of the other
            name comes first. It is compared with names that are there, and is never
            used as a path.
        file: A file that was made with it: its folder is looked into, and the two
            above.

    Returns:
        ``None`` if it is neither the base model nor there, nor in an experiment in
        ``experiments/``.

    Example:
        >>> from pathlib import Path
        >>> import monody
        >>> from monody.experiments.made_with import find_made_with
        >>> model = monody.Experiment("experiments/01").load()
        >>> output = Path("experiments/01/generated/1.mid")
        >>> find_made_with(model.fingerprint, "01/model.keras", output).folder.name
        '01'
    """
    if fingerprint == base_model_fingerprint():
        return base_experiment()
    called_as = PurePosixPath(called.replace("\\", "/"))
    models = [path for path in _models(file) if path.name == called_as.name]
    models.sort(key=lambda path: path.absolute().parent.name != called_as.parent.name)
    for path in models:
        if path.is_file() and _sha256(path) == fingerprint:
            return Experiment(path.parent if path.name == MODEL_FILE else path)
    return None


def _models(file: Path) -> Iterator[Path]:
    """Yield the models in the folders of a file, then those of experiments."""
    for folder in file.absolute().parents[:LEVELS]:
        yield from sorted(folder.glob(MODELS))
    yield from sorted(EXPERIMENTS.glob(f"*/{MODELS}"))


def _sha256(path: Path) -> str:
    """Return the fingerprint of a file; an empty one where it cannot be the model.

    That is a file which is closed to the user, or mostly holes: reading holes takes as
    long as they say to be.
    """
    try:
        with path.open("rb") as file:
            require_no_holes(file)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (DamagedError, OSError):
        return ""
