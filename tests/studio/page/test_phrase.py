"""A phrase of one's own: drawn by mouse, keys and touch, recorded, dropped; a duet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.builders.studio_pages import PHONE, cards, enter, opened

# A MIDI keyboard, and what sounds: [of a voice or a click, seconds], in order.
KEYBOARD = """
Object.defineProperty(navigator, "requestMIDIAccess", { value: async () => {
  window.keyboard = { name: "Nord" };
  return { inputs: new Map([["1", window.keyboard]]) };
} });
window.strike = (pitch, velocity) => window.keyboard.onmidimessage(
  { data: [velocity ? 0x90 : 0x80, pitch, velocity], timeStamp: performance.now() });
window.sounded = [];
const kinds = [["voice", AudioBufferSourceNode], ["click", OscillatorNode]];
for (const [kind, Node] of kinds) {
  const start = Node.prototype.start;
  Node.prototype.start = function (when) {
    window.sounded.push([kind, when, this.frequency?.value]);
    start.call(this, when);
  };
}
"""
# Three notes of a quarter, and one of the next, some milliseconds off the click: each
# is told with the time at which it was played, as a keyboard does.
TRIPLET = """async () => {
  const { audio } = await import("/static/sampler.js");
  const begin = window.sounded.filter(([kind]) => kind === "click")[4][1];
  const shift = performance.now() / 1000 - audio().currentTime;
  const at = (seconds) => 1000 * (begin + shift + seconds);
  const wait = at(2.5) - performance.now();
  await new Promise((done) => setTimeout(done, wait));
  [[60, 0, 0.31], [62, 0.35, 0.66], [64, 0.65, 0.98], [65, 1.01, 1.95]]
    .forEach(([pitch, start, end]) => {
      window.keyboard.onmidimessage({ data: [0x90, pitch, 90], timeStamp: at(start) });
      window.keyboard.onmidimessage({ data: [0x80, pitch, 0], timeStamp: at(end) });
    });
}"""
PLAYED = (64, 101)  # a pitch, and how hard
BAR = 96  # ticks of 4/4


@pytest.fixture
def keyboard(browser: Browser, address: str) -> Iterator[Page]:
    """The page in a browser that hears a MIDI keyboard."""
    with opened(browser, address, script=KEYBOARD) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """The page on a phone."""
    with opened(browser, address, **PHONE) as page:
        yield page


def _roll(page: Page) -> tuple[Locator, FloatRect]:
    enter(page, "phrase")
    roll = page.get_by_role("application")
    box = roll.bounding_box()
    assert box is not None
    return roll, box


def _said(page: Page, words: str) -> None:
    expect(page.locator("#phrase-said")).to_have_text(words)


def _slide(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Slide a finger from one place to another."""
    session, steps = page.context.new_cdp_session(page), 4
    for step in range(steps + 2):
        share = min(step / steps, 1)
        x, y = (one + share * (two - one) for one, two in zip(begin, end, strict=True))
        kind = "Start" if step == 0 else "Move" if step <= steps else "End"
        points = [] if kind == "End" else [{"x": x, "y": y}]
        touch = {"type": f"touch{kind}", "touchPoints": points}
        session.send("Input.dispatchTouchEvent", touch)


def test_a_phrase_is_drawn_and_continued(page: Page) -> None:
    roll, box = _roll(page)
    expect(page.locator("#phrase-hint")).to_be_visible()
    for place in range(4):
        page.mouse.click(box["x"] + 60 + 120 * place, box["y"] + 200 - 16 * place)
    _said(page, "4 notes")
    expect(page.locator("#phrase-hint")).to_be_hidden()
    page.mouse.click(box["x"] + 60, box["y"] + 200)  # a second click takes it away
    _said(page, "3 notes")
    roll.press("ArrowRight")
    roll.press("Enter")
    _said(page, "4 notes")
    page.get_by_role("button", name="Continue it").click()
    expect(page.locator(".slot.is-current figure.staff")).to_be_visible()
    family = page.locator(".family", has=page.locator(".is-current"))
    expect(family.get_by_role("navigation")).to_contain_text("Phrase 1")


def test_what_is_drawn_is_undone_and_nothing_else(page: Page) -> None:
    name = page.locator("#cards h2").first.inner_text()
    page.get_by_role("button", name=f"Delete {name}").click()
    expect(page.locator(".toast")).to_contain_text("was deleted")
    roll, _ = _roll(page)
    page.get_by_role("button", name="Clear").click()
    for key in ("Enter", "ArrowRight", "Enter"):
        roll.press(key)
    _said(page, "2 notes")
    roll.press("Control+z")
    _said(page, "1 note")
    page.get_by_role("button", name="Redo").click()
    _said(page, "2 notes")
    page.keyboard.press("Control+z")  # of the room, wherever the focus is
    _said(page, "1 note")
    enter(page, "melodies")
    expect(page.get_by_role("heading", name=name, exact=True)).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()


def test_an_empty_roll_says_what_to_do(page: Page) -> None:
    enter(page, "phrase")
    page.get_by_role("button", name="Continue it").click()
    expect(page.locator(".toast")).to_contain_text("draw or play one")


def test_a_finger_draws_notes_and_makes_them_longer(phone: Page) -> None:
    _, box = _roll(phone)
    x, y = box["x"] + 45, box["y"] + 100
    phone.touchscreen.tap(x, y)
    _said(phone, "1 note")
    _slide(phone, (x, y + 64), (x + 120, y + 64))
    _said(phone, "1 note")  # one voice: it takes the place of the first
    [[_, start, end]] = json.loads(phone.evaluate("localStorage['monody-phrase']"))
    assert (start, end) == (0, 84)
    phone.touchscreen.tap(x, y + 64)
    _said(phone, "0 notes")


