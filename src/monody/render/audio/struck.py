"""The engine of what is struck or plucked: partials that die away, and a knock."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.render.audio.noise import burst
from monody.render.audio.rate import (
    HIGHEST_HERTZ,
    MIDDLE_C,
    SAMPLE_RATE,
    Stereo,
    hertz_of,
)
from monody.render.audio.spectra import AS_DESCRIBED, SOFT_TO_LOUD, Floats, strengths
from monody.render.audio.voice import Struck

TWIN_LASTS, FIRST_LASTS = 1.5, 0.8  # the T60 of either string, of the voice's
TREMOLO_HERTZ = 5.0
QUIET = 5e-4  # of the strongest partial: -66 dB
TOUCH_OF_NOISE = 6.0  # dB that a knock is louder forte than piano, beside the tone
_BLOCK = 256  # samples
_GOLDEN = 0.618
_SPREAD = 2.4  # radians from one partial's place to the next's


class Partials(NamedTuple):
    """What sounds together in a note, ``(partials,)`` each."""

    hertz: Floats
    amplitudes: Floats
    decays: Floats  # 1/s


def struck(voice: Struck, pitch: int, velocity: int, samples: int) -> Stereo:
    """Play a note from its onset on, as if it were never let go of: ``(2, samples)``.

    Args:
        voice: What it sounds like.
        pitch: MIDI number, 0-127.
        velocity: 1-127: how hard it is struck; brightness only, the level is the same.
        samples: How many to make.

    Example:
        >>> from monody.render.audio.struck import struck
        >>> from monody.render.audio.voices import VOICES
        >>> struck(VOICES["harp"], pitch=60, velocity=80, samples=32_000).shape
        (2, 32000)
    """
    audio = _summed(_partials(voice, pitch, velocity), voice.width, samples)
    audio *= _swing(voice, samples)
    knock = burst(voice.noise, min(samples, SAMPLE_RATE))
    louder = TOUCH_OF_NOISE * (velocity - AS_DESCRIBED) / SOFT_TO_LOUD
    audio[:, : knock.shape[1]] += knock * np.float32(10 ** (louder / 20))
    rise = min(samples, max(1, round(voice.rise * SAMPLE_RATE)))
    audio[:, :rise] *= np.sin(np.linspace(0, math.pi / 2, rise, dtype=np.float32)) ** 2
    return audio


def _summed(partials: Partials, width: float, samples: int) -> Stereo:
    """Sum partials that die away, spread from left to right: ``(2, samples)``."""
    hertz, amplitudes, decays = partials
    # A decaying partial is a geometric series, so that its sample i * 256 + j is the
    # product of one number for i and one for j; the sum over partials, of matrices.
    step = (2j * math.pi * hertz - decays) / SAMPLE_RATE
    blocks = math.ceil(samples / _BLOCK)
    coarse = np.exp(np.arange(0, blocks * _BLOCK, _BLOCK)[:, None] * step)
    fine = np.exp(step[:, None] * np.arange(_BLOCK))  # (partials, 256)
    parts = np.concatenate([fine.imag, fine.real]).astype(np.float32)
    places = width * np.sin(_SPREAD * np.arange(len(hertz)))
    audio = np.empty((2, samples), np.float32)
    for side, sign in enumerate((1, -1)):
        here = coarse * (amplitudes * (1 + sign * places))
        both = np.concatenate([here.real, here.imag], axis=1).astype(np.float32)
        audio[side] = (both @ parts).ravel()[:samples]
    return audio


def _partials(voice: Struck, pitch: int, velocity: int) -> Partials:
    """Return the frequencies, amplitudes and decays (1/s) of what can be heard."""
    amplitudes = strengths(voice, pitch, velocity)
    k = np.arange(1, len(amplitudes) + 1)
    sharp = np.sqrt((1 + voice.stiffness * k**2) / (1 + voice.stiffness))
    ratios: NDArray[np.floating] = k * sharp
    if voice.ratios:
        ratios, amplitudes = np.array(voice.ratios), amplitudes[: len(voice.ratios)]
    hertz = hertz_of(pitch) * ratios
    t60 = voice.t60 * voice.t60_octave ** ((pitch - MIDDLE_C) / 12)
    faster = 1 + (hertz / voice.damping) ** 1.5
    # The table says how long the first partial lasts.
    decays = math.log(1000) / t60 * faster / faster[0]
    if voice.twin:
        # Each partial beats at a rate of its own; together they would sweep.
        out = voice.cents * 2 * (_GOLDEN * np.arange(1, len(hertz) + 1) % 1)
        hertz = np.concatenate([hertz, hertz * 2 ** (out / 1200)])
        amplitudes = np.concatenate([amplitudes, amplitudes * voice.twin])
        decays = np.concatenate([decays / FIRST_LASTS, decays / TWIN_LASTS])
    heard = (hertz < HIGHEST_HERTZ) & (amplitudes > QUIET * amplitudes.max())
    heard[0] = True
    return Partials(hertz[heard], amplitudes[heard], decays[heard])


def _swing(voice: Struck, samples: int) -> NDArray[np.float32]:
    """Return the gain of a tremolo, that of 1 where there is none."""
    if not voice.tremolo:
        return np.ones(1, np.float32)
    angle = 2 * math.pi * TREMOLO_HERTZ / SAMPLE_RATE * np.arange(samples)
    gain: NDArray[np.float32]
    gain = (1 - voice.tremolo * (1 - np.cos(angle)) / 2).astype(np.float32)
    return gain
