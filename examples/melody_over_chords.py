"""A rule of one's own: melodies over chords.

    python examples/melody_over_chords.py [C Am F G7]

A rule is a function. It is told the place where a note may come, and says which notes
may. Here: on each downbeat one of the bar's chord, and no leap larger than an octave.
The network chooses among them; key, meter and length are settings, as always.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

import monody

CHORDS = ("C", "Am", "F", "G7")  # a bar each, again and again
ROOTS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
KINDS = {"": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10)}
CHORD = re.compile(r"([A-G])([#b]?)(m7|m|7|)")


def pitch_classes(chord: str) -> set[int]:
    """Return the pitch classes of a chord such as ``"Bbm7"``."""
    found = CHORD.fullmatch(chord)
    if found is None:
        raise ValueError(f"a chord is such as C, F#m or Bb7, not {chord!r}")
    letter, sign, kind = found.groups()
    root = ROOTS[letter] + {"#": 1, "b": -1, "": 0}[sign]
    return {(root + step) % 12 for step in KINDS[kind]}


class ChordTones:
    """The rule: on the downbeat, a note of the chord."""

    def __init__(self, chords: Iterable[str]) -> None:
        self.chords = [pitch_classes(chord) for chord in chords]

    def __call__(self, place: monody.Place) -> list[int] | None:
        """Say which notes may come; ``None`` for any."""
        if place.tick:  # not on the bar line
            return None
        chord = self.chords[place.bar % len(self.chords)]
        return [pitch for pitch in range(128) if pitch % 12 in chord]


def no_wide_leap(place: monody.Place) -> range | None:
    """Allow an octave up or down from the note before."""
    if place.latest is None:
        return None
    return range(place.latest - 12, place.latest + 13)


def main(chords: list[str]) -> None:
    """Write three melodies over chords, and a page to hear them."""
    settings = monody.SampleSettings(
        num_files=3, bars=8, meter="4/4", key="C", seed=7, pickup=False
    )
    rules: list[monody.NoteRule] = [ChordTones(chords), no_wide_leap]
    experiment = monody.open_experiment("base")
    generation = monody.generate(experiment, settings, rules=rules)
    for one in generation.generated:  # 20 tries are enough, unless rules contradict
        print(one.failure or "kept every rule", one.draft.melody)
    print(monody.show(generation, generation.save("over-chords")).page)


if __name__ == "__main__":
    main(sys.argv[1:] or list(CHORDS))
