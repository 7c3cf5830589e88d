"""The pictures and sounds of the documentation, made by monody itself.

    python -m tools.docs_media

It does what the tutorial says: forty airs of Aird's collection (printed 1778–1801, in
the public domain, ``monody corpus``), a training on them, melodies from it, and one of
them rewritten; then it photographs the pages in a Chromium, in both languages, and puts
what ``sample`` printed into both tutorials. Sounds are MP3, which every browser plays:
monody's WAV, packed by ``soundfile`` (``pip install soundfile``), that nothing else
needs. All of it takes five minutes, and less than one where the training of before is
still in ``build/media``: remove that folder where training has changed.
"""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from monody.corpus.read_melody import read_melody
from monody.experiments.experiment import Experiment
from monody.pages.training import write_training_page
from monody.render.audio.play import melody_samples
from monody.translation import speaking
from tools.printed import run, show

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MEDIA = DOCS / "media"
HOME = ROOT / "build/media"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AIRS = 40
FIRST = "experiments/01"
TRAIN = "train data/midi --message aird"
SAMPLE = "sample --bars 8 --num_files 3 --seed 7"  # as the tutorial shows it
VARY = (
    f"vary {FIRST}/generated/1.mid --keep rhythm --num_files 1 --seed 7",
    f"vary {FIRST}/generated/1.mid --temperature 0.5",
)
SOUNDS = {
    "tutorial-1": f"{FIRST}/generated/1.mid",
    "tutorial-2": f"{FIRST}/generated/2.mid",
    "same-rhythm": f"{FIRST}/generated/1-keep-rhythm.mid",
    "safer": f"{FIRST}/generated/1-temperature-0.5.mid",
}
TUTORIALS = {"en": DOCS / "tutorial.md", "es": DOCS / "es/tutorial.md"}


def main() -> None:
    """Write everything into ``docs/media``."""
    MEDIA.mkdir(exist_ok=True)
    if not (HOME / FIRST / "model.keras").is_file():
        shutil.rmtree(HOME, ignore_errors=True)
        _choose_airs(HOME)
        run(HOME, TRAIN)
    for language, tutorial in TUTORIALS.items():  # pages are in what is spoken then
        shutil.rmtree(HOME / FIRST / "generated", ignore_errors=True)
        show(tutorial, f"monody {SAMPLE}", run(HOME, SAMPLE, language))
        with speaking(language):
            write_training_page(Experiment(HOME / FIRST))
        _photograph(language)
    for command in VARY:
        run(HOME, command)
    (MEDIA / "base.mp3").write_bytes(_mp3(DOCS / "melody.mid"))
    for sound, path in SOUNDS.items():
        (MEDIA / f"{sound}.mp3").write_bytes(_mp3(HOME / path))
    _draw()


def _choose_airs(home: Path) -> None:
    """Keep the first forty airs, as files of one's own."""
    (home / "data/midi").mkdir(parents=True)
    run(home, "corpus airdsAirs --out all")
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


def _draw() -> None:
    """Draw the piano roll of the first melody."""
    shutil.rmtree(HOME / "drawn", ignore_errors=True)
    run(HOME, f"render {SOUNDS['tutorial-1']} --to svg --save_dir drawn")
    shutil.copy(HOME / "drawn/1.svg", MEDIA)


def _photograph(language: str) -> None:
    """Take a picture of each page, as it is now."""
    pages = {"page": HOME / FIRST / "generated/index.html",
             "training": HOME / FIRST / "index.html"}  # fmt: skip
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1000, "height": 760})
        for name, path in pages.items():
            view.goto(path.as_uri())
            view.wait_for_timeout(500)
            view.screenshot(path=MEDIA / f"{name}-{language}.png")
        browser.close()


if __name__ == "__main__":
    main()
