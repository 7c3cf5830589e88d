from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

import monody
from monody.errors import MonodyError
from monody.studio import scorecards
from monody.studio.folder import StudioFolder
from monody.studio.models import models_json
from monody.studio.scorecards import Scorecards, scorecard_json
from tests.builders.studios import Page

FIRST, SECOND = "a" * 12, "b" * 12


@pytest.fixture
def folder(tmp_path: Path, trained: monody.Experiment) -> StudioFolder:
    """A studio in which one collection was trained on twice."""
    made = StudioFolder(tmp_path / "studio")
    made.make()
    for model in (FIRST, SECOND):
        shutil.copytree(trained.folder, made.models / model)
    return made


def test_models_are_listed_side_by_side(
    folder: StudioFolder, trained: monody.Experiment
) -> None:
    base, first, second = models_json(folder, trained)
    assert (base["id"], base["name"]) == (None, "The model that comes with monody")
    assert (first["id"], first["name"]) == (FIRST, "a note to self")
    assert (second["id"], second["name"]) == (SECOND, "a note to self 2")
    assert second["collection"] == "a note to self"
    assert first["data"] == second["data"]
    assert first["settings"] == {"rnn_size": 12, "num_layers": 2, "base": "none"}
    assert first["melodies"]["train"] == 16
    assert 0 < first["test_bits_per_note"] < 20
    assert 0 < first["references"]["bigram"] < 20


def test_what_is_in_training_or_damaged_is_no_model_yet(
    folder: StudioFolder, trained: monody.Experiment
) -> None:
    (folder.models / SECOND / "settings.json").write_text("{")
    listed = models_json(folder, trained, at_work={FIRST})
    assert [model["id"] for model in listed] == [None, SECOND]
    assert "damaged" in listed[1]["problem"]
    (folder.models / SECOND / "model.keras").unlink()
    (folder.models / "no id").mkdir()
    assert len(models_json(folder, trained)) == 2


def test_a_scorecard_says_in_words_and_figures_how_good_a_model_is(
    trained: monody.Experiment,
) -> None:
    card = scorecard_json(trained)
    assert card["rows"][0]["model"] == "network"
    assert len(card["rows"][0]["figures"]) < len(card["titles"]) + 1
    assert "bits per note" in card["titles"][0]
    assert all(str(trained.folder) not in line for line in card["about"])
    assert card["figures"]["bits_per_note"] > 0
    json.dumps(card)


def test_a_scorecard_is_made_once_for_a_model_as_it_is(
    folder: StudioFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    said = [b'{"meaning": "good"}\n']

    class Child:
        """Answers at once what the test wants."""

        def __init__(self, _module: str, arguments: list[str]) -> None:
            made.append(arguments)
            self.answers = io.BytesIO(said[-1])

        def close(self) -> None:
            """Do nothing."""

        kill = close

    monkeypatch.setattr(scorecards, "ChildProcess", Child)
    model, cards = monody.Experiment(folder.models / FIRST), Scorecards()
    assert cards.of(model) == cards.of(model) == {"meaning": "good"}
    assert len(made) == 1
    model.model_path.touch()
    for answer, why in (
        (b'{"failed": "no melody"}\n', "no melody"),
        (b'{"mean', "could not be judged"),
        (b"", "could not be judged"),
    ):
        said.append(answer)
        with pytest.raises(MonodyError, match=why):
            cards.of(model)
    assert len(made) == 4


@pytest.mark.thorough
def test_the_scorecard_of_the_base_model_is_asked_for_by_its_page(page: Page) -> None:
    card = page.get("/api/models/base/scorecard")
    assert card["rows"][0]["model"] == "network"
    assert page.client.get("/api/models/none/scorecard").status_code == 400
