"""The meter that notes are heard in, where the file names none that a player counts.

A listener finds the bars by three things: long notes, and notes at all, fall on strong
beats; figures return after whole bars; music begins on a bar line or just before one.
(H. C. Longuet-Higgins and C. S. Lee, "The rhythmic interpretation of monophonic music",
Music Perception 1, 1984; F. Lerdahl and R. Jackendoff, "A Generative Theory of Tonal
Music", 1983, ch. 4.) Each meter and each place of its first bar line is tried.

Of 1,465 tunes of eight collections whose meter was taken from them, 94 % come out in
theirs, 2/4 and 4/4 counted as one, and 86 % with their bar lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from monody.music.meter import COMMON_TIME, TICKS_PER_QUARTER, Meter
from monody.reading.note_table import Floats, Longs

SLOT = TICKS_PER_QUARTER // 2  # ticks: an 8th
CYCLE = 24  # slots: whole bars of each meter
NOTHING, SHORT, LONG, LONGER = range(4)  # what begins in a slot
LONG_TICKS = [TICKS_PER_QUARTER, 2 * TICKS_PER_QUARTER]  # from a quarter, from a half

# How much more likely than elsewhere in the bar nothing, a short note, a long or a
# longer one begins on each 8th of it, in tenths of a nat: from the same collections.
ACCENTS = {
    "2/4": [[-14, 0, 8, 12], [5, -1, -13, -23], [-3, 0, 4, -8], [3, 0, -31, -30]],
    "3/4": [[-23, 0, 7, 16], [5, -2, -26, -30], [-1, -5, 5, 0], [4, -1, -21, -38],
            [-8, 2, 8, -18], [3, 3, -42, -41]],
    "6/8": [[-21, 0, 8, 15], [6, -2, -11, -3], [0, 2, -29, -19], [-9, -1, 9, -7],
            [6, -3, -3, -28], [-1, 2, -34, -29]],
    "4/4": [[-21, 0, 8, 15], [5, -2, -26, -29], [-3, 1, 4, -3], [4, 1, -38, -35],
            [-10, 0, 8, 9], [5, -2, -24, -39], [-7, 1, 7, -18], [4, 1, -35, -41]],
}  # fmt: skip
METERS = {
    name: Meter(0, *map(int, name.split("/"))) for name in ACCENTS
}  # those that are tried

# In nats. Neighbouring slots tell the same, so that each counts by half.
ACCENT_WEIGHT = 0.5
REPETITION_WEIGHT = 0.3  # of each 8th, if all notes return
COMMON_TIME_WORTH = 2.0
DECLARED_WORTH = 4.0  # of a bar that begins where the file's own meter does
BEGINS_ON_LINE, BEGINS_IN_LAST_QUARTER = 3.4, 2.4  # more than elsewhere in the bar


class HeardBars(NamedTuple):
    """A meter, and where its bar lines are."""

    meter: Meter  # from tick 0 on
    phase: int  # grid ticks from tick 0 to a bar line; 0 or more, less than a bar


def heard_bars(start: Longs, pitch: Longs, line: Longs, unit: int) -> HeardBars:
    """Find the meter and the bar lines of music that is counted in beats.

    Args:
        start: ``(notes,)`` in grid ticks from a beat on, 0 or more.
        pitch: ``(notes,)``.
        line: ``(notes,)``: the track of each.
        unit: Ticks from beat to beat: bar lines are on beats.

    Returns:
        2/4, 3/4, 6/8 or 4/4; common time where nothing tells.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.accents import heard_bars
        >>> waltz = np.cumsum([0, 48, 24, 24, 24, 24, 72, 48, 24, 48, 24, 72, 72])
        >>> bars = heard_bars(24 + waltz, 60 + waltz % 7, waltz * 0, unit=24)
        >>> str(bars.meter), bars.phase
        ('3/4', 24)
    """
    if not len(start):
        return HeardBars(COMMON_TIME, 0)
    counts = _counts(start, line)
    best, most = HeardBars(COMMON_TIME, 0), -np.inf
    for name, meter in METERS.items():
        if meter.bar_ticks % unit:
            continue
        same = REPETITION_WEIGHT * _repetition(start, pitch, meter)
        table = np.tile(np.array(ACCENTS[name]) / 10, (CYCLE // len(ACCENTS[name]), 1))
        for phase in range(0, meter.bar_ticks, max(unit, SLOT)):
            accents = ACCENT_WEIGHT * np.sum(counts * np.roll(table, phase // SLOT, 0))
            worth = accents + same + _worth(int(start.min()), meter, phase)
            if worth > most:
                best, most = HeardBars(meter, phase), worth
    return best


def _worth(first: int, meter: Meter, phase: int) -> float:
    """Weigh what does not depend on the accents: the usual, and where music begins."""
    since = (first - phase) % meter.bar_ticks
    worth = COMMON_TIME_WORTH * (meter == COMMON_TIME) + DECLARED_WORTH * (phase == 0)
    if since < SLOT:
        return worth + BEGINS_ON_LINE
    in_last = since >= meter.bar_ticks - TICKS_PER_QUARTER
    return worth + BEGINS_IN_LAST_QUARTER * in_last


def _counts(start: Longs, line: Longs) -> Floats:
    """Count what begins in the slots of the lines, ``(CYCLE, 4)``.

    What begins with the last onset of a line is not known to be long or short.
    """
    counts = np.zeros((CYCLE, 4))
    for each in np.unique(line):
        onsets = np.unique(start[line == each])
        kinds = SHORT + np.searchsorted(LONG_TICKS, np.diff(onsets), side="right")
        slots, beside = np.divmod(onsets[:-1], SLOT)
        slots, kinds = slots[beside == 0], kinds[beside == 0]
        np.add.at(counts, (slots % CYCLE, kinds), 1)
        every = np.arange(onsets[0] // SLOT, onsets[-1] // SLOT)
        counts[:, NOTHING] += np.bincount(every % CYCLE, minlength=CYCLE)
        counts[:, NOTHING] -= np.bincount(slots % CYCLE, minlength=CYCLE)
    return counts


def _repetition(start: Longs, pitch: Longs, meter: Meter) -> float:
    """Return the 8ths of the music, times the share of its notes that return.

    They return after one bar, or two, or four of less than a whole note.
    """
    notes = np.unique(start * 128 + pitch)
    shares = []
    for bars in (1, 2, 4) if meter.bar_ticks < COMMON_TIME.bar_ticks else (1, 2):
        away = bars * meter.bar_ticks * 128
        later = notes[notes >= notes[0] + away]
        again = np.isin(later - away, notes, assume_unique=True)
        shares.append(again.mean() if len(later) else 0.0)
    return float(max(shares)) * float((start.max() - start.min()) // SLOT + 1)
