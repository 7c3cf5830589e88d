"""An hour of a musician's in the studio, played by Chromium from end to end.

    python benchmarks/studio_in_browser.py FOLDER

The music files of FOLDER are dropped, a training begins and the server is killed in
the middle of it. It is started again, and the training goes on to its end. Then the
new model composes, and a melody is varied, rewritten in part and saved; a phrase is
drawn and continued. Each step prints its seconds; what the page asks of another
machine, or complains of, ends it with an error.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from tests.builders.chromium import a_browser

PORT = 8377
ADDRESS = f"http://127.0.0.1:{PORT}/"
PATIENCE_MS = 600_000  # a training takes minutes
LEARNT = 3  # epochs, after which the server is killed


def serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a studio, and wait until it says where it is: with its key."""
    command = [sys.executable, "-m", "monody", "studio", "--no_browser"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", str(PORT), "--studio_dir", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if ADDRESS not in line:
        sys.exit("the studio did not start")
    return process, line[line.index(ADDRESS) :].split()[0]


def told(what: str, began: float) -> float:
    """Print the seconds of a step, and begin the next."""
    now = time.perf_counter()
    print(f"{what:<50}{now - began:7.1f} s", flush=True)
    return now


def made(page: Page, act: Locator, count: int = 1) -> Locator:
    """Press what makes melodies; return the card of the newest."""
    before = page.locator(".slot").count()
    act.click()
    expect(page.locator(".slot")).to_have_count(before + count)
    card = page.locator(".slot.is-current article")
    expect(card.locator("figure.staff")).to_be_visible()
    return card


def train(page: Page, folder: Path) -> None:
    """Drop a folder, and begin to learn from it."""
    began = time.perf_counter()
    page.get_by_role("link", name="My music").click()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    page.locator("#collection-files").set_input_files(paths)
    collection = page.locator("article.collection")
    expect(collection.locator("progress")).to_be_hidden()
    expect(collection.locator(".said")).not_to_be_empty()
    began = told(f"{len(paths)} files read", began)
    print(collection.locator(".said").inner_text())
    collection.get_by_role("button", name="Train", exact=True).click()
    epochs = page.locator(".training .state")
    expect(epochs).to_contain_text(f"pass {LEARNT + 1} of")
    told(f"{LEARNT} epochs", began)


def compose(page: Page, folder: Path) -> None:
    """Let the new model write; change one thing, and another; save it."""
    page.locator(".training").get_by_role("button", name="Compose with it").click()
    page.get_by_label("How many").fill("10")
    began = time.perf_counter()
    card = made(page, page.get_by_role("button", name="Generate", exact=True), 10)
    began = told("10 melodies", began)
    card.get_by_role("button", name="Change one thing").click()
    card = made(page, card.get_by_role("button", name="Other notes, same rhythm"))
    began = told("other notes, same rhythm", began)
    card.get_by_role("button", name="Change one thing").click()
    card = made(page, card.get_by_role("button", name="Rewrite", exact=True))
    began = told("two bars rewritten", began)
    with page.expect_download() as download:
        page.keyboard.press("d")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    told(f"saved, {path.stat().st_size} bytes", began)


def draw(page: Page) -> None:
    """Draw a phrase, and let it be continued."""
    page.get_by_role("link", name="My phrase").click()
    roll = page.get_by_role("application")
    for place in range(6):
        roll.click(position={"x": 60 + 120 * place, "y": 200 - 16 * place})
    began = time.perf_counter()
    page.get_by_role("button", name="Continue it").click()
    card = page.locator(".slot.is-current article")
    expect(card.locator("figure.staff")).to_be_visible()
    told("a drawn phrase continued", began)


def main() -> None:
    """Play it all."""
    parser = argparse.ArgumentParser(description="Plays the studio in a browser.")
    parser.add_argument("folder", type=Path, help="music files to learn from")
    music = parser.parse_args().folder
    expect.set_options(timeout=PATIENCE_MS)
    complaints: list[str] = []
    with tempfile.TemporaryDirectory() as name, a_browser() as browser:
        studio, out = Path(name) / "studio", Path(name)
        server, address = serve(studio)
        page = browser.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        try:
            train(page, music)
            server.kill()
            server.wait()
            server, _ = serve(studio)
            began = time.perf_counter()
            page.reload()
            page.get_by_role("link", name="Trainings").click()
            state = page.locator(".training .state")
            expect(state).to_contain_text("done")
            told("killed, started again, trained to the end", began)
            heard = page.locator(".training details").count()
            print(f"{heard} melodies on the way")
            compose(page, out)
            draw(page)
        finally:
            server.terminate()
            server.wait()
    own = (ADDRESS, "data:", f"blob:{ADDRESS}")
    strange = [url for url in asked if not url.startswith(own)]
    if complaints or strange:
        sys.exit(f"the page complained: {complaints}; it asked {strange}")


if __name__ == "__main__":
    main()
