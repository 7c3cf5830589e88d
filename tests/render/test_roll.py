from __future__ import annotations

import re
import struct
import sys
import zlib
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings

from monody.errors import MonodyError, SettingError
from monody.music.keys import pitch_in_key
from monody.music.melody import Melody
from monody.music.meter import Meter, bar_lines
from monody.render.roll.captions import summary
from monody.render.roll.png import roll_png
from monody.render.roll.roll import roll_svg
from monody.render.roll.rows import numbered_lines
from monody.render.roll.style import COLOURS
from monody.translation import speaking
from tests.builders.melodies import melodies
from tests.builders.midi_files import tune
from tests.builders.profile import examples

SVG = "{http://www.w3.org/2000/svg}"
SCALE = [(60 + i, 24 * i, 24) for i in range(8)]
PICKUP = [(60, 72, 24), *((62, 96 + 48 * i, 48) for i in range(2 * 16))]


def drawn(melody: Melody, *, bars_in_row: int | None = None) -> Element:
    return ElementTree.fromstring(roll_svg(melody, "t", bars_in_row=bars_in_row))


def of_class(picture: Element, name: str) -> list[Element]:
    return [one for one in picture.iter() if name in one.get("class", "").split()]


def words(picture: Element, name: str) -> list[str]:
    return [one.text or "" for one in of_class(picture, name)]


def number(element: Element, name: str) -> float:
    return float(element.attrib[name])


def x_of(tick: int, row: Element) -> float:
    """Return where a tick stands, as the docstring says."""
    start, end = number(row, "data-start"), number(row, "data-end")
    left, right = number(row, "data-left"), number(row, "data-right")
    return left + (tick - start) / (end - start) * (right - left)


@settings(max_examples=examples(50), deadline=None)
@given(melody=melodies(longest=300))
def test_every_note_begins_once_with_its_data(melody: Melody) -> None:
    notes = [
        tuple(int(one.attrib[f"data-{name}"]) for name in ("pitch", "start", "end"))
        for one in of_class(drawn(melody), "roll-note")
        if one.get("class") == "roll-note"
    ]
    assert notes == [(note.pitch, note.start, note.end) for note in melody]


@settings(max_examples=examples(50), deadline=None)
@given(melody=melodies(longest=300))
def test_time_maps_to_x_as_documented(melody: Melody) -> None:
    picture, sounding = drawn(melody), 0
    for row in of_class(picture, "roll-row"):
        first, end = int(row.attrib["data-start"]), int(row.attrib["data-end"])
        for note in of_class(row, "roll-note"):
            start = max(first, int(note.attrib["data-start"]))
            stop = min(end, int(note.attrib["data-end"]))
            sounding += stop - start
            assert number(note, "x") == pytest.approx(x_of(start, row), abs=0.01)
            right = number(note, "x") + number(note, "width")
            assert number(note, "x") < right <= x_of(stop, row) + 0.01
            assert number(note, "y") >= 0
            bottom = number(note, "y") + number(note, "height")
            assert bottom <= number(row, "data-height") + 0.01
        assert x_of(end, row) <= float(picture.attrib["viewBox"].split()[2])
    assert sounding == melody.durations.sum()


@settings(max_examples=examples(50), deadline=None)
@given(melody=melodies(longest=300))
def test_bar_lines_stand_where_bars_begin(melody: Melody) -> None:
    first = numbered_lines(melody)[1]  # number of the first bar: 0 is a pickup
    for row in of_class(drawn(melody), "roll-row"):
        start, end = int(row.attrib["data-start"]), int(row.attrib["data-end"])
        first = 1 if start > melody.starts[0] else first
        expected = [t for t in bar_lines(melody.meters, end).tolist() if t >= start]
        lines = [*of_class(row, "roll-bar"), *of_class(row, "roll-final")]
        ticks = [int(line.attrib["data-tick"]) for line in lines]
        assert ticks == [tick for tick in expected if (tick, first) != (start, 0)]
        for line in lines:
            x = x_of(int(line.attrib["data-tick"]), row)
            assert number(line, "x1") == number(line, "x2")
            assert number(line, "x1") == pytest.approx(x, abs=0.01)


