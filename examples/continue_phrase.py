"""A bot that continues a phrase: note names go in, note names come out.

    python examples/continue_phrase.py C4 D4 E4 C4
    python examples/continue_phrase.py < phrases.txt

Each name is a quarter; ``C4:2`` lasts two of them. Without names it answers every line
of its input, which is how a chat or a game would call it: the model is loaded once.
"""

from __future__ import annotations

import re
import sys

import monody

QUARTER = 24  # ticks
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NOTE = re.compile(r"([A-G])([#b]?)([0-8])(?::([\d.]+))?")


def phrase_of(words: list[str]) -> monody.Melody:
    """Read a phrase, such as ``["C4", "D4", "E4:2"]``."""
    notes, tick = [], 0
    for word in words:
        found = NOTE.fullmatch(word)
        if found is None:
            raise ValueError(f"a note is such as C4, F#5 or Bb3:2, not {word!r}")
        letter, sign, octave, quarters = found.groups()
        shift = {"#": 1, "b": -1, "": 0}[sign]
        pitch = 12 * (int(octave) + 1) + STEPS[letter] + shift
        ticks = max(1, round(float(quarters or 1) * QUARTER))
        notes.append((pitch, tick, ticks))
        tick += ticks
    return monody.Melody.from_notes(notes)


def names_of(melody: monody.Melody) -> str:
    """Write a melody as note names; silence is left out."""
    return " ".join(
        f"{NAMES[note.pitch % 12]}{note.pitch // 12 - 1}:{note.duration / QUARTER:g}"
        for note in melody
    )


def answer(
    words: list[str], experiment: monody.Experiment, bars: int = 2, seed: int = 7
) -> str:
    """Continue a phrase by some bars."""
    settings = monody.SampleSettings(num_files=1, bars=bars, seed=seed, start="primer")
    phrase = phrase_of(words)
    generation = monody.generate(experiment, settings, prime_melody=phrase)
    return names_of(generation.melodies[0])


def main() -> None:
    """Answer the phrase that is named, or each line of the input."""
    experiment = monody.open_experiment("base")
    phrases = [sys.argv[1:]] if sys.argv[1:] else (line.split() for line in sys.stdin)
    for words in phrases:
        try:
            print(answer(words, experiment), flush=True)
        except (ValueError, monody.MonodyError) as error:
            print(f"? {error}", flush=True)  # a bot says so and goes on


if __name__ == "__main__":
    main()
