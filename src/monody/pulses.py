"""From onsets to the steady pulses in them.

A steady pulse resonates, as in E. W. Large and J. F. Kolen, "Resonance and the
perception of musical meter" (1994): it stands out as a peak of the onsets' Fourier
transform. Each peak is refined by regression of the onsets' phases on time, because a
relative error of 0.0001 is a 16th note after 2,500 quarters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PEAKS_OF_BAND = 6  # 4 find the same in 129 melodies that are re-timed
MIN_STRENGTH = 0.25  # of a peak: 1 is all onsets on the pulse, 0.35 the least that fits
MOST_LOST = 0.35  # of a strength, half a bin from the peak at the fastest pulse
BINS_OF_PULSE = 2.5  # samples of the fastest pulse; each onset is shared between two
MAX_PULSES = 2**17  # 78 minutes of 28 Hz; what lasts longer is not at one tempo
REFINEMENTS = 3  # after which most rates have settled to 1 in 10 million
LEAST_SPREAD = 1e-6  # of the onsets on a pulse: none are left, and none divides
LONGEST_STEP = 2.0  # of one of weighted regression; longer ones miss the peak

Floats = NDArray[np.floating]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Band = tuple[float, float]


def find_pulses(onsets: Ints, bands: Sequence[Band]) -> tuple[Floats, Floats]:
    """Find the strongest pulses of each band of rates.

    Args:
        onsets: Distinct, in order, in file ticks.
        bands: The slowest and the fastest pulse of each band, in pulses a tick.

    Returns:
        Pulses a tick, and a file tick at which each passes. None if the music ends
        hours after its file begins.
    """
    fastest = max(high for _, high in bands)
    if onsets[-1] * fastest > MAX_PULSES:
        return np.empty(0), np.empty(0)
    rates, strengths = _peaks(onsets, min(low for low, _ in bands), fastest)
    ranked = rates[np.argsort(-strengths, kind="stable")]
    in_bands = [ranked[(low <= ranked) & (ranked <= high)] for low, high in bands]
    best = np.unique(np.concatenate([band[:PEAKS_OF_BAND] for band in in_bands]))
    return _refined(onsets, best) if len(best) else (best, best)


def _peaks(onsets: Ints, slowest: float, fastest: float) -> tuple[Floats, Floats]:
    """Return the rates of the peaks of the spectrum, and their strengths."""
    duration = int(onsets[-1] - onsets[0]) + 1
    size = _fast_size(int(duration * fastest * BINS_OF_PULSE) + 2)
    spectrum = np.fft.rfft(_samples(onsets - onsets[0], size / duration, size))
    first = max(int(slowest * duration), 1)
    spectrum = spectrum[first - 1 : int(fastest * duration) + 3]
    power = spectrum.real**2 + spectrum.imag**2
    here = power[1:-1]
    audible = here >= (MIN_STRENGTH * MOST_LOST * len(onsets)) ** 2
    found = np.flatnonzero(audible & (here >= power[:-2]) & (here > power[2:]))
    bins, heights = _between_bins(spectrum, found + 1)
    bins += first - 1
    strengths = heights / np.sinc(bins / size) ** 2 / len(onsets)
    loud = strengths >= MIN_STRENGTH
    return bins[loud] / duration, strengths[loud]


def _samples(ticks: Ints, samples_of_tick: float, size: int) -> NDArray[np.float32]:
    """Return onsets sampled in time, each shared between the two samples around it."""
    places = ticks * samples_of_tick
    left = places.astype(np.int64)
    right_share = places - left
    samples = np.bincount(
        np.concatenate([left, left + 1]),
        np.concatenate([1 - right_share, right_share]),
        minlength=size + 1,
    )
    samples[0] += samples[size]
    return samples[:size].astype(np.float32)


def _fast_size(size: int) -> int:
    """Return 4, 5, 6 or 7 times a power of 2, the next: Fourier is fast for those."""
    unit = 1 << max(size.bit_length() - 3, 0)
    return -(-size // unit) * unit


def _between_bins(
    spectrum: NDArray[np.complexfloating], peaks: Ints
) -> tuple[Floats, Floats]:
    """Return where peaks are, in bins, and their heights, by E. Jacobsen's formula."""
    left, here, right = spectrum[peaks - 1], spectrum[peaks], spectrum[peaks + 1]
    bend = 2 * here - left - right
    aside = np.clip(((left - right) / bend).real, -0.5, 0.5)
    return peaks + aside.astype(np.float64), np.abs(here) / np.sinc(aside)


def _refined(onsets: Ints, rates: Floats) -> tuple[Floats, Floats]:
    """Improve rates by regression of the onsets' phases on time, all rates at once.

    Onsets off the pulse, triplets among 16ths, have no say: an onset weighs the cosine
    of its phase, if that is positive. The step is Newton's, which takes into account
    that the weights change too: regression alone needs ten where this needs three.
    """
    centre = float(onsets.mean())
    time = onsets - centre
    reach = float(max(-time[0], time[-1]))
    scaled = (time / reach).astype(np.float32)
    powers = np.stack([np.ones_like(scaled), scaled, scaled**2], axis=1)
    for _ in range(REFINEMENTS):
        phases, residual, cosine, sine = _phases(rates, time)
        weight = np.maximum(cosine, 0)
        sine *= residual
        sine *= np.float32(2 * np.pi)
        cosine -= sine
        cosine *= weight > 0
        ones, times, squares = (weight @ powers).T
        weight *= residual
        drift, tilt = (weight @ powers[:, :2]).T
        bend = (cosine @ powers).T
        middle = times / np.maximum(ones, LEAST_SPREAD)
        spread = squares - middle * times
        change = bend[2] - middle * (2 * bend[1] - middle * bend[0])
        change = np.maximum(change, np.maximum(spread / LONGEST_STEP, LEAST_SPREAD))
        step = (tilt - drift * middle) / change
        rates = rates - step.astype(np.float64) / reach
    phases = _phases(rates, time)[0]
    return rates, centre + phases / rates


def _phases(rates: Floats, time: Floats) -> tuple[Floats, Floats32, Floats32, Floats32]:
    """Return the phase of each pulse, and where the onsets are about it.

    Args:
        rates: ``(pulses,)`` Pulses a tick.
        time: ``(onsets,)`` In ticks.

    Returns:
        Phases ``(pulses,)``; then, all ``(pulses, onsets)``, how far onsets are from
        the pulse as the share of one, -0.5 to 0.5, its cosine and its sine.
    """
    turns = np.multiply.outer(rates, time)
    turns -= np.rint(turns)
    residual = turns.astype(np.float32)
    angles = residual * np.float32(2 * np.pi)
    cosine, sine = np.cos(angles), np.sin(angles)
    mean = np.arctan2(sine.sum(axis=1), cosine.sum(axis=1))
    phases = mean / np.float32(2 * np.pi)
    residual -= phases[:, None]
    residual -= np.rint(residual)
    angles -= mean[:, None]
    return phases.astype(np.float64), residual, np.cos(angles), np.sin(angles)
