"""Keras on JAX, and nothing else.

Import Keras from here: ``from monody.backend import keras``. The backend has to be
chosen before Keras is imported, and a ``keras.json`` from another project must not
choose for us.
"""

from __future__ import annotations

import os
import sys

from monody.errors import MonodyError

if "keras" not in sys.modules:
    os.environ["KERAS_BACKEND"] = "jax"

import keras

if keras.backend.backend() != "jax":
    raise MonodyError(
        f"monody needs Keras on JAX, but Keras runs on {keras.backend.backend()} here: "
        "import monody before Keras, or set KERAS_BACKEND=jax"
    )

__all__ = ["keras"]
