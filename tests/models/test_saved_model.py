from __future__ import annotations

import json
import pickle
import re
import shutil
import zipfile
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.memory import limited_to
from monody.models import saved_model
from monody.models.encoded_set import encode_set
from monody.models.saved_model import RECORD, TrainedModel
from monody.models.stored_layers import DECODING
from tests.builders.midi_files import tune
from tests.builders.zip_files import rewritten

NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip archive can have


def test_few_events_and_many_are_judged_alike(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = trained.load()
    encoded = encode_set([tune(seed, bars=4) for seed in range(3)], model.vocabulary)
    few = model.surprisal(encoded)  # on NumPy
    monkeypatch.setattr(saved_model, "MANY_EVENTS", 0)
    many = model.surprisal(encoded)  # with Keras
    for name, values in vars(few).items():
        np.testing.assert_allclose(values, getattr(many, name), atol=1e-3)


def test_many_events_are_judged_without_keras_where_it_does_not_fit(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = trained.load()
    encoded = encode_set([tune(1, bars=2)], model.vocabulary)
    monkeypatch.setattr(saved_model, "MANY_EVENTS", 0)
    monkeypatch.setattr(TrainedModel, "network", None)
    with limited_to(10**9):
        few = model.surprisal(encoded)
    assert len(few.bits) == len(encoded.pitch)


def test_a_model_takes_its_file_and_its_weights_more_than_once(
    trained: Experiment,
) -> None:
    size = trained.model_path.stat().st_size
    assert size < trained.load().memory_bytes < 4 * size


def _record(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        record: dict[str, Any] = json.loads(archive.read(RECORD))
    return record


def test_what_is_known_of_a_model_is_in_its_file(trained: Experiment) -> None:
    model = TrainedModel(trained.model_path)
    assert model.vocabulary.encoding == "notes"
    assert model.fingerprint == sha256(trained.model_path.read_bytes()).hexdigest()
    assert model.data_fingerprint == trained.record().data_fingerprint
    assert model.record.style.note_ticks == (12, 24)
    assert model.record.style.meter == "4/4"
    assert model.record.style.max_bars == 8


def test_no_date_and_no_address_is_in_its_file(trained: Experiment) -> None:
    with zipfile.ZipFile(trained.model_path) as archive:
        assert {info.date_time for info in archive.infolist()} == {NO_DATE}
        assert b"date" not in archive.read("metadata.json")
        shared = re.findall(
            r'"shared_object_id": (\d+)', str(archive.read("config.json"))
        )
    assert shared
    assert {int(number) for number in shared} == set(range(len(set(shared))))


@pytest.mark.parametrize("left", [0, 100, -1000])
def test_a_damaged_model_is_refused_in_one_sentence(
    trained: Experiment, tmp_path: Path, left: int
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(trained.model_path.read_bytes()[:left])
    with pytest.raises(MonodyError, match=r"not a whole model file.*--experiment_dir"):
        TrainedModel(path)


def test_a_plain_keras_file_is_refused(trained: Experiment, tmp_path: Path) -> None:
    path = rewritten(trained.model_path, tmp_path / "plain.keras", {RECORD: None})
    with pytest.raises(MonodyError, match="not a whole model file of monody"):
        TrainedModel(path)


def test_another_vocabulary_is_refused(trained: Experiment, tmp_path: Path) -> None:
    record = _record(trained.model_path)
    record["vocabulary"]["meters"].append("13/8")
    changes: dict[str, bytes | None] = {RECORD: json.dumps(record).encode()}
    path = rewritten(trained.model_path, tmp_path / "other.keras", changes)
    with pytest.raises(MonodyError, match="another vocabulary .meters differ"):
        TrainedModel(path)


@pytest.mark.parametrize("saved", [b"", b"[]", b"{}", b'{"vocabulary": {}}'])
def test_a_damaged_record_is_refused_in_one_sentence(
    trained: Experiment, tmp_path: Path, saved: bytes
) -> None:
    path = rewritten(trained.model_path, tmp_path / "model.keras", {RECORD: saved})
    with pytest.raises(MonodyError, match="not a whole model file"):
        TrainedModel(path)


def test_a_file_without_our_weights_is_refused(
    trained: Experiment, tmp_path: Path
) -> None:
    path = rewritten(trained.model_path, tmp_path / "model.keras", {DECODING: None})
    with pytest.raises(MonodyError, match="not a whole model file"):
        TrainedModel(path)


def test_a_model_is_read_once_though_a_training_replaces_its_file(
    trained: Experiment, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    shutil.copyfile(trained.model_path, path)
    model = TrainedModel(path)
    shutil.copyfile(trained.epoch_path(1), tmp_path / "next")
    (tmp_path / "next").replace(path)
    written = sha256(trained.model_path.read_bytes()).hexdigest()
    assert model.fingerprint == written != TrainedModel(path).fingerprint
    elsewhere = pickle.loads(pickle.dumps(model))  # as processes that write have it
    for each in (model, elsewhere):
        assert each.fingerprint == written
        assert {*each.layers} == {*trained.load().layers}
        for name, layer in trained.load().layers.items():
            own = astuple(each.layers[name])
            assert all(map(np.array_equal, astuple(layer), own)), name
