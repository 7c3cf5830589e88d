from __future__ import annotations

import base64
import io
import re
import wave
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

import monody
from monody.experiments.experiment import Experiment
from monody.pages import notebook
from monody.pages.notebook import excerpt, html_of
from monody.translation import VARIABLE

TUNE = monody.Melody.from_notes([(60, 0, 24), (64, 24, 24), (67, 48, 48)])
ALLOWED = {"div", "p", "strong", "br", "audio", "img"}


class _Elements(HTMLParser):
    """The elements of a piece of HTML, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def inline(self, kind: str) -> list[bytes]:
        """Return what is embedded of a kind."""
        sources = [value for name, value in self.attributes if name == "src"]
        start = f"data:{kind};base64,"
        return [
            base64.b64decode(source.removeprefix(start), validate=True)
            for source in sources
            if source.startswith(start)
        ]


def test_a_melody_is_heard_and_seen_from_what_is_in_it() -> None:
    shown = _Elements(TUNE._repr_html_())
    assert set(shown.tags) <= ALLOWED
    for name, value in shown.attributes:
        assert not name.startswith("on")
        if name in ("src", "href"):
            assert value.startswith("data:")
    [sound] = shown.inline("audio/wav")
    with wave.open(io.BytesIO(sound)) as file:
        assert file.getnchannels() == 1
        assert file.getnframes() / file.getframerate() == pytest.approx(4)
    pictures = shown.inline("image/svg+xml")
    assert len(pictures) == 2
    for picture in pictures:
        root = ElementTree.fromstring(picture)
        assert root.tag.endswith("svg")
        assert b"<script" not in picture
        assert not re.findall(rb"(?:href|src)=.(?!#)", picture)
    assert "3 notes in 1 bar" in shown.text


def test_a_generation_shows_each_melody_with_what_is_known_of_it(
    trained: Experiment,
) -> None:
    settings = monody.SampleSettings(num_files=2, bars=4, seed=3)
    generation = monody.generate(trained, settings)
    shown = _Elements(generation._repr_html_())
    assert len(shown.inline("audio/wav")) == 2
    assert len(shown.inline("image/svg+xml")) == 4
    assert "2 melodies by monody" in shown.text
    assert "01/model.keras" in shown.text
    labels = {one.novelty.label for one in generation.generated if one.novelty}
    assert all(f"({label})" in shown.text for label in labels)


def test_many_melodies_have_sound_as_long_as_there_is_room(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "MAX_SOUND", 9.0)
    monkeypatch.setattr(notebook, "MAX_MELODIES", 2)
    settings = monody.SampleSettings(num_files=4, bars=4, seed=3, bpm=120)
    shown = _Elements(monody.generate(trained, settings)._repr_html_())
    assert len(shown.inline("audio/wav")) == 1
    assert "show it alone: generation.melodies[1]" in shown.text
    assert "2 more" in shown.text


@pytest.mark.parametrize(
    ("melody", "bars"),
    [
        (TUNE, 1),
        (monody.Melody.from_notes([(60, 96 * bar, 96) for bar in range(999)]), 45),
        (
            monody.Melody.from_notes([(60, 4 * i, 4) for i in range(9000)], bpm=900),
            41,
        ),
        (monody.Melody.from_notes([(60, 0, 2**30)], bpm=10_000), 64),
        (monody.Melody.from_notes([(60, 2**30, 24)]), 1),
        (monody.Melody.from_notes([(60, 0, 9000)], [monody.Meter(0, 4, 1)], 4), 1),
        (monody.Melody.from_notes([]), 0),
    ],
)
def test_of_a_long_melody_the_beginning_is_shown(
    melody: monody.Melody, bars: int
) -> None:
    shown = excerpt(melody)
    assert shown.bars == bars
    assert len(html_of(melody)) < 6_000_000


def test_no_text_of_a_stranger_is_markup() -> None:
    named = replace(TUNE, source="<img src=x onerror=alert(1)>\x1b[31m\u202e")
    shown = _Elements(named._repr_html_())
    assert shown.tags.count("img") == 2
    assert "\x1b" not in shown.text


def test_a_notebook_speaks_the_language_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "es")
    assert "3 notas" in TUNE._repr_html_()
    assert 'lang="es"' in TUNE._repr_html_()


def test_only_music_is_drawn() -> None:
    with pytest.raises(TypeError, match="not a int"):
        html_of(7)
