from __future__ import annotations

import errno
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from starlette.testclient import TestClient

from monody.studio import collection_reader
from monody.studio import collections as collections_module
from monody.studio.collection_names import collection_name
from monody.studio.studio import Studio
from tests.builders.browsers import browser_of, dropped, studio_in
from tests.builders.midi_files import midi_file, tune


def _tune(seed: int) -> bytes:
    return midi_file([list(tune(seed))], ticks_per_quarter=24)


def _zipped() -> bytes:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("inside.mid", _tune(5))
    return book.getvalue()


FILES = {
    "airs/a.mid": _tune(1),
    "airs/slow/b.mid": _tune(2),
    "airs/copy.mid": _tune(1),
    "airs/odd.mid": b"<html>",
    "airs/two.mid": midi_file([list(tune(3)), list(tune(4))], ticks_per_quarter=24),
    "airs/cover.png": b"...",
    "airs/book.zip": _zipped(),
}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = studio_in(tmp_path / "studio")
    yield opened
    opened.close()


@pytest.fixture
def browser(studio: Studio) -> Iterator[TestClient]:
    with browser_of(studio) as client:
        yield client


def _drop(browser: TestClient, files: dict[str, bytes] = FILES, name: str = "") -> str:
    """Drop files, and return the id of their collection."""
    asked = browser.post("/api/collections", files=dropped(files), data={"name": name})
    assert asked.status_code == 200, asked.text
    made = asked.json()["collection"]
    assert made["reading"] is not None or made["files"]
    return str(made["id"])


def _rows(browser: TestClient, one: str) -> dict[str, dict[str, Any]]:
    """Return the report, file by file; it waits until the reading is over."""
    rows = browser.get(f"/api/collections/{one}/files").json()
    return {row["source"]: row for row in rows}


def _facts(browser: TestClient, one: str) -> dict[str, Any]:
    facts: dict[str, Any] = browser.get(f"/api/collections/{one}").json()["collection"]
    return facts


def test_what_was_dropped_gets_a_verdict_file_by_file(browser: TestClient) -> None:
    one = _drop(browser)
    rows = _rows(browser, one)
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "airs/a.mid": "kept",
        "airs/book.zip/inside.mid": "kept",
        "airs/copy.mid": "duplicate",
        "airs/odd.mid": "dropped",
        "airs/slow/b.mid": "kept",
        "airs/two.mid": "kept",
    }
    assert rows["airs/copy.mid"]["reason"] == "the same tune as airs/a.mid"
    assert rows["airs/odd.mid"]["reason"] == "a web page, not MIDI"
    assert rows["airs/a.mid"]["notes"] > 8
    assert rows["airs/a.mid"]["bars"] >= 2
    facts = _facts(browser, one)
    counts = {
        name: facts[name] for name in ("files", "usable", "dropped", "duplicates")
    }
    assert counts == {"files": 6, "usable": 4, "dropped": 1, "duplicates": 1}
    assert (facts["name"], facts["reading"], facts["problem"]) == ("airs", None, "")
    assert facts["bars"] >= rows["airs/a.mid"]["bars"]


