from __future__ import annotations

import importlib.util
import re
from xml.etree import ElementTree as ET

import pytest

from monody.errors import MonodyError
from monody.render.notation.measures import measures_of
from monody.render.notation.musicxml import to_musicxml
from monody.render.notation.staff import to_svg_staff
from tests.builders.midi_files import tune
from tests.builders.tunes_to_write import tune_to_write

pytest.importorskip("music21")
pytest.importorskip("verovio")

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def staff() -> str:
    return to_svg_staff(to_musicxml(tune_to_write(4), "a melody"))


def test_it_scales_to_its_place(staff: str) -> None:
    root = ET.fromstring(staff)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox", "").startswith("0 0 1400 ")
    assert root.get("width") is None
    assert root.get("height") is None


def test_all_notes_and_rests_are_there(staff: str) -> None:
    bars = measures_of(tune_to_write(4))
    notes = [one for bar in bars for group in bar.groups for one in group.notes]
    assert staff.count('class="note"') == sum(one.note is not None for one in notes)
    assert staff.count('class="rest"') == sum(one.note is None for one in notes)
    assert staff.count('class="measure"') == len(bars)


def test_long_melodies_are_one_picture_too() -> None:
    staff = to_svg_staff(to_musicxml(tune(1, bars=60), ""))
    assert staff.count('class="measure"') == 60
    assert staff.count('class="system"') > 12


def test_it_takes_its_colour_from_around(staff: str) -> None:
    assert 'fill="currentColor"' in staff
    assert "black" not in staff


def test_it_needs_nothing_from_outside(staff: str) -> None:
    assert "font-face" not in staff
    links = re.findall(r'href="([^"]*)"|url\(([^)]*)\)', staff)
    assert links
    assert all((link or place).startswith("#") for link, place in links)
    assert not re.search("[\ue000-\uf8ff]", staff)  # signs that only a music font has
    assert "♩" in staff


def test_it_is_small(staff: str) -> None:
    assert len(staff) < 100_000


def test_two_staffs_may_stand_in_one_page(staff: str) -> None:
    other = to_svg_staff(to_musicxml(tune_to_write(5), "a melody"))
    ids, others = (set(re.findall(r' id="([^"]*)"', svg)) for svg in (staff, other))
    assert ids
    assert not ids & others


def test_the_same_score_is_the_same_picture(staff: str) -> None:
    assert to_svg_staff(to_musicxml(tune_to_write(4), "a melody")) == staff


def test_other_text_is_refused_without_noise(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("", "no score", "<score-partwise/>"):
        with pytest.raises(MonodyError, match="MusicXML"):
            to_svg_staff(text)
    assert capfd.readouterr() == ("", "")


def test_without_verovio_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MonodyError, match=r"pip install 'monody\[score\]'"):
        to_svg_staff("")
