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


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingError, match="no setting named 'colour'"):
        ModelSettings.from_json({"colour": "blue"})


def test_ranges_in_words() -> None:
    assert range_text(1, None) == "at least 1"
    assert range_text(None, 0.5) == "at most 0.5"
    assert range_text(0, 2**32) == "from 0 to 4,294,967,296"
