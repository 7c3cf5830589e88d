"""Pages of a studio in a browser: served with a tiny model, opened, and acted on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from monody.experiments.experiment import Experiment
from monody.studio.composing import Composer
from monody.studio.folder import StudioFolder
from monody.studio.serving import serving

ROOMS = ("melodies", "phrase", "live", "collections", "trainings", "models")
PATIENCE = 20_000  # ms, where two cores are shared by many
# What a first visit composes: four bars, which a tiny model writes in a moment.
KNOBS = '{"bars": "4", "temperature": "1", "num_files": "1"}'
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
TRAINING = {
    "id": "aaaaaaaaaaaa", "collection": "bbbbbbbbbbbb", "collection_name": "7",
    "created": "2026-01-01T00:00:00+00:00", "state": "running", "stage": "training",
    "chosen": "", "message": "", "model": None, "epoch": 2, "epochs": 10, "share": 0,
    "seconds_left": 65, "heard": [], "heard_epochs": [], "best_epoch": 2,
    "curve": [{"epoch": 1, "train": 2.5, "held_out": 2.6},
              {"epoch": 2, "train": 2.0, "held_out": 2.2}],
}  # fmt: skip


@contextmanager
def served(folder: Path, base: Experiment, port: int = 0) -> Iterator[str]:
    """Serve a studio that composes with a tiny model; yields its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Composer, "model", lambda *_: base)
        with serving(StudioFolder(folder), port) as studio:
            yield studio.address


def origin_of(address: str) -> str:
    """Return the scheme, host and port of an address, with a slash."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/"


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    script: str = "",
    language: str = "",
    **look: Any,
) -> Iterator[Page]:
    """Open the page; it may complain of nothing, and ask its own server only.

    Args:
        browser: In which.
        address: Of a studio.
        script: To run before those of the page.
        language: The code of one that was chosen on the page before.
        **look: How the browser is, as Playwright's ``new_context`` takes it.
    """
    usual = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
    context = browser.new_context(**usual | {"reduced_motion": "reduce"} | look)
    context.add_init_script(f"localStorage['monody-knobs'] ??= '{KNOBS}';{script}")
    if language:
        cookie = {"name": "language", "value": language, "url": origin_of(address)}
        context.add_cookies([cookie])  # type: ignore[list-item]
    page, complaints, asked = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    # The second card may be there before the first one.
    expect(page.locator(".slot").first.locator("figure.staff")).to_be_visible()
    try:
        yield page
    finally:
        context.close()
    assert complaints == []
    own = (origin_of(address), "data:", f"blob:{origin_of(address)}")
    assert [url for url in asked if not url.startswith(own)] == []


def cards(page: Page) -> Locator:
    """Return the cards of melodies, the newest first."""
    return page.locator("#cards article")


def name_of(card: Locator) -> str:
    """Return the name of a card."""
    return card.get_by_role("heading").inner_text()


def made_by(page: Page, act: Locator) -> Locator:
    """Press a button that makes a melody, and return its card."""
    before = page.locator(".slot").count()
    act.click()
    expect(page.locator(".slot")).to_have_count(before + 1)
    expect(page.locator(".slot.is-current figure.staff")).to_be_visible()
    made = page.locator(".slot.is-current").get_attribute("data-card")
    return page.locator(f".slot[data-card='{made}'] article")


def generated(page: Page) -> Locator:
    """Generate a melody, and return its card."""
    return made_by(page, page.get_by_role("button", name="Generate", exact=True))


def enter(page: Page, room: str) -> None:
    """Go to a room of the page."""
    page.evaluate(f"location.hash = '{room}'")
    expect(page.locator(f"#room-{room}")).to_be_visible()


def know(page: Page, kind: str, *items: dict[str, Any]) -> None:
    """Let the page know of things, as if the server had told."""
    page.evaluate(
        "async ([kind, items]) =>"
        " { (await import('/static/state.js')).keep(kind, items); }",
        [kind, list(items)],
    )


def states(page: Page) -> Iterator[str]:
    """Bring the page into each of its states, and yield what it is.

    Words are not needed for it: so it works in any language.
    """
    card = page.locator(".slot article").first
    yield "melodies"
    for knobs in page.locator("#compose details").all():
        knobs.evaluate("(details) => { details.open = true; }")
    card.locator(".open-change").click()
    card.locator(".look").click()
    expect(card.locator(".closer")).to_be_visible()
    yield "a card with its panels"
    card.locator(".compare").click()
    card.press("Shift+ArrowRight")
    card.locator(".delete").click()
    expect(page.locator(".toast button")).to_be_visible()
    yield "compared, bars selected, one deleted"
    page.locator(".toast button").click()
    expect(page.locator(".toast")).to_have_count(0)
    page.locator("#help-button").click()
    yield "help"
    page.keyboard.press("Escape")
    for room in ("phrase", "live", "collections"):
        enter(page, room)
        yield room
    enter(page, "trainings")
    yield "trainings, none yet"
    ended = {"state": "done", "model": "cccccccccccc", "seconds_left": None}
    know(page, "trainings", TRAINING, TRAINING | {"id": "dddddddddddd"} | ended)
    yield "trainings"
    enter(page, "models")
    yield "models"
