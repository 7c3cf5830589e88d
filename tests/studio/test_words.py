"""The texts of the page are all in the catalogue of each language."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from starlette.requests import HTTPConnection

from monody.studio.page import page_html, static_file, static_names
from monody.studio.words import LANGUAGES, asked_for, page_words

_IN_SCRIPT = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')


@pytest.mark.parametrize("language", set(LANGUAGES) - {"en"})
def test_every_text_that_a_script_asks_for_has_its_translation(language: str) -> None:
    scripts = [name for name in static_names() if name.endswith(".js")]
    asked = set().union(
        *(_IN_SCRIPT.findall(static_file(name)[0].decode()) for name in scripts)
    )
    assert "{count} melodies written" in asked
    assert asked <= set(page_words(language))


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "en"),
        ({"accept-language": "es"}, "es"),
        ({"accept-language": "fr, es;q=0.5"}, "es"),
        ({"accept-language": "en-GB,es;q=0.9"}, "en"),
        ({"accept-language": "es", "cookie": "language=en"}, "en"),
        ({"accept-language": "en", "cookie": "language=../../etc"}, "en"),
    ],
)
def test_a_choice_comes_before_the_language_of_the_browser(
    headers: dict[str, str], language: str
) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert asked_for(HTTPConnection({"type": "http", "headers": raw})) == language


def test_scripts_stay_one_thing_each() -> None:
    """A file that a newcomer can read in one go; no markup is made of texts."""
    for script in (files("monody.studio") / "static").iterdir():
        text = script.read_text("utf-8")
        assert len(text.splitlines()) < 250, script.name
        assert "eval(" not in text
        if script.name.endswith(".js") and script.name != "heard.js":
            assert "innerHTML" not in text, script.name


def test_the_page_needs_no_other_machine() -> None:
    page = page_html()
    assert "http" not in page.replace("http-equiv", "")
    assert json.loads(re.findall(r'id="words">(.*?)</script>', page)[0]) == {}
