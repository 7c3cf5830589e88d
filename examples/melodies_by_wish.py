"""Write a batch of melodies for each of some wishes, with a page to hear them.

    python examples/melodies_by_wish.py [FOLDER]

Each wish has a folder of its own: MIDI files, and an ``index.html`` that plays them.
What a wish names holds in every file; the rest is up to the model. `monody sample
--help` and docs/generation.md explain what can be asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import monody

WISHES: dict[str, dict[str, Any]] = {
    "jig": {"meter": "6/8", "key": "D", "form": "AABB", "bars": 16},
    "lament": {"meter": "3/4", "key": "A minor", "range": "cello", "bpm": 66},
    "flute-study": {"range": "flute", "midi_instrument": "flute", "end": "tonic"},
}
EACH = 3  # melodies of a wish
SEED = 7  # the same seed writes the same melodies


def main(folder: Path) -> None:
    """Write all batches below a folder."""
    experiment = monody.open_experiment("base")  # or a folder: "experiments/01"
    for name, wish in WISHES.items():
        settings = monody.SampleSettings(num_files=EACH, seed=SEED, **wish)
        try:
            generation = monody.generate(experiment, settings)
        except monody.MonodyError as error:  # such as no note of the key in the range
            print(f"{name}: {error}")
            continue
        paths = generation.save(folder / name)
        page = monody.show(generation, paths).page
        labels = [one.novelty.label for one in generation.generated if one.novelty]
        print(f"{name}: {len(paths)} melodies ({', '.join(labels)}), {page}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "batches"))
