"""What the first screen of the README shows: a picture of the studio, and a sound.

    python -m tools.readme_media

It opens ``monody studio`` in a new folder, has it write a melody by a seed, and takes a
picture of it, in each language (with playwright and a Chromium). The sound is that of
``docs/melody.mid``, which the base model writes here: of eight melodies the one that
was liked best. What the first command prints is put into the READMEs. Run it where the
page has changed, or how melodies are written; then read the eight, and choose again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page
from tests.builders.chromium import a_browser

import monody
from monody.render.audio.preview import preview_wav
from monody.translation import LANGUAGES
from tools.printed import run, show

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIRST = "sample --num_files 3 --bars 16"  # what a new user runs
SEED = 5  # with which the READMEs show it; without one each run has its own
EIGHT = (
    "sample --experiment_dir base --style dance --bars 8 --num_files 8 --end tonic "
    "--max_copy 2 --seed 2 --no_page"
)
LIKED = 4
READMES = {"en": ROOT / "README.md", "es": ROOT / "README.es.md"}
WIDTH, HEIGHT = 1180, 760  # pixels
COLOURS = 64  # of the picture: a page has few
SECONDS = 60  # that the first melody may take, on a busy machine
STUDIO_SEED = 2  # with which the studio is shown


def main() -> None:
    """Make the pictures, the sound and what is printed."""
    media = DOCS / "media"
    media.mkdir(exist_ok=True)
    _write_melodies()
    sound = preview_wav(monody.read_melody(DOCS / "melody.mid"))
    (media / "melody.wav").write_bytes(sound)
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            _open_and_take(language, folder, media / f"studio-{language}.png")


def _write_melodies() -> None:
    """Write the melody that is heard, and those of the command that is shown."""
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), EIGHT)
        shutil.copy(Path(folder, f"generated/{LIKED}.mid"), DOCS / "melody.mid")
    for language, readme in READMES.items():
        with tempfile.TemporaryDirectory() as folder:
            printed = run(Path(folder), f"{FIRST} --seed {SEED}", language)
        show(readme, f"monody {FIRST}", printed)


def _open_and_take(language: str, folder: str, path: Path) -> None:
    """Open a studio that speaks a language, and take a picture of its first melody."""
    command = [sys.executable, "-m", "monody", "studio", "--no_browser"]
    with subprocess.Popen(  # noqa: S603 - our own
        [*command, "--studio_dir", folder],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "MONODY_LANG": language},
    ) as studio:
        try:
            _take(_address(studio), language, path)
        finally:
            studio.terminate()


def _address(studio: subprocess.Popen[str]) -> str:
    """Return where the studio says that it is, with the key that opens its page."""
    for line in studio.stdout or ():
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise RuntimeError("the studio ended before it said where it is")


def _take(address: str, language: str, path: Path) -> None:
    """Take a picture of the page in a language, with a melody on it."""
    from PIL import Image

    with a_browser() as browser:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale=language
        )
        page.goto(address)
        page.locator("article .roll svg").first.wait_for(timeout=SECONDS * 1000)
        _ask_for_another(page)
        page.screenshot(path=path)
    picture = Image.open(path).convert("RGB").quantize(COLOURS)
    picture.save(path, optimize=True)


def _ask_for_another(page: Page) -> None:
    """Have a melody by a seed: the first of a studio is another each time."""
    more = page.locator("details:has(#knob-seed)").last  # it lies in another
    more.evaluate("more => { more.open = true; }")
    page.fill("#knob-seed", str(STUDIO_SEED))
    more.evaluate("more => { more.open = false; }")
    page.click("#generate")
    page.locator("article .roll svg").nth(1).wait_for(timeout=SECONDS * 1000)


if __name__ == "__main__":
    main()
