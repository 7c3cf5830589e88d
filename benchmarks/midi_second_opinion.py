"""Our reading of MIDI beside mido's and pretty_midi's, note by note.

    python benchmarks/midi_second_opinion.py FOLDER...

Read are the folders, and the MIDI files in music21's wheel. What we do to notes on
purpose is a cause only where we say so in the score's repairs and the notes that differ
are of that kind.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from header import print_header
from midi_notes import mido_notes, pretty_midi_notes, unpaired_pitches
from monody.reading.midi.parse import read_patterns
from second_opinion import (
    UNEXPLAINED,
    Note,
    Tally,
    first_difference,
    notes_of,
    print_table,
    same_notes,
    wheel_files,
)

TOLERANCE = 0.001  # quarters: pretty_midi counts in seconds
READERS: dict[str, Callable[[Path], list[Note]]] = {
    "mido": mido_notes,
    "pretty_midi": pretty_midi_notes,
}
HELD = "notes held by the pedal: both readers know none"
SILENT = "silent notes left out (of no length, beside sounding ones)"
UNPAIRED = "note-offs that end nothing: each reader finds other pairs"
UNISON = "pretty_midi ends all notes of a pitch with the first note-off"


def why(path: Path, own: Sequence[Note], other: Sequence[Note], done: str) -> str:
    """Say why the notes of a file differ; nothing where they do not.

    Args:
        path: The file.
        own: Our notes.
        other: The reader's.
        done: What we say that we did to notes.
    """
    if same_notes(own, other, TOLERANCE):
        return ""
    rounded = [Counter(map(_rounded, notes)) for notes in (own, other)]
    extra, missing = rounded[0] - rounded[1], rounded[1] - rounded[0]
    pitches = {note.pitch for note in (*extra, *missing)}
    alike = same_notes(own, other, TOLERANCE, of="onsets")
    if "held by the pedal" in done and alike and _all_longer(extra, missing):
        return HELD
    if "left out" in done and not extra and all(not note.length for note in missing):
        return SILENT
    if "closed" in done and pitches <= unpaired_pitches(path):
        return UNPAIRED
    if (
        alike
        and pitches <= _overlapping(own)
        and same_notes(own, mido_notes(path), TOLERANCE)
    ):
        return UNISON
    return UNEXPLAINED


def _rounded(note: Note) -> Note:
    return Note(round(note.start, 2), note.pitch, round(note.length, 2))


def _all_longer(extra: Counter[Note], missing: Counter[Note]) -> bool:
    """Tell whether each of our notes is longer than the other's in its place."""
    pairs = zip(sorted(extra.elements()), sorted(missing.elements()), strict=False)
    return all(a[:2] == b[:2] and a.length > b.length for a, b in pairs)


def _overlapping(notes: Sequence[Note]) -> set[int]:
    """Return the pitches that are struck while they sound."""
    ordered = sorted(notes, key=lambda note: (note.pitch, note.start))
    return {
        one.pitch
        for one, other in pairwise(ordered)
        if one.pitch == other.pitch and other.start < one.start + one.length
    }


def compare(material: str, paths: Sequence[Path]) -> list[Tally]:
    """Compare the files of a material with each reader."""
    tallies = {name: Tally(material, f"{name} {version(name)}") for name in READERS}
    for path in paths:
        scores = read_patterns(path.read_bytes())
        own = sorted(note for score in scores for note in notes_of(score))
        done = "; ".join(text for score in scores for text in score.repairs)
        for name, reader in READERS.items():
            other = reader(path)
            cause = why(path, own, other, done)
            tallies[name].add(len(own), [cause] if cause else [])
            if cause == UNEXPLAINED:
                print(path.name, name, first_difference(own, other, TOLERANCE))
    return [*tallies.values()]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    warnings.simplefilter("ignore")  # pretty_midi warns of tempos on other tracks
    print_header("monody", *READERS, "music21")
    tallies: list[Tally] = []
    for folder in parser.parse_args().folders:
        tallies += compare(folder.name, sorted(folder.rglob("*.mid")))
    print_table([*tallies, *compare("music21's .mid", wheel_files(".mid"))])


if __name__ == "__main__":
    main()
