"""The page of a studio, played from end to end in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from monody.experiments.experiment import Experiment
from monody.studio.composing import Composer
from monody.studio.folder import StudioFolder
from monody.studio.serving import serving
from tests.builders.chromium import a_browser, faults
from tests.builders.midi_files import read_back

HOSTILE = '<img src=x onerror="document.title=1">&amp;{{ 7*7 }}'
ROOMS = ("melodies", "phrase", "live", "collections", "trainings", "models")
PHONE = 375
PATIENCE = 20_000  # ms, where two cores are shared by many
# What a first visit composes: four bars, which a tiny model writes in a moment.
KNOBS = '{"bars": "4", "temperature": "1", "num_files": "1"}'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    expect.set_options(timeout=PATIENCE)
    with a_browser() as browser:
        yield browser
    expect.set_options(timeout=None)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory, trained: Experiment
) -> Iterator[str]:
    """Where a studio is served whose base model is a tiny one."""
    folder = StudioFolder(tmp_path_factory.mktemp("studio"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Composer, "model", lambda *_: trained)
        with serving(folder, 0) as served:
            yield served.address


@contextmanager
def _opened(browser: Browser, address: str, language: str = "en-GB") -> Iterator[Page]:
    """Open the page; it may complain of nothing, and ask its own server only."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        locale=language,
        reduced_motion="reduce",
    )
    context.add_init_script(f"localStorage['monody-knobs'] ??= '{KNOBS}'")
    page, complaints, asked = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(_cards(page).first.locator("figure.staff")).to_be_visible()
    try:
        yield page
    finally:
        context.close()
    assert complaints == []
    own = (address, "data:", f"blob:{address}")
    assert [url for url in asked if not url.startswith(own)] == []


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with _opened(browser, address) as page:
        yield page


def _cards(page: Page) -> Locator:
    return page.locator("#cards article")


def _name(card: Locator) -> str:
    return card.get_by_role("heading").inner_text()


def _next_card(page: Page, act: Locator) -> Locator:
    """Press a button that makes a melody, and return its card."""
    before = page.locator(".slot").count()
    act.click()
    expect(page.locator(".slot")).to_have_count(before + 1)
    card = page.locator(".slot.is-current article")
    expect(card.locator("figure.staff")).to_be_visible()
    return card


def _generated(page: Page) -> Locator:
    return _next_card(page, page.get_by_role("button", name="Generate", exact=True))


def _bars(card: Locator) -> dict[str, list[str]]:
    """The notes of each bar of a roll, as it tells them."""
    told: dict[str, list[str]] = {}
    for title in card.locator(".roll-note title").all_text_contents():
        pitch, bar, value = title.split(", ")
        told.setdefault(bar, []).append(f"{pitch} {value}")
    return told


def test_the_first_view_has_a_melody_and_generate(page: Page) -> None:
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_in_viewport()
    expect(_cards(page).first.locator("figure.staff")).to_be_in_viewport(ratio=0.3)
    expect(page.get_by_role("status").first).not_to_be_empty()


def test_a_melody_is_composed_played_and_saved(page: Page, tmp_path: Path) -> None:
    card = _generated(page)
    expect(page.locator("#live")).to_have_text("1 melody written")
    page.keyboard.press("Space")
    expect(card.locator(".play")).to_have_text("Pause")
    expect(card.locator(".roll-now").first).to_be_attached()
    page.keyboard.press("Space")
    expect(card.locator(".play")).to_have_text("Play")
    with page.expect_download() as download:
        page.keyboard.press("d")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == f"{_name(card)}.mid"
    drawn = card.locator(".roll-note:not(.roll-held)").count()
    assert len(read_back(path)[0]) == drawn


