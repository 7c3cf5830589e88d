"""A small room: what comes back from its walls, left and right apart."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from monody.render.audio.rate import SAMPLE_RATE, Stereo

T60 = 0.8  # seconds in which the room falls by 60 dB
T60_HIGH = 0.35  # the same of what is above 6 kHz
LEVEL = -21.0  # dB of all that comes back, of the sound itself
FIRST = ((0.011, 0.5), (0.019, -0.35), (0.029, 0.3)), (
    (0.014, 0.5), (0.023, -0.35), (0.031, 0.3)
)  # fmt: skip  # the first walls: seconds and strength, left and right
_TAIL_BEGINS = 0.02  # seconds
_SEED = 9


def in_room(audio: Stereo, level: float = LEVEL) -> Stereo:
    """Put a sound into the room: ``(2, samples)``, of the same length.

    Args:
        audio: ``(2, samples)``.
        level: Of what comes back, in dB of the sound itself.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.room import in_room
        >>> click = np.zeros((2, 32_000), np.float32)
        >>> click[:, 0] = 1
        >>> there = in_room(click)
        >>> bool(abs(there[0, 3_000:9_000]).max() > 1e-3)  # it comes back
        True
    """
    samples = audio.shape[1]
    answer = _answer()
    size = fft.next_fast_len(samples + answer.shape[1], real=True)
    spectrum = fft.rfft(audio.mean(axis=0), size)
    back = fft.irfft(spectrum * fft.rfft(answer, size), size)[:, :samples]
    there: Stereo = audio + np.float32(10 ** (level / 20)) * back
    return there


@lru_cache(maxsize=1)
def _answer() -> NDArray[np.float32]:
    """Return what a room makes of a click, of power 1: ``(2, samples)``."""
    size = round(T60 * SAMPLE_RATE)
    seconds = np.arange(size) / SAMPLE_RATE
    white = np.random.default_rng(_SEED).standard_normal((2, size))
    low = _lowpassed(white, 2500.0)
    tail = low * 10 ** (-3 * seconds / T60)
    tail += (_lowpassed(white, 6000.0) - low) * 10 ** (-3 * seconds / T60_HIGH)
    tail *= 1 - np.exp(-seconds / _TAIL_BEGINS)
    tail /= math.sqrt((tail**2).sum() / 2)
    for side, walls in enumerate(FIRST):
        for late, strength in walls:
            tail[side, round(late * SAMPLE_RATE)] += strength
    return tail.astype(np.float32)


def _lowpassed(noise: NDArray[np.float64], hertz: float) -> NDArray[np.float64]:
    """Return noise without most of what is above a frequency."""
    size = noise.shape[1]
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    low: NDArray[np.float64]
    low = np.fft.irfft(np.fft.rfft(noise) / (1 + (frequencies / hertz) ** 2), size)
    return low
