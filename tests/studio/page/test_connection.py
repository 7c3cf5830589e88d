"""Several tabs, a server that goes and comes, and files that go to other programs."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from monody.experiments.experiment import Experiment
from tests.builders.studio_pages import cards, generated, name_of, opened, served

# What a program is given that a file is dragged into.
GIVEN = """(link) => {
  const dataTransfer = new DataTransfer();
  link.dispatchEvent(new DragEvent("dragstart", { dataTransfer, bubbles: true }));
  return dataTransfer.getData("DownloadURL");
}"""


def test_two_tabs_see_the_same(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    expect(cards(other).first).to_be_visible()
    card = generated(page)
    name = name_of(card)
    there = other.get_by_role("article", name=name, exact=True)
    expect(there).to_be_visible()
    card.get_by_role("button", name="Heart").click()
    expect(there.locator(".heart")).to_have_attribute("aria-pressed", "true")
    there.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("article", name=name, exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("mid", "audio/midi"), ("wav", "audio/wav"), ("abc", "text/vnd.abc"),
     ("musicxml", "application/vnd.recordare.musicxml+xml")],
)  # fmt: skip
def test_a_file_can_be_dragged_into_another_program(
    page: Page, ending: str, kind: str
) -> None:
    card = cards(page).first
    link = card.locator(f".files a[href$='.{ending}']")
    assert link.get_attribute("draggable") == "true"
    told, name, url = link.evaluate(GIVEN).split(":", 2)
    assert (told, name) == (kind, f"{name_of(card)}.{ending}")
    answer = page.request.get(url)
    assert answer.ok
    assert answer.headers["content-type"].startswith(kind)
    assert answer.body()


def test_a_name_with_a_colon_is_one_part_of_what_is_dragged(page: Page) -> None:
    card = generated(page)
    card.get_by_role("button", name="Rename").click()
    page.keyboard.type('Jig: "A/B"')
    page.keyboard.press("Enter")
    expect(card.get_by_role("heading")).to_have_text('Jig: "A/B"')
    told = card.locator(".files a").first.evaluate(GIVEN).split(":", 2)
    assert told[1] == "Jig- -A-B-.mid"


def test_the_page_goes_on_when_the_server_comes_back(
    browser: Browser, trained: Experiment, tmp_path: Path
) -> None:
    with served(tmp_path, trained) as address, opened(browser, address) as page:
        pass  # a first melody
    port = urlsplit(address).port
    assert port is not None
    context = browser.new_context()
    page = context.new_page()
    with served(tmp_path, trained, port) as address:
        page.goto(address)
        expect(cards(page).first).to_be_visible()
        expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("does not answer")
    with served(tmp_path, trained, port):
        expect(page.locator("#lost")).to_be_hidden()
        expect(page.locator("#live")).to_have_text("monody is there again.")
        generated(page)
    context.close()
