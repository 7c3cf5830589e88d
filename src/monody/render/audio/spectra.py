"""How strong each partial of a note is: a voice's tables at any pitch and velocity."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from monody.render.audio.loudness import ear_power
from monody.render.audio.rate import HIGHEST_HERTZ, hertz_of
from monody.render.audio.voice import Voice

Floats = NDArray[np.float64]

AS_DESCRIBED = 64  # the velocity at which a voice's tables are what is heard
SOFT_TO_LOUD = 64  # velocities: from 48, piano, to 112, forte
MAX_PARTIALS = 60
FALL = 18.0  # dB an octave, of partials above those in the table
INAUDIBLE = -66.0  # dB below the strongest
_TAIL = 3  # partials at the end of a table, whose mean the others go on from


def strengths(voice: Voice, pitch: int, velocity: int, tilt: float = 0.0) -> Floats:
    """Return the amplitude of each partial, their power together 1: ``(partials,)``.

    Args:
        voice: The voice.
        pitch: MIDI number, 0-127.
        velocity: 1-127; louder is brighter.
        tilt: dB an octave of partials that are added.

    Example:
        >>> from monody.render.audio.spectra import strengths
        >>> from monody.render.audio.voices import voice_of
        >>> soft, loud = (strengths(voice_of(56), 67, v) for v in (40, 120))
        >>> bool(loud[5] / loud[0] > soft[5] / soft[0])
        True
    """
    decibels = _between(*_tables(tuple(voice.spectra.items())), pitch)
    touch = voice.touch * (velocity - AS_DESCRIBED) / SOFT_TO_LOUD
    decibels += (touch + tilt) * np.log2(np.arange(1, len(decibels) + 1))
    decibels -= decibels.max()
    amplitude: Floats = np.where(decibels > INAUDIBLE, 10 ** (decibels / 20), 0)
    amplitude /= np.sqrt((amplitude**2).sum() / 2)
    return amplitude


def heard(voice: Voice, pitch: int, velocity: int) -> float:
    """Return how strong a note of power 1 is to the ear, as an amplitude.

    The ear is keener for what is high, by the measure of ``loudness``; so a player
    gives each note the level that makes it as loud as the others.

    Args:
        voice: The voice.
        pitch: MIDI number, 0-127.
        velocity: 1-127.

    Example:
        >>> from monody.render.audio.spectra import heard
        >>> from monody.render.audio.voices import VOICES
        >>> heard(VOICES["organ"], 96, 80) > heard(VOICES["organ"], 36, 80)
        True
    """
    amplitude = strengths(voice, pitch, velocity)
    hertz = hertz_of(pitch) * np.arange(1, len(amplitude) + 1)
    sounding = hertz < HIGHEST_HERTZ
    sounding[0] = True
    power = (amplitude[sounding] ** 2 / 2) @ ear_power(hertz[sounding])
    return float(np.sqrt(power))


def _between(pitches: Floats, tables: Floats, pitch: int) -> Floats:
    """Return the levels at a pitch, in dB: between two tables, or the nearest."""
    below = int(np.searchsorted(pitches, pitch, side="right")) - 1
    if below < 0 or below == len(pitches) - 1:
        nearest: Floats = tables[max(below, 0)].copy()
        return nearest
    share = (pitch - pitches[below]) / (pitches[below + 1] - pitches[below])
    mixed: Floats = (1 - share) * tables[below] + share * tables[below + 1]
    return mixed


@lru_cache(maxsize=256)
def _tables(spectra: tuple[tuple[int, str], ...]) -> tuple[Floats, Floats]:
    """Read tables: pitches ``(tables,)`` and dB ``(tables, partials)``."""
    rows = [np.array(words.split(), np.float64) for _, words in spectra]
    pitches = np.array([pitch for pitch, _ in spectra], np.float64)
    return pitches, np.stack([_whole(row) for row in rows])


def _whole(table: Floats) -> Floats:
    """Go on where a table ends."""
    last = len(table)
    higher = np.arange(last + 1, MAX_PARTIALS + 1)
    return np.append(table, table[-_TAIL:].mean() - FALL * np.log2(higher / last))
