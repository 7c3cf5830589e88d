"""The base model: the experiment that comes with monody.

The package holds its network, a ``.keras`` file, and an archive with the rest of the
experiment, its melodies above all. To be used like any other it is laid out in the
cache folder when it is first asked for. ``cli.make_base`` makes it.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from monody.cache_folder import LAID_OUT, cache_folder
from monody.errors import MonodyError, brief
from monody.experiments.experiment import Experiment
from monody.experiments.experiment_files import (
    EXPERIMENTS,
    HELD_OUT,
    MODEL_FILE,
    SCORES_FILE,
    SETTINGS_FILE,
    TRAINING,
)
from monody.files import is_whole, laying_out, replacing, seal
from monody.ours import is_ours, mark, remove, use
from monody.saved.damage import DamagedError, damage_in
from monody.settings.training import BASE

PACKED = Path(__file__).parent / "base_model"
ARCHIVE = "experiment.zip"
FOLDERS = (TRAINING, HELD_OUT)
TRIES = 3  # to lay it out, while other commands remove it


class BaseExperiment(Experiment):
    """The base model's experiment. What it writes goes where the user is."""

    @property
    def generated(self) -> Path:
        """Where melodies go by default."""
        return Path(super().generated.name)

    @property
    def model_name(self) -> str:
        """What files that it writes call their model: the same on every machine."""
        return BASE


def base_experiment() -> BaseExperiment:
    """Open the base model that comes with monody, laid out in the cache folder.

    ``open_experiment("base")`` does so, too, unless a folder is called like that.

    Raises:
        MonodyError: If it cannot be laid out there.

    Example:
        >>> import monody
        >>> monody.base_experiment().model_name
        'base'
    """
    folder = cache_folder() / f"{LAID_OUT}{base_fingerprint()[:16]}"
    try:
        for _ in range(TRIES):
            if not folder.is_dir():
                _lay_out(folder)
            is_another = not is_ours(folder)
            if is_another or (use(folder) and _is_whole(folder, _state(folder))):
                break
            remove(folder)
    except OSError as error:
        raise _cannot(folder, error.strerror or str(error)) from error
    except DamagedError as error:
        raise MonodyError(
            f"the base model that came with monody is not whole ({brief(str(error))}): "
            "install monody again, or name a model with --experiment_dir"
        ) from error
    if not is_ours(folder):
        raise _cannot(folder, "a folder that is not monody's is in the way")
    if not _is_whole(folder, _state(folder)):
        raise _cannot(folder, "what is there is damaged, and cannot be removed")
    return BaseExperiment(folder)


def _cannot(folder: Path, why: str) -> MonodyError:
    return MonodyError(
        f"cannot lay out the base model in {str(folder)!r}: {why}; "
        "name a folder that can be written to with MONODY_CACHE"
    )


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return the names, the sizes and the times of the files that are laid out."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    states = ((str(path), path.stat()) for path in files)
    return tuple((name, state.st_size, state.st_mtime_ns) for name, state in states)


@lru_cache(maxsize=4)
def _is_whole(folder: Path, _: tuple[tuple[str, int, int], ...]) -> bool:
    """Tell whether what was laid out is whole; megabytes that are read once a change.

    Args:
        folder: Where it lies.
        _: What ``_state`` returned.
    """
    return is_whole(folder)


def base_model_fingerprint() -> str:
    """Return a SHA-256 of the base model's file, as experiments record it."""
    return _sha256(PACKED, MODEL_FILE)


def base_fingerprint() -> str:
    """Return a SHA-256 of the base model as it is packed."""
    return _sha256(PACKED, MODEL_FILE, ARCHIVE)


@cache
def _sha256(folder: Path, *names: str) -> str:
    """Return a SHA-256 of packed files, megabytes that are read once a process."""
    digest = sha256()
    for name in names:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _lay_out(folder: Path) -> None:
    """Unpack the experiment into a folder, whole or not at all."""
    with (
        laying_out(folder) as making,
        damage_in(ARCHIVE),
        ZipFile(PACKED / ARCHIVE) as archive,
    ):
        mark(making)
        shutil.copyfile(PACKED / MODEL_FILE, making / MODEL_FILE)
        names = archive.namelist()
        later = Experiment(making).usual_novelty_path.name  # may be counted again
        archive.extractall(making, [name for name in names if name != later])
        seal(making)
        archive.extractall(making, [name for name in names if name == later])


def open_experiment(
    path: str | os.PathLike[str] | Experiment | None = None,
) -> Experiment:
    """Open a trained experiment, or the base model.

    Args:
        path: The folder of an experiment, a ``.keras`` file, or ``"base"``; by default
            the most recent in ``experiments/``, and the base model where there is none.
            An experiment that is open already is returned as it is.

    Raises:
        MonodyError: If there is no model where one is named.

    Example:
        >>> import monody
        >>> monody.open_experiment("experiments/01").record().model.rnn_size
        12
    """
    if isinstance(path, Experiment):
        return path
    if path is None:
        trained = EXPERIMENTS.glob(f"*/{MODEL_FILE}")
        return Experiment.open() if any(trained) else base_experiment()
    if str(path) == BASE and not Path(BASE).exists():
        return base_experiment()
    return Experiment.open(path)


def pack_base(experiment: Experiment, into: Path = PACKED) -> None:
    """Make an experiment the base model. The same one gives the same bytes.

    Args:
        experiment: What ``make_base`` trained, its melodies looked through
            (``known_melodies``).
        into: A folder of the package.
    """
    folder, record = experiment.folder, experiment.record()
    contents = {
        SETTINGS_FILE: json.dumps(record.of_model(), indent=2).encode(),
        SCORES_FILE: experiment.scores_path.read_bytes(),
    }
    usual = experiment.usual_novelty_path  # half a second at the first melodies
    contents[usual.name] = usual.read_bytes()
    for part in FOLDERS:
        for file in sorted((folder / part).iterdir()):
            contents[f"{part}/{file.name}"] = file.read_bytes()
    into.mkdir(exist_ok=True)
    with replacing(into / MODEL_FILE) as model, replacing(into / ARCHIVE) as temporary:
        # Both are written before either takes its place: they belong together.
        shutil.copyfile(experiment.model_path, model)
        with ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in contents.items():
                archive.writestr(ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    _sha256.cache_clear()
