from __future__ import annotations

import dataclasses
import json

import pytest

from monody.errors import SettingError
from monody.settings.base import Settings, range_text
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


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="no setting named 'colour'"):
        ModelSettings.from_json({"colour": "blue"})


def test_ranges_in_words() -> None:
    assert range_text(1, None) == "at least 1"
    assert range_text(None, 0.5) == "at most 0.5"
    assert range_text(0, 2**32) == "from 0 to 4,294,967,296"
