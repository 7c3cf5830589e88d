"""The check of melodies from a file, which may be damaged, before they are believed.

It says of all melodies at once what ``Melody`` asks of each: a wrong count would cut
the notes of others, and a wrong index would be an error much later.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monody.music.keys import KEY_NAMES
from monody.music.melody import MAX_BPM, MIN_BPM
from monody.music.melody_store import NOTES_AT_A_TIME, MelodyStore
from monody.music.meter import MAX_BAR_TICKS, TICKS_PER_WHOLE, Ints
from monody.music.pitch import MAX_PITCH
from monody.saved.arrays import let_go
from monody.saved.damage import require

MAX_TICK = 2**30  # of an end: sums of two still fit
MAX_PROGRAM = 127  # of General MIDI, from 0
DENOMINATORS = (1, 2, 4, 8, 16, 32)


def check_store(melodies: MelodyStore) -> None:
    """Make sure that every melody is one.

    It looks at each note once, a part of them at a time, and keeps none.

    Args:
        melodies: From files.

    Raises:
        DamagedError: If counts, notes, meters or what is told of them are impossible.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.music.store_check import check_store
        >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24), (62, 24, 24)])])
        >>> check_store(melodies)
        >>> melodies.info["note_count"] = 3
        >>> check_store(melodies)
        Traceback (most recent call last):
        ...
        monody.saved.damage.DamagedError: the melodies have other notes than they count
    """
    _check_info(melodies)
    for notes, first in _parts(melodies.notes, melodies.info["note_count"], "notes"):
        _check_notes(notes, first)
    for meters, first in _parts(
        melodies.meters, melodies.info["meter_count"], "meters"
    ):
        _check_meters(meters, first)


def _check_info(melodies: MelodyStore) -> None:
    """Check what is told of each melody."""
    info = melodies.info
    for name, least, most in (
        ("bpm", MIN_BPM, MAX_BPM),
        ("key", -1, len(KEY_NAMES) - 1),
        ("program", 0, MAX_PROGRAM),
        ("track", 0, MAX_TICK),
        ("piece", 0, MAX_TICK),
        ("file", 0, len(melodies.sources) - 1),
    ):
        values = info[name]
        inside = bool(np.all((values >= least) & (values <= most)))  # NaN is not
        require(inside, f"a melody has a {name} that is none")


def _parts(
    rows: Ints, counts: NDArray[np.int32], what: str
) -> Iterator[tuple[Ints, NDArray[np.bool_]]]:
    """Yield the rows a part at a time, with the last one of the part before.

    Yields:
        ``(rows, 3)``, and ``(rows,)``: which of them are the first of a melody.
    """
    require(bool(np.all(counts > 0)), f"a melody has no {what}")
    ends = np.cumsum(counts, dtype=np.int64)
    count = int(ends[-1]) if len(ends) else 0
    require(count == len(rows), f"the melodies have other {what} than they count")
    starts = ends - counts
    for begin in range(0, count, NOTES_AT_A_TIME):
        before = max(begin - 1, 0)
        stop = min(begin + NOTES_AT_A_TIME, count)
        first = np.zeros(stop - before, np.bool_)
        low, high = np.searchsorted(starts, (before, stop))
        first[starts[low:high] - before] = True
        yield np.asarray(rows[before:stop]), first
        let_go(rows)


def _check_notes(notes: Ints, first: NDArray[np.bool_]) -> None:
    """Check that pitches are pitches, and that no two notes sound at once."""
    pitch, start, duration = notes.T
    heard = (pitch >= 0) & (pitch <= MAX_PITCH)
    timed = (start >= 0) & (start <= MAX_TICK) & (duration >= 1)
    require(bool(np.all(heard & timed & (duration <= MAX_TICK))), "a note is none")
    follows = start[1:] >= start[:-1] + duration[:-1]
    require(bool(np.all(follows | first[1:])), "notes are not in order")


def _check_meters(meters: Ints, first: NDArray[np.bool_]) -> None:
    """Check that meters are meters, the first of each melody at its beginning."""
    tick, above, below = meters.T
    known = np.isin(below, DENOMINATORS) & (above >= 1)
    short = above <= MAX_BAR_TICKS * below.astype(np.int64) // TICKS_PER_WHOLE
    require(bool(np.all(known & short & (tick <= MAX_TICK))), "a meter is none")
    require(not tick[first].any(), "a melody begins without a meter")
    require(bool(np.all((np.diff(tick) > 0) | first[1:])), "meters are not in order")
