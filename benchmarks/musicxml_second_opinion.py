"""MusicXML read by monody and by music21: ``benchmarks/musicxml_second_opinion.py``.

Over the scores in music21's wheel: its corpus, and the MusicXML test suite that it
ships. Compared are the notes (measure, onset, sounding pitch, length, staff) and the
bar lines as they are written, before ties are joined, and the order in which measures
are played, without da capo. Files with a difference get a row for each kind of it, with
its cause, which is checked in the file or in what music21 returns.

``python benchmarks/musicxml_second_opinion.py [FILE...]`` compares only those files.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import music21

from header import print_header
from monody.reading.musicxml.parse import written_score
from monody.reading.musicxml.tree import score_tree
from monody.reading.notation.play_order import play_order
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_QUARTER,
    WrittenMeasure,
)
from monody.reading.raw_score import UnreadableError

MAX_BYTES = 10**8
UNITS = 840  # to the quarter note: music21 keeps fractions less exactly
FOLDERS = ("corpus", "musicxml")
SUFFIXES = (".xml", ".mxl", ".musicxml")

# Looked up by hand: the element that decides, and what its definition says of it.
NOTE_CAUSES = {
    "02e-Rests-NoType.xml": "music21 puts a note without <staff> on both staves",
    "21f-Chord-ElementInBetween.xml": "<chord> after a direction begins with its chord",
    "32c-MultipleNotationChildren.xml": "<accidental> is a look: <alter> alone sounds",
    "PMFC_13_04-Credo Cursor.xml": "<accidental> is a look: <alter> alone sounds",
    "testTab.xml": "no <duration>: notes without length are left out",
    "opus48no2.mxl": "<cue> is a silent note",
    "dichterliebe_no2.xml": "<cue> is a silent note",
    "43d-MultiStaff-StaffChange.xml": "each note of a chord has its own <staff>",
    "aloha_oe.mxl": "each note of a chord has its own <staff>",
}
ROUNDED = "<divisions> too coarse for its tuplets: the measure is filled up"
LATE_DIRECTION = "a direction with <offset> makes music21's measure longer"
FALLEN_APART = "music21's parts fall apart: ours have common bar lines"
LAST_FORWARD = "<forward> moves the position also at the end of a measure"
NOT_OPENED = "no sign opens the repeat: music21 goes back to the beginning"
ONE_ENDING = "music21 does not play a repeat that has a first ending only"
NOT_CLOSED = "no sign closes the repeat: music21 goes back all the same"
REFUSED = "music21 refuses the repeats"
UNEXPLAINED = "unexplained"

Note = tuple[int, Fraction, int, Fraction]  # measure, onset, pitch, quarters


class Span(NamedTuple):
    """A measure of a part, in quarters."""

    start: Fraction
    length: Fraction
    notes_end: Fraction  # of its last note or rest, since it began


@dataclass
class Reading:
    """What a program read.

    Args:
        staves: The notes of each staff that has any, and how often each is there.
        parts: The measures of each part.
        order: The measures as they are played; empty if it does not say.
        error: Why it read nothing; empty if it did.
        measures: Those of ours.
    """

    staves: list[Counter[Note]] = field(default_factory=list)
    parts: list[list[Span]] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    error: str = ""
    measures: Sequence[WrittenMeasure] = ()

    @property
    def notes(self) -> Counter[Note]:
        """The notes of all staves."""
        return sum(self.staves, Counter[Note]())


def main() -> None:
    """Compare every file, print the table."""
    paths = [Path(name) for name in sys.argv[1:]] or [*shipped()]
    print_header("monody", "music21")
    print("| file | notes | difference | of | cause |")
    print("|---" * 5 + "|")
    causes: Counter[str] = Counter()
    notes = equal = 0
    for path in paths:
        own, other = ours(path), theirs(path)
        found = [*differences(path, own, other)]
        notes += own.notes.total()
        equal += not found
        for kind, size, cause in found:
            causes[cause] += 1
            name = f"{path.parent.name}/{path.name}"
            row = (name, own.notes.total(), kind, size, cause)
            print("|", " | ".join(map(str, row)), "|", flush=True)
    print(f"\n{len(paths)} files, {notes:,} notes; {equal} files without a difference")
    for cause, count in causes.most_common():
        print(f"- {count} x {cause}")


def shipped() -> Iterator[Path]:
    """Yield the MusicXML files in music21's wheel, in order."""
    root = Path(music21.__file__).parent
    for folder in FOLDERS:
        yield from sorted(
            path for path in (root / folder).rglob("*") if path.suffix in SUFFIXES
        )


