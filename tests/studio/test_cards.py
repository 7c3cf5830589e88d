"""Cards: what is changed stays changed, and no odd file hides the others."""

from __future__ import annotations

import io
import json
import shutil
import time
import wave
from pathlib import Path
from typing import Any

import pytest

import monody
from monody.experiments.experiment import Experiment
from monody.studio.cards import CardLibrary
from monody.studio.events import Changes
from monody.studio.folder import new_id
from tests.builders.studios import PHRASE, Page, open_page

TWO_NOTES = monody.midi_bytes(monody.Melody.from_notes([(60, 0, 24), (62, 24, 24)]))


def _cards(folder: Path) -> CardLibrary:
    return CardLibrary(folder, Changes())


def test_name_heart_and_deletion_survive_a_restart(
    tmp_path: Path, trained: Experiment
) -> None:
    with open_page(tmp_path, trained) as page:
        first, second = page.phrase(), page.phrase()
        page.patch(f"/api/cards/{first['id']}", name=" My  tune ", heart=True)
        page.patch(f"/api/cards/{second['id']}", deleted=True)
    with open_page(tmp_path, trained) as page:
        cards = page.get("/api/state")["cards"]
        assert [card["id"] for card in cards] == [second["id"], first["id"]]
        assert [card["deleted"] for card in cards] == [True, False]
        assert (cards[1]["name"], cards[1]["heart"]) == ("My tune", True)
        assert [note[:3] for note in cards[1]["notes"]] == PHRASE
        restored = page.patch(f"/api/cards/{second['id']}", deleted=False)
        assert restored["deleted"] is False


def test_what_was_deleted_goes_for_ever_when_a_studio_opens_a_month_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = _cards(tmp_path)
    deleted, kept = (cards.add(TWO_NOTES, kind="phrase", name=name) for name in "ab")
    below = cards.add(TWO_NOTES, kind="varied", name="c", parent=deleted.id)
    cards.delete(deleted.id)
    now = time.time()
    for days, left in ((29.9, [deleted, kept, below]), (30.1, [kept, below])):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 86_400)
        names = {card.id for card in left}
        assert {card.id for card in _cards(tmp_path).listed()} == names
        assert {path.stem for path in tmp_path.glob("*.mid")} == names
    assert _cards(tmp_path).tree(below.id) == [below]


@pytest.mark.parametrize(
    "values",
    [{"name": ""}, {"name": "x" * 201}, {"name": 3}, {"heart": "yes"}, {"deleted": 1},
     {"bpm": "fast"}, {"bpm": 0}, {"midi_instrument": 73}],
)  # fmt: skip
def test_a_change_that_cannot_be_changes_nothing(
    page: Page, values: dict[str, Any]
) -> None:
    card = page.phrase()
    answer = page.client.patch(f"/api/cards/{card['id']}", json=values)
    assert answer.status_code == 400
    assert page.get(f"/api/cards/{card['id']}") == card


def test_a_damaged_card_hides_no_other(tmp_path: Path) -> None:
    cards = _cards(tmp_path)
    whole = cards.add(TWO_NOTES, kind="phrase", name="whole")
    saved = json.loads((tmp_path / f"{whole.id}.json").read_text())
    odd = [
        "", "[]", "{", '{"id": 3}', json.dumps({**saved, "heart": 1}),
        json.dumps({**saved, "kind": "poem"}), json.dumps({**saved, "more": 1}),
        json.dumps({**saved, "parent": "../up"}), json.dumps(saved),
    ]  # fmt: skip
    for text in odd:
        (tmp_path / f"{new_id()}.json").write_text(text)
    (tmp_path / "notes.json").write_text("the user's own")
    read = _cards(tmp_path)
    assert read.listed() == [whole]
    assert len(read.problems) == len(odd)


