"""The page's trainings: what is offered, what is told of them elsewhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.builders.studio_pages import TRAINING, enter, generated, know

MODEL = "cccccccccccc"


def test_without_music_a_training_says_where_to_go(page: Page) -> None:
    def without_music(route: Route) -> None:
        state = route.fetch().json()
        route.fulfill(json=state | {"collections": []})

    page.route("**/api/state", without_music)
    page.goto(f"{page.url}#trainings")
    page.reload()
    expect(page.get_by_role("link", name="Drop some music first")).to_be_visible()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Drop some music first").click()
    expect(page.locator("#room-collections")).to_be_visible()


def test_it_is_said_how_far_a_training_is(page: Page) -> None:
    know(page, "trainings", TRAINING)
    know(page, "trainings", TRAINING | {"epoch": 4})
    expect(page.locator("#live")).to_have_text("training 40 %")
    expect(page.get_by_role("link", name="Trainings")).to_have_text("Trainings 40 %")


def test_whoever_is_elsewhere_hears_that_a_training_is_over(page: Page) -> None:
    know(page, "models", {"id": None, "name": "base"}, {"id": MODEL, "name": "mine"})
    know(page, "trainings", TRAINING)
    know(page, "trainings", TRAINING | {"state": "done", "model": MODEL})
    expect(page.locator("#live")).to_have_text("7 is learnt.")
    enter(page, "models")
    page.locator(".toast").get_by_role("button", name="Compose with it").click()
    expect(page.locator("#generate")).to_be_focused()
    expect(page.get_by_label("Written by")).to_have_value(MODEL)
    asked = []
    page.on("request", lambda request: asked.append(request.post_data_json or {}))
    generated(page)
    assert [each["model"] for each in asked if "model" in each] == [MODEL]


@pytest.mark.parametrize(
    ("state", "shown"),
    [("queued", ["Stop"]), ("running", ["Stop"]), ("stopped", ["Go on", "Delete"]),
     ("failed", ["Go on", "Delete"]), ("done", ["Compose with it", "Delete"])],
)  # fmt: skip
def test_a_training_offers_what_its_state_allows(
    page: Page, state: str, shown: list[str]
) -> None:
    enter(page, "trainings")
    model = MODEL if state == "done" else None
    know(page, "trainings", TRAINING | {"state": state, "model": model})
    buttons = page.locator("article.training button:visible")
    assert buttons.all_inner_texts() == shown


def test_the_newest_is_the_first_whenever_it_came(page: Page) -> None:
    enter(page, "trainings")
    others = [
        TRAINING | {"id": 12 * letter, "collection_name": letter, "created": day}
        for letter, day in (
            ("b", "2026-01-03"),
            ("c", "2026-01-02"),
            ("d", "2026-01-04"),
        )
    ]
    know(page, "trainings", *others)
    titles = page.locator("article.training h3")
    expect(titles).to_have_text(["d", "b", "c"])


def test_a_damaged_model_can_be_deleted(page: Page) -> None:
    asked: list[str] = []

    def deleted(route: Route) -> None:
        asked.append(f"{route.request.method} {route.request.url[-12:]}")
        route.fulfill(json={})

    page.route(f"**/api/trainings/{MODEL}", deleted)
    broken = {"id": MODEL, "name": "mine", "problem": "It cannot be used."}
    know(page, "models", {"id": None, "name": "base"}, broken)
    enter(page, "models")
    page.get_by_role("button", name="Delete mine").click()
    expect(page.locator(".toast")).to_contain_text("was deleted with its model")
    page.keyboard.press("Control+z")
    expect(page.locator(".toast")).to_contain_text("Undone")
    assert asked == [f"DELETE {MODEL}", f"PATCH {MODEL}"]