def test_rows_follow_one_another() -> None:
    rows = of_class(drawn(tune(1, bars=12)), "roll-row")
    ends = [(row.get("data-start"), row.get("data-end")) for row in rows]
    assert ends == [("0", "384"), ("384", "768"), ("768", "1152")]
    tops = [float((row.get("transform") or "")[:-1].split()[1]) for row in rows]
    height = number(rows[0], "data-height")
    assert tops[1] - tops[0] == tops[2] - tops[1] > height
    assert tops[0] > 62  # below the heading


def test_each_row_has_a_hidden_playhead_of_its_height() -> None:
    rows = of_class(drawn(tune(1, bars=12)), "roll-row")
    for row in rows:
        (playhead,) = of_class(row, "roll-playhead")
        assert playhead.get("visibility") == "hidden"
        assert playhead.get("x1") == playhead.get("x2") == row.get("data-left")
        assert number(playhead, "y1") == 0
        assert number(playhead, "y2") == number(row, "data-height")


@pytest.mark.parametrize(
    ("bars", "wanted", "rows"), [(16, None, 4), (17, None, 3), (8, 8, 1), (9, 2, 5)]
)
def test_rows_have_four_bars_or_eight(bars: int, wanted: int | None, rows: int) -> None:
    picture = drawn(tune(1, bars=bars), bars_in_row=wanted)
    assert len(of_class(picture, "roll-row")) == rows


def test_bars_are_numbered_and_meters_named_where_they_begin() -> None:
    notes = [(60, 24 * i, 24) for i in range(10)]
    melody = Melody.from_notes(notes, meters=[Meter(0, 3, 4), Meter(144, 2, 4)])
    assert words(drawn(melody), "roll-number") == ["1 · 3/4", "2", "3 · 2/4", "4"]


def test_numbers_do_not_run_into_one_another() -> None:
    notes = [(60, 9 * i, 9) for i in range(16)]
    melody = Melody.from_notes(notes, meters=[Meter(0, 3, 32)])
    numbers = words(drawn(melody), "roll-number")
    assert numbers[0] == "1 · 3/32"
    assert "2" not in numbers


def test_a_pickup_hangs_out_before_bar_1() -> None:
    picture = drawn(Melody.from_notes(PICKUP), bars_in_row=8)
    assert words(picture, "roll-number")[:2] == ["1 · 4/4", "2"]
    first, second = of_class(picture, "roll-row")
    assert [first.get("data-start"), first.get("data-end")] == ["72", str(96 * 9)]
    notes = [of_class(row, "roll-note") for row in (first, second)]
    assert number(notes[0][1], "x") == number(notes[1][0], "x")  # bar 9 below bar 1
    assert number(notes[0][0], "x") < number(notes[0][1], "x")
    assert of_class(first, "roll-bar")[0].get("data-tick") == "96"


def test_a_note_that_goes_on_in_the_next_row_is_held() -> None:
    picture = drawn(Melody.from_notes([(60, 0, 96 * 9), (62, 96 * 9, 96)]))
    held = of_class(picture, "roll-held")
    assert len(held) == 2
    assert {one.get("data-end") for one in held} == {str(96 * 9)}


def test_notes_say_what_they_are() -> None:
    notes = [(60, 0, 12), (61, 12, 36), (70, 192, 8), (72, 288, 96)]
    melody = replace(Melody.from_notes(notes), key="F major")
    said = [one[0].text for one in of_class(drawn(melody), "roll-note")]
    expected = ["C4, bar 1, 1/8", "Db4, bar 1, 3/8", "Bb4, bar 3, 1/12"]
    assert said == [*expected, "C5, bar 4, 1/1"]