def test_a_card_without_its_file_says_so(page: Page) -> None:
    card, other = page.phrase(), page.phrase()
    page.studio.cards.path(card["id"]).unlink()
    page.studio.cards.change(other["id"], TWO_NOTES)  # nothing is remembered
    cards = CardLibrary(page.studio.folder.melodies, Changes())
    assert len(cards.listed()) == 2
    page.studio.cards.change(card["id"], b"", heart=True)
    state = page.get("/api/state")["cards"]
    assert [bool(each.get("problem")) for each in state] == [False, True]
    page.studio.cards.path(card["id"]).unlink()
    problem = page.get(f"/api/cards/{card['id']}")["problem"]
    assert problem.startswith("Its file is gone from the folder of the studio")
    assert page.client.get(f"/api/cards/{card['id']}/article").status_code == 400


def test_folders_that_somebody_removed_are_made_again(page: Page) -> None:
    lost = page.phrase()
    for folder in (page.studio.folder.melodies, page.studio.folder.models,
                   page.studio.folder.sounds):  # fmt: skip
        shutil.rmtree(folder)
    kept = page.phrase()
    assert page.client.get(f"/api/cards/{kept['id']}/{kept['id']}.wav").is_success
    assert [bool(each["notes"]) for each in page.get("/api/state")["cards"]] == [
        True,
        bool(page.get(f"/api/cards/{lost['id']}")["notes"]),
    ]


def test_what_was_made_of_a_melody_is_its_tree(tmp_path: Path) -> None:
    cards = _cards(tmp_path)
    root = cards.add(TWO_NOTES, kind="phrase", name="root")
    cards.add(TWO_NOTES, kind="phrase", name="another")
    child = cards.add(TWO_NOTES, kind="varied", name="child", parent=root.id)
    grandchild = cards.add(TWO_NOTES, kind="varied", name="leaf", parent=child.id)
    for card in (root, child, grandchild):
        assert cards.tree(card.id) == [root, child, grandchild]
    cards.change(root.id, parent=grandchild.id)  # a file that was tampered with
    assert {card.id for card in cards.tree(root.id)} >= {root.id, child.id}


def test_what_is_only_heard_is_not_in_the_list_and_goes(tmp_path: Path) -> None:
    cards = _cards(tmp_path)
    heard = cards.add(TWO_NOTES, kind="source", name="air.abc")
    assert cards.listed() == []
    assert len(cards.melody(heard.id)) == 2
    _cards(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_note_is_no_card(tmp_path: Path) -> None:
    with pytest.raises(monody.MonodyError):
        _cards(tmp_path).add(b"MThd", kind="phrase", name="nothing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ending", "begins"),
    [("mid", b"MThd"), ("wav", b"RIFF"), ("musicxml", b"<?xml"), ("abc", b"%abc")],
)
def test_its_files_are_what_they_are_called(
    page: Page, ending: str, begins: bytes
) -> None:
    card_id = page.phrase()["id"]
    path = f"/api/cards/{card_id}/{card_id}.{ending}"
    answer = page.client.get(path)
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    tag = {"If-None-Match": answer.headers["etag"]}
    assert page.client.get(path, headers=tag).status_code == 304
    page.patch(f"/api/cards/{card_id}", bpm=60)
    assert page.client.get(path, headers=tag).status_code == 200


