"""The noise of hammers, fingers, breath and bows. It is the same in every run."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from monody.render.audio.rate import SAMPLE_RATE, Stereo
from monody.render.audio.voice import Noise

NOISE_SECONDS = 4  # then it comes again
MAX_DRIFT_HERTZ = 6
_SEED = 20


@lru_cache(maxsize=64)
def band(hertz: float, octaves: float) -> Stereo:
    """Return four seconds of noise in a band, of power 1/2 as a sine: ``(2, samples)``.

    Args:
        hertz: Its middle.
        octaves: Its width; it fades out on both sides.
    """
    size = NOISE_SECONDS * SAMPLE_RATE
    white = np.random.default_rng(_SEED).standard_normal((2, size), np.float32)
    frequencies = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    away = np.log2(np.maximum(frequencies, 1) / hertz) / (octaves / 2)
    shaped = np.fft.irfft(np.fft.rfft(white) * np.exp(-(away**2) / 2), size)
    noise: Stereo = (shaped * np.sqrt(0.5 / (shaped**2).mean())).astype(np.float32)
    noise.flags.writeable = False
    return noise


@lru_cache(maxsize=1)
def _wandering() -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return a slow random curve of deviation 1, twice over, and its integral (s)."""
    size = NOISE_SECONDS * SAMPLE_RATE
    frequencies = np.arange(1, MAX_DRIFT_HERTZ * NOISE_SECONDS)  # cycles in the curve
    turns = np.random.default_rng(_SEED).uniform(0, 2 * np.pi, len(frequencies))
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    # Slow wanderings are wider; the integral of each harmonic is one, too.
    spectrum[frequencies] = np.exp(1j * turns) / np.sqrt(frequencies)
    curve = np.fft.irfft(spectrum)
    spectrum[frequencies] /= 2j * np.pi * frequencies / NOISE_SECONDS
    integral = np.fft.irfft(spectrum) / curve.std()
    return np.tile(curve / curve.std(), 2).astype(np.float32), np.tile(integral, 2)


def drift(samples: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return how a tone wanders: a slow curve of deviation 1, and its integral.

    Args:
        samples: How many of each.
        seed: Which: each note and player has another.
    """
    curve, integral = _wandering()
    begin = seed * 7919 % (NOISE_SECONDS * SAMPLE_RATE)
    times = -(-samples // (NOISE_SECONDS * SAMPLE_RATE))
    if times > 1:
        curve, integral = np.tile(curve, times), np.tile(integral, times)
    return curve[begin : begin + samples], integral[begin : begin + samples]


def burst(noise: Noise, samples: int) -> Stereo:
    """Return the noise of an onset, until it cannot be heard: ``(2, samples)``.

    Args:
        noise: What it is like.
        samples: The most that it may have.
    """
    length = min(samples, round(noise.seconds * SAMPLE_RATE))
    return (
        gain(noise.decibels)
        * band(noise.hertz, noise.octaves)[:, :length]
        * _falling(noise.seconds, length)
    )


def steady(noise: Noise, samples: int) -> Stereo:
    """Return the noise of a tone that is held, of any length: ``(2, samples)``."""
    whole = band(noise.hertz, noise.octaves)
    if samples > whole.shape[1]:
        whole = np.tile(whole, -(-samples // whole.shape[1]))
    return gain(noise.steady) * whole[:, :samples]


def gain(decibels: float) -> np.float32:
    """Return what amplitudes are multiplied by.

    Example:
        >>> from monody.render.audio.noise import gain
        >>> round(float(gain(-20.0)), 3)
        0.1
    """
    return np.float32(10 ** (decibels / 20))


def _falling(seconds: float, length: int) -> NDArray[np.float32]:
    """Return a gain that has fallen by 60 dB after some seconds."""
    times = np.arange(length, dtype=np.float32) / np.float32(seconds * SAMPLE_RATE)
    fallen: NDArray[np.float32] = np.exp(np.float32(-np.log(1000)) * times)
    return fallen
