from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.provenance import FORGETTABLE, Provenance, read_provenance
from monody.generation.rewrite import Rewrite, RewriteRecord
from monody.music.midi_file import midi_bytes
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import midi_file, tune
from tests.builders.provenances import PROVENANCE


def _alike(settings: SampleSettings) -> SampleSettings:
    """Forget what says nothing about one melody."""
    usual = SampleSettings()
    return replace(settings, **{name: getattr(usual, name) for name in FORGETTABLE})


some_settings = st.builds(
    SampleSettings,
    num_files=st.integers(1, 9),
    best_of=st.none() | st.integers(9, 20),
    max_copy=st.none() | st.floats(0, 8),
    bars=st.none() | st.integers(1, 99),
    free=st.booleans(),
    meter=st.none() | st.sampled_from(["6/8", "7/8"]),
    bpm=st.none() | st.floats(4, 1000),
    key=st.none() | st.sampled_from(["Am", "C,D,E,G,A", "F# dorian"]),
    range=st.none() | st.sampled_from(["flute", "C4..A5"]),
    durations=st.none() | st.sampled_from(["8ths", "1/4,3/8"]),
    density=st.none() | st.sampled_from(["4", "3..8"]),
    temperature=st.floats(0, 10),
    rhythm_temperature=st.none() | st.floats(0, 10),
    top_p=st.floats(0, 1),
    seed=st.integers(0, 2**32 - 1),
)


@given(
    some_settings,
    st.integers(0, 99_999),
    st.integers(0, 40),
    st.booleans(),
    st.text(),
)
def test_provenance_survives_being_written_into_a_file(
    settings: SampleSettings, index: int, attempt: int, primed: bool, path: str
) -> None:
    provenance = replace(
        PROVENANCE,
        settings=settings,
        index=index,
        attempt=attempt,
        model_path=path.encode("utf-8", "replace").decode(),
        primer=PROVENANCE.primer if primed else None,
    )
    text = provenance.text()
    assert text.isascii()  # other programs read it without doubt
    read = Provenance.from_json(json.loads(text))
    assert read == replace(provenance, settings=_alike(settings))


def test_how_many_were_made_does_not_show() -> None:
    settings = PROVENANCE.settings
    other = replace(settings, num_files=3, best_of=30, max_copy=2.0)
    assert replace(PROVENANCE, settings=other).text() == PROVENANCE.text()


def test_a_rewrite_is_told() -> None:
    rewrite = RewriteRecord(Rewrite(keep="rhythm", replace=None), tune(2))
    provenance = replace(PROVENANCE, rewrite=rewrite)
    assert Provenance.from_json(json.loads(provenance.text())).rewrite == rewrite
    assert "rewrite" not in PROVENANCE.to_json()


def test_every_file_carries_its_provenance(trained: Experiment, tmp_path: Path) -> None:
    settings = SampleSettings(num_files=2, file_length=16, seed=5, key="G")
    generation = monody.generate(trained, settings)
    manifest: list[Any] = []
    for index, path in enumerate(generation.save(tmp_path)):
        provenance = read_provenance(path)
        assert provenance.model == trained.load().fingerprint
        assert provenance.model_path == "01/model.keras"
        assert provenance.settings == _alike(generation.settings)
        assert (provenance.index, provenance.attempt) == (index, 0)
        assert provenance.primer == generation.primers[index]
        # Another library finds it, too.
        texts = [
            message.text
            for track in mido.MidiFile(path).tracks
            for message in track
            if message.type == "text"
        ]
        assert texts == [provenance.text()]
        manifest.append(provenance.to_json())
    [run] = json.loads((tmp_path / "manifest.json").read_text())
    assert [melody["passport"] for melody in run["melodies"]] == manifest


def test_texts_of_other_programs_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "edited.mid"
    data = midi_bytes(tune(1), "a", PROVENANCE.text())
    path.write_bytes(data)
    file = mido.MidiFile(path)
    for text in ("by hand", '{"title": 3}', "[1]"):
        file.tracks[0].insert(0, mido.MetaMessage("text", text=text))
    file.save(path)
    assert read_provenance(path) == PROVENANCE


def test_a_file_without_provenance_is_named(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no file .*none.mid"):
        read_provenance(tmp_path / "none.mid")
    for name, data in (
        ("tune.mid", midi_file([list(tune(1))])),
        ("empty.mid", b""),
        ("page.mid", b"<html>"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(MonodyError, match=f"{name}' does not say how"):
            read_provenance(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("settings", {"temprature": 1}),
        ("settings", {"temperature": -1}),
        ("settings", None),
        ("melody", "first"),
        ("attempt", None),
        ("primer", {"source": "a.mid"}),
        ("primer", 3),
    ],
)
def test_a_damaged_provenance_is_refused_in_one_sentence(name: str, value: Any) -> None:
    saved = {**PROVENANCE.to_json(), name: value}
    with pytest.raises(MonodyError, match="not as this version of monody"):
        Provenance.from_json(saved)
    del saved[name]
    with pytest.raises(MonodyError, match="not as this version of monody"):
        Provenance.from_json(saved)
