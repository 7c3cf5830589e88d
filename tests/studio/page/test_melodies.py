"""The page's melodies: composed, heard, changed, compared, kept."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, Route, expect

from monody.experiments.experiment import Experiment
from tests.builders.midi_files import read_back
from tests.builders.studio_pages import (
    KNOBS,
    cards,
    generated,
    made_by,
    name_of,
    served,
)

HOSTILE = '<img src=x onerror="document.title=1">&amp;{{ 7*7 }}'


def _bars(card: Locator) -> dict[str, list[str]]:
    """The notes of each bar of a roll, as it tells them."""
    told: dict[str, list[str]] = {}
    for title in card.locator(".roll-note title").all_text_contents():
        pitch, bar, value = title.split(", ")
        told.setdefault(bar, []).append(f"{pitch} {value}")
    return told


def _drag(page: Page, first: Locator, last: Locator) -> None:
    """Drag with the mouse from the middle of one thing to that of another."""
    begin, end = first.bounding_box(), last.bounding_box()
    assert begin is not None
    assert end is not None
    for box, act in ((begin, page.mouse.down), (end, page.mouse.up)):
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.move(*middle, steps=4)
        act()


def test_the_first_view_has_a_melody_and_generate(page: Page) -> None:
    expect(page.get_by_role("button", name="Generate", exact=True)).to_be_in_viewport()
    expect(cards(page).first.locator("figure.staff")).to_be_in_viewport(ratio=0.3)
    expect(cards(page).first.get_by_role("link", name="MIDI")).to_be_in_viewport()
    expect(page.locator("#empty")).to_be_hidden()


def test_a_melody_is_composed_played_and_saved(page: Page, tmp_path: Path) -> None:
    card = generated(page)
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
    assert path.name == f"{name_of(card)}.mid"
    drawn = card.locator(".roll-note:not(.roll-held)").count()
    assert len(read_back(path)[0]) == drawn


def test_whoever_goes_elsewhere_meanwhile_is_not_called_back(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/api/compose", lambda route: asked.append(route))
    before = page.locator(".slot").count()
    with page.expect_request("**/api/compose"):
        page.get_by_role("button", name="Generate", exact=True).click()
    page.get_by_role("link", name="My music").click()
    asked[0].continue_()
    expect(page.locator(".slot")).to_have_count(before + 1)
    expect(page.locator("#room-collections")).to_be_visible()


def test_the_first_melody_takes_nobody_out_of_a_room(
    browser: Browser, trained: Experiment, tmp_path: Path
) -> None:
    with served(tmp_path, trained) as address:
        context = browser.new_context(locale="en-GB")
        elsewhere = "location.hash = 'collections'"  # before the page has begun
        context.add_init_script(
            f"localStorage['monody-knobs'] = '{KNOBS}'; {elsewhere}"
        )
        page = context.new_page()
        page.goto(address)
        expect(page.locator("#live")).to_have_text("1 melody written")
        assert page.url.endswith("#collections")
        expect(page.locator("#room-collections")).to_be_visible()
        context.close()


def test_a_button_that_waits_asks_once(page: Page) -> None:
    asked: list[Route] = []
    page.route("**/continue", lambda route: asked.append(route))
    before = page.locator(".slot").count()
    button = cards(page).first.get_by_role("button", name="Continue")
    button.dblclick()
    expect(button).to_have_attribute("aria-busy", "true")
    assert len(asked) == 1
    asked[0].continue_()
    expect(page.locator(".slot")).to_have_count(before + 1)


def test_one_thing_is_changed_and_the_family_stays_together(page: Page) -> None:
    card = generated(page)
    name = name_of(card)
    page.keyboard.press("v")
    button = card.get_by_role("button", name="Other notes, same rhythm")
    made = made_by(page, button)
    family = page.locator(".family", has=page.locator(".is-current"))
    expect(family.locator("article")).to_have_count(2)
    expect(family.get_by_role("navigation")).to_contain_text(name)
    expect(family.get_by_role("navigation")).to_contain_text("same rhythm")
    assert name_of(made) != name


def test_bars_are_selected_in_the_roll_and_rewritten(page: Page) -> None:
    card = generated(page)
    card.locator(".roll").scroll_into_view_if_needed()
    before, rolled = _bars(card), page.evaluate("scrollY")
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
    assert page.evaluate("scrollY") == rolled  # the roll stays below the pointer
    button = card.get_by_role("button", name="Rewrite these bars")
    expect(button).to_be_in_viewport()
    made = made_by(page, button)
    # Of bar 4 this cannot be said: a note of bar 3 may have lasted into it.
    assert _bars(made)["bar 1"] == before["bar 1"]
    family = page.locator(".family", has=page.locator(".is-current"))
    expect(family.get_by_role("navigation")).to_contain_text("bars 2 to 3 again")


def test_bars_are_selected_in_the_staff_too(page: Page) -> None:
    card = cards(page).first
    measures = card.locator("figure.staff .measure")
    _drag(page, measures.nth(0), measures.nth(1))
    expect(page.locator("#live")).to_have_text("Bars 1 to 2 selected")
    expect(card.locator(".staff .bars-chosen")).to_have_count(2)
    page.keyboard.press("v")
    expect(card.get_by_label("Last bar")).to_have_value("2")
    card.get_by_role("button", name="Loop them").click()
    expect(card.get_by_role("checkbox", name="Loop")).to_be_checked()
    expect(card.locator(".play")).to_have_text("Pause")
    card.get_by_role("button", name="Select none").click()
    expect(card.locator(".bars-chosen")).to_have_count(0)


def test_keys_select_bars_too(page: Page) -> None:
    card = cards(page).first
    card.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#live")).to_have_text("Bars 1 to 3 selected")
    page.keyboard.press("Escape")
    expect(card.locator(".bars-chosen")).to_have_count(0)


def test_a_key_is_chosen_before_a_melody_goes_into_it(page: Page) -> None:
    card = cards(page).first
    card.get_by_role("button", name="Change one thing").click()
    button = card.get_by_role("button", name="Into this key")
    expect(button).to_be_disabled()
    card.get_by_label("Another key").select_option("F minor")
    expect(made_by(page, button).locator(".facts")).to_contain_text("F minor")


def test_a_deleted_melody_comes_back(page: Page) -> None:
    card = generated(page)
    name = name_of(card)
    card.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_what_was_deleted_long_ago_is_found_below_the_list(page: Page) -> None:
    card = generated(page)
    name = name_of(card)
    card.get_by_role("button", name=f"Delete {name}").click()
    page.reload()  # no way back is shown any more but this one
    bin_ = page.locator("#deleted-cards")
    bin_.locator("summary").click()
    expect(bin_).to_contain_text("What is deleted stays here for 30 days.")
    bin_.get_by_role("button", name=f"Bring {name} back").click()
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_a_hostile_name_is_text(page: Page) -> None:
    card = generated(page)
    card.get_by_role("button", name="Rename").click()
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("main img").count() == 0
    assert page.title() == "monody studio"


def test_two_melodies_are_heard_at_the_same_bar(page: Page) -> None:
    first_name = name_of(generated(page))
    second = generated(page)
    second.get_by_role("button", name="Compare").click()
    second.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    expect(page.locator("#live")).to_have_text(f"{first_name}, bar 2")
    expect(page.locator(".is-current .bar")).to_contain_text("2")
    page.get_by_role("link", name="My phrase").click()
    expect(page.locator("#beside")).to_be_hidden()  # it is for melodies


def test_an_empty_list_says_what_to_do(page: Page) -> None:
    card = cards(page).first
    card.get_by_role("button", name="Heart").click()
    page.get_by_label("only those with a heart").check()
    card.get_by_role("button", name="Heart").click()
    expect(page.locator("#empty")).to_contain_text("give one to those")
    page.get_by_label("only those with a heart").uncheck()
    expect(page.locator("#empty")).to_be_hidden()


def test_what_a_label_means_is_a_click_away(page: Page) -> None:
    card = generated(page)
    card.locator("button.label").click()
    expect(card.locator(".closer")).to_contain_text("melodies that were learnt")


def test_the_note_that_sounds_is_lit_however_little_it_surprises(page: Page) -> None:
    card = generated(page)
    card.locator(".look").click()
    expect(card.locator(".closer")).to_be_visible()
    notes = card.locator(".roll-note")
    opacities = notes.evaluate_all(
        "all => all.map((one) => Number(one.style.fillOpacity))"
    )
    faintest = notes.nth(opacities.index(min(opacities)))
    assert min(opacities) < 1
    shared = "one => one.classList.add('roll-shared', 'roll-now')"
    faintest.evaluate(shared)
    look = faintest.evaluate("one => ({...getComputedStyle(one)})")
    assert (look["fillOpacity"], look["strokeWidth"]) == ("1", "2px")


def test_every_change_is_undone_and_done_again(page: Page) -> None:
    card = generated(page)
    name, heart = name_of(card), card.locator(".heart")
    heart.click()
    expect(heart).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="Rename").click()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    expect(card.get_by_role("heading")).to_have_text("Mine")
    page.keyboard.press("Control+z")
    expect(card.get_by_role("heading")).to_have_text(name)
    expect(page.locator(".toast")).to_have_text("Undone: Name of Mine")
    page.keyboard.press("Control+z")
    expect(heart).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Control+Shift+z")
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+y")
    expect(card.get_by_role("heading")).to_have_text("Mine")


def test_a_variation_is_undone_and_brought_back(page: Page) -> None:
    card = generated(page)
    made = name_of(made_by(page, card.get_by_role("button", name="Continue")))
    tree = page.locator(".family", has=page.locator(".is-current")).locator(".tree")
    expect(tree.locator("[aria-current=true]")).to_have_text(made)
    page.keyboard.press("Control+z")
    heading = page.get_by_role("heading", name=made, exact=True)
    expect(heading).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(heading).to_be_visible()


def test_the_bars_that_were_given_are_marked(page: Page) -> None:
    first = generated(page)
    card = made_by(page, first.get_by_role("button", name="Continue"))
    expect(card).to_contain_text("Bars 1 to 4, which are marked, were given")
    expect(card.locator(".staff .given")).to_have_count(4)
    marked = card.locator(".roll .given").first.bounding_box()
    line = card.locator(f".roll-bar[data-tick='{4 * 96}']").first.bounding_box()
    assert marked is not None
    assert line is not None
    assert abs(marked["x"] + marked["width"] - line["x"]) < 2