def test_the_range_is_named_and_each_c_with_room() -> None:
    melody = Melody.from_notes([(55, 0, 24), (62, 24, 24), (79, 48, 24)])
    assert words(drawn(melody), "roll-pitch") == ["G5", "G3", "C5", "C4"]
    close = Melody.from_notes([(60, 0, 24), (61, 24, 24)])
    assert words(drawn(close), "roll-pitch") == ["C#4"]


def test_a_picture_needs_nothing_else_and_has_no_fixed_size() -> None:
    text = roll_svg(Melody.from_notes(SCALE), "A tune")
    assert not re.search(r"<script|href|src=|@import|@font-face|url\(", text)
    assert text.count("http") == 1  # the name of the language
    picture = ElementTree.fromstring(text)
    assert {"width", "height"}.isdisjoint(picture.attrib)
    assert picture.get("viewBox", "").startswith("0 0 ")


def test_names_begin_with_roll() -> None:
    picture = drawn(Melody.from_notes(SCALE))
    names = {n for one in picture.iter() for n in one.get("class", "roll-").split()}
    names |= {one.get("id", "roll-") for one in picture.iter()}
    style = next(picture.iter(f"{SVG}style")).text or ""
    names |= set(re.findall(r"\.([a-z][\w-]*)", style))
    assert {name for name in names if not name.startswith("roll-")} == set()


def test_a_screen_reader_is_told_what_it_shows() -> None:
    melody = replace(Melody.from_notes(SCALE, bpm=92), key="C major")
    picture = ElementTree.fromstring(roll_svg(melody, "A tune", heading=False))
    assert picture.get("role") == "img"
    title, description = picture[0], picture[1]
    assert [title.tag, title.text] == [f"{SVG}title", "A tune"]
    assert picture.get("aria-labelledby") == title.get("id")
    assert picture.get("aria-describedby") == description.get("id")
    said = "8 notes in 2 bars · C4 to G4 · 4/4 · C major · 92 bpm"
    assert description.text == f"Piano roll: {said}."
    assert not of_class(picture, "roll-title")
    assert words(drawn(melody), "roll-summary") == [said]


def test_ids_are_of_one_picture_in_a_page() -> None:
    texts = [
        roll_svg(Melody.from_notes(SCALE), "One"),
        roll_svg(Melody.from_notes(SCALE), "Two"),
        roll_svg(Melody.from_notes(SCALE[:-1]), "Two"),
    ]
    page = ElementTree.fromstring(f"<body>{''.join(texts)}</body>")
    ids = [one.attrib["id"] for one in page.iter() if "id" in one.attrib]
    assert len(set(ids)) == len(ids) == 6


def test_text_is_escaped_and_cut_only_where_it_is_seen() -> None:
    title = 'a <b> & "c"\x00\x1b</title>' + " long" * 50
    picture = ElementTree.fromstring(roll_svg(Melody.from_notes(SCALE), title))
    assert picture[0].text == 'a <b> & "c"  </title>' + " long" * 50
    (seen,) = words(picture, "roll-title")
    assert seen.startswith('a <b> & "c"  </title> long')
    assert seen.endswith("…")
    assert len(seen) < 80


def test_colours_follow_the_reader_unless_they_shall_not() -> None:
    melody = Melody.from_notes(SCALE)
    text, plain = (
        roll_svg(melody, "t", adaptive=adaptive) for adaptive in (True, False)
    )
    light, dark = text.split("@media (prefers-color-scheme:dark)")
    for name, (on_light, on_dark) in COLOURS.items():
        assert f"var(--roll-{name},{on_light})" in light
        assert f"var(--roll-{name},{on_dark})" in dark
        assert on_light in plain
    assert "var(" not in plain
    assert "@media" not in plain


def test_the_same_melody_gives_the_same_text() -> None:
    assert len({roll_svg(Melody.from_notes(SCALE), "A tune") for _ in range(2)}) == 1


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one note"):
        roll_svg(Melody.from_notes([]), "t")
    with pytest.raises(ValueError, match="bars_in_row must be 1 or more, not 0"):
        roll_svg(Melody.from_notes(SCALE), "t", bars_in_row=0)


