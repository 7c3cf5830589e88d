"""A model file from a stranger: data that is looked at before it is believed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.models import saved_model
from monody.models.encoded_set import encode_set
from monody.models.record import RunRecord
from monody.models.saved_model import RECORD, TrainedModel
from monody.models.stored_layers import DECODING, KINDS
from monody.saved.damage import MUCH
from tests.builders.damages import ODD, odd_value
from tests.builders.profile import examples
from tests.builders.zip_files import rewritten

NOT_WHOLE = "not a whole model file of monody"


def _with(trained: Experiment, path: Path, changes: dict[str, bytes | None]) -> Path:
    return rewritten(trained.model_path, path, changes)


def _external(path: Path, secret: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "layers/lstm/vars/0", (4,), "u1", external=[(str(secret), 0, 4)]
        )


def _linked(path: Path, secret: Path) -> None:
    with h5py.File(path, "w") as file:
        file["layers"] = h5py.ExternalLink(str(secret), "/layers")


def _virtual(path: Path, secret: Path) -> None:
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource(str(secret), "data", (4,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("layers", layout)


def _giant(path: Path, _: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("layers", (2**40,), "f4", chunks=(2**20,))


def _garbage(path: Path, _: Path) -> None:
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 9)


@pytest.mark.parametrize("make", [_external, _linked, _virtual, _giant, _garbage])
def test_nothing_of_keras_in_the_file_is_read(
    trained: Experiment,
    tmp_path: Path,
    make: Callable[[Path, Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "secret").write_bytes(b"pass")
    make(tmp_path / "made.h5", tmp_path / "secret")
    hostile = (tmp_path / "made.h5").read_bytes()
    members = {"model.weights.h5": hostile, "config.json": b'{"class_name": "Lambda"}'}
    path = _with(trained, tmp_path / "model.keras", {**members})
    monkeypatch.delattr(h5py, "File")  # whoever opens it would fail
    model = TrainedModel(path)
    ours, theirs = trained.load().network.get_weights(), model.network.get_weights()
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one, other)


def _packed(trained: Experiment, changes: dict[str, bytes | None]) -> bytes:
    """Return the weights of a model, with some members of theirs changed."""
    with zipfile.ZipFile(trained.model_path) as archive:
        whole = io.BytesIO(archive.read(DECODING))
    target = io.BytesIO()
    rewritten(whole, target, changes)
    return target.getvalue()


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _of_shape(shape: tuple[int, ...]) -> bytes:
    """Return a ``.npy`` file that says it has a shape, and has nothing."""
    file = io.BytesIO()
    about = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, about)
    return file.getvalue()


BIAS = np.zeros(48, np.float32)


@pytest.mark.parametrize(
    "member",
    [
        _of_shape((10**12,)),
        _of_shape((48,)),
        _of_shape((2**40, 2**40)),
        _npy(BIAS[:40]),
        _npy(BIAS[None]),
        _npy(BIAS.astype(np.float64)),
        _npy(BIAS + np.nan),
        _npy(BIAS - np.inf),
        _npy(np.array([None] * 48, object)),
        bytes(2**20),
    ],
)
def test_weights_of_another_shape_or_none_are_refused(
    trained: Experiment, tmp_path: Path, member: bytes
) -> None:
    packed = _packed(trained, {"lstm_0/bias.npy": member})
    path = _with(trained, tmp_path / "model.keras", {DECODING: packed})
    with pytest.raises(MonodyError, match=NOT_WHOLE):
        _ = TrainedModel(path).layers


@pytest.mark.filterwarnings("ignore:.* encountered in:RuntimeWarning")
@pytest.mark.parametrize("weight", [3e38, -3e38])
def test_a_network_whose_figures_are_no_numbers_cannot_judge(
    trained: Experiment, tmp_path: Path, weight: float
) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        packed = zipfile.ZipFile(io.BytesIO(archive.read(DECODING)))
    changes: dict[str, bytes | None] = {
        name: _npy(np.full_like(np.load(io.BytesIO(packed.read(name))), weight))
        for name in packed.namelist()
        if name.endswith(".npy")
    }
    packed.close()
    path = _with(
        trained, tmp_path / "model.keras", {DECODING: _packed(trained, changes)}
    )
    model = TrainedModel(path)
    encoded = encode_set(trained.side("test"), model.vocabulary)
    with pytest.raises(MonodyError, match="cannot judge melodies"):
        model.surprisal(encoded)


@pytest.mark.parametrize("size", [4096, 11, 10**30, None, "12", 0])
def test_a_record_of_another_network_is_refused(
    trained: Experiment, tmp_path: Path, size: object
) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        record = json.loads(archive.read(RECORD))
    record["settings"]["model"]["rnn_size"] = size
    saved = json.dumps(record).encode()
    path = _with(trained, tmp_path / "model.keras", {RECORD: saved})
    with pytest.raises(MonodyError):
        _ = TrainedModel(path).layers


@pytest.mark.parametrize("count", [0, 1, 63, 65, 100_000])
def test_repeats_of_more_or_fewer_figures_are_refused(
    trained: Experiment, count: int
) -> None:
    record = trained.record().of_model()
    record["seen"]["repeats"] = [24] * count
    with pytest.raises(MonodyError, match="repeats are missing"):
        RunRecord.from_json(record)


def test_no_odd_value_in_a_record_is_more_than_a_sentence(
    trained: Experiment, tmp_path: Path
) -> None:
    record = trained.record().of_model()
    for seed in range(examples(2000)):
        path = tmp_path / "record.json"
        path.write_text(json.dumps(record))
        odd_value(seed)(path)
        with contextlib.suppress(MonodyError):
            RunRecord.from_json(json.loads(path.read_bytes()))


@pytest.mark.parametrize("place", ["vocabulary", "encoding", "durations_ticks"])
def test_an_odd_vocabulary_is_a_sentence(
    trained: Experiment, tmp_path: Path, place: str
) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        record = json.loads(archive.read(RECORD))
    holder = record if place == "vocabulary" else record["vocabulary"]
    for odd in ODD:
        holder[place] = odd
        saved = json.dumps(record).encode()
        path = _with(trained, tmp_path / "model.keras", {RECORD: saved})
        with pytest.raises(MonodyError):
            TrainedModel(path)


def test_layers_of_other_kinds_are_refused(trained: Experiment, tmp_path: Path) -> None:
    for odd in ODD:
        packed = _packed(trained, {KINDS: json.dumps(odd).encode()})
        path = _with(trained, tmp_path / "model.keras", {DECODING: packed})
        with pytest.raises(MonodyError, match=NOT_WHOLE):
            _ = TrainedModel(path).layers


def test_a_file_much_larger_than_its_network_is_refused(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_model, "BYTES_BESIDE", 2**16)
    path = _with(trained, tmp_path / "model.keras", {"model.weights.h5": bytes(2**22)})
    with pytest.raises(MonodyError, match=NOT_WHOLE):
        TrainedModel(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_holes_pipes_and_devices_are_no_models(
    trained: Experiment, tmp_path: Path
) -> None:
    holes = tmp_path / "holes.keras"
    with holes.open("wb") as file:
        file.truncate(100 * MUCH)
        file.seek(0, os.SEEK_END)
        file.write(trained.model_path.read_bytes())  # a zip may begin anywhere
    os.mkfifo(tmp_path / "pipe.keras")
    for path in (holes, tmp_path / "pipe.keras", Path("/dev/zero"), tmp_path):
        with pytest.raises(MonodyError, match=NOT_WHOLE):
            TrainedModel(path)


def test_a_byte_changed_anywhere_is_a_sentence_or_nothing(
    trained: Experiment, tmp_path: Path
) -> None:
    whole = trained.model_path.read_bytes()
    ours = _numbers(trained.load())
    path = tmp_path / "model.keras"
    for place in np.linspace(0, len(whole) - 1, examples(400)).astype(int).tolist():
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        with contextlib.suppress(MonodyError):
            assert _numbers(TrainedModel(path)) == ours


def _numbers(model: TrainedModel) -> list[bytes]:
    """Return all weights of a model."""
    layers = sorted(model.layers.items())
    return [
        np.asarray(array).tobytes() for _, layer in layers for array in astuple(layer)
    ]
