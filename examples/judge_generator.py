"""Judge a generator of one's own with monody's scorecard.

    python examples/judge_generator.py [FOLDER]

FOLDER has the MIDI files that the generator wrote; without one, ``my_generator`` below
writes them. They are compared with real tunes: how alike the features of both are, how
well a classifier tells them apart, and how surprising a trained network finds them.
Beside each figure is the same of one half of the real tunes against the other: no
generator can be more like them than that.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import monody

REAL = "airdsAirs"  # one of the collections that `monody corpus` lists
EACH = 100  # melodies on each side


def my_generator(seed: int) -> monody.Melody:
    """Walk up and down C major in quarters: put your own here."""
    rng, scale = random.Random(seed), [60, 62, 64, 65, 67, 69, 71, 72]
    place, notes = 0, []
    for at in range(32):
        place = min(max(place + rng.choice([-2, -1, 1, 2]), 0), len(scale) - 1)
        notes.append((scale[place], 24 * at, 24))
    return monody.Melody.from_notes(notes)


def say(what: str, found: monody.Resemblance) -> None:
    """Print a comparison in a line."""
    if found.overlap is None or found.classifier_accuracy is None:
        print(f"{what}: too few melodies to compare")
        return
    alike = sum(found.overlap.values()) / len(found.overlap)
    print(
        f"{what}: features overlap by {alike:.2f} (1 is perfect), "
        f"a classifier sorts {found.classifier_accuracy:.0%} of them rightly (50 % is)"
    )


def melodies_of(folder: Path, most: int) -> monody.MelodyStore:
    """Read the melodies of a folder, each once."""
    corpus = monody.read_corpus(folder)
    return corpus.melodies.take(corpus.used.tolist()[:most])


def main(folder: Path) -> None:
    """Judge the MIDI files of a folder."""
    if not folder.exists():
        folder.mkdir(parents=True)
        for seed in range(EACH):
            monody.write_midi(my_generator(seed), folder / f"{seed:03}.mid")
    monody.write_collection(REAL, "real")
    generated = melodies_of(folder, EACH)
    tunes = melodies_of(Path("real"), 2 * EACH)
    say("generated beside real", monody.compare(generated, tunes[::2]))
    say("     real beside real", monody.compare(tunes[1::2], tunes[::2]))
    score = monody.evaluate(monody.open_experiment("base"), folder).score
    print(f"the base model needs {score.bits_per_note:.2f} bits for a note of them")


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "mine"))
