"""How loud audio is to the ear: integrated loudness, ITU-R BS.1770-4."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]  # (samples,) or (samples, channels); -1 to 1 is full scale
Floats = NDArray[np.float64]

SILENT, GATE = -70.0, -10.0  # LUFS of a block; dB below the mean of the others
_OFFSET = -0.691  # dB: it makes a full-scale sine of 997 Hz -3.01 LUFS
_HOPS_IN_BLOCK = 4  # of 100 ms each
_HOPS_AT_ONCE = 32  # their spectra fit a processor's cache, whatever the length

# The two filters of the recommendation, at its rate: numerator and denominator.
_FILTER_RATE = 48_000
_HEAD = ((1.53512485958697, -2.69169618940638, 1.19839281085285),
         (1.0, -1.69065929318241, 0.73248077421585))  # fmt: skip
_LOW_CUT = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(audio: Audio, rate: int) -> float:
    """Measure integrated loudness: the mean of the blocks that are not near silence.

    Args:
        audio: ``(samples,)``, or ``(samples, 2)`` of which left and right add up; full
            scale from -1 to 1.
        rate: Samples a second.

    Returns:
        Loudness in LUFS; minus infinity if no 400 ms are louder than -70 LUFS.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.loudness import loudness
        >>> seconds = np.arange(48_000) / 48_000
        >>> sine = np.sin(2 * np.pi * 1000 * seconds).astype(np.float32)
        >>> round(loudness(sine, 48_000), 1)
        -3.0
    """
    hop, channels = rate // 10, audio.size // max(len(audio), 1) or 1
    hops = max(_HOPS_IN_BLOCK, math.ceil(len(audio) / hop))
    # Twice: a real signal has each frequency as a positive and a negative one.
    ear = 2 * ear_power(np.fft.rfftfreq(hop, 1 / rate)) / hop**2  # (frequencies,)
    heard = np.empty(hops)
    for first in range(0, hops, _HOPS_AT_ONCE):
        some = min(_HOPS_AT_ONCE, hops - first)
        part = audio[first * hop : (first + some) * hop]
        whole = np.zeros((some * hop, channels), np.float32)
        whole[: len(part)] = part.reshape(-1, channels)
        spectra = np.fft.rfft(whole.reshape(some, hop, channels), axis=1)
        heard[first : first + some] = ((np.abs(spectra) ** 2).sum(axis=2)) @ ear
    blocks = np.convolve(heard, np.full(_HOPS_IN_BLOCK, 1 / _HOPS_IN_BLOCK), "valid")
    blocks = blocks[blocks > _power(SILENT)]
    if not len(blocks):
        return -math.inf
    blocks = blocks[blocks > blocks.mean() * 10 ** (GATE / 10)]
    return _OFFSET + 10 * math.log10(blocks.mean())


def _power(lufs: float) -> float:
    """Return the mean square that has a loudness."""
    return float(10 ** ((lufs - _OFFSET) / 10))


def ear_power(hertz: NDArray[np.floating]) -> Floats:
    """Return which part of the power at each frequency the ear is taken to hear.

    Args:
        hertz: ``(frequencies,)``.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.loudness import ear_power
        >>> bass, middle, treble = ear_power(np.array([30.0, 440.0, 4000.0]))
        >>> bool(bass < middle < treble)
        True
    """
    delay = np.exp(-2j * math.pi * hertz / _FILTER_RATE)  # (frequencies,)
    power = np.ones(len(hertz))
    for top, bottom in (_HEAD, _LOW_CUT):
        response = np.polyval(top[::-1], delay) / np.polyval(bottom[::-1], delay)
        power = power * np.abs(response) ** 2
    return power
