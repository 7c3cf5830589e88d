"""The time that is written anew where bars of a melody are replaced."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from monody.errors import MonodyError
from monody.melody import Melody, Meter, bar_lines


class Gap(NamedTuple):
    """The time that is written anew when bars are replaced, in ticks."""

    start: int  # the first tick that no kept note before sounds at
    end: int  # where what follows begins, or the melody ends


def gap_of(melody: Melody, first: int, last: int) -> Gap:
    """Find the time that replacing bars leaves to fill.

    Notes that begin in the bars go. A kept note that sounds into them shortens the gap;
    where a note that goes sounded on beyond them, the gap ends where the next begins.

    Args:
        melody: The melody.
        first: First bar, counted from 1.
        last: Last bar, it included.

    Raises:
        MonodyError: If it does not have these bars, or nothing could be written there.
    """
    lines = _lines(melody)
    if last > len(lines) - 1:
        raise MonodyError(
            f"bars {first}-{last} are not all there: the melody has {len(lines) - 1}"
        )
    start, end = lines[first - 1], min(lines[last], melody.end)
    early = melody.starts < start
    after = melody.starts >= lines[last]
    gone = ~early & ~after
    start = max(start, int(melody.ends[early].max(initial=0)))
    if not after.any():
        end = melody.end
    elif melody.ends[gone].max(initial=0) > end:
        end = int(melody.starts[after][0])
    if end <= start:
        raise MonodyError(f"a held note fills bars {first}-{last}: name others")
    return Gap(start, end)


def _lines(melody: Melody) -> list[int]:
    """Return the bar lines from the first to the one that closes the last bar."""
    meter, line = bar_at(melody, melody.end - 1)
    lines: list[int] = bar_lines(melody.meters, line + meter.bar_ticks).tolist()
    closing = next(i for i, tick in enumerate(lines) if tick >= melody.end)
    return lines[: closing + 1]


def filled(melody: Melody, gap: Gap, filling: Melody) -> Melody:
    """Put new notes into a gap."""
    early, late = melody.ends <= gap.start, melody.starts >= gap.end
    new = filling.notes + np.array([0, gap.start, 0], np.int32)
    notes = np.concatenate([melody.notes[early], new, melody.notes[late]])
    return replace(melody, notes=notes)


def before(melody: Melody, tick: int) -> Melody:
    """Return the notes that end before a tick."""
    return replace(melody, notes=melody.notes[melody.ends <= tick])


def bar_at(melody: Melody, tick: int) -> tuple[Meter, int]:
    """Return the meter in force at a tick, and the bar line before it."""
    meter = next(m for m in reversed(melody.meters) if m.tick <= tick)
    return meter, tick - (tick - meter.tick) % meter.bar_ticks
