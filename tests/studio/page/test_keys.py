"""The page by its keys alone, and as a screen reader tells of it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.builders.studio_pages import cards, enter, generated, name_of

FOCUSED = "document.activeElement.closest('.slot')?.dataset.card"
# What has the focus: whether it is in sight, and its outline.
SEEN = """() => {
  const { top, bottom, width } = document.activeElement.getBoundingClientRect();
  const style = getComputedStyle(document.activeElement);
  return [width > 0 && bottom > 0 && top < innerHeight,
          parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none"];
}"""


def test_whatever_gets_the_focus_is_seen(page: Page) -> None:
    page.keyboard.press("v")
    page.locator(".skip").focus()
    for step in range(50):
        told = page.evaluate("document.activeElement.outerHTML.slice(0, 90)")
        assert page.evaluate(SEEN) == [True, True], (step, told)
        page.keyboard.press("Tab")


def test_every_key_of_the_help_does_what_it_says(page: Page) -> None:
    generated(page)
    newest = generated(page)
    name = name_of(newest)
    page.keyboard.press("ArrowRight")
    expect(newest.locator(".bar")).to_have_text("2 of 4")
    page.keyboard.press("ArrowLeft")
    expect(newest.locator(".bar")).to_have_text("1 of 4")
    before = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowDown")
    expect(newest).not_to_be_focused()
    assert page.evaluate(FOCUSED) != before
    page.keyboard.press("ArrowUp")
    expect(newest).to_be_focused()
    page.keyboard.press("l")
    expect(newest.get_by_role("checkbox", name="Loop")).to_be_checked()
    page.keyboard.press("n")
    expect(newest.locator("figure.staff")).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("h")
    expect(newest.locator(".heart")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("v")
    expect(newest.locator(".change button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(newest.locator(".open-change")).to_be_focused()
    expect(newest.locator(".change")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    newest.focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("heading", name=name, exact=True)).to_have_count(0)
    expect(page.locator("#cards article:focus")).to_have_count(1)  # the next one
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.keyboard.press("g")
    expect(cards(page).first).to_be_focused()


def test_the_link_over_the_head_stays_in_the_room(page: Page) -> None:
    enter(page, "trainings")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("#room-trainings")).to_be_visible()


def test_a_screen_reader_finds_all_parts_by_role_and_name(page: Page) -> None:
    card = cards(page).first
    name = name_of(card)
    parts = [
        ("button", "Play"), ("checkbox", "Loop"), ("slider", "Position"),
        ("slider", "Tempo"), ("button", "Change one thing"), ("button", "Continue"),
        ("combobox", "Instrument"), ("img", "Staff"), ("img", "Piano roll"),
        ("link", "MIDI"), ("button", "Heart"), ("button", "Rename"),
    ]  # fmt: skip
    for role, words in parts:
        expect(card.get_by_role(role, name=words).first).to_be_visible()  # type: ignore[arg-type]
    expect(page.get_by_role("article", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("navigation", name="Rooms")).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("aria-live", "polite")