def test_whoever_goes_elsewhere_meanwhile_is_not_called_back(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/api/compose", lambda route: asked.append(route))
    before = page.locator(".slot").count()
    with page.expect_request("**/api/compose"):
        page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_role("link", name="Collections").click()
    asked[0].continue_()
    expect(page.locator(".slot")).to_have_count(before + 1)
    expect(page.locator("#room-collections")).to_be_visible()


def test_one_thing_is_changed_and_the_family_stays_together(page: Page) -> None:
    card = _generated(page)
    name = _name(card)
    page.keyboard.press("v")
    button = card.get_by_role("button", name="Other notes, same rhythm")
    made = _next_card(page, button)
    family = page.locator(".family", has=page.locator(".is-current"))
    expect(family.locator("article")).to_have_count(2)
    expect(family.get_by_role("navigation")).to_contain_text(name)
    expect(family.get_by_role("navigation")).to_contain_text("same rhythm")
    assert _name(made) != name


def test_bars_are_selected_in_the_roll_and_rewritten(page: Page) -> None:
    card = _generated(page)
    card.locator(".roll").scroll_into_view_if_needed()
    before = _bars(card)
    lines = {
        line.get_attribute("data-tick"): line.bounding_box()
        for line in card.locator(".roll-bar, .roll-final").all()
    }
    places = sorted(box["x"] for box in lines.values() if box)
    row = card.locator(".roll-white-keys").first.bounding_box()
    assert row is not None
    height = row["y"] + row["height"] / 2
    page.mouse.move(places[1] + 5, height)  # in the second bar
    page.mouse.down()
    page.mouse.move(places[2] + 20, height, steps=4)
    page.mouse.up()
    expect(page.locator("#live")).to_have_text("Bars 2 to 3 selected")
    expect(card.get_by_label("First bar")).to_have_value("2")
    made = _next_card(page, card.get_by_role("button", name="Rewrite", exact=True))
    after = _bars(made)
    assert after["bar 1"] == before["bar 1"]
    assert after["bar 4"] == before["bar 4"]


def test_keys_select_bars_too(page: Page) -> None:
    card = _cards(page).first
    card.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#live")).to_have_text("Bars 1 to 3 selected")
    page.keyboard.press("Escape")
    expect(card.locator(".roll-chosen")).to_have_count(0)


def test_a_phrase_is_drawn_and_continued(page: Page) -> None:
    page.get_by_role("link", name="My phrase").click()
    roll = page.get_by_role("application")
    box = roll.bounding_box()
    assert box is not None
    for place in range(4):
        page.mouse.click(box["x"] + 60 + 120 * place, box["y"] + 200 - 16 * place)
    expect(page.locator("#phrase-said")).to_have_text("4 notes")
    page.mouse.click(box["x"] + 60, box["y"] + 200)  # a second click takes it away
    expect(page.locator("#phrase-said")).to_have_text("3 notes")
    roll.press("ArrowRight")
    roll.press("Enter")
    expect(page.locator("#phrase-said")).to_have_text("4 notes")
    page.get_by_role("button", name="Continue it").click()
    card = page.locator(".slot.is-current article")
    expect(card.locator("figure.staff")).to_be_visible()
    family = page.locator(".family", has=page.locator(".is-current"))
    expect(family.get_by_role("navigation")).to_contain_text("Phrase 1")


def test_a_deleted_melody_comes_back(page: Page) -> None:
    card = _generated(page)
    name = _name(card)
    card.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_a_hostile_name_is_text(page: Page) -> None:
    card = _generated(page)
    card.get_by_role("button", name="Rename").click()
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("main img").count() == 0
    assert page.title() == "monody studio"


def test_two_melodies_are_heard_at_the_same_bar(page: Page) -> None:
    first = _generated(page)
    first_name = _name(first)
    second = _generated(page)
    second.get_by_role("button", name="A/B").click()
    second.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("#live")).to_have_text(f"{first_name}, bar 2")
    expect(page.locator(".is-current .bar")).to_contain_text("2")


def test_two_tabs_see_the_same(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    expect(_cards(other).first).to_be_visible()
    name = _name(_generated(page))
    expect(other.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_it_speaks_spanish(browser: Browser, address: str) -> None:
    with _opened(browser, address, "es-MX") as page:
        expect(page.locator("html")).to_have_attribute("lang", "es")
        expect(page.get_by_role("button", name="Generar", exact=True)).to_be_visible()
        page.get_by_label("Idioma").select_option("en")
        expect(page.get_by_role("button", name="Generate", exact=True)).to_be_visible()


def test_axe_finds_no_serious_fault(page: Page) -> None:
    page.keyboard.press("v")
    for room in ROOMS:
        page.evaluate(f"location.hash = '{room}'")
        expect(page.locator(f"#room-{room}")).to_be_visible()
        # What arrives while axe looks moves the rest.
        expect(page.locator("[data-state=asked]")).to_have_count(0)
        assert faults(page) == [], room
        page.emulate_media(color_scheme="dark")
        assert faults(page, "color-contrast") == [], room
        page.emulate_media(color_scheme="light")


def test_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": PHONE, "height": 700})
    page.reload()
    expect(_cards(page).first.locator("figure.staff")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_in_viewport()
    for room in ROOMS:
        page.evaluate(f"location.hash = '{room}'")
        expect(page.locator(f"#room-{room}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE, room