def test_a_browser_may_have_a_part_of_the_sound(page: Page) -> None:
    card_id = page.phrase()["id"]
    path = f"/api/cards/{card_id}/{card_id}.wav"
    part = page.client.get(path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")


def test_pictures_and_article_show_the_melody(page: Page) -> None:
    card = page.phrase(name="<b>Air</b>")
    for picture in ("roll.svg", "staff.svg"):
        answer = page.client.get(f"/api/cards/{card['id']}/{picture}")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.text.lstrip().startswith("<svg")
    article = page.client.get(f"/api/cards/{card['id']}/article").text
    assert "&lt;b&gt;Air&lt;/b&gt;" in article
    assert "<b>Air" not in article
    assert f"/api/cards/{card['id']}/{card['id']}.wav" in article


@pytest.mark.parametrize(
    "path",
    [
        "/api/cards/000000000000",
        "/api/cards/..%2f..%2fetc",
        "/api/cards/../../etc/passwd",
        "/api/cards/000000000000/article",
        "/api/cards/000000000000/000000000000.mid",
        "/api/cards/%00/closer",
        "/api/voices/128/60.wav",
        "/api/voices/0/128.wav",
        "/api/voices/0/-1.wav",
        "/api/voices/..%2f0/60.wav",
        "/api/voices/²/60.wav",
        "/api/nothing",
    ],
)
def test_what_is_not_there_is_not_found(page: Page, path: str) -> None:
    answer = page.client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]


@pytest.mark.parametrize("name", ["../x.mid", "..%2fx.mid", "x.mid", "roll.svg.gz"])
def test_a_card_has_no_other_files(page: Page, name: str) -> None:
    answer = page.client.get(f"/api/cards/{page.phrase()['id']}/{name}")
    assert answer.status_code == 404


def test_a_note_sounds_for_the_sampler(page: Page) -> None:
    answer = page.client.get("/api/voices/73/69.wav")
    with wave.open(io.BytesIO(answer.content)) as sound:
        assert sound.getnframes() >= 2 * sound.getframerate()
    assert "max-age" in answer.headers["cache-control"]
    assert len(list(page.studio.folder.sounds.glob("voice-*.wav"))) == 1


HALF = "half \ud83c"


def test_half_a_letter_in_what_was_saved_is_spelt_out(
    tmp_path: Path, trained: Experiment
) -> None:
    """JSON can name it; a header, a page and a score cannot."""
    with open_page(tmp_path, trained) as page:
        card = page.phrase()
        saved = page.studio.cards.path(card["id"]).with_suffix(".json")
        music = {
            "files": (
                "a.mid",
                page.client.get(f"/api/cards/{card['id']}/{card['id']}.mid").content,
                "audio/midi",
            )
        }
        one = page.client.post("/api/collections", data={"name": "airs"}, files=music)
        collection = one.json()["collection"]["id"]
        page.studio.collections.wait()
    facts = next(tmp_path.rglob("collection.json"))
    for path, names in ((saved, ("name", "said", "what", "label")), (facts, ("name",))):
        told = json.loads(path.read_text())
        path.write_text(json.dumps(told | dict.fromkeys(names, HALF)))
    with open_page(tmp_path, trained) as page:
        state = page.get("/api/state")
        assert state["cards"][0]["name"] == "half \\ud83c"
        assert state["collections"][0]["name"] == "half \\ud83c"
        for file in ("article", "closer", "roll.svg", "staff.svg", *(
            f"{card['id']}{each}" for each in (".mid", ".wav", ".musicxml", ".abc")
        )):  # fmt: skip
            answer = page.client.get(f"/api/cards/{card['id']}/{file}")
            assert answer.status_code == 200, (file, answer.text)
        assert page.get(f"/api/collections/{collection}/files")


@pytest.mark.parametrize(
    "odd",
    [{"velocities": 5}, {"velocities": None}, {"name": 7}, {"kind": []}, {"parent": 7},
     {"settings": []}, {"heart": 1}, {"created": None}, {"more": 1}],
)  # fmt: skip
def test_a_card_that_is_none_costs_itself_only(
    tmp_path: Path, odd: dict[str, Any]
) -> None:
    cards = _cards(tmp_path)
    odd_one, other = (cards.add(TWO_NOTES, kind="phrase", name=name) for name in "ab")
    path = cards.path(odd_one.id).with_suffix(".json")
    path.write_text(json.dumps(json.loads(path.read_text()) | odd))
    again = _cards(tmp_path)
    assert [card.id for card in again.listed()] == [other.id]
    assert len(again.problems) == 1
