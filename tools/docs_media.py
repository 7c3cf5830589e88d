"""The pictures and sounds of the documentation, made by monody itself.

    python -m tools.docs_media

It does what the tutorial says: forty airs of Aird's collection (printed 1778–1801, in
the public domain, ``monody corpus``), a training on them, melodies from it, and one of
them rewritten; then it photographs the pages in a Chromium, in both languages. Sounds
are MP3, which every browser plays: monody's WAV, packed by ``soundfile``
(``pip install soundfile``), that nothing else needs. All of it takes five minutes.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from monody.corpus.read_melody import read_melody
from monody.render.audio.play import melody_samples

MEDIA = Path(__file__).parents[1] / "docs/media"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AIRS = 40
COMMANDS = (
    "inspect data/midi",
    "train data/midi --message aird",
    "sample --bars 8 --seed 7 --num_files 3",
    "vary experiments/01/generated/1.mid --keep rhythm --num_files 1 --seed 7",
    "vary experiments/01/generated/1.mid --temperature 0.5",
    "sample --experiment_dir base --bars 8 --seed 7 --num_files 1",
)
SOUNDS = {
    "base": "generated/1.mid",
    "tutorial-1": "experiments/01/generated/1.mid",
    "tutorial-2": "experiments/01/generated/2.mid",
    "same-rhythm": "experiments/01/generated/1-keep-rhythm.mid",
    "safer": "experiments/01/generated/1-temperature-0.5.mid",
}
PAGES = {  # the pages are written in the language that is spoken then
    ("page", "en"): "experiments/01/generated/index.html",
    ("training", "en"): "experiments/01/index.html",
    ("page", "es"): "es/index.html",
    ("training", "es"): "experiments/02/index.html",
}


def main() -> None:
    """Write everything into ``docs/media``."""
    MEDIA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        _choose_airs(home)
        for command in COMMANDS:
            _run(home, command)
        for sound, path in SOUNDS.items():
            (MEDIA / f"{sound}.mp3").write_bytes(_mp3(home / path))
        _draw(home)
        _run(home, COMMANDS[1], "es")
        _run(home, f"{COMMANDS[2]} --save_dir es", "es")
        _photograph(home)


def _run(home: Path, command: str, language: str = "en") -> None:
    words = [sys.executable, "-m", "monody", *command.split()]
    spoken = {**os.environ, "MONODY_LANG": language, "MONODY_SOUND_BANK": "none"}
    subprocess.run(words, cwd=home, check=True, env=spoken)  # noqa: S603


def _choose_airs(home: Path) -> None:
    """Keep the first forty airs, as files of one's own."""
    _run(home, "corpus airdsAirs --out all")
    (home / "data/midi").mkdir(parents=True)
    for path in sorted((home / "all").rglob("*.mid"))[:AIRS]:
        shutil.copy(path, home / "data/midi")


def _mp3(path: Path) -> bytes:
    """Play a melody as a small file: one channel, 32 kHz."""
    import soundfile

    both = melody_samples(read_melody(path))
    packed = io.BytesIO()
    soundfile.write(packed, both.mean(axis=1), 32_000, format="MP3",
                    subtype="MPEG_LAYER_III", compression_level=0.7)  # fmt: skip
    return packed.getvalue()


def _draw(home: Path) -> None:
    _run(home, f"render {SOUNDS['tutorial-1']} {SOUNDS['same-rhythm']} --to svg "
               "--save_dir drawn")  # fmt: skip
    for path in (home / "drawn").glob("*.svg"):
        shutil.copy(path, MEDIA)


def _photograph(home: Path) -> None:
    """Take a picture of each page."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1000, "height": 760})
        for (name, language), path in PAGES.items():
            view.goto((home / path).as_uri())
            view.wait_for_timeout(500)
            view.screenshot(path=MEDIA / f"{name}-{language}.png")
        browser.close()


if __name__ == "__main__":
    main()
