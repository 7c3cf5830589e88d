"""The weights for decoding in a model file: a member of monody's own.

``decoding.npz`` holds an array for each part of each layer, such as ``lstm_0/kernel``,
and ``layers.json``, which names the kind of each layer and says whether a ReLU follows:

    {"embed_pitch": {"kind": "Embedding", "relu": false}, ...}

``np.load`` opens it, nothing in it is pickled, and the same network gives the same
bytes. How Keras lays out its own members is private and may change.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from monody.models.inference_layers import PARTS, Layer, make_layer

if TYPE_CHECKING:
    from monody.models.backend import keras

DECODING = "decoding.npz"
KINDS = "layers.json"


def _has_relu(layer: keras.Layer) -> bool:
    return bool(getattr(layer, "activation", None)) and (
        layer.get_config().get("activation") == "relu"
    )


def pack_layers(network: keras.Model) -> bytes:
    """Return the member for a network of ``keras_network.build_model``."""
    kinds = {}
    arrays = {}
    for layer in network.layers:
        kind = type(layer).__name__
        if kind in PARTS:
            kinds[layer.name] = {"kind": kind, "relu": _has_relu(layer)}
            for part, array in zip(PARTS[kind], layer.get_weights(), strict=True):
                arrays[f"{layer.name}/{part}"] = array
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # A ZipInfo has a date that is always the same; a mere name has that of today.
        archive.writestr(zipfile.ZipInfo(KINDS), json.dumps(kinds, indent=2))
        for name, array in arrays.items():
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as file:
                np.save(file, array, allow_pickle=False)
    return packed.getvalue()


def unpack_layers(packed: bytes) -> dict[str, Layer]:
    """Return the layers by name, from the bytes that ``pack_layers`` returned.

    Raises:
        AttributeError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile:
            If they are damaged.
    """
    layers = {}
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name, about in json.loads(archive.read(KINDS)).items():
            arrays = []
            for part in PARTS[about["kind"]]:
                data = io.BytesIO(archive.read(f"{name}/{part}.npy"))
                arrays.append(np.load(data, allow_pickle=False))
            layers[name] = make_layer(about["kind"], arrays, about["relu"])
    return layers


def read_layers(path: Path | BinaryIO) -> dict[str, Layer]:
    """Read the layers of a ``.keras`` file, on disk or opened, by name.

    Raises:
        AttributeError, EOFError, KeyError, OSError, TypeError, ValueError,
        zipfile.BadZipFile: If the file is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        return unpack_layers(archive.read(DECODING))
