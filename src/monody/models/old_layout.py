"""The layers of model files without ``decoding.npz``: from Keras's private layout.

Two kinds of file need it: the base model in this package, and experiments that were
trained before monody wrote that member. When the base model is made again this module
can go; older experiments then have to be trained again.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter

import numpy as np

from monody.models.inference_layers import PARTS, Layer, make_layer


def read_old_layout(archive: zipfile.ZipFile) -> dict[str, Layer]:
    """Read the layers of an open ``.keras`` file, by name.

    Keras keeps the weights of a layer under the name of its class. In the order of the
    configuration, the layers of a class are ``lstm``, ``lstm_1``, ``lstm_2`` and so on.

    Raises:
        AttributeError, KeyError, OSError, TypeError, ValueError, zipfile.BadZipFile: If
            the file is damaged.
    """
    import h5py

    config = json.loads(archive.read("config.json"))
    weights = io.BytesIO(archive.read("model.weights.h5"))
    seen: Counter[str] = Counter()
    layers = {}
    with h5py.File(weights, "r") as file:
        for each in config["config"]["layers"]:
            kind, name = each["class_name"], each["name"]
            number, seen[kind] = seen[kind], seen[kind] + 1
            if kind in PARTS:
                group = f"layers/{kind.lower()}" + (f"_{number}" if number else "")
                stored = file[group]["cell/vars" if kind == "LSTM" else "vars"]
                arrays = [np.array(stored[part]) for part in sorted(stored, key=int)]
                relu = each["config"].get("activation") == "relu"
                layers[name] = make_layer(kind, arrays, relu)
    return layers