def test_summaries() -> None:
    melody = Melody.from_notes(PICKUP, meters=[Meter(0, 4, 4), Meter(96, 2, 4)])
    said = "33 notes in 32 bars and a pickup · C4 to D4 · 4/4, 2/4 · 120 bpm"
    assert summary(melody) == said
    one = Melody.from_notes([(60, 0, 24)])
    assert summary(one) == "1 note in 1 bar · C4 to C4 · 4/4 · 120 bpm"
    meters = [Meter(96 * i, 4 + i, 4) for i in range(5)]
    changing = Melody.from_notes([(60, 0, 960)], meters=meters)
    assert "4/4, 5/4, 6/4, … · 120 bpm" in summary(changing)


def test_pitches_are_spelled_as_in_their_key() -> None:
    keys = ("D minor", "Bb major", "E major", None)
    assert [pitch_in_key(70, key) for key in keys] == ["Bb4", "Bb4", "A#4", "A#4"]


def chunks(png: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a PNG file by name, those of one name joined."""
    found: dict[bytes, bytes] = {}
    place = 8
    while place < len(png):
        length, name = struct.unpack(">I4s", png[place : place + 8])
        data = png[place + 8 : place + 8 + length]
        found[name] = found.get(name, b"") + data
        place += length + 12
    return found


def test_a_png_has_the_size_asked_for_and_is_not_blank() -> None:
    png = roll_png(Melody.from_notes(SCALE), "A tune", width_pixels=400)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    parts = chunks(png)
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    size = drawn(Melody.from_notes(SCALE)).attrib["viewBox"].split()[2:]
    assert width == 400
    assert height == pytest.approx(400 * float(size[1]) / float(size[0]), abs=1)
    assert len(set(zlib.decompress(parts[b"IDAT"]))) > 20


def test_a_png_shows_letters_without_the_fonts_of_the_machine() -> None:
    melody = Melody.from_notes(SCALE)
    pictures = {roll_png(melody, title, width_pixels=400) for title in ("A", "B", "B")}
    assert len(pictures) == 2
    assert roll_png(melody, "été Ж", width_pixels=400) not in pictures


@pytest.mark.parametrize("package", ["resvg_py", "fontpkg", "fontpkg_inter"])
def test_a_png_without_its_extra_names_the_command(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MonodyError, match=re.escape("pip install 'monody[picture]'")):
        roll_png(Melody.from_notes(SCALE), "t")


def test_a_png_of_a_bad_size_is_refused() -> None:
    with pytest.raises(SettingError, match="width_pixels must be from 100 to 8000"):
        roll_png(Melody.from_notes(SCALE), "t", width_pixels=99)
    with pytest.raises(MonodyError, match="can have 60,000,000 pixels"):
        roll_png(tune(1, bars=80), "t", width_pixels=8000)


def test_pitches_are_named_as_the_reader_names_them() -> None:
    melody = replace(Melody.from_notes([(66, 0, 96), (70, 96, 96)]), key="Bb major")
    for language, names in (("en", ("Bb4", "Gb4")), ("es", ("sib4", "solb4"))):
        with speaking(language):
            picture, said = roll_svg(melody, "two"), summary(melody)
        for name in names:
            assert f">{name}</text>" in picture  # beside the keys
            assert f"<title>{name}, " in picture  # of the note
            assert name in said


def test_without_a_key_pitches_are_named_as_the_staff_writes_them() -> None:
    """Bb Eb D C Bb: a melody in Bb major, which nobody said."""
    pitches = (70, 75, 74, 72, 70, 65, 69, 70)
    notes = [(pitch, 24 * place, 24) for place, pitch in enumerate(pitches)]
    svg = roll_svg(Melody.from_notes(notes), "")
    assert "<title>Eb5, bar 1, 1/4</title>" in svg
    assert "#" not in "".join(re.findall("<title>(.*?)</title>", svg))
    assert "F4 to Eb5" in svg
