"""How loudly each note of a melody is played: by the bar, the phrase and the line.

A melody that is read or written has no velocities of its own. A player leans on the
downbeat, leads a phrase up to its middle and lets it close softly, and plays what is
high a little louder. All of it stays within what a calm player does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import Melody
from monody.music.meter import Ints
from monody.music.midi_file import velocities
from monody.music.phrases import phrase_ends

SOFTEST, LOUDEST = 44, 116  # velocities
ARC = 9.0  # by which the top of a phrase is louder than its ends
TOP = 0.6  # where in a phrase its top is
METER_SHARE = 0.6  # of the steps between downbeat, beat and offbeat in a MIDI file
PER_SEMITONE, MAX_HEIGHT = 0.5, 6.0  # above the mean of the phrase


def shaped(melody: Melody, own: NDArray[np.integer] | None = None) -> Ints:
    """Choose the velocity of each note, 1-127: ``(notes,)``.

    Args:
        melody: The melody.
        own: The velocities that it was played with, if they are known. Where they
            differ from each other, they stay as they are.

    Raises:
        ValueError: If ``own`` has another length, or a velocity is out of range.

    Example:
        >>> from monody import Melody
        >>> from monody.render.audio.dynamics import shaped
        >>> melody = Melody.from_notes([(60 + i % 5, 24 * i, 24) for i in range(16)])
        >>> loud = shaped(melody)
        >>> bool(loud[8] > loud[0] > loud[15])
        True
        >>> shaped(melody, own=list(range(40, 56)))[:3].tolist()
        [40, 41, 42]
    """
    if own is not None and _is_varied(melody, own):
        return np.asarray(own, np.int32)
    if not len(melody):
        return np.zeros(0, np.int32)
    beat = velocities(melody).astype(np.float64)
    loud = beat.mean() + METER_SHARE * (beat - beat.mean())
    if own is not None:  # all the same: how loud the whole is
        loud += np.asarray(own)[0] - loud.mean()
    ends = np.array(phrase_ends(melody))
    phrase = np.searchsorted(ends, melody.starts, side="right").clip(0, len(ends) - 1)
    loud += _arcs(melody, ends, phrase) + _height(melody, phrase)
    velocity: Ints = np.rint(loud.clip(SOFTEST, LOUDEST)).astype(np.int32)
    return velocity


def _is_varied(melody: Melody, own: NDArray[np.integer]) -> bool:
    """Tell whether a melody has dynamics of its own; they must be velocities."""
    played = np.asarray(own)
    if played.shape != (len(melody),):
        raise ValueError(f"expected {len(melody)} velocities, not {played.shape}")
    if len(played) and not (played.min() >= 1 and played.max() <= 127):
        raise ValueError("velocities must be from 1 to 127")
    return len(set(played.tolist())) > 1


def _arcs(melody: Melody, ends: Ints, phrase: Ints) -> NDArray[np.float64]:
    """Return what each note gets by its place in its phrase: half below, half above."""
    begins = np.append(melody.starts[0], ends[:-1])[phrase]
    place = (melody.starts - begins) / np.maximum(ends[phrase] - begins, 1)
    away = np.where(place < TOP, (TOP - place) / TOP, (place - TOP) / (1 - TOP))
    arcs: NDArray[np.float64] = ARC * (0.5 - away.clip(0, 1) ** 2)
    return arcs


def _height(melody: Melody, phrase: Ints) -> NDArray[np.float64]:
    """Return what each note gets by its height in its phrase."""
    count = np.maximum(np.bincount(phrase), 1)
    mean = np.bincount(phrase, melody.pitches) / count
    above: NDArray[np.float64] = PER_SEMITONE * (melody.pitches - mean[phrase])
    return above.clip(-MAX_HEIGHT, MAX_HEIGHT)
