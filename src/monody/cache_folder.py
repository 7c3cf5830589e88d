"""The folder in which monody remembers what it read, and what lies in it."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

from monody.temporary import TemporaryFolder, remove_abandoned

FOLDER_VARIABLE = "MONODY_CACHE"
# What lies in it beside the readings of single files.
CORPORA = "corpora"  # whole corpora, see `corpus.cache`
COMPILED = "compilations"  # what JAX compiled, see `models.backend`
LAID_OUT = "base-"  # the base model, see `experiments.base`: its fingerprint follows


def cache_folder() -> Path:
    """Return where monody remembers what it read.

    ``MONODY_CACHE`` names the folder; by default it is where the system keeps caches.
    Where there is no home, or one that cannot be written to, it is a temporary folder,
    which the child processes share and which goes when the process ends.

    Raises:
        OSError: If there is no place for a temporary folder either.
    """
    lasting = _lasting_cache()
    if lasting is not None:
        return lasting
    passing = TemporaryFolder(Path(tempfile.gettempdir()), private=True)
    atexit.register(passing.remove)
    os.environ[FOLDER_VARIABLE] = str(passing.path)
    return passing.path


def _lasting_cache() -> Path | None:
    """Return the cache folder, if it is one that stays."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    usual = user_cache_path("monody", appauthor=False)
    return usual if _can_be_used(usual) else None


def tidy_cache() -> None:
    """Remove what processes that were killed left half done in the cache folder.

    Every command begins with it, those too that need no cache: what was left is large,
    hidden, and nobody's.
    """
    folder = _lasting_cache()
    if folder is not None:
        for place in (folder, folder / CORPORA, *folder.glob(f"{LAID_OUT}*")):
            remove_abandoned(place)


def _can_be_used(folder: Path) -> bool:
    """Tell whether a folder can be written to, or made.

    The path is relative where a user has no home: it begins with a ``~`` that nothing
    could be put in place of.
    """
    there = folder
    while not os.path.exists(there):  # noqa: PTH110 - false, too, where access is denied
        there = there.parent
    usable = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    return usable and folder.is_absolute()
