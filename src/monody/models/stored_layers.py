"""The weights for decoding in a model file: a member of monody's own.

``decoding.npz`` holds an array for each part of each layer, such as ``lstm_0/kernel``,
and ``layers.json``, which names the kind of each layer and says whether a ReLU follows:

    {"embed_pitch": {"kind": "Embedding", "relu": false}, ...}

``np.load`` opens it, nothing in it is pickled, and the same network gives the same
bytes. How Keras lays out its own members is private and may change; they are HDF5,
which can name other files of the machine that opens it. monody never reads them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from monody.models.inference_layers import PARTS, Layer, make_layer
from monody.models.layer_shapes import LayerShape
from monody.saved.archives import SavedArchive
from monody.saved.damage import require
from monody.saved.plain_json import parse_json

if TYPE_CHECKING:
    from monody.models.backend import keras

DECODING = "decoding.npz"
KINDS = "layers.json"
BYTES_BESIDE_ARRAY = 2**10  # its header and its names in the archive, at most


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


def packed_bytes(shapes: Mapping[str, LayerShape]) -> int:
    """Return the most that the member takes for a network of these layers."""
    numbers = sum(layer.numbers for layer in shapes.values())
    arrays = sum(len(layer.shapes) for layer in shapes.values())
    return 4 * numbers + BYTES_BESIDE_ARRAY * (arrays + len(shapes))


def unpack_layers(packed: bytes, shapes: Mapping[str, LayerShape]) -> dict[str, Layer]:
    """Return the layers by name, from the bytes that ``pack_layers`` returned.

    Args:
        packed: The member.
        shapes: What the network has; nothing else is read.

    Raises:
        DamagedError: If the member is damaged, or of another network.
    """
    archive = SavedArchive(io.BytesIO(packed), DECODING)
    kinds = parse_json(archive.read(KINDS, BYTES_BESIDE_ARRAY * len(shapes)), KINDS)
    of_network = {name: _about(layer) for name, layer in shapes.items()}
    require(kinds == of_network, "its layers are of another version")
    layers = {}
    for name, layer in shapes.items():
        parts = zip(PARTS[layer.kind], layer.shapes, strict=True)
        arrays = [
            archive.array(f"{name}/{part}", shape, np.float32) for part, shape in parts
        ]
        finite = all(np.isfinite(array).all() for array in arrays)
        require(finite, f"{name!r} has weights that are no numbers")
        layers[name] = make_layer(layer.kind, arrays, layer.relu)
    return layers


def _about(layer: LayerShape) -> dict[str, object]:
    return {"kind": layer.kind, "relu": layer.relu}
