"""Which note-off ends which note, and where notes end that have none.

Of notes on one pitch, the one that began first ends first. Where note-offs are missing,
a note that is struck again and again, or the last of a track, is not lost: it lasts
until the next note of its channel begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

NO_END = -1
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class StruckNotes:
    """The notes of a channel in a track, in order of their starts.

    Args:
        pitch: ``(notes,)``, 0-127.
        start: ``(notes,)`` in ticks.
        end: ``(notes,)`` in ticks; ``NO_END`` where no note-off was found.
        velocity: ``(notes,)``, 1-127.
        strays: The ticks of note-offs, by pitch, that end no note.
    """

    pitch: Longs
    start: Longs
    end: Longs
    velocity: Longs
    strays: dict[int, list[int]]

    def __len__(self) -> int:
        return len(self.pitch)


def struck_notes(strikes: Iterable[tuple[int, int, int]]) -> StruckNotes:
    """Find the end of each note.

    Args:
        strikes: ``(tick, pitch, velocity)`` in order; a note-off has velocity 0.

    Example:
        >>> from monody.reading.midi.note_ends import struck_notes
        >>> unison = [(0, 60, 80), (0, 60, 80), (24, 60, 0), (48, 60, 0)]
        >>> struck_notes(unison).end.tolist()
        [24, 48]
        >>> again = [(0, 60, 80), (24, 60, 80), (48, 60, 0)]  # a note-off is missing
        >>> struck_notes(again).end.tolist()
        [-1, 48]
    """
    by_pitch: dict[int, list[tuple[int, int]]] = {}
    for tick, pitch, velocity in strikes:
        by_pitch.setdefault(pitch, []).append((tick, velocity))
    rows: list[tuple[int, int, int, int]] = []
    strays: dict[int, list[int]] = {}
    for pitch, own in by_pitch.items():
        matched, strays[pitch] = _matched(own)
        ends = iter([tick for tick, velocity in matched if not velocity])
        lost = _without_end(matched)
        for place, (tick, velocity) in enumerate(matched):
            if velocity:
                rows.append(
                    (tick, pitch, NO_END if place in lost else next(ends), velocity)
                )
    rows.sort()
    start, pitch_, end, velocity_ = np.array(rows, np.int64).reshape(-1, 4).T
    return StruckNotes(pitch_, start, end, velocity_, strays)


def _matched(
    own: Sequence[tuple[int, int]],
) -> tuple[list[tuple[int, int]], list[int]]:
    """Set the note-offs of a pitch apart that come while nothing sounds.

    One of them may end a note of no length that its program has put behind it, as it
    puts all note-offs of a tick before the note-ons.
    """
    matched, strays, sounding = [], [], 0
    begun = ended = 0  # where the notes of this tick and the note-offs after them end
    for place, (tick, velocity) in enumerate(own):
        if not velocity and not sounding:
            strays.append(tick)
            continue
        if velocity and strays and strays[-1] == tick:
            if place >= begun:
                begun, ended = _begun_and_ended(own, place)
            notes, ends = begun - place, ended - begun
            if notes > 1 and ends < notes:
                matched += [(tick, velocity), (strays.pop(), 0)]
                continue
        sounding += 1 if velocity else -1
        matched.append((tick, velocity))
    return matched, strays


def _begun_and_ended(own: Sequence[tuple[int, int]], place: int) -> tuple[int, int]:
    """Find the notes that begin together, and the note-offs that follow them.

    Args:
        own: The strikes of a pitch.
        place: The first of the note-ons of a tick.

    Returns:
        The places behind the last of the notes, and of the note-offs.
    """
    tick = own[place][0]
    begun = place
    while begun < len(own) and own[begun][1] and own[begun][0] == tick:
        begun += 1
    ended = begun
    while ended < len(own) and not own[ended][1]:
        ended += 1
    return begun, ended


def _without_end(matched: Sequence[tuple[int, int]]) -> set[int]:
    """Return the note-ons of a pitch after which it never falls silent again.

    They are found as one finds brackets that are never closed, so that one missing
    note-off does not take the ends of all notes after it.
    """
    opened: list[int] = []
    for place, (_, velocity) in enumerate(matched):
        if velocity:
            opened.append(place)
        else:
            opened.pop()
    return set(opened)


def with_ends(
    notes: StruckNotes,
    elsewhere: Mapping[int, Sequence[int]],
    silences: Sequence[int],
    track_end: int,
    quarter: int,
) -> Longs:
    """Return where each note ends, ``(notes,)``.

    Args:
        notes: Those of a channel in a track.
        elsewhere: The ticks of note-offs, by pitch and in order, that other tracks have
            for the channel.
        silences: Ticks in order at which all notes of the channel are switched off.
        track_end: Where the track ends.
        quarter: Ticks of a quarter.

    Example:
        >>> from monody.reading.midi.note_ends import struck_notes, with_ends
        >>> notes = struck_notes([(0, 60, 80), (24, 62, 80), (48, 64, 80)])
        >>> with_ends(notes, {60: [12]}, [], track_end=72, quarter=24).tolist()
        [12, 48, 72]
    """
    hanging = notes.end == NO_END
    end = notes.end
    if hanging.any():
        fallback = _end_of_last(notes, track_end, quarter)
        end = np.where(hanging, _next(notes.start, notes.start), end)
        for pitch, ticks in elsewhere.items():
            own = hanging & (notes.pitch == pitch)
            end[own] = np.minimum(end[own], _next(ticks, notes.start[own]))
        end = np.where(end == NEVER, fallback, end)
    return np.minimum(end, _next(silences, notes.start))


def _next(ticks: Sequence[int] | Longs, since: Longs) -> Longs:
    """Return the first of some ticks in order after each of others, or ``NEVER``."""
    ticks = np.append(np.array(ticks, np.int64), NEVER)
    found: Longs = ticks[np.searchsorted(ticks, since, side="right")]
    return found


def _end_of_last(notes: StruckNotes, track_end: int, quarter: int) -> int:
    """Return where the last notes of a channel end if nothing ends them.

    It is the end of the track. Where that comes as soon as they begin, they are as long
    as the note before them.
    """
    start = int(notes.start[-1])
    if track_end - start >= quarter // 8:
        return track_end
    before = int(np.searchsorted(notes.start, start)) - 1
    if before < 0:
        return start + quarter
    end = int(notes.end[before])
    return start + (start if end == NO_END else end) - int(notes.start[before])
