"""A phrase of one's own: drawn, played, typed or dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.experiments.experiment import Experiment
from monody.music.smf import strikes_of
from monody.studio.phrases import in_time, phrase_of
from tests.builders.studios import PHRASE, Page, open_page

ticks = st.integers(0, 2000)
rows = st.tuples(st.integers(0, 127), ticks, st.integers(1, 200)).map(
    lambda row: [row[0], row[1], row[1] + row[2]]
)


@given(st.lists(rows, min_size=1, max_size=40))
def test_any_notes_make_one_line(notes: list[list[int]]) -> None:
    for each in (notes, in_time(notes)):
        melody = phrase_of(each).melody
        assert 1 <= len(melody) <= len(notes)
        assert melody.starts[0] < 96


@given(st.lists(st.sampled_from([0, 6, 12, 18, 24, 36, 48]), min_size=1, unique=True))
def test_what_is_in_time_stays(starts: list[int]) -> None:
    notes = [[60 + i, start, start + 6] for i, start in enumerate(sorted(starts))]
    assert [row[:2] for row in in_time(notes)] == [row[:2] for row in notes]


def test_what_is_played_late_is_put_in_time() -> None:
    late = [[pitch, start + 2, end + 1] for pitch, start, end in PHRASE]
    assert in_time(late) == PHRASE


def test_a_drawn_phrase_is_a_card_with_its_meter_and_tempo(page: Page) -> None:
    card = page.phrase(meter="3/4", bpm=90, name="Mine")
    assert [note[:3] for note in card["notes"]] == PHRASE
    assert (card["meter"], card["bpm"], card["name"]) == ("3/4", 90, "Mine")
    assert card["kind"] == "phrase"
    assert page.phrase()["name"] == "Phrase 2"


PLAYED = [
    [*note, velocity]
    for note, velocity in zip(PHRASE, (30, 127, 64, 1, 90), strict=True)
]


def test_what_was_played_is_heard_as_loud_as_it_was_played(
    page: Page, tmp_path: Path, trained: Experiment
) -> None:
    even, loud = page.phrase(), page.phrase(PLAYED)
    assert loud["notes"] == PLAYED
    path = f"/api/cards/{loud['id']}"
    slower = page.patch(path, bpm=60, midi_instrument="Flute")
    assert slower["notes"] == PLAYED
    midi = page.client.get(f"{path}/{loud['id']}.mid").content
    assert [velocity for _, velocity in strikes_of(midi)] == [30, 127, 64, 1, 90]
    sounds = [
        page.client.get(f"/api/cards/{card['id']}/{card['id']}.wav").content
        for card in (even, loud)
    ]
    assert sounds[0] != sounds[1]
    with open_page(tmp_path / "studio", trained) as again:
        assert again.get(path)["notes"] == PLAYED


def test_a_file_of_one_line_is_heard_as_it_was_played(page: Page) -> None:
    loud = np.array([row[3] for row in PLAYED], np.int32)
    data = monody.midi_bytes(phrase_of(PHRASE).melody, loudness=loud)
    [card] = _drop(page, "air.mid", data).json()["cards"]
    assert card["notes"] == PLAYED


@pytest.mark.parametrize("odd", [[60, 0, 24, 0], [60, 0, 24, 128], [60, 0, 24, None]])
def test_a_velocity_that_is_none_is_refused(page: Page, odd: list[Any]) -> None:
    assert page.refusal("/api/phrases", notes=[odd])


def test_velocities_of_some_notes_only_are_not_kept(page: Page) -> None:
    some = page.phrase([*PLAYED[:2], *PHRASE[2:]])
    assert some["notes"] == page.phrase()["notes"]


def test_empty_bars_before_it_are_left_out(page: Page) -> None:
    later = [[pitch, start + 192, end + 192] for pitch, start, end in PHRASE]
    assert [note[:3] for note in page.phrase(later)["notes"]] == PHRASE


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"notes": []},
        {"notes": "C D E"},
        {"notes": [[60, 0]]},
        {"notes": [[60, 0, 0]]},
        {"notes": [[128, 0, 24]]},
        {"notes": [[60, -1, 24]]},
        {"notes": [[60, 0, 10**9]]},
        {"notes": [[60.5, 0, 24]]},
        {"notes": [[True, 0, 24]]},
        {"notes": PHRASE, "meter": "waltz"},
        {"notes": PHRASE, "meter": 3},
        {"notes": PHRASE, "bpm": "fast"},
        {"notes": PHRASE, "bpm": 1e9},
        {"notes": PHRASE, "name": ["x"]},
        {"abc": ""},
        {"abc": 3},
        {"abc": "z z z"},
    ],
)
def test_what_is_no_phrase_is_refused(page: Page, asked: dict[str, Any]) -> None:
    assert page.refusal("/api/phrases", **asked)
    assert page.get("/api/state")["cards"] == []


@pytest.mark.parametrize(
    "abc",
    [
        "CEGF C4",
        "M:4/4\nL:1/4\nCEGF|C4|",
        "X:1\nT:Air\nM:4/4\nL:1/4\nK:C\nCEGF|C4|",
    ],
)
def test_a_phrase_is_typed_in_abc_with_or_without_headers(page: Page, abc: str) -> None:
    [card] = page.post("/api/phrases", abc=abc)["cards"]
    assert [note[0] for note in card["notes"]] == [60, 64, 67, 65, 60]


def _drop(page: Page, name: str, data: bytes) -> Any:
    return page.client.post("/api/phrases", files={"file": (name, data)})


def test_a_file_that_is_dropped_is_a_card_by_its_name(page: Page) -> None:
    melody = phrase_of(PHRASE).melody
    answer = _drop(page, r"C:\tunes\my air.MID", monody.midi_bytes(melody))
    [card] = answer.json()["cards"]
    assert (card["kind"], card["name"]) == ("dropped", "my air")
    assert [note[:3] for note in card["notes"]] == PHRASE


def test_what_monody_wrote_is_kept_with_how_it_was_made(page: Page) -> None:
    settings = {"bars": 2, "num_files": 1, "seed": 4, "takes": 1}
    [written] = page.post("/api/compose", settings=settings)["cards"]
    data = page.studio.cards.path(written["id"]).read_bytes()
    [card] = _drop(page, "back.mid", data).json()["cards"]
    path = f"/api/cards/{card['id']}/vary"
    [varied] = page.post(path, changes={"midi_instrument": "Flute"})["cards"]
    assert [note[:3] for note in varied["notes"]] == [
        note[:3] for note in written["notes"]
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("song.mp3", b"ID3"),
        ("../../up", b"MThd"),
        ("", b"MThd"),
        ("empty.mid", b""),
        ("torn.mid", b"MThd\0\0\0\6"),
    ],
)
def test_a_file_without_a_melody_is_refused(page: Page, name: str, data: bytes) -> None:
    answer = _drop(page, name, data)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
    assert page.get("/api/state")["cards"] == []
    assert [path.name for path in page.studio.folder.path.glob(".monody*")] == []


def test_a_form_without_a_file_is_refused(page: Page) -> None:
    answer = page.client.post("/api/phrases", data={"file": "x"}, files={"a": b""})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("data", "why"), [(b"MThd", "corrupt MIDI"), (b"<html>", "a web page, not MIDI")]
)
def test_a_file_without_a_melody_says_why_and_names_no_path_of_ours(
    page: Page, data: bytes, why: str
) -> None:
    answer = page.client.post("/api/phrases", files={"file": ("my air.mid", data)})
    assert answer.status_code == 400
    said = answer.json()["error"]
    assert said.startswith(f"There is no melody in it: {why}")
    assert "monody" not in said
    assert str(page.studio.folder.path) not in said
