"""The page for everyone: no fault that axe-core finds, on a phone, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from monody import translation
from monody.experiments.experiment import Experiment
from tests.builders.chromium import faults
from tests.builders.pseudo import CODE, NAME, words, write_catalogue
from tests.builders.studio_pages import (
    PHONE,
    ROOMS,
    enter,
    opened,
    served,
    states,
)

NARROW = 375  # px; the narrowest phones
# How a browser is, and the rules that this may break; all of them in the first.
LOOKS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "light": ({}, ()),
    "dark": ({"color_scheme": "dark"}, ("color-contrast",)),
    "a phone in Spanish": (PHONE | {"locale": "es-MX"}, ("target-size", "list")),
}
# Whatever is read or heard of a page: texts that are seen, and names of what is.
SAID = """() => {
  const said = [];
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) &&
    !node.closest("[aria-hidden=true], script, style, svg");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement, data } = walk.currentNode;
    if (data.trim() && seen(parentElement)) said.push(data);
  }
  for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      if (node.checkVisibility() && !node.closest("[aria-hidden=true]")) {
        said.push(node.getAttribute(name));
      }
    }
  }
  return said;
}"""
# Names of forms, files, formats, notes, languages, and keys of a keyboard.
KEPT = """
MIDI ABC WAV MusicXML zip bpm bits mid abc musicxml mxl DFA dAF AABA AABB ABAC AB Ab Bb
Db Eb Gb Shift Ctrl Space Delete Chromium English Pseudo
"""


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_serious_fault(browser: Browser, address: str, look: str) -> None:
    how, rules = LOOKS[look]
    with opened(browser, address, **how) as page:
        for state in states(page):
            # What arrives while axe looks moves the rest.
            expect(page.locator("[data-state=asked]")).to_have_count(0)
            assert faults(page, *rules) == [], state


@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_it_fits_a_phone(browser: Browser, address: str, language: str) -> None:
    window = {"viewport": {"width": NARROW, "height": 700}, "locale": language}
    look: dict[str, Any] = PHONE | window
    with opened(browser, address, **look) as page:
        staff = page.locator(".slot").first.locator("figure.staff")
        expect(staff).to_be_in_viewport()
        expect(page.locator("#generate")).to_be_in_viewport()
        for state in states(page):
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == NARROW, state
        for room in ROOMS:
            enter(page, room)
            page.evaluate("scrollTo(0, 0)")
            expect(page.locator(f"[data-room={room}]")).to_be_in_viewport(ratio=0.9)


def test_it_speaks_spanish(browser: Browser, address: str) -> None:
    with opened(browser, address, locale="es-MX") as page:
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(page.get_by_role("button", name="Generar", exact=True)).to_be_visible()
        page.get_by_label("Idioma").select_option("en")
        expect(page.get_by_role("button", name="Generate", exact=True)).to_be_visible()


@pytest.fixture
def other_letters(
    browser: Browser,
    trained: Experiment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Page]:
    """The page in the language of other letters, of a studio that speaks it only."""
    write_catalogue(tmp_path / "locale")
    monkeypatch.setattr(translation, "LOCALE", tmp_path / "locale")
    monkeypatch.setitem(translation.LANGUAGES, CODE, NAME)
    with (
        served(tmp_path / "studio", trained) as address,
        opened(browser, address, language=CODE) as page,
    ):
        yield page


def test_nothing_is_left_untranslated(other_letters: Page) -> None:
    page = other_letters
    for state in states(page):
        for text in page.evaluate(SAID):
            assert words(text, KEPT) == [], (state, text)
