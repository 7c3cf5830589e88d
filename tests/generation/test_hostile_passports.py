"""Passports that anybody may have written: a sentence each, and no path is followed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.files import last_names
from monody.generation.provenance import Provenance, read_provenance, scale_of
from monody.generation.rewrite import Rewrite, RewriteRecord
from monody.generation.saved_melody import MAX_NOTES, MAX_TICKS
from monody.generation.vary import again, vary
from monody.music.midi_file import midi_bytes, write_midi
from monody.saved.plain_json import parse_json
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune
from tests.builders.provenances import PROVENANCE

REWRITTEN = Provenance(
    model="0" * 64,
    model_path="01/model.keras",
    settings=SampleSettings(seed=7),
    index=0,
    attempt=0,
    primer=None,
    rewrite=RewriteRecord(Rewrite(replace=(2, 3)), tune(1)),
)
ODD: list[Any] = [
    *(None, True, -1, 0.5, 2**30, 2**31, 2**62, 10**30, 1e300, "", "x", "x" * 100_000),
    *("\ud800", "../../model.keras", "like:tune.mid", [], [[]], {}, {"a": 1}, [1, 2]),
    *([[60, 2**30, 24]], [[60, 0, 2**31 - 1]], [[60, 0, 24], [60, 0, 24]]),
    *([[0, 4, 3]], [[0, 4, 4], [0, 3, 4]], [[1.5, 0, 24]], [["60", "0", "24"]]),
]


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to each value within a value."""
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = value.items()
    if isinstance(value, list):
        inside = enumerate(value[:2])
    return [
        above,
        *(way for key, part in inside for way in _places(part, (*above, key))),
    ]


PLACES = [
    (passport, way)
    for passport in (PROVENANCE, REWRITTEN)
    for way in _places(passport.to_json())[1:]
]


def _changed(passport: Provenance, way: tuple[Any, ...], value: Any) -> Any:
    """Return a passport's JSON with another value in one place."""
    saved = json.loads(passport.text())
    inside = saved
    for key in way[:-1]:
        inside = inside[key]
    inside[way[-1]] = value
    return saved


@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_an_odd_value_is_one_short_sentence_or_harmless(
    place: tuple[Provenance, tuple[Any, ...]], value: Any
) -> None:
    refused, read = "", None
    try:
        read = Provenance.from_json(_changed(*place, value))
    except MonodyError as error:
        refused = str(error)
    if read is None:
        assert "not as this version of monody" in refused
        assert len(refused) < 500
    else:  # it is what monody could have written
        assert Provenance.from_json(json.loads(read.text())).text() == read.text()
        assert read.settings.form_file is None


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("primer", "notes"), [[60, 2**30, 24]]),
        (("primer", "notes"), [[60, 24 * n, 24] for n in range(MAX_NOTES + 1)]),
        (("primer", "notes"), []),
        (("primer", "ticks"), MAX_TICKS + 1),
        (("primer", "ticks"), -1),
        (("primer", "position"), 10**6),
        (("primer", "key"), 99),
        (("primer", "style"), -1),
        (("primer", "bpm"), True),
        (("settings", "form"), "like:/dev/zero"),
        (("settings", "form"), "A" * 251),
        (("settings", "form"), "A4004 A4004"),
        (("settings", "takes"), 10**6),
        (("settings", "seed"), None),
        (("settings", "midi_instrument"), "9" * 10_000),
        (("settings", "midi_instrument"), "x" * 10**6),
        (("melody",), 10**30),
        (("attempt",), -1),
        (("model",), 7),
        (("model_path",), ["a"]),
    ],
)
def test_what_monody_would_not_write_is_refused(
    way: tuple[Any, ...], value: Any
) -> None:
    with pytest.raises(MonodyError, match="not as this version of monody") as refused:
        Provenance.from_json(_changed(PROVENANCE, way, value))
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    "asked",
    [
        {"bars": 10_000, "takes": 64},
        {"bars": 10_000, "meter": "4/1", "takes": 4},
        {"file_length": 100_000, "takes": 64},
        {"bars": 1_000, "form": "AABA", "meter": "4/1"},
    ],
)
def test_what_would_be_written_for_hours_is_refused(asked: dict[str, Any]) -> None:
    saved = json.loads(PROVENANCE.text())
    saved["settings"] = {**SampleSettings(seed=1, **asked).to_json()}
    saved["primer"] = None
    with pytest.raises(MonodyError, match="too long to be written again"):
        Provenance.from_json(saved)


def test_the_longest_that_is_usual_is_written_again() -> None:
    saved = json.loads(PROVENANCE.text())
    saved["settings"] = SampleSettings(seed=1, bars=10_000, meter="12/8").to_json()
    assert Provenance.from_json(saved).settings.bars == 10_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("how", {"keep": "melody"}),
        ("how", {"keep": "rhythm", "replace": [1, 2]}),
        ("how", {"replace": [2, 1]}),
        ("how", {"replace": ["1", "2"]}),
        ("how", {"to_meter": [4, 3]}),
        ("how", {"to_key": "J moll"}),
        ("how", {"to_key": 3}),
        ("how", {"other": 1}),
        ("how", []),
        ("melody", {}),
    ],
)
def test_what_is_no_rewrite_is_refused(name: str, value: Any) -> None:
    with pytest.raises(MonodyError, match="not as this version of monody"):
        Provenance.from_json(_changed(REWRITTEN, ("rewrite", name), value))