def test_a_finger_selects_bars(phone: Page) -> None:
    card = cards(phone).first
    row = card.locator(".roll-row").first
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    assert box is not None
    x, y = box["x"], box["y"] + box["height"] / 2
    _slide(phone, (x + 60, y), (x + box["width"] / 2 - 20, y))
    expect(phone.locator("#live")).to_have_text("Bars 1 to 2 selected")


def test_what_a_keyboard_plays_is_recorded_after_a_count_in(keyboard: Page) -> None:
    enter(keyboard, "phrase")
    keyboard.locator("#phrase-bars").select_option("1")
    keyboard.locator("#phrase-bpm").fill("240")
    keyboard.get_by_role("button", name="Record").click()
    expect(keyboard.locator("#phrase-said")).to_contain_text("Play in")
    _said(keyboard, "Recording")
    keyboard.evaluate(f"strike{PLAYED}")
    keyboard.evaluate(f"strike({PLAYED[0]}, 0)")
    _said(keyboard, "1 note")
    [row] = json.loads(keyboard.evaluate("localStorage['monody-phrase']"))
    assert (row[0], row[3]) == PLAYED
    clicks = [each for each in keyboard.evaluate("sounded") if each[0] == "click"]
    assert len(clicks) == 8  # of two bars, one to count in
    assert [high > 1500 for _, _, high in clicks] == 2 * [True, False, False, False]


def test_a_triplet_that_is_played_is_recorded_as_one(keyboard: Page) -> None:
    enter(keyboard, "phrase")
    keyboard.locator("#phrase-bars").select_option("1")
    keyboard.locator("#phrase-bpm").fill("60")
    keyboard.get_by_role("button", name="Record").click()
    keyboard.evaluate(TRIPLET)
    _said(keyboard, "4 notes")
    rows = json.loads(keyboard.evaluate("localStorage['monody-phrase']"))
    assert [row[1:3] for row in rows] == [[0, 8], [8, 16], [16, 24], [24, 48]]


def test_a_duet_answers_at_a_bar_line(keyboard: Page) -> None:
    enter(keyboard, "live")
    keyboard.locator("#duet-bpm").fill("200")
    keyboard.get_by_role("button", name="Begin").click()
    expect(keyboard.locator("#midi-said")).to_have_text("Nord")
    with keyboard.expect_response("**/api/answer") as answer:
        for pitch in (60, 62, 64):
            keyboard.evaluate(f"strike({pitch}, 90)")
            keyboard.wait_for_timeout(150)
            keyboard.evaluate(f"strike({pitch}, 0)")
    expect(keyboard.locator("#duet-said")).to_contain_text("monody answers in")
    told: dict[str, Any] = answer.value.json()
    count = len(told["notes"])
    keyboard.wait_for_function(
        f"sounded.filter(([k]) => k == 'voice').length >= {count}"
    )
    sounded = keyboard.evaluate("sounded")
    first = next(when for kind, when, _ in sounded if kind == "click")
    ticks = 24 * 200 / 60  # a second
    last = [when for kind, when, _ in sounded if kind == "voice"][-count:]
    starts = [note[1] for note in told["notes"]]
    begun = {round(when * ticks - start - first * ticks) % BAR
             for when, start in zip(last, starts, strict=True)}  # fmt: skip
    assert begun == {0}
    expect(keyboard.locator(".turn")).to_have_count(1)


def test_one_file_that_is_dropped_anywhere_comes_onto_the_roll(page: Page) -> None:
    _drop(page, {"mine.abc": "X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|\n"})
    expect(page.locator("#room-phrase")).to_be_visible()
    _said(page, "8 notes")


def test_files_that_are_dropped_anywhere_are_learnt_from(page: Page) -> None:
    tune = "X:{0}\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|cB{0}A|G4|\n"
    _drop(page, {f"{number}.abc": tune.format(number) for number in (1, 2)})
    expect(page.locator("#room-collections")).to_be_visible()
    expect(page.locator("article.collection .said").first).to_contain_text(
        "learnt from"
    )
    expect(page.locator("#live")).to_contain_text("learnt from")
    page.get_by_text("File by file").first.click()
    page.get_by_role("button", name="Hear 1.abc").click()
    expect(page.locator("tr.opened .play")).to_have_text("Pause")
    page.get_by_label("Learn from 2.abc").scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    page.get_by_label("Learn from 2.abc").uncheck()
    expect(page.locator("tr.out")).to_contain_text("left out")
    expect(page.get_by_label("Learn from 2.abc")).to_be_focused()
    expect(page.locator("tr.opened article")).to_be_visible()  # it plays on
    assert page.evaluate("scrollY") == top
    page.get_by_role("button", name="Hear 1.abc").click()
    expect(page.locator("tr.opened")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_label("Learn from 2.abc")).to_be_checked()
    name = page.locator("article.collection input.name").first
    before = name.input_value()
    name.fill("My airs")
    name.press("Enter")
    expect(page.get_by_role("article", name="My airs")).to_be_visible()
    page.get_by_role("link", name="My music").focus()
    page.keyboard.press("Control+z")
    expect(name).to_have_value(before)


def _drop(page: Page, files: dict[str, str]) -> None:
    """Drop files somewhere on the page."""
    page.evaluate(
        """(files) => {
          const dataTransfer = new DataTransfer();
          for (const [name, text] of Object.entries(files)) {
            dataTransfer.items.add(new File([text], name));
          }
          for (const kind of ["dragover", "drop"]) {
            document.body.dispatchEvent(
              new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
          }
        }""",
        files,
    )