def in_units(quarters: float | Fraction) -> Fraction:
    """Round quarters to what both programs can tell apart."""
    return Fraction(round(Fraction(quarters) * UNITS), UNITS)


def _quarters(ticks: int) -> Fraction:
    return in_units(Fraction(ticks, WRITTEN_TICKS_PER_QUARTER))


def ours(path: Path) -> Reading:
    """Read a file with monody."""
    try:
        return of_tree(score_tree(path.read_bytes(), MAX_BYTES))
    except UnreadableError as error:
        return Reading(error=str(error))


def of_tree(root: ElementTree.Element) -> Reading:
    """Read the root element of a file with monody."""
    score = written_score(root)
    staves: dict[int, Counter[Note]] = {}
    spans: list[Span] = []
    ticks = 0
    for index, measure in enumerate(score.measures):
        length = _quarters(measure.ticks)
        spans.append(Span(_quarters(ticks), length, length))
        ticks += measure.ticks
        for note in measure.notes:
            row = (index, _quarters(note.start), note.pitch, _quarters(note.ticks))
            staff = score.lines[note.line].staff
            staves.setdefault(staff, Counter())[row] += 1
    order = play_order(score.measures, score.parts) or []
    return Reading([*staves.values()], [spans], order, measures=score.measures)


def theirs(path: Path) -> Reading:
    """Read a file with music21."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            score = music21.converter.parse(path, format="musicxml", forceSource=True)
            return _of_music21(score)
    except Exception as error:  # whatever it fails with is its answer
        return Reading(error=f"{type(error).__name__}: {error}"[:100])


def _of_music21(score: music21.stream.Stream[music21.stream.Part]) -> Reading:
    """Take down what music21 read."""
    found = Reading()
    for part in score.getElementsByClass(music21.stream.Part):
        sounding = part.toSoundingPitch()
        measures = [*sounding.getElementsByClass(music21.stream.Measure)]
        staff = Counter(
            row for index, bar in enumerate(measures) for row in _rows(index, bar)
        )
        if staff:
            found.staves.append(staff)
        found.parts.append([_span(measure) for measure in measures])
        found.order = found.order or _order(sounding, measures)
    return found


def _span(measure: music21.stream.Measure) -> Span:
    """Describe a measure of music21's."""
    ends = [
        in_units(item.offset + item.quarterLength)
        for voice in [measure, *measure.voices]
        for item in voice.notesAndRests
    ]
    start, length = measure.offset, measure.duration.quarterLength
    return Span(in_units(start), in_units(length), max(ends, default=Fraction(0)))


def _rows(index: int, measure: music21.stream.Measure) -> Iterator[Note]:
    """Yield the notes of a measure."""
    for voice in [measure, *measure.voices]:
        for item in voice.notes:
            if item.duration.isGrace or isinstance(item, music21.harmony.Harmony):
                continue
            alone = not isinstance(item, music21.chord.ChordBase)
            for note in [item] if alone else item.notes:
                pitch = note.pitch if hasattr(note, "pitch") else note.displayPitch()
                onset, length = in_units(item.offset), in_units(note.quarterLength)
                yield index, onset, round(pitch.ps), length