@pytest.mark.parametrize(
    "text",
    [
        '{"monody": 1, "primer": ' + "[" * 100_000,
        '{"monody": 1, "primer": ' + "[" * 500 + "]" * 500 + "}",
        '{"monody": 1, "primer": ' + '{"a": ' * 50_000 + "1" + "}" * 50_001,
        '{"monody": NaN}',
        '{"monody": 1e999}',
        '{"monody": ' + "9" * 5000 + "}",
        '{"monody": "' + "x" * 3_000_000,
        '"monody"',
        '["monody"]',
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_json_of_ours_is_no_passport(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.mid"
    path.write_bytes(midi_bytes(tune(1), text=text))
    with pytest.raises(MonodyError, match="does not say how monody made it"):
        read_provenance(path)
    assert scale_of(path) is None


@pytest.mark.parametrize("version", ["v" * 10**6, ["\x1b"], {"a": 1}, "\x1b[31m"])
def test_a_version_is_said_only_if_it_looks_like_one(version: object) -> None:
    with pytest.raises(MonodyError, match="install the version that wrote it"):
        Provenance.from_json({"monody": version})


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.integers(-(2**63) + 1, 2**63 - 1)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_json_is_read_as_it_is(value: Any) -> None:
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    "text",
    ["NaN", "[-Infinity]", "1e999", str(2**63), "-" + "9" * 9999, "[" * 34 + "]" * 34],
)
def test_json_without_bounds_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"finite|digits|deep"):
        parse_json(text)


# --- where the model is looked for


@pytest.fixture
def output(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A melody that was made in another folder, by another user."""
    there = tmp_path / "home" / "alice" / "experiments" / "01"
    shutil.copytree(trained.folder, there)
    settings = SampleSettings(num_files=1, bars=4, seed=5)
    made = monody.generate(Experiment(there), settings)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return made.save(tmp_path / "mail")[0]


def test_nothing_written_names_a_folder_of_the_machine(
    output: Path, trained: Experiment
) -> None:
    mine = Path("mine.mid")
    write_midi(tune(4, bars=4), mine)
    changed = vary(mine.absolute(), {"seed": 1}, Rewrite(keep="rhythm"), trained.folder)
    [varied] = changed.save()
    continued = monody.generate(
        trained,
        SampleSettings(num_files=1, bars=4, seed=1, start="primer"),
        prime_file=mine.absolute(),
    )
    [primed] = continued.save(Path("primed"))
    for path in (output, varied, primed):
        for written in (path, path.with_name("manifest.json")):
            text = written.read_bytes().decode("latin-1")
            assert "alice" not in text
            assert str(Path.cwd().parent) not in text


def test_a_path_in_a_file_is_not_followed(output: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "home/alice/experiments/01/model.keras"
    for named in (str(elsewhere), "../home/alice/experiments/01/model.keras", "base"):
        saved = _changed(read_provenance(output), ("model_path",), named)
        hostile = tmp_path / "mail" / "hostile.mid"
        write_midi(read_melody(output), hostile, text=json.dumps(saved))
        with pytest.raises(
            MonodyError, match="neither in 'exp|'base' is not the model"
        ):
            again(hostile)
        with pytest.raises(MonodyError, match="--experiment_dir"):
            vary(hostile, {"temperature": 0.5})
        assert again(hostile, elsewhere.parent).melodies == (read_melody(output),)
    assert not (tmp_path / "mail" / "novelty").exists()


def test_a_model_is_found_by_its_hash_where_models_are(
    output: Path, trained_steps: Experiment, tmp_path: Path
) -> None:
    there = tmp_path / "home/alice/experiments/01"
    shutil.copytree(trained_steps.folder, "experiments/01")  # of the same name
    with pytest.raises(MonodyError, match="neither in 'experiments' nor beside"):
        again(output)
    shutil.copytree(there, "experiments/other")
    assert again(output).melodies == (read_melody(output),)
    shutil.rmtree("experiments/other")
    shutil.copy(there / "model.keras", output.parent)
    assert vary(output, {"bpm": 99.0}).melodies[0].bpm == 99


def test_a_model_of_holes_beside_the_file_is_not_read(output: Path) -> None:
    with (output.parent / "model.keras").open("wb") as holes:
        holes.truncate(2**42)  # hours
    with pytest.raises(MonodyError, match="neither in 'experiments' nor beside"):
        again(output)


@pytest.mark.parametrize("called", ["", "/", "..", "model.keras/..", "\0", "C:\\x\\y"])
def test_what_a_model_was_called_may_be_anything(called: str, output: Path) -> None:
    saved = _changed(read_provenance(output), ("model_path",), called)
    write_midi(tune(1), output, text=json.dumps(saved))
    with pytest.raises(MonodyError, match="neither in 'experiments' nor beside"):
        again(output)


def test_what_is_too_long_for_a_passport_is_not_made(
    trained: Experiment, tmp_path: Path
) -> None:
    mine = tmp_path / "long.mid"
    write_midi(monody.Melody.from_notes([(60, 0, 24), (62, MAX_TICKS, 24)]), mine)
    with pytest.raises(MonodyError, match=r"long.mid' is too long to rewrite"):
        vary(mine, how=Rewrite(keep="rhythm"), experiment_dir=trained.folder)


def test_a_path_that_is_given_away_has_two_names_and_not_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "Alice"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "Alice"))
    monkeypatch.chdir(tmp_path)
    for path, told in {
        "alice/model.keras": "model.keras",
        "Alice/experiments/01/model.keras": "01/model.keras",
        "../x/../y/a.mid": "y/a.mid",
        "Alice": tmp_path.name,
        "/": "",
    }.items():
        assert last_names(path) == told
