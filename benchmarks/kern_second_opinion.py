"""Our reading of Humdrum kern beside music21's, over the files in music21's wheel.

    python benchmarks/kern_second_opinion.py [--every N]

Compared are pitches, onsets and lengths of all notes, ties joined.
"""

from __future__ import annotations

import argparse
import re
import warnings
from importlib.metadata import version
from pathlib import Path

from music21 import chord, converter, note, stream

from header import print_header
from monody.reading.kern.parse import pieces_of, read_kern
from second_opinion import (
    UNEXPLAINED,
    Note,
    Tally,
    first_difference,
    from_first,
    notes_of,
    print_table,
    same_notes,
    wheel_files,
)

TOLERANCE = 0.005  # quarters
REPEATS = "we play repeats, music21 reads the page"


def ours(path: Path, *, repeats: bool = True) -> list[Note]:
    """Read a file ourselves, with or without its repeats."""
    text = path.read_bytes().decode("utf-8", "replace")
    if not repeats:
        text = re.sub(r"(?m)^=.*", lambda bars: bars[0].replace(":", ""), text)
        text = re.sub(r"\*>\w*\[[^\]\n]*\]", "*", text)  # the order of sections
    notes = [note for piece in pieces_of(text) for note in notes_of(read_kern(piece))]
    return from_first(notes)


def theirs(path: Path) -> list[Note]:
    """Let music21 read a file; a tie joins notes of one pitch only."""
    notes: list[Note] = []
    score = converter.parse(path, format="humdrum", forceSource=True)
    for part in score.getElementsByClass(stream.Part):
        held: dict[int, int] = {}  # pitch: index of the note that a tie begins at
        for item in part.flatten().notes:
            for one in () if item.duration.isGrace else _single(item):
                start, pitch = float(item.offset), one.pitch.midi
                end = start + float(item.quarterLength)
                index = held.pop(pitch, -1)
                if index >= 0 and abs(sum(notes[index][::2]) - start) < TOLERANCE:
                    first = notes[index].start
                    notes[index] = Note(first, pitch, end - first)
                else:
                    index = len(notes)
                    notes.append(Note(start, pitch, end - start))
                if one.tie is not None and one.tie.type != "stop":
                    held[pitch] = index
    return notes


def _single(item: note.GeneralNote) -> tuple[note.Note, ...]:
    """Return the notes of a chord, or a note."""
    if isinstance(item, chord.Chord):
        return tuple(item.notes)
    return (item,) if isinstance(item, note.Note) else ()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    warnings.simplefilter("ignore")
    print_header("monody", "music21")
    tally = Tally("music21's .krn", f"music21 {version('music21')}")
    for path in wheel_files(".krn")[:: parser.parse_args().every]:
        own, other = ours(path), from_first(theirs(path))
        cause = ""
        if not same_notes(own, other, TOLERANCE):
            page = ours(path, repeats=False)
            cause = REPEATS if same_notes(page, other, TOLERANCE) else UNEXPLAINED
        tally.add(len(own), [cause] if cause else [])
        if cause == UNEXPLAINED:
            print(path.name, first_difference(own, other, TOLERANCE), flush=True)
    print_table([tally])


if __name__ == "__main__":
    main()
