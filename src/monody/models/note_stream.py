"""Many melodies at once: their silences, their 16ths and their bars.

Encoding needs to know these of each melody. Here a few operations on flat arrays find
them for all melodies of a store together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_STEP, TICKS_PER_WHOLE, Ints

STOP = -1  # the pitch in the row after a melody's last note
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class NoteStream:
    """The notes of melodies end to end, and a stop after each melody's last one.

    All arrays are ``(notes + melodies,)``. A stop starts and ends at 0, so that the row
    before any melody's first note ends at 0.

    Example:
        >>> from monody.models.note_stream import NoteStream
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 36, 12)])
        >>> stream = NoteStream.of(MelodyStore.of([melody]))
        >>> stream.pitch.tolist(), stream.end.tolist()
        ([60, 62, -1], [24, 48, 0])
        >>> stream.silences(until=None).tolist()
        [0, 12, 0]
        >>> stream.in_steps(until=None).start.tolist()
        [0, 6, 0]
    """

    pitch: Ints  # MIDI number, or STOP
    start: Ints  # ticks or steps
    end: Ints  # in the same unit

    @classmethod
    def of(cls, melodies: MelodyStore) -> NoteStream:
        """Lay out the notes of a store; the unit is the tick."""
        after = np.cumsum(melodies.info["note_count"], dtype=np.int64)
        rows = np.insert(np.asarray(melodies.notes), after, (STOP, 0, 0), axis=0)
        pitch, start, ticks = np.ascontiguousarray(rows.T)
        return cls(pitch, start, start + ticks)

    @property
    def stops(self) -> NDArray[np.bool_]:
        """Which rows are stops."""
        stops: NDArray[np.bool_] = self.pitch == STOP
        return stops

    def silences(self, until: int | None) -> Ints:
        """Return how long the silence before each row is, ``(notes + melodies,)``.

        Args:
            until: Where the melodies stop. By default they stop with their last notes,
                and there is no silence before a stop.
        """
        before = np.roll(self.end, 1)  # where the row before ends
        begin = np.where(self.stops, before if until is None else until, self.start)
        return (begin - before).astype(np.int32)

    def in_steps(self, until: int | None) -> NoteStream:
        """Round to 16ths; of notes that share a step the longest is kept.

        Args:
            until: The step to cut at. By default nothing is cut.
        """
        last = _NEVER if until is None else until
        start = (self.start + TICKS_PER_STEP // 2) // TICKS_PER_STEP
        kept = self._longest_of_each(start)  # (kept,) indices
        kept = kept[self.stops[kept] | (start[kept] < last)]
        pitch, start = self.pitch[kept], start[kept]
        end = (self.end[kept] + TICKS_PER_STEP // 2) // TICKS_PER_STEP
        following = np.where(np.roll(pitch, -1) == STOP, last, np.roll(start, -1))
        end = np.minimum(np.maximum(end, start + 1), following)
        return NoteStream(
            pitch, start, np.where(pitch == STOP, 0, end).astype(np.int32)
        )

    def _longest_of_each(self, step: Ints) -> NDArray[np.int64]:
        """Find the longest note of each step, the last of equals, and all stops.

        Args:
            step: ``(notes + melodies,)`` where each row starts.

        Returns:
            Their indices, rising.
        """
        stops, rows = self.stops, len(step)
        first = stops | np.roll(stops, 1) | (step != np.roll(step, 1))
        rank = (self.end - self.start) * np.int64(rows) + np.arange(rows)
        longest: NDArray[np.int64] = np.maximum.reduceat(rank, np.flatnonzero(first))
        return longest % rows


class MetricPositions(NamedTuple):
    """Where events begin. All arrays are ``(events,)``."""

    position: NDArray[np.int64]  # ticks since the bar line
    bar: NDArray[np.int64]  # bars since the melody's beginning
    meter: NDArray[np.int64]  # row of the store's ``meters`` that is in force


def metric_positions_of(
    ticks: Ints, ends: NDArray[np.int64], melodies: MelodyStore
) -> MetricPositions:
    """Find where in its bar each event begins, as ``metric_positions`` does for one.

    Args:
        ticks: ``(events,)`` length of each event; 0 for one that nothing follows.
        ends: ``(melodies,)`` where each melody's events end.
        melodies: The melodies, for their meters.

    Example:
        Two halves and an end in 3/4: the second half begins in the first bar.

        >>> import numpy as np
        >>> from monody.models.note_stream import metric_positions_of
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> from monody.music.meter import Meter
        >>> notes = [(60, 0, 48), (62, 48, 48)]
        >>> melody = Melody.from_notes(notes, meters=[Meter(0, 3, 4)])
        >>> found = metric_positions_of(
        ...     np.array([48, 48, 0]), np.array([3]), MelodyStore.of([melody])
        ... )
        >>> found.position.tolist(), found.bar.tolist()
        ([0, 48, 24], [0, 0, 1])
    """
    # One time line runs through all melodies. An event of no length takes a tick of it,
    # so that no two begin at once.
    times = np.zeros(len(ticks) + 1, np.int64)
    np.cumsum(np.maximum(ticks, 1), out=times[1:])
    begin, end = times[np.append(0, ends[:-1])], times[ends]  # (melodies,)

    melody = np.repeat(np.arange(len(ends)), melodies.info["meter_count"])  # (meters,)
    tick, numerator, denominator = np.asarray(melodies.meters).T
    change = begin[melody] + tick  # (meters,)
    first = np.searchsorted(times, np.minimum(change, end[melody]))
    # The meter in force at each event, (events,).
    meter = np.repeat(np.arange(len(first)), np.diff(first, append=len(ticks)))
    bar_ticks = TICKS_PER_WHOLE * numerator // denominator
    bars, position = np.divmod(times[:-1] - change[meter], bar_ticks[meter])
    return MetricPositions(position, bars + _bars_before(tick, bar_ticks)[meter], meter)


def _bars_before(tick: NDArray[np.integer], bar_ticks: Ints) -> NDArray[np.int64]:
    """Count the bars that begin before each meter change of its melody, ``(meters,)``.

    Args:
        tick: Where each meter begins; 0 for the first of a melody.
        bar_ticks: Length of its bars.
    """
    opening = np.append(tick[1:], 0) == 0  # whether the next row opens a melody
    begun = np.where(opening, 0, -(-np.diff(tick, append=0) // bar_ticks))
    before = np.cumsum(begun) - begun
    first = np.maximum.accumulate(np.where(tick == 0, np.arange(len(tick)), 0))
    counted: NDArray[np.int64] = before - before[first]
    return counted
