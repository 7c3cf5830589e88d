from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree as ET

import pytest

from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.render.notation.measures import measures_of
from monody.render.notation.musicxml import to_musicxml
from monody.render.notation.staff import NARROW, to_svg_staff
from tests.builders.midi_files import tune
from tests.builders.tunes_to_write import tune_to_write

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


def test_on_a_phone_lines_are_shorter_and_notes_larger() -> None:
    score = to_musicxml(tune(1, bars=8), "")
    wide, narrow = to_svg_staff(score), to_svg_staff(score, NARROW)
    assert 'viewBox="0 0 760 ' in narrow
    assert narrow.count('class="system"') > wide.count('class="system"')
    assert narrow.count('class="note"') == wide.count('class="note"')


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
    assert 'class="beat"' in staff


def test_it_is_small(staff: str) -> None:
    assert len(staff) < 100_000


def test_two_staffs_may_stand_in_one_page(staff: str) -> None:
    other = to_svg_staff(to_musicxml(tune_to_write(5), "a melody"))
    ids, others = (set(re.findall(r' id="([^"]*)"', svg)) for svg in (staff, other))
    assert ids
    assert not ids & others


def test_the_same_score_is_the_same_picture(staff: str) -> None:
    assert to_svg_staff(to_musicxml(tune_to_write(4), "a melody")) == staff


def test_several_threads_may_draw_at_once(staff: str) -> None:
    score = to_musicxml(tune_to_write(4), "a melody")
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(to_svg_staff, [score] * 8)) == {staff}


def test_other_text_is_refused_without_noise(capfd: pytest.CaptureFixture[str]) -> None:
    for text in ("", "no score", "<score-partwise/>"):
        with pytest.raises(MonodyError, match="MusicXML"):
            to_svg_staff(text)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("meter", "tempo", "drawn"),
    [
        ((4, 4), 120, "head stem"),
        ((6, 8), 80, "head stem dot"),
        ((7, 8), 240, "head stem flag"),
        ((6, 16), 160, "head stem flag dot"),
        ((2, 2), 60, "ring stem"),
        ((3, 1), 30, "ring"),
        ((9, 32), 320, "head stem flag flag dot"),
    ],
)
def test_the_beat_of_the_tempo_is_drawn(
    meter: tuple[int, int], tempo: int, drawn: str
) -> None:
    melody = Melody.from_notes([(60, 0, 12)], [Meter(0, *meter)])
    staff = to_svg_staff(to_musicxml(melody, ""))
    assert not re.search("[\ue000-\uf8ff]", staff)
    [note, text] = re.findall(r'class="tempo">(.*?</g>)(.*?)</text>', staff)[0]
    assert re.sub("<[^>]*>", "", text) == f"\xa0=\xa0{tempo}"
    kinds = {"ellipse": "head", "circle": "dot"}
    parts = [
        "ring" if 'fill="none"' in look and name == "ellipse"
        else kinds.get(name, "flag" if "c" in look.partition('"')[2][:20] else "stem")
        for name, look in re.findall("<(ellipse|path|circle)([^>]*)>", note)
    ]  # fmt: skip
    assert " ".join(parts) == drawn


def test_the_note_of_the_tempo_is_in_the_picture_and_moves_the_text() -> None:
    staff = to_svg_staff(to_musicxml(Melody.from_notes([(60, 0, 24)]), ""))
    [(x, y)] = re.findall(r'class="beat" transform="translate\((\d+),(\d+)\)"', staff)
    [(text_x, text_y)] = re.findall(r'</g><text x="(\d+)" y="(\d+)"', staff)
    assert y == text_y
    assert int(text_x) > int(x)
    [top] = re.findall(r" V(-\d+)", staff.partition('class="beat"')[2][:400])
    assert int(y) + int(top) >= 0


def test_a_pickup_triplets_ties_and_beams_are_drawn() -> None:
    notes = [(67, 72, 24), (60, 96, 8), (62, 104, 8), (64, 112, 8), (66, 120, 18),
             (67, 138, 6), (69, 144, 96)]  # fmt: skip
    staff = to_svg_staff(to_musicxml(Melody.from_notes(notes), ""))
    assert staff.count('class="measure"') == 3
    assert staff.count('class="tuplet"') == 1
    assert staff.count('class="beam"') == 2
    assert staff.count('class="tie"') == 1
    assert staff.count('class="rest"') == 1  # two quarters that fill the last bar


def test_a_low_melody_has_a_bass_clef() -> None:
    low = to_svg_staff(to_musicxml(Melody.from_notes([(43, 0, 96)]), ""))
    assert "E062" in low  # SMuFL's fClef


def _times(staff: str) -> list[tuple[int, int]]:
    """The ticks of each printed note, in order."""
    found = re.findall(r'class="note" data-start="(\d+)" data-end="(\d+)"', staff)
    return [(int(start), int(end)) for start, end in found]


def test_each_printed_note_says_when_it_sounds(staff: str) -> None:
    melody = tune_to_write(4)
    printed = [
        (one.note, one.value)
        for bar in measures_of(melody)
        for group in bar.groups
        for one in group.notes
        if one.note is not None
    ]
    times = _times(staff)
    assert len(times) == len(printed)
    sounding: dict[int, list[tuple[int, int]]] = {}
    for (note, _), time in zip(printed, times, strict=True):
        sounding.setdefault(note, []).append(time)
    found = [(parts[0][0], parts[-1][1]) for parts in sounding.values()]
    first = found[0][0] - int(melody.starts[0])
    ends = zip(melody.starts.tolist(), melody.ends.tolist(), strict=True)
    assert [(start - first, end - first) for start, end in found] == list(ends)


def test_times_count_from_a_pickup_and_end_with_the_last_bar() -> None:
    """A tie of two notes, triplets, a change of meter, and a rest at the end."""
    notes = [(67, 72, 48), (60, 120, 8), (62, 128, 8), (64, 136, 8), (65, 192, 24)]
    meters = [Meter(0, 4, 4), Meter(192, 3, 4)]
    staff = to_svg_staff(to_musicxml(Melody.from_notes(notes, meters), ""))
    times = [(0, 24), (24, 48), (48, 56), (56, 64), (64, 72), (120, 144)]
    assert _times(staff) == times
    assert ET.fromstring(staff).get("data-end") == str(264 - 72)
