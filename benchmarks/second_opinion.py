"""What the second opinions share: the notes of two readers, and a tally of causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from monody.reading.raw_score import RawScore

UNEXPLAINED = "unexplained"


class Note(NamedTuple):
    """A note; times in quarters."""

    start: float
    pitch: int
    length: float


def notes_of(score: RawScore) -> list[Note]:
    """Return the notes of all tracks that we read, in order of time."""
    quarter = score.ticks_per_quarter
    return sorted(
        Note(start / quarter, pitch, ticks / quarter)
        for track in score.tracks
        for start, pitch, ticks in zip(
            track.start.tolist(),
            track.pitch.tolist(),
            track.duration.tolist(),
            strict=True,
        )
    )


def from_first(notes: Sequence[Note]) -> list[Note]:
    """Count time from the first note: a reader may put a pickup anywhere."""
    first = min((note.start for note in notes), default=0.0)
    return [note._replace(start=note.start - first) for note in notes]


def same_notes(
    one: Sequence[Note], other: Sequence[Note], tolerance: float, of: str = "all"
) -> bool:
    """Tell whether two readers agree.

    Args:
        one: The notes of one.
        other: The notes of the other.
        tolerance: By how many quarters times may differ: readers round.
        of: "all", or "onsets" to compare no lengths.
    """
    if len(one) != len(other):
        return False
    order = attrgetter("pitch", "start", "length")
    return all(
        a.pitch == b.pitch
        and abs(a.start - b.start) <= tolerance
        and (of == "onsets" or abs(a.length - b.length) <= tolerance)
        for a, b in zip(sorted(one, key=order), sorted(other, key=order), strict=True)
    )


def first_difference(
    one: Sequence[Note], other: Sequence[Note], tolerance: float = 0.01
) -> str:
    """Show the first notes that two readers do not share."""
    pairs = zip([*sorted(one), None], [*sorted(other), None], strict=False)
    for place, (a, b) in enumerate(pairs):
        if a is None or b is None or not same_notes([a], [b], tolerance):
            return f"note {place} of {len(one)} and {len(other)}: {a} {b}"
    return "none"


def needed(
    causes: Sequence[str], explain: Callable[[Sequence[str]], bool]
) -> list[str]:
    """Leave out the causes without which a difference is explained all the same.

    Args:
        causes: All of them.
        explain: Tells whether some of them explain the difference.

    Returns:
        Causes that explain it; none if not even all do.
    """
    if not explain(causes):
        return []
    kept = list(causes)
    for cause in causes:
        fewer = [one for one in kept if one != cause]
        if explain(fewer):
            kept = fewer
    return kept


@dataclass
class Tally:
    """How many pieces of a material two readers read alike.

    Args:
        material: What was read.
        reader: The second reader, with its version.
    """

    material: str
    reader: str
    pieces: int = 0
    notes: int = 0
    equal: int = 0
    causes: Counter[str] = field(default_factory=Counter)  # pieces that each explains

    def add(self, notes: int, causes: Iterable[str]) -> None:
        """Count a piece.

        Args:
            notes: How many we read in it.
            causes: Why the readers differ; none where they do not.
        """
        self.pieces += 1
        self.notes += notes
        names = [*dict.fromkeys(causes)]
        self.equal += not names
        self.causes.update(names)

    @property
    def row(self) -> str:
        """Its row in a table; a piece that two causes explain counts for both."""
        unexplained = self.causes[UNEXPLAINED]
        explained = self.pieces - self.equal - unexplained
        causes = "; ".join(f"{n} {cause}" for cause, n in self.causes.most_common())
        return (
            f"| {self.material} | {self.reader} | {self.pieces:,} | {self.notes:,} | "
            f"{self.equal:,} | {explained:,}: {causes} | {unexplained:,} |"
        )


def print_table(tallies: Iterable[Tally]) -> None:
    """Print what was counted."""
    print("| material | reader | pieces | notes | equal | explained | unexplained |")
    print("|---" * 7 + "|")
    for tally in tallies:
        print(tally.row)


def wheel_files(*suffixes: str, folders: Sequence[str] = (".",)) -> list[Path]:
    """Return the files of some kinds that music21's wheel brings, in order."""
    import music21

    root = Path(music21.__file__).parent
    found = (path for folder in folders for path in (root / folder).rglob("*"))
    return sorted({path for path in found if path.suffix in suffixes})
