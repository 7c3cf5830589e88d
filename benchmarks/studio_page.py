"""How quick the page of the studio is with a hundred melodies, in Chromium.

    python benchmarks/studio_page.py [--cards 100]

A studio of its own writes the melodies, 16 bars each. Then the page is opened: its
first paint is timed, what lies between a click on Generate and the picture of the
melody, and the frames a second while it scrolls and a melody plays. The last line is
what the machine can do: the frames of an empty page.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, expect
from tests.builders.chromium import a_browser

from monody.studio.folder import StudioFolder
from monody.studio.serving import serving

SECONDS = 8  # of frames that are counted
SPEED = 3000  # px a second, a brisk turn of a wheel
CLICKS = 9
AT_ONCE = 10  # melodies that are asked for together

PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Frames while the page scrolls down and back: how many milliseconds each took.
FRAMES = """([seconds, speed]) => new Promise((resolve) => {
  const times = [], begin = performance.now();
  const frame = (now) => {
    times.push(now);
    const passed = (now - begin) / 1000;
    scrollTo(0, speed * Math.min(passed, seconds - passed));
    if (passed < seconds) requestAnimationFrame(frame);
    else resolve(times.slice(1).map((time, place) => time - times[place]));
  };
  requestAnimationFrame(frame);
})"""
# Milliseconds from a click on Generate until the picture of a new melody is painted.
CLICK = """() => new Promise((resolve) => {
  const begin = performance.now(), list = document.getElementById("cards");
  const before = new Set([...list.querySelectorAll("article")]);
  const look = () => {
    const made = [...list.querySelectorAll("article")].find((one) => !before.has(one));
    if (made?.querySelector(".staff svg")) {
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begin)));
    } else requestAnimationFrame(look);
  };
  document.getElementById("generate").click();
  look();
})"""


def told(what: str, figure: str) -> None:
    """Print a row of the table."""
    print(f"| {what} | {figure} |", flush=True)


def write(page: Page, cards: int) -> None:
    """Let the studio write melodies, and load the cards near the window."""
    page.get_by_label("How many").fill(str(AT_ONCE))
    for count in range(AT_ONCE, cards + 1, AT_ONCE):
        page.get_by_role("button", name="Generate", exact=True).click()
        expect(page.locator(".slot")).to_have_count(count + 1)
        expect(page.locator(".slot.is-current figure.staff")).to_be_visible()
    page.get_by_label("How many").fill("1")


def frames(page: Page) -> str:
    """Count the frames while the page scrolls."""
    each = sorted(page.evaluate(FRAMES, [SECONDS, SPEED]))
    slow = each[int(0.95 * len(each))]
    return f"{1000 * len(each) / sum(each):.1f} a second; 95 % within {slow:.1f} ms"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description="Times the page of the studio.")
    parser.add_argument("--cards", type=int, default=100)
    cards = parser.parse_args().cards
    expect.set_options(timeout=120_000)
    with (
        tempfile.TemporaryDirectory() as name,
        serving(StudioFolder(Path(name)), 0) as studio,
        a_browser() as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(studio.address)
        expect(page.locator("article figure.staff").first).to_be_visible()
        write(page, cards)
        paints = []
        for _ in range(CLICKS):
            page.goto(studio.address)
            expect(page.locator("article figure.staff").first).to_be_visible()
            paints.append(page.evaluate(PAINT))
        count = page.locator(".slot").count()
        told(f"first paint, {count} cards", f"{median(paints) / 1000:.2f} s")
        clicks = [page.evaluate(CLICK) / 1000 for _ in range(CLICKS)]
        figure = (
            f"{min(clicks):.2f} to {max(clicks):.2f} s, median {median(clicks):.2f}"
        )
        told("click to picture, 16 bars", figure)
        frames(page)  # all cards come
        page.evaluate("scrollTo(0, 0)")
        page.locator("article .play").first.click()
        told("frames, scrolling and playing", frames(page))
        page.goto("about:blank")
        told("frames of an empty page", frames(page))


if __name__ == "__main__":
    main()
