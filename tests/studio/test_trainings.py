from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monody.errors import MonodyError
from monody.studio import trainings as trainings_module
from monody.studio.folder import new_id
from monody.studio.records import UnknownError
from monody.studio.saved_card import HEARD
from monody.studio.studio import Studio
from tests.builders.browsers import browser_of, dropped, studio_in
from tests.builders.midi_files import midi_file, tune

MAX_SECONDS = 60


@pytest.fixture(autouse=True)
def _children_only_pretend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainings_module, "CHILD", "tests.builders.pretended_training")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


@contextmanager
def _opened(folder: Path) -> Iterator[Studio]:
    """Open a studio, and work its queue off."""
    studio = studio_in(folder)
    studio.trainings.start()
    try:
        yield studio
    finally:
        studio.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with _opened(tmp_path / "studio") as opened:
        yield opened


def _collection(studio: Studio, name: str) -> str:
    """Drop a tune; what its collection is called, its training does."""
    data = midi_file([list(tune(1))], ticks_per_quarter=24)
    with browser_of(studio) as browser:
        answer = browser.post(
            "/api/collections", files=dropped({"a.mid": data}), data={"name": name}
        )
        return str(answer.json()["collection"]["id"])


def _train(studio: Studio, name: str) -> str:
    return studio.trainings.add(_collection(studio, name)).id


def _until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + MAX_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def _until_it_is(studio: Studio, training: str, state: str) -> dict[str, Any]:
    _until(lambda: studio.trainings.get(training).state == state)
    return studio.trainings.one_json(training)


def _until_it_trains(studio: Studio, training: str) -> dict[str, Any]:
    _until(lambda: studio.trainings.one_json(training)["stage"] == "training")
    return studio.trainings.one_json(training)


def test_one_trains_at_a_time_and_others_queue(studio: Studio) -> None:
    first, second, third = (_train(studio, name) for name in ("waits", "", "waits"))
    told = _until_it_trains(studio, first)
    assert (told["state"], told["share"], told["model"]) == ("running", 0.5, None)
    assert studio.trainings.get(second).state == "queued"
    assert studio.trainings.at_work() == {first, second, third}
    studio.trainings.stop(third)
    assert studio.trainings.get(third).state == "stopped"
    studio.trainings.stop(first)
    assert _until_it_is(studio, second, "done")["stage"] is None
    assert studio.trainings.get(first).state == "stopped"
    assert studio.trainings.get(third).state == "stopped"
    studio.trainings.go_on(first)
    _until_it_trains(studio, first)


def test_a_failure_is_told_and_can_be_tried_again(studio: Studio) -> None:
    failed = _train(studio, "fails")
    assert _until_it_is(studio, failed, "failed")["message"] == "the disk is full"
    again = studio.trainings.go_on(failed)
    assert (again.state, again.message) == ("queued", "")
    dead = _train(studio, "dies")
    told = _until_it_is(studio, dead, "failed")
    assert told["message"] == "It broke off; go on with it to try again."
    with pytest.raises(MonodyError, match="no such training"):
        studio.trainings.go_on("gone")


def test_what_is_over_does_not_go_on(studio: Studio) -> None:
    done = _train(studio, "")
    _until_it_is(studio, done, "done")
    with pytest.raises(MonodyError, match="This training is over"):
        studio.trainings.go_on(done)
    assert studio.trainings.stop(done).state == "done"


def test_melodies_on_the_way_are_cards_of_their_training_only(
    studio: Studio, tmp_path: Path
) -> None:
    done = _train(studio, "")
    told = _until_it_is(studio, done, "done")
    [card] = told["heard"]
    assert told["heard_epochs"] == [1]
    kept = studio.cards.get(card)
    assert (kept.kind, kept.name, kept.label) == (HEARD, "After pass 1", "new")
    assert studio.cards.listed() == []
    studio.close()
    with _opened(tmp_path / "studio") as again:
        assert again.trainings.one_json(done)["heard"] == [card]
        assert len(again.cards.melody(card)) == 3


def test_a_melody_that_the_last_server_did_not_hear_of_is_heard(
    studio: Studio, tmp_path: Path
) -> None:
    done = _train(studio, "")
    [card] = _until_it_is(studio, done, "done")["heard"]
    studio.close()
    heard = tmp_path / "studio/models" / done / "heard"
    (heard / "epoch-0012.mid").write_bytes((heard / "epoch-0001.mid").read_bytes())
    with _opened(tmp_path / "studio") as again:
        told = again.trainings.one_json(done)
        assert told["heard_epochs"] == [1, 12]
        assert told["heard"][0] == card


