from __future__ import annotations

import io
import json
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monody.errors import MonodyError
from monody.experiments.base import base_experiment
from monody.experiments.experiment import Experiment
from monody.models.backend import keras
from monody.models.events import Vocabulary
from monody.models.inference_layers import PARTS, Layer
from monody.models.keras_network import build_model
from monody.models.saved_model import TrainedModel
from monody.models.stored_layers import (
    DECODING,
    KINDS,
    pack_layers,
)
from monody.settings.model import ENCODINGS, ModelSettings
from tests.builders.networks import stored_layers, taught
from tests.builders.zip_files import rewritten


def _network(encoding: str = "notes") -> keras.Model:
    keras.utils.set_random_seed(1)
    settings = ModelSettings(rnn_size=7, num_layers=3, dropout=0.5)
    return taught(build_model(settings, Vocabulary(encoding)))


def _same(one: dict[str, Layer], other: dict[str, Layer]) -> bool:
    """Whether two networks have the same layers, to the last bit."""
    assert one.keys() == other.keys()
    for name, layer in one.items():
        assert type(layer) is type(other[name])
        for field in fields(layer):
            a, b = getattr(layer, field.name), getattr(other[name], field.name)
            if isinstance(a, bool):  # whether a ReLU follows
                assert a is b
            else:
                assert a.dtype == b.dtype == np.float32
                assert np.array_equal(a, b), name
    return True


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_member_holds_exactly_the_arrays_of_the_keras_layers(encoding: str) -> None:
    network = _network(encoding)
    with_weights = {layer.name: layer for layer in network.layers if layer.weights}
    with np.load(io.BytesIO(pack_layers(network)), allow_pickle=False) as member:
        kinds = json.loads(bytes(member[KINDS]))
        arrays = {name: member[name] for name in member.files if name != KINDS}
    expected = {
        f"{name}/{part}": weight
        for name, layer in with_weights.items()
        for part, weight in zip(
            PARTS[kinds[name]["kind"]], layer.get_weights(), strict=True
        )
    }
    assert arrays.keys() == expected.keys()
    for name, weight in expected.items():
        assert arrays[name].dtype == weight.dtype
        assert np.array_equal(arrays[name], weight), name
    assert {"embed_pitch/embeddings", "lstm_2/bias", "duration/kernel"} < arrays.keys()
    for name, layer in with_weights.items():
        for weight in layer.weights:  # Keras's names of the parts are ours
            assert f"{name}/{weight.name}" in arrays
    assert {name: about["kind"] for name, about in kinds.items()} == {
        layer.name: type(layer).__name__
        for layer in network.layers
        if layer.weights or isinstance(layer, keras.layers.Dropout)
    }
    assert [name for name, about in kinds.items() if about["relu"]] == [
        "duration_hidden"
    ]


def test_the_same_network_gives_the_same_bytes() -> None:
    network = _network()
    packed = pack_layers(network)
    assert pack_layers(network) == packed
    assert pack_layers(_network()) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_the_member_is_the_last_of_a_model_file(
    trained: Experiment, tmp_path: Path
) -> None:
    path = trained.model_path
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist()[-1] == DECODING
    without = rewritten(path, tmp_path / "old.keras", {DECODING: None})
    with pytest.raises(MonodyError, match="not a whole model file"):
        TrainedModel(without)


def test_the_base_model_decodes_with_the_weights_of_its_network() -> None:
    model = base_experiment().load()
    plain = keras.saving.load_model(model.path, compile=False)
    assert _same(model.layers, stored_layers(plain))
    assert _same(model.layers, stored_layers(model.network))


def _damaged(packed: bytes) -> dict[str, bytes]:
    """Return bytes that are no such member, by the name of the damage."""

    def changed(changes: dict[str, bytes | None]) -> bytes:
        target = io.BytesIO()
        rewritten(io.BytesIO(packed), target, changes)
        return target.getvalue()

    return {
        "empty": b"",
        "no zip": b"no zip",
        "cut": packed[: len(packed) // 2],
        "an array": _npy(np.zeros(3)),
        "without kinds": changed({KINDS: None}),
        "kinds no JSON": changed({KINDS: b"{"}),
        "kinds a list": changed({KINDS: b"[]"}),
        "kinds of numbers": changed({KINDS: b'{"lstm_0": 1}'}),
        "kinds of nothing": changed({KINDS: b'{"lstm_0": {}}'}),
        "another kind": changed({KINDS: b'{"lstm_0": {"kind": "GRU", "relu": false}}'}),
        "without an array": changed({"lstm_0/bias.npy": None}),
        "an empty array": changed({"lstm_0/bias.npy": b""}),
        "half an array": changed({"lstm_0/bias.npy": _npy(np.zeros(28))[:-5]}),
        "pickled": changed({"lstm_0/bias.npy": _npy(np.array([None]))}),
    }


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_a_damaged_member_is_refused_in_one_sentence(
    trained: Experiment, tmp_path: Path
) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        packed = archive.read(DECODING)
    for damage, data in _damaged(packed).items():
        path = rewritten(trained.model_path, tmp_path / "model.keras", {DECODING: data})
        with pytest.raises(MonodyError, match="not a whole model file") as raised:
            _ = TrainedModel(path).layers
        assert "\n" not in str(raised.value), damage


def test_a_byte_that_changed_on_the_disk_is_noticed(
    trained: Experiment, tmp_path: Path
) -> None:
    whole = trained.model_path.read_bytes()
    with zipfile.ZipFile(trained.model_path) as archive:
        start = archive.getinfo(DECODING).header_offset
        size = archive.getinfo(DECODING).file_size
    path = tmp_path / "model.keras"
    for place in np.linspace(start + 60, start + size, 40).astype(int).tolist():
        path.write_bytes(
            whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :]
        )
        with pytest.raises(MonodyError, match="not a whole model file"):
            _ = TrainedModel(path).layers
