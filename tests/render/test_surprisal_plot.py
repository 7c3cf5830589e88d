from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.render.roll.surprisal import colour_of, surprisal_svg
from tests.builders.melodies import melodies
from tests.builders.profile import examples

SVG = "{http://www.w3.org/2000/svg}"
SCALE = [(60 + i, 24 * i, 24) for i in range(8)]


def drawn(melody: Melody, bits: list[float] | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(
        surprisal_svg(melody, bits or [1.0] * len(melody), "t")
    )


def of_class(picture: ElementTree.Element, kind: str) -> list[ElementTree.Element]:
    return [box for box in picture.iter(f"{SVG}rect") if box.get("class") == kind]


def words(picture: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def number(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def bar_numbers(picture: ElementTree.Element) -> list[int]:
    above = [text for text in picture.iter(f"{SVG}text") if text.get("y") == "-6"]
    return [int(text.text or "") for text in above]


@settings(max_examples=examples(50), deadline=None)
@given(melody=melodies(longest=300))
def test_every_note_is_one_box_and_one_stem_within_the_picture(melody: Melody) -> None:
    picture = drawn(melody)
    assert len(of_class(picture, "note")) == len(melody)
    assert len(list(picture.iter(f"{SVG}circle"))) == len(melody)
    for box in (*of_class(picture, "note"), *of_class(picture, "held")):
        assert number(box, "x") >= 0
        assert number(box, "width") > 0
        assert number(box, "x") + number(box, "width") <= number(picture, "width")


def test_a_picture_needs_nothing_else() -> None:
    text = surprisal_svg(Melody.from_notes(SCALE), list(range(8)), "A tune")
    assert not re.search(r"<script|href|src=|@import|@font-face|<style", text)
    assert text.count("http") == 1  # the name of the language
    picture = ElementTree.fromstring(text)
    ground = next(picture.iter(f"{SVG}rect"))
    assert ground.get("fill") == "#ffffff"
    assert ground.get("width") == picture.get("width")
    assert float(ground.attrib["height"]) >= float(picture.attrib["height"]) - 1


def test_a_screen_reader_is_told_what_it_shows() -> None:
    text = surprisal_svg(Melody.from_notes(SCALE), [0, 0, 5.25, *[0] * 5], "A tune")
    picture = ElementTree.fromstring(text)
    assert picture.get("role") == "img"
    assert [picture[0].tag, picture[0].text] == [f"{SVG}title", "A tune"]
    assert picture[1].tag == f"{SVG}desc"
    said = "8 notes · 0.66 bits a note · most surprising: D4 in bar 1, 5.2 bits"
    assert said in (picture[1].text or "")
    assert said in words(picture)
    assert "bits" in words(picture)


def test_text_is_escaped() -> None:
    title = 'a <b> & "c"\x00\x1b</title>'
    picture = ElementTree.fromstring(
        surprisal_svg(Melody.from_notes(SCALE), [1.0] * 8, title)
    )
    assert picture[0].text == 'a <b> & "c"  </title>'
    assert words(picture)[0] == picture[0].text


def test_a_long_title_is_cut_where_it_is_seen() -> None:
    text = surprisal_svg(Melody.from_notes(SCALE), [1.0] * 8, "long " * 100)
    picture = ElementTree.fromstring(text)
    assert picture[0].text == "long " * 100
    assert len(words(picture)[0]) < 100
    assert words(picture)[0].endswith("…")


def test_the_same_melody_gives_the_same_text() -> None:
    texts = {
        surprisal_svg(Melody.from_notes(SCALE), [1.5] * 8, "A tune") for _ in range(2)
    }
    assert len(texts) == 1


def test_rows_have_eight_bars() -> None:
    melody = Melody.from_notes([(60, 48 * i, 48) for i in range(2 * 20)])
    picture = drawn(melody)
    assert bar_numbers(picture) == list(range(1, 21))
    rows = [g for g in picture.iter(f"{SVG}g") if "translate" in g.get("transform", "")]
    assert [len(of_class(row, "note")) for row in rows] == [16, 16, 8]


def test_bars_follow_the_meters() -> None:
    notes = [(60, 24 * i, 24) for i in range(10)]
    melody = Melody.from_notes(notes, meters=[Meter(0, 3, 4), Meter(144, 2, 4)])
    assert bar_numbers(drawn(melody)) == [1, 2, 3, 4]
    assert bar_numbers(drawn(Melody.from_notes(notes))) == [1, 2, 3]


def test_a_pickup_hangs_out_before_bar_1() -> None:
    notes = [(60, 72, 24), *((62, 96 + 48 * i, 48) for i in range(2 * 16))]
    picture = drawn(Melody.from_notes(notes))
    assert bar_numbers(picture) == list(range(17))
    boxes = of_class(picture, "note")
    # The ninth bar stands below the first, to the right of the pickup.
    assert boxes[1].get("x") == boxes[17].get("x")
    assert number(boxes[0], "x") < number(boxes[1], "x")
    rest = drawn(Melody.from_notes([(60, 24, 72), (60, 96, 96)]))
    assert bar_numbers(rest) == [1, 2]


def test_a_note_that_goes_on_in_the_next_row_is_held() -> None:
    picture = drawn(Melody.from_notes([(60, 0, 96 * 17), (62, 96 * 17, 96)]))
    assert len(of_class(picture, "note")) == 2
    assert len(of_class(picture, "held")) == 2


def test_more_surprise_is_darker_and_taller() -> None:
    picture = drawn(Melody.from_notes(SCALE), [0, 1, 2, 4, 6, 8, 9, 12])
    heights = [number(dot, "cy") for dot in picture.iter(f"{SVG}circle")]
    assert heights == sorted(heights, reverse=True)
    fills = [box.attrib["fill"] for box in of_class(picture, "note")]
    assert fills[-3:] == [fills[-1]] * 3  # 8 and more
    assert fills[:6] == [colour_of(bits) for bits in (0, 1, 2, 4, 6, 8)]


def test_colours_grow_darker_in_even_steps() -> None:
    def grey(colour: str) -> float:
        """Return the lightness, CIE L*, 0-100."""
        levels = [value / 255 for value in bytes.fromhex(colour[1:])]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
                  for v in levels]  # fmt: skip
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return float(116 * light ** (1 / 3) - 16)

    lightness = [grey(colour_of(bits)) for bits in range(9)]
    steps = [above - below for above, below in pairwise(lightness)]
    assert lightness[0] - lightness[-1] > 60
    assert min(steps) > 0.7 * max(steps)
    assert colour_of(-1) == colour_of(0)
    assert colour_of(99) == colour_of(8)


def test_rounding_below_0_is_0() -> None:
    melody = Melody.from_notes(SCALE)
    assert surprisal_svg(melody, [-1e-9] * 8, "t") == surprisal_svg(
        melody, [0.0] * 8, "t"
    )


@pytest.mark.parametrize(
    ("notes", "bits", "message"),
    [
        (SCALE, [1.0], "bits must be one a note, 8, not 1"),
        (SCALE, [float("nan")] * 8, "bits must be finite numbers"),
        (SCALE, [float("inf")] * 8, "bits must be finite numbers"),
        ([], [], "melody must have at least one note"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    notes: list[tuple[int, int, int]], bits: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        surprisal_svg(Melody.from_notes(notes), bits, "t")
