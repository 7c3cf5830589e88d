from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from monody.errors import SettingError
from monody.music.form_text import parse_form
from monody.settings.base import Settings, range_text
from monody.settings.devices import DeviceSettings
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.sampling import SampleSettings
from monody.settings.training import TrainSettings

ALL: list[type[Settings]] = [ReadSettings, ModelSettings, TrainSettings, SampleSettings]


@pytest.mark.parametrize("settings", ALL)
def test_defaults_are_valid_and_survive_json(settings: type[Settings]) -> None:
    made = settings()
    assert settings.from_json(json.loads(json.dumps(made.to_json()))) == made
    for field in dataclasses.fields(settings):
        assert settings.explanations[field.name].endswith("."), field.name
        assert f"    {field.name}: " in (settings.__doc__ or "")


@pytest.mark.parametrize(
    ("settings", "values", "message"),
    [
        (ModelSettings, {"rnn_size": 0}, "rnn_size must be from 1 to 4,096, not 0"),
        (ModelSettings, {"rnn_size": 1.5}, "rnn_size must be a whole number, not 1.5"),
        (
            ModelSettings,
            {"rnn_size": True},
            "rnn_size must be a whole number, not True",
        ),
        (ModelSettings, {"encoding": "x"}, "encoding must be one of notes, steps"),
        (TrainSettings, {"learning_rate": -1.0}, "learning_rate must be from 1e-08"),
        (SampleSettings, {"temperature": float("nan")}, "must be a finite number"),
        (SampleSettings, {"file_length": 0}, "file_length must be from 1 to 100,000"),
        (
            SampleSettings,
            {"bars": 10**5_000},
            "bars must be .*, not one of 16,610 bits",
        ),
        (SampleSettings, {"bars": "x" * 10**6}, "bars must be a whole .*'xx.*…"),
        (ReadSettings, {"n_jobs": 0}, "n_jobs must be at least 1, not 0"),
    ],
)
def test_a_value_out_of_range_names_the_range(
    settings: type[Settings], values: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        settings(**values)


def test_a_melody_has_one_length() -> None:
    usual = SampleSettings()
    assert (usual.bars, usual.file_length) == (16, None)
    assert SampleSettings(bars=16) == usual
    in_16ths = SampleSettings(file_length=100)
    assert (in_16ths.bars, in_16ths.file_length) == (None, 100)
    with pytest.raises(SettingError, match="bars is 4, but --file_length is 9"):
        SampleSettings(bars=4, file_length=9)
    for settings in (usual, in_16ths):
        assert SampleSettings.from_json(settings.to_json()) == settings
    assert usual.length_text == "16 bars"
    assert SampleSettings(bars=1, free=True).length_text == "at most 1 bar"
    assert in_16ths.length_text == "100 16ths"


def test_a_free_melody_has_8_bars_unless_it_is_shorter_or_another_number_is_named() -> (
    None
):
    assert SampleSettings(free=True).least_bars == 8
    assert SampleSettings(free=True, bars=4).least_bars == 4
    assert SampleSettings(free=True, file_length=16).least_bars == 8
    assert SampleSettings(free=True, free_at_least=16).least_bars == 16
    with pytest.raises(SettingError, match="at most the length, 16 bars, not 17"):
        SampleSettings(free=True, free_at_least=17)
    with pytest.raises(SettingError, match="free_at_least is 3, but .* add --free"):
        SampleSettings(free_at_least=3)


@pytest.mark.parametrize(
    ("asked", "bars"),
    [
        ({"form": "AABA"}, 16),
        ({"form": "ABACA"}, 20),
        ({"form": "AABA", "bars": 32}, 32),
        ({"form": "A8 B4 A8"}, 20),
        ({"form": "A8 B A8", "bars": 24}, 24),
        ({"form": "4+4+8"}, 16),
        ({"form": "like:my.mid"}, None),
        ({"form": "like:my.mid", "bars": 32}, 32),
    ],
)
def test_a_form_names_the_length(asked: dict[str, Any], bars: int | None) -> None:
    settings = SampleSettings(**asked)
    assert settings.bars == bars
    assert SampleSettings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"form": "AABA", "bars": 18}, "AABA cannot have 18 bars, .* ask for 16 or 20"),
        ({"form": "A8 B8", "bars": 12}, "form A8 B8 has 16 bars, but bars is 12"),
        ({"form": "AABA", "file_length": 256}, "'AABA', .* but --file_length is 256"),
        ({"form": "like:my.mid", "file_length": 9}, "but --file_length is 9"),
        ({"form": "AABA", "free": True}, "form is 'AABA', .* but --free lets"),
        ({"form": "like: "}, "form is 'like: ', but names no file: like:TUNE.mid"),
        ({"form": "waltz"}, "form WALTZ has W where its next new section is called A"),
        ({"form": ""}, "form must be sections such as AABA"),
        ({"form": 4}, "form must be text, not 4"),
    ],
)
def test_a_form_that_contradicts_the_rest_is_refused(
    asked: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        SampleSettings(**asked)


def test_the_form_of_a_file_takes_its_place() -> None:
    asked = SampleSettings(form=" Like: my tunes/a.mid")
    assert asked.form_file == "my tunes/a.mid"
    assert asked.named_form is None
    assert asked.length_text == "as many bars as that tune"
    named = asked.with_form(parse_form("A8 A B4"))
    assert (named.form, named.bars, named.form_file) == ("A8 A B4", 20, None)
    assert str(named.named_form) == "A8 A B4"
    with pytest.raises(SettingError, match="has 20 bars, but bars is 16"):
        SampleSettings(form="like:a.mid", bars=16).with_form(parse_form("A8 A B4"))


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="no setting named 'colour'"):
        ModelSettings.from_json({"colour": "blue"})


def test_ranges_in_words() -> None:
    assert range_text(1, None) == "at least 1"
    assert range_text(None, 0.5) == "at most 0.5"
    assert range_text(0, 2**32) == "from 0 to 4,294,967,296"


@pytest.mark.parametrize(
    "address",
    ["", "host", "host:", ":1", "host:0", "host:99999", "-x:1", ".:1", "a b:1",
     "[::1]", "[:::1]:7", "[1.2.3.4]:7", "::1:7000", "http://host:1", "host:1\n",
     "host:1/x", "host:١"],
)  # fmt: skip
def test_an_address_names_a_machine_and_a_port(address: str) -> None:
    with pytest.raises(SettingError, match="must be auto or HOST:PORT"):
        DeviceSettings(distributed=address, num_processes=2, process_id=1)


@pytest.mark.parametrize(
    "address", ["a:1", "10.0.0.1:7000", "[::1]:65535", "my-pc.x:7"]
)
def test_an_address_that_names_both_is_taken(address: str) -> None:
    DeviceSettings(distributed=address, num_processes=2, process_id=1)
