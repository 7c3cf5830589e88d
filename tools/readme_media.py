"""What the first screen of the README shows: a picture of the studio, and a sound.

    python -m tools.readme_media

It opens ``monody studio`` in a new folder, lets it write with a fixed seed, and takes a
picture of the page in each language (with playwright and a Chromium). The sound is that
of ``docs/melody.mid``, which the base model wrote. Run it where the page has changed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.builders.chromium import a_browser

import monody
from monody.render.audio.preview import preview_wav
from monody.translation import LANGUAGES

DOCS = Path(__file__).parent.parent / "docs"
PORT = 8391
ADDRESS = f"http://127.0.0.1:{PORT}/"
WIDTH, HEIGHT = 1180, 760  # pixels
COLOURS = 64  # of the picture: a page has few
SECONDS = 60  # that the studio may take to answer


def main() -> None:
    """Make the pictures and the sound."""
    media = DOCS / "media"
    media.mkdir(exist_ok=True)
    sound = preview_wav(monody.read_melody(DOCS / "melody.mid"))
    (media / "melody.wav").write_bytes(sound)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "monody", "studio", "--no_browser"]
        command += ["--studio_dir", folder, "--port", str(PORT)]
        with subprocess.Popen(command) as studio:  # noqa: S603 - our own
            try:
                _wait()
                for language in LANGUAGES:
                    _take(language, media / f"studio-{language}.png")
            finally:
                studio.terminate()


def _wait() -> None:
    """Wait until the studio answers."""
    for _ in range(SECONDS * 10):
        try:
            urllib.request.urlopen(ADDRESS).close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the studio did not answer")


def _take(language: str, path: Path) -> None:
    """Take a picture of the page in a language, with a melody on it."""
    from PIL import Image

    with a_browser() as browser:
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale=language
        )
        page.goto(ADDRESS)
        page.locator("article").first.wait_for()
        page.locator("article .roll svg").first.wait_for()
        page.screenshot(path=path)
    picture = Image.open(path).convert("RGB").quantize(COLOURS)
    picture.save(path, optimize=True)


if __name__ == "__main__":
    main()
