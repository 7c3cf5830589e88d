"""What a model writes: composed, varied, rewritten, continued, answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import monody
from monody.experiments.experiment import Experiment
from tests.builders.studios import PHRASE, Page, open_page

FOUR_BARS = {"bars": 4, "num_files": 1, "seed": 7, "takes": 1}


@pytest.fixture
def card(page: Page) -> Any:
    """A melody that was composed."""
    [card] = page.post("/api/compose", settings=FOUR_BARS)["cards"]
    return card


def _music(card: Any) -> list[list[int]]:
    return [note[:3] for note in card["notes"]]


def test_a_melody_is_as_long_as_asked_and_tells_of_itself(card: Any) -> None:
    assert card["kind"] == "composed"
    assert card["bar_lines"][-1] == 4 * 96
    assert card["label"] in ("new", "near-copy", "copy")
    assert card["settings"]["seed"] == 7
    assert (card["ticks_per_quarter"], card["parent"]) == (24, None)


def test_the_same_seed_writes_the_same_melody(page: Page, card: Any) -> None:
    [other] = page.post("/api/compose", settings=FOUR_BARS)["cards"]
    assert _music(other) == _music(card)
    assert other["name"] != card["name"]


def test_several_are_named_apart(page: Page) -> None:
    cards = page.post("/api/compose", settings={**FOUR_BARS, "num_files": 3})["cards"]
    assert [card["name"] for card in cards] == ["Melody 1", "Melody 2", "Melody 3"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"bars": "four"}, "bars must be a whole number"),
        ({"loudness": 3}, "no setting named"),
        ({"bars": 9_000}, "too much"),
        ({"num_files": 1000, "bars": 1}, "at most"),
        ({"takes": 64}, "too much"),
        ({"best_of": 2000, "bars": 8}, "too much"),
        ({"form": "like:/etc/hosts"}, "letters"),
        ({"form": " LIKE:tune.mid"}, "letters"),
        ({"key": "H minor dorian"}, "key"),
        ([1, 2], "settings"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    page: Page, settings: Any, said: str
) -> None:
    sentence = page.refusal("/api/compose", settings=settings)
    assert said in sentence
    assert page.get("/api/state")["cards"] == []


@pytest.mark.parametrize("model", ["../../etc", "0123456789ab", 7, ""])
def test_an_unknown_model_is_refused(page: Page, model: Any) -> None:
    assert page.refusal("/api/compose", model=model, settings=FOUR_BARS)


def test_one_knob_turned_is_a_variation_below_the_melody(page: Page, card: Any) -> None:
    path = f"/api/cards/{card['id']}/vary"
    [varied] = page.post(path, changes={"midi_instrument": "Flute"})["cards"]
    assert varied["parent"] == card["id"]
    assert varied["program"] == 73
    assert _music(varied) == _music(card)  # the seed stays, and so do the notes
    assert varied["what"] == "midi instrument Flute"
    [wild] = page.post(path, changes={"temperature": 3.0}, seed=5)["cards"]
    assert (wild["settings"]["seed"], wild["settings"]["temperature"]) == (5, 3.0)
    names = [varied["name"], wild["name"]]
    assert names == ["Melody 1 · 2", "Melody 1 · 3"]


def test_other_notes_keep_the_rhythm(page: Page, card: Any) -> None:
    path = f"/api/cards/{card['id']}/vary"
    cards = page.post(path, keep="rhythm", num_files=2, seed=3)["cards"]
    assert len(cards) == 2
    for each in cards:
        assert each["kind"] == "rewritten"
        assert [note[1:3] for note in each["notes"]] == [
            note[1:3] for note in card["notes"]
        ]
        assert each["what"] == "other notes, same rhythm"


def test_a_rewrite_with_a_knob_turned_is_the_same_rewrite(
    page: Page, card: Any
) -> None:
    path = f"/api/cards/{card['id']}/vary"
    [rewritten] = page.post(path, keep="rhythm", seed=3)["cards"]
    again = f"/api/cards/{rewritten['id']}/vary"
    [wilder] = page.post(again, changes={"temperature": 4.0})["cards"]
    rhythm = [note[1:3] for note in card["notes"]]
    assert [note[1:3] for note in wilder["notes"]] == rhythm
    assert wilder["parent"] == rewritten["id"]
    assert wilder["settings"]["seed"] == 3


def test_bars_that_are_written_again_leave_the_others(page: Page, card: Any) -> None:
    path = f"/api/cards/{card['id']}/vary"
    [rewritten] = page.post(path, replace=[2, 3], seed=3)["cards"]
    outside = [note for note in _music(card) if note[2] <= 96 or note[1] >= 288]
    assert all(note in _music(rewritten) for note in outside)
    assert rewritten["what"] == "bars 2-3 again"


def test_it_moves_to_another_key_and_meter(page: Page, card: Any) -> None:
    path = f"/api/cards/{card['id']}/vary"
    [moved] = page.post(path, to_key="D dorian")["cards"]
    assert {note[0] % 12 for note in moved["notes"]} <= {0, 2, 4, 5, 7, 9, 11}
    [waltz] = page.post(path, to_meter="3/4")["cards"]
    assert waltz["meter"] == "3/4"
    assert [note[0] for note in waltz["notes"]] == [note[0] for note in card["notes"]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"keep": "loudness"},
        {"keep": 3},
        {"replace": [3]},
        {"replace": [9, 12]},
        {"replace": "all"},
        {"to_key": ["D"]},
        {"to_meter": "waltz"},
        {"to_meter": [3, 0]},
        {"changes": [1]},
        {"changes": {"form": "like:x.mid"}},
        {"changes": {"best_of": 3}},
        {"keep": "rhythm", "num_files": 10_000},
        {"keep": "rhythm", "changes": {"bars": 4}},
        {"changes": {"temperature": 99}},
    ],
)
def test_a_change_that_cannot_be_is_refused(
    page: Page, card: Any, asked: dict[str, Any]
) -> None:
    assert page.refusal(f"/api/cards/{card['id']}/vary", **asked)


def test_what_continues_holds_the_melody_and_the_new_bars(page: Page) -> None:
    phrase = page.phrase()
    path = f"/api/cards/{phrase['id']}/continue"
    [longer] = page.post(path, settings={"bars": 2, "seed": 5})["cards"]
    assert (longer["kind"], longer["parent"]) == ("continued", phrase["id"])
    assert _music(longer)[: len(PHRASE)] == PHRASE
    assert longer["bar_lines"][-1] == 4 * 96
    assert any(note[1] >= 192 for note in _music(longer))
    shown = page.client.get(f"/api/cards/{longer['id']}/article").text
    assert 'data-given="192"' in shown
    assert "Bars 1 to 2, which are marked, were given" in shown
    shown = page.client.get(f"/api/cards/{phrase['id']}/article").text
    assert "data-given" not in shown


def test_an_answer_is_alone_as_long_and_in_the_key_heard(page: Page) -> None:
    phrase = page.phrase()
    path = f"/api/cards/{phrase['id']}/continue"
    asked = {"as": "answer", "settings": {"seed": 5}}
    [answered] = page.post(path, **asked)["cards"]
    assert (answered["kind"], answered["bar_lines"][-1]) == ("answered", 192)
    assert answered["settings"]["key"] == phrase["key"] == "C major"
    assert {note[0] % 12 for note in answered["notes"]} <= {0, 2, 4, 5, 7, 9, 11}


def test_an_answer_closes_on_the_tonic_unless_asked_otherwise(page: Page) -> None:
    path = f"/api/cards/{page.phrase()['id']}/continue"
    asked = {"num_files": 4, "seed": 5}
    answers = page.post(path, **{"as": "answer", "settings": asked})["cards"]
    assert {one["settings"]["end"] for one in answers} == {"tonic"}
    assert {one["notes"][-1][0] % 12 for one in answers} == {0}
    free = {**asked, "num_files": 1, "end": "any"}
    [other] = page.post(path, **{"as": "answer", "settings": free})["cards"]
    assert other["settings"]["end"] == "any"


def test_what_is_played_is_answered_and_nothing_is_kept(page: Page) -> None:
    played = [[pitch, start + 1, end - 1, 90] for pitch, start, end in PHRASE]
    answered = page.post("/api/answer", notes=played, settings={"seed": 5})
    assert answered["bar_lines"][-1] == 192
    assert answered["notes"]
    assert page.get("/api/state")["cards"] == []


def test_another_instrument_and_tempo_stay_with_what_is_made_of_it(
    page: Page, card: Any
) -> None:
    address = f"/api/cards/{card['id']}"
    dressed = page.patch(address, midi_instrument="Flute", bpm=80)
    assert (dressed["program"], dressed["bpm"]) == (73, 80)
    assert _music(dressed) == _music(card)
    [varied] = page.post(f"{address}/vary", changes={"end": "any"})["cards"]
    assert (varied["program"], varied["bpm"]) == (73, 80)
    [same] = monody.again(
        page.studio.cards.path(card["id"]), page.studio.composer.model(None)
    ).melodies
    assert (same.program, same.bpm) == (73, 80)
    refused = page.client.patch(address, json={"midi_instrument": "Kazoo"})
    assert (refused.status_code, page.get(address)["program"]) == (400, 73)


def test_a_closer_look_names_the_tune_and_what_surprises(page: Page) -> None:
    tune = page.studio.composer.model(None).side("train")[0]
    card = page.phrase([[*map(int, row)] for row in _rows(tune)], meter="4/4")
    look = page.get(f"/api/cards/{card['id']}/closer")
    assert look["label"] == "copy"
    run = look["runs"][0]
    assert run["source"] == tune.source
    assert (run["first_tick"], run["last_tick"]) == (0, tune.end)
    assert run["notes"]
    assert len(look["bits"]) == len(card["notes"])
    assert min(look["bits"]) >= 0


def _rows(melody: monody.Melody) -> list[tuple[int, int, int]]:
    return [(note.pitch, note.start, note.end) for note in melody]


def test_a_model_trained_here_writes(
    tmp_path: Path, trained: Experiment, trained_steps: Experiment
) -> None:
    model = "abcdefgh1234"
    with open_page(tmp_path / "studio", trained) as page:
        trained_steps.folder.rename(page.studio.folder.models / model)
        try:
            listed = page.get("/api/models")
            assert [each["id"] for each in listed] == [None, model]
            asked = {"model": model, "settings": FOUR_BARS}
            [card] = page.post("/api/compose", **asked)["cards"]
            assert card["model"] == model
            path = f"/api/cards/{card['id']}/vary"
            [varied] = page.post(path, changes={"temperature": 2.0})["cards"]
            assert varied["model"] == model
        finally:
            (page.studio.folder.models / model).rename(trained_steps.folder)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "a wider “Range”"), ("es", "“Ámbito”")]
)
def test_an_error_names_knobs_and_no_options(
    page: Page, language: str, said: str
) -> None:
    page.client.cookies["language"] = language
    settings = {"bars": 2, "num_files": 1, "key": "C major", "range": "C#4..C#4"}
    error = page.refusal("/api/compose", settings=settings)
    assert said in error
    assert "--" not in error
