"""Infilling: the time to fill where bars of a melody are replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from monody.errors import MonodyError
from monody.music.melody import Melody, lines_around, shifted


class Gap(NamedTuple):
    """The time to fill when bars are replaced, in ticks."""

    start: int  # the first tick that no kept note before sounds at
    end: int  # the bar line where what is kept goes on, or the melody's end
    held: int = 0  # beyond that a note that goes was held


def gap_of(melody: Melody, first: int, last: int) -> Gap:
    """Find the time that replacing bars leaves to fill.

    Notes that begin in the bars go, and no new one begins elsewhere: all else stays as
    it is. A kept note that sounds into them shortens the gap. Where a note that goes
    was held over the last bar line, the last new one is held as long (``filled``).

    Args:
        melody: The melody.
        first: First bar, counted from 1.
        last: Last bar, it included.

    Raises:
        MonodyError: If it does not have these bars, or nothing could be written there.
    """
    lines = lines_around(melody)
    if last > len(lines) - 1:
        raise MonodyError(
            f"bars {first}-{last} are not all there: the melody has {len(lines) - 1}"
        )
    start, end = lines[first - 1], min(lines[last], melody.end)
    early = melody.starts < start
    after = melody.starts >= lines[last]
    gone = ~early & ~after
    start = max(start, int(melody.ends[early].max(initial=0)))
    if end <= start:
        raise MonodyError(f"a held note fills bars {first}-{last}: name others")
    return Gap(start, end, max(0, int(melody.ends[gone].max(initial=0)) - end))


def filled(melody: Melody, gap: Gap, filling: Melody) -> Melody:
    """Put new notes into a gap.

    Args:
        melody: With the notes that go.
        gap: In which they are.
        filling: The new notes, which begin at its tick 0 and end with the gap at most.
    """
    early, late = melody.ends <= gap.start, melody.starts >= gap.end
    new = shifted(filling.notes, gap.start)
    if len(new) and filling.end == gap.end - gap.start:
        new[-1, 2] += gap.held
    notes = np.concatenate([melody.notes[early], new, melody.notes[late]])
    return replace(melody, notes=notes)


def before(melody: Melody, tick: int) -> Melody:
    """Return the notes that end before a tick."""
    return replace(melody, notes=melody.notes[melody.ends <= tick])
