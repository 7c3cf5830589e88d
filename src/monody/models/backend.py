"""Keras on JAX, and nothing else; what JAX compiles is kept on disk.

Import Keras from here: ``from monody.models.backend import keras``. The backend has to
be chosen before Keras is imported, and a ``keras.json`` from another project must not
choose for us.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from monody.errors import MonodyError
from monody.files import COMPILED, cache_folder

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras

if keras.backend.backend() != "jax":
    raise MonodyError(
        f"monody needs Keras on JAX, but Keras runs on {keras.backend.backend()} here: "
        "import monody before Keras, or set KERAS_BACKEND=jax"
    )

MAX_COMPILED_BYTES = 300_000_000  # what was used longest ago goes first
MIN_SECONDS = 0.3  # what compiles sooner is not kept


def _keep_compiled() -> None:
    """Let JAX keep what it compiles, unless the user or another program chose."""
    config: Any = jax.config  # without types
    if config.jax_compilation_cache_dir is not None:
        return
    folder = cache_folder() / COMPILED
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a home that cannot be written to: it is compiled each time
    for name, value in {
        "jax_compilation_cache_dir": str(folder),
        "jax_compilation_cache_max_size": MAX_COMPILED_BYTES,
        "jax_persistent_cache_min_compile_time_secs": MIN_SECONDS,
    }.items():
        config.update(name, value)


_keep_compiled()

__all__ = ["keras"]