def test_pages_hear_of_a_reading(
    studio: Studio, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(studio.changes, "tell", lambda **ids: told.append(ids))
    monkeypatch.setattr(collection_reader, "SECONDS_BETWEEN", 0)
    one = _drop(browser)
    _rows(browser, one)
    assert told.count({"collections": [one]}) >= 4  # made, begun, on the way, read


def test_a_file_is_left_out_and_taken_in_again(browser: TestClient) -> None:
    one = _drop(browser)
    asked = {"source": "airs/a.mid", "out": True}
    answered = browser.post(f"/api/collections/{one}/leave_out", json=asked)
    assert answered.json()["collection"]["left_out"] == 1
    rows = _rows(browser, one)
    out = rows["airs/a.mid"]  # it is still there to be seen
    assert (out["left_out"], out["verdict"], out["reason"]) == (True, "kept", "")
    assert out["notes"] > 8
    assert rows["airs/copy.mid"]["verdict"] == "kept"
    assert _facts(browser, one)["usable"] == 4
    browser.post(f"/api/collections/{one}/leave_out", json={**asked, "out": False})
    assert not _rows(browser, one)["airs/a.mid"]["left_out"]
    assert _facts(browser, one)["left_out"] == 0


def test_one_line_of_a_file_is_taken(studio: Studio, browser: TestClient) -> None:
    one = _drop(browser)
    _rows(browser, one)
    studio.collections.read(one).result()
    browser.post(f"/api/collections/{one}/line", json={"source": "airs/a.mid"})
    studio.collections.wait()
    lines = _rows(browser, one)["airs/two.mid"]["lines"]
    assert [line["name"] for line in lines] == ["Acoustic Grand Piano"] * 2
    second = {"source": "airs/two.mid", "line": lines[1]["line"]}
    browser.post(f"/api/collections/{one}/line", json=second)
    row = _rows(browser, one)["airs/two.mid"]
    assert (row["line"], row["notes"]) == (second["line"], lines[1]["notes"])
    browser.post(f"/api/collections/{one}/line", json={**second, "line": None})
    row = _rows(browser, one)["airs/two.mid"]
    assert (row["line"], row["notes"]) == (None, sum(line["notes"] for line in lines))


def test_any_file_can_be_heard_and_no_list_shows_it(
    studio: Studio, browser: TestClient
) -> None:
    one = _drop(browser)
    for source in ("airs/copy.mid", "airs/book.zip/inside.mid"):
        heard = browser.post(f"/api/collections/{one}/hear", json={"source": source})
        [card] = heard.json()["cards"]
        assert (card["kind"], card["name"]) == ("source", source.rpartition("/")[2])
        assert len(card["notes"]) == _rows(browser, one)[source]["notes"]
    both = browser.post(f"/api/collections/{one}/hear", json={"source": "airs/two.mid"})
    assert [card["name"] for card in both.json()["cards"]] == [
        "two.mid, 1",
        "two.mid, 2",
    ]
    odd = browser.post(f"/api/collections/{one}/hear", json={"source": "airs/odd.mid"})
    assert odd.status_code == 400
    assert odd.json()["error"] == "There is no melody in this file to be heard."
    assert studio.cards.listed() == []


def test_files_are_added(browser: TestClient) -> None:
    one = _drop(browser, {"a.mid": _tune(1)}, name="  My airs ")
    more = dropped({"a.mid": _tune(1), "b.mid": _tune(2), "c.txt": b""})
    answered = browser.post(f"/api/collections/{one}/files", files=more).json()
    assert (answered["added"], answered["passed_over"]) == (1, 1)
    assert {*_rows(browser, one)} == {"a.mid", "b.mid"}
    assert _facts(browser, one)["name"] == "My airs"


def test_a_collection_is_renamed_deleted_and_had_back(
    studio: Studio, browser: TestClient, tmp_path: Path
) -> None:
    one = _drop(browser)
    before = _rows(browser, one)
    browser.patch(f"/api/collections/{one}", json={"name": "<b>Airs</b>"})
    browser.delete(f"/api/collections/{one}")
    assert studio.collections.to_json() == []
    assert browser.get(f"/api/collections/{one}").status_code == 404
    assert (
        tmp_path / "studio/deleted/collections" / one / "files/airs/a.mid"
    ).is_file()
    damaged = tmp_path / "studio/deleted/collections/aaaaaaaaaaaa"  # shown to nobody
    damaged.mkdir()
    assert [*studio.collections.deleted()] == [(one, "<b>Airs</b>")]
    back = browser.patch(f"/api/collections/{one}", json={"deleted": False})
    assert [*studio.collections.deleted()] == []
    assert back.json()["collection"]["name"] == "<b>Airs</b>"
    assert _rows(browser, one).keys() == before.keys()


def test_what_cannot_be_mended_on_the_page_names_no_option(
    studio: Studio, browser: TestClient
) -> None:
    short = midi_file([[(60, 0, 24), (62, 24, 24)]], ticks_per_quarter=24)
    one = _drop(browser, {"short.mid": short, "empty.mid": midi_file([[]])})
    studio.collections.wait()
    rows = _rows(browser, one)
    assert "notation program" in rows["short.mid"]["advice"]
    assert rows["empty.mid"]["advice"] == "look at it in a player: it is silent"


def test_what_was_chosen_is_there_when_the_studio_opens_again(
    browser: TestClient, tmp_path: Path
) -> None:
    one = _drop(browser)
    asked = {"source": "airs/a.mid", "out": True}
    browser.post(f"/api/collections/{one}/leave_out", json=asked)
    facts = _facts(browser, one)
    again = studio_in(tmp_path / "studio")
    try:
        with browser_of(again) as other:
            assert _facts(other, one) == facts  # nothing is read for it
            assert _rows(other, one)["airs/a.mid"]["left_out"]
    finally:
        again.close()


def test_what_has_no_music_is_refused(browser: TestClient, tmp_path: Path) -> None:
    refused = browser.post("/api/collections", files=dropped({"cover.png": b"..."}))
    assert refused.status_code == 400
    assert "there is no music file in it: drop MIDI" in refused.json()["error"]
    assert [*(tmp_path / "studio/collections").iterdir()] == []


def test_a_full_disk_is_said_and_leaves_nothing(
    browser: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, path: Path) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("monody.studio.uploads.Upload.move_into", full)
    refused = browser.post("/api/collections", files=dropped({"a.mid": _tune(1)}))
    assert refused.status_code == 507
    assert refused.json()["error"].startswith("no space left for")
    assert [*(tmp_path / "studio/collections").iterdir()] == []


def test_a_damaged_collection_does_not_hide_the_others(
    browser: TestClient, tmp_path: Path
) -> None:
    one, other = _drop(browser), _drop(browser, {"a.mid": _tune(1)})
    path = tmp_path / "studio/collections" / one / "collection.json"
    facts = json.loads(path.read_text())
    for damaged in ("[]", "{}", json.dumps({**facts, "id": other}), "{"):
        path.write_text(damaged)
        again = studio_in(tmp_path / "studio")
        assert [facts["id"] for facts in again.collections.to_json()] == [other]
        assert one in again.collections.problems[0]
        again.close()


def test_what_is_asked_wrongly_is_said(browser: TestClient) -> None:
    one = _drop(browser)
    url = f"/api/collections/{one}"
    for path, asked, said in (
        ("leave_out", {"source": "gone.mid"}, "no such file any more"),
        ("leave_out", {}, "expected a text as 'source'"),
        (
            "line",
            {"source": "airs/a.mid", "line": "1"},
            "expected the number of a line",
        ),
        ("line", {"source": "airs/a.mid", "line": 9}, "no melody in track 9"),
        ("hear", {"source": 1}, "expected a text"),
    ):
        refused = browser.post(f"{url}/{path}", json=asked)
        assert refused.status_code == 400
        assert said in refused.json()["error"]
    assert browser.post("/api/collections/nothing/hear", json={"source": ""}).is_error
    assert browser.patch("/api/collections/..", json={"deleted": False}).is_error


def test_what_is_dropped_is_named_after_what_it_shares(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections_module, "collection_name", _on_a_day)
    names = [
        _facts(browser, _drop(browser, dict.fromkeys(files, _tune(1))))["name"]
        for files in (
            ["airs/a.mid", "airs/b.mid"],
            ["Bach 01.mid", "Bach 02.mid"],
            ["jig.mid", "reel.mid"],
            ["Sonata.mid", "Song.mid"],  # no word of either is in both
            ["airs/a.mid", "airs/b.mid"],
        )
    ]
    days = ["2 files of 2026-05-01", "2 files of 2026-05-01 2"]
    assert names == ["airs", "Bach", *days, "airs 2"]


def _on_a_day(files: Sequence[PurePosixPath], _today: date) -> str:
    return collection_name(files, date(2026, 5, 1))