def _order(
    part: music21.stream.Part, measures: Sequence[music21.stream.Measure]
) -> list[int]:
    """Return the measures of a part as music21 plays them, without da capo."""
    for index, measure in enumerate(measures):
        measure.number = index
        measure.removeByClass("RepeatExpression")
    try:
        expanded = music21.repeat.Expander(part).process()
    except music21.exceptions21.Music21Exception:
        return []
    return [m.number for m in expanded.getElementsByClass(music21.stream.Measure)]


def differences(
    path: Path, own: Reading, other: Reading
) -> Iterator[tuple[str, int, str]]:
    """Yield the kind, the size and the cause of each difference."""
    if own.error or other.error:
        if own.error != other.error:
            yield "readable", 1, own.error or f"music21: {other.error}"
        return
    missing, extra = other.notes - own.notes, own.notes - other.notes
    if missing or extra:
        size = max(missing.total(), extra.total())
        yield "notes", size, NOTE_CAUSES.get(path.name) or _filled(own, missing, extra)
    elif sorted(map(_in_order, own.staves)) != sorted(map(_in_order, other.staves)):
        yield "staves", 1, NOTE_CAUSES.get(path.name, UNEXPLAINED)
    yield from _bar_lines(path, own, other)
    if own.order != other.order:
        size = abs(len(own.order) - len(other.order))
        yield "order", size, _order_cause(own, other)


def _in_order(staff: Counter[Note]) -> list[tuple[Note, int]]:
    return sorted(staff.items())


def _filled(own: Reading, missing: Counter[Note], extra: Counter[Note]) -> str:
    """Tell whether notes differ only in where they end, at the end of a measure."""
    places = [
        Counter({row[:3]: n for row, n in rows.items()}) for rows in (missing, extra)
    ]
    at_end = all(row[1] + row[3] == own.parts[0][row[0]].length for row in extra)
    return ROUNDED if places[0] == places[1] and at_end else UNEXPLAINED


def _bar_lines(
    path: Path, own: Reading, other: Reading
) -> Iterator[tuple[str, int, str]]:
    """Yield the first difference between bar lines, at the end of a measure."""
    for index, span in enumerate(own.parts[0] if own.parts else []):
        bars = [part[index] for part in other.parts if index < len(part)]
        if all(bar.start + bar.length == span.start + span.length for bar in bars):
            continue
        if any(bar.length > bar.notes_end for bar in bars if bar.notes_end):
            cause = LATE_DIRECTION
        elif len({bar.length for bar in bars}) > 1:
            cause = FALLEN_APART
        elif _ends_with_forward(path, index):
            cause = LAST_FORWARD
        elif all(abs(bar.length - span.length) < Fraction(1, 8) for bar in bars):
            cause = ROUNDED
        else:
            cause = NOTE_CAUSES.get(path.name, UNEXPLAINED)
        yield "bar lines", len(own.parts[0]) - index, cause
        return


def _ends_with_forward(path: Path, index: int) -> bool:
    """Tell whether the last element of a measure with a length is ``<forward>``."""
    root = score_tree(path.read_bytes(), MAX_BYTES)
    for part in root.iterfind("part"):
        timed = [
            element.tag
            for element in part.findall("measure")[index]
            if element.tag in ("note", "backup", "forward")
        ]
        if timed[-1:] == ["forward"]:
            return True
    return False


def _order_cause(own: Reading, other: Reading) -> str:
    """Say why two orders differ, from the first measure where they do."""
    if not other.order:
        return REFUSED
    pairs = enumerate(zip(own.order, other.order, strict=False))
    at = next((place for place, (a, b) in pairs if a != b), 0)
    if not at:
        return UNEXPLAINED
    last, back_to = own.measures[own.order[at - 1]], own.measures[own.order[at]]
    if not last.plays and other.order[at] <= other.order[at - 1]:
        return NOT_CLOSED
    if last.plays and last.ending and other.order[at] > own.order[at - 1]:
        return ONE_ENDING
    if last.plays and not back_to.opens_repeat and other.order[at] == 0:
        return NOT_OPENED
    return UNEXPLAINED


if __name__ == "__main__":
    main()
