"""From what a player plays to what is heard: silent notes left out, the pedal down.

Programs write a unison of two voices as on, off, on, off: the first note has no length.
Notes that only switch a sampler have none either, or the least velocity beside loud
ones.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from monody.reading.midi.pedal import held_in_line
from monody.reading.midi.players import ChannelPart
from monody.reading.note_table import Mask
from monody.reading.raw_score import RawTrack
from monody.translation import marked

MAX_FAINT_VELOCITY = 1
MIN_LOUD = 32  # of notes that drown one of the least velocity; in pp it may be meant
_SILENT = marked("silent notes left out")
_HELD = marked("notes held by the pedal")


def track_of(part: ChannelPart, index: int, name: str, done: Counter[str]) -> RawTrack:
    """Make a track of what a player plays.

    Args:
        part: In order of the starts.
        index: The place of the track in the file.
        name: What the file calls the track.
        done: Counts what is done to notes.
    """
    heard = sounding(part)
    start, end = part.start[heard], part.end[heard]
    held = held_in_line(start, end, part.held[heard])
    done[_SILENT] += int(np.count_nonzero(~heard))
    done[_HELD] += int(np.count_nonzero(held > end))
    return RawTrack(
        pitch=part.pitch[heard],
        start=start,
        duration=held - start,
        program=part.program,
        is_drum=part.is_drum,
        index=index,
        name=name,
    )


def sounding(part: ChannelPart) -> Mask:
    """Tell which notes are heard, ``(notes,)``.

    Notes without length that are alone are kept: some programs write all notes so.

    Args:
        part: In order of the starts.

    Example:
        >>> import numpy as np
        >>> from monody.reading.midi.heard import sounding
        >>> from monody.reading.midi.players import ChannelPart
        >>> pitch, start, end = np.array([[60, 60, 72], [0, 0, 48], [0, 48, 48]])
        >>> forte = np.full(3, 80)
        >>> part = ChannelPart(
        ...     0, pitch, start, end, end, forte, pitch * 0, is_drum=False)
        >>> sounding(part).tolist()
        [False, True, True]
    """
    empty, faint = part.end <= part.start, part.velocity <= MAX_FAINT_VELOCITY
    if not (empty | faint).any():
        return ~empty
    beside_any = _beside(part, ~(empty | faint))
    beside_loud = _beside(part, ~empty & (part.velocity >= MIN_LOUD))
    heard: Mask = ~(empty & beside_any | faint & beside_loud)
    return heard


def _beside(part: ChannelPart, chosen: Mask) -> Mask:
    """Tell which notes begin while one of some others sounds, ``(notes,)``.

    Those sound that began before it, or with it.
    """
    until = np.maximum.accumulate(np.where(chosen, part.end, 0))
    last = np.searchsorted(part.start, part.start, side="right") - 1
    beside: Mask = until[last] > part.start
    return beside