def test_the_next_server_goes_on_first_with_what_was_running(
    studio: Studio, tmp_path: Path
) -> None:
    first, second = _train(studio, "waits"), _train(studio, "waits")
    _until_it_trains(studio, first)
    studio.close()
    assert studio.trainings.get(first).state == "running"
    with _opened(tmp_path / "studio") as again:
        _until_it_trains(again, first)
        assert again.trainings.get(second).state == "queued"


def test_a_training_is_deleted_with_its_model_and_had_back(
    studio: Studio, tmp_path: Path
) -> None:
    training = _train(studio, "waits")
    _until_it_trains(studio, training)
    with browser_of(studio) as browser:
        assert browser.delete(f"/api/trainings/{training}").json() == {}
        assert browser.get(f"/api/trainings/{training}").status_code == 404
        assert studio.trainings.to_json() == []
        assert [*(tmp_path / "studio/models").iterdir()] == []
        [[gone, _name]] = studio.trainings.deleted()
        assert gone == training
        back = browser.patch(f"/api/trainings/{training}", json={"deleted": False})
        assert back.json()["training"]["state"] == "stopped"
        assert (tmp_path / "studio/models" / training / "heard").is_dir()
        queued = browser.post(f"/api/trainings/{training}/go_on").json()["training"]
        assert queued["state"] in ("queued", "running")
        stopped = browser.post(f"/api/trainings/{training}/stop").json()["training"]
        assert stopped["state"] == "stopped"


def test_what_was_deleted_goes_for_ever_when_a_studio_opens_a_month_later(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = _train(studio, "")
    [card] = _until_it_is(studio, training, "done")["heard"]
    [collection] = studio.collections.listed()
    studio.trainings.delete(training)
    studio.collections.delete(collection.id)
    studio.close()
    deleted, now = tmp_path / "studio/deleted", time.time()
    for days, there in ((29.9, True), (30.1, False)):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 86_400)
        with _opened(tmp_path / "studio") as again:
            assert (deleted / "trainings" / training / training).is_dir() is there
            assert (deleted / "collections" / collection.id).is_dir() is there
            assert (tmp_path / "studio/melodies" / f"{card}.mid").is_file() is there
    with pytest.raises(UnknownError):
        again.trainings.restore(training)


def test_a_collection_that_is_gone_is_said(studio: Studio) -> None:
    waits, gone = _train(studio, "waits"), _collection(studio, "gone")
    training = studio.trainings.add(gone).id
    studio.collections.delete(gone)
    studio.trainings.stop(waits)
    told = _until_it_is(studio, training, "failed")
    assert "no such collection any more" in told["message"]


def test_what_is_asked_wrongly_is_refused_before_it_waits(studio: Studio) -> None:
    one = _collection(studio, "")
    with browser_of(studio) as browser:
        for asked, said in (
            ({}, "expected the id of a collection"),
            ({"collection": one, "training": {"num_epochs": 0}}, "num_epochs"),
            ({"collection": one, "training": {"base": "/etc/passwd"}}, "base or none"),
            ({"collection": one, "network": {"x": 1}}, "no setting named 'x'"),
            ({"collection": one, "network": []}, "expected settings"),
        ):
            refused = browser.post("/api/trainings", json=asked)
            assert refused.status_code == 400
            assert said in refused.json()["error"]
    assert studio.trainings.to_json() == []


def test_a_damaged_training_does_not_hide_the_others(
    studio: Studio, tmp_path: Path
) -> None:
    one, other = _train(studio, ""), _train(studio, "")
    _until_it_is(studio, other, "done")
    studio.close()
    path = tmp_path / "studio/trainings" / f"{one}.json"
    facts = json.loads(path.read_text())
    for changed in (
        {"state": "?"},
        {"id": other},
        {"training": {"x": 1}},
        {"heard": 3},
    ):
        path.write_text(json.dumps({**facts, **changed}))
        again = studio_in(tmp_path / "studio")
        assert [told["id"] for told in again.trainings.to_json()] == [other]
        assert one in again.trainings.problems[0]
        again.close()


def test_a_model_of_which_nothing_else_is_left_is_deleted_and_had_back(
    studio: Studio,
) -> None:
    model = new_id()
    experiment = studio.folder.models / model
    experiment.mkdir()
    (experiment / "model.keras").write_bytes(b"damaged")
    with browser_of(studio) as browser:
        path = f"/api/trainings/{model}"
        assert browser.delete(path).status_code == 200
        assert not experiment.exists()
        assert browser.delete(path).status_code == 404
        assert studio.trainings.deleted() == [(model, "A model without a name")]
        assert browser.patch(path, json={"deleted": False}).status_code == 200
    assert (experiment / "model.keras").read_bytes() == b"damaged"
    assert studio.trainings.deleted() == []
