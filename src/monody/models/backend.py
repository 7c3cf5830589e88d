"""The one place that Keras is imported from: on JAX, whose compilations are kept.

Write ``from monody.models.backend import keras``. The backend has to be chosen before
Keras is imported, and no ``keras.json`` may choose it, or the kind of the numbers: not
that of another project, and not one in /tmp, where anybody could have put it and where
Keras looks if there is no home. So its home is a place where no file can be.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, TypeAlias

from monody.cache_folder import COMPILED, cache_folder
from monody.errors import MonodyError
from monody.ours import claim

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ.setdefault("KERAS_HOME", os.devnull)

import jax
import keras

if keras.backend.backend() != "jax":
    raise MonodyError(
        f"monody needs Keras on JAX, but Keras runs on {keras.backend.backend()} here: "
        "import monody before Keras, or set KERAS_BACKEND=jax"
    )

Tensor: TypeAlias = jax.Array | keras.KerasTensor  # Keras's while a network is built

MAX_COMPILED_BYTES = 300_000_000  # what was used longest ago is deleted first
MIN_SECONDS = 0.3  # a compilation that takes less is not kept


def _keep_compiled() -> None:
    """Let JAX keep its compilations, unless the user or another program chose."""
    config: Any = jax.config  # without types
    if config.jax_compilation_cache_dir is not None:
        return
    folder = cache_folder() / COMPILED
    try:
        str(folder).encode()  # XLA takes no path that is not UTF-8
        ours = claim(folder)
        if ours:
            remove_unfinished(folder)
    except (OSError, UnicodeEncodeError):
        return  # it is read-only, or has such a name: everything is compiled each time
    if not ours:
        return  # JAX removes what is old from its folder, whoever put it there
    for name, value in {
        "jax_compilation_cache_dir": str(folder),
        "jax_compilation_cache_max_size": MAX_COMPILED_BYTES,
        "jax_persistent_cache_min_compile_time_secs": MIN_SECONDS,
    }.items():
        config.update(name, value)


def remove_unfinished(folder: Path) -> None:
    """Remove compilations that a kill or a full disk cut short.

    JAX writes a file and then, beside it, when it was used. It never replaces one that
    it cannot read, and keeps nothing more while the time of one is missing.

    Args:
        folder: Where JAX keeps them.

    Raises:
        OSError: If one cannot be removed.

    Example:
        >>> from pathlib import Path
        >>> from monody.models.backend import remove_unfinished
        >>> for name in ("a-cache", "a-atime", "b-cache"):
        ...     Path(name).touch()
        >>> remove_unfinished(Path())
        >>> sorted(path.name for path in Path().glob("[ab]-*"))
        ['a-atime', 'a-cache']
    """
    for path in folder.glob("*-cache"):
        used = path.with_name(path.name.removesuffix("-cache") + "-atime")
        if not used.exists():
            path.unlink(missing_ok=True)


_keep_compiled()

__all__ = ["Tensor", "keras"]
