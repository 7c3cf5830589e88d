"""From onsets to the steady pulses in them.

A steady pulse resonates, as in E. W. Large and J. F. Kolen, "Resonance and the
perception of musical meter" (1994): it is a peak of the onsets' Fourier transform.
Each peak is refined by regression of the onsets' phases on time, because a
relative error of 0.0001 is a 16th note after 2,500 quarters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monody.reading.note_table import Floats, Longs

PEAKS_OF_BAND = 6  # 4 find the same in 129 melodies that are re-timed
MIN_STRENGTH = 0.25  # of a peak: 1 is all onsets on the pulse, fits have 0.35 or more
MAX_LOST = 0.35  # of a strength, half a bin from the peak at the fastest pulse
BINS_OF_PULSE = 2.5  # samples of the fastest pulse; each onset is shared between two
MAX_PULSES = 2**17  # 78 minutes of 28 Hz; longer music is not at one tempo
MAX_REFINEMENTS = 3
MIN_SPREAD = 1e-6  # of the onsets on a pulse: none are left, and none divides
TURN = np.float32(2 * np.pi)  # in radians
SETTLED = 0.02  # pulses that a step moves either end: the error left is its square
MAX_STEP = 2.0  # of one of weighted regression; longer ones miss the peak

Floats32 = NDArray[np.float32]


def find_pulses(onsets: Longs, bands: Floats) -> tuple[Floats, Floats]:
    """Find the strongest pulses of each band of rates.

    Args:
        onsets: Distinct, in order, in file ticks.
        bands: ``(bands, 2)`` The slowest and the fastest pulse, in pulses a tick.

    Returns:
        Pulses a tick, ``(pulses,)``, and a file tick at which each passes, likewise.
        No pulses if the music ends hours after its file begins.

    Example:
        >>> import numpy as np
        >>> from monody.reading.retiming.pulses import find_pulses
        >>> onsets = 7 + 90 * np.arange(40)
        >>> rates, ticks = find_pulses(onsets, bands=np.array([[1 / 120, 1 / 60]]))
        >>> round(float(1 / rates[0]), 3)
        90.0
    """
    slowest, fastest = bands.T.tolist()
    if onsets[-1] * max(fastest) > MAX_PULSES:
        return np.empty(0), np.empty(0)
    rates, strengths = _peaks(onsets, min(slowest), max(fastest))
    ranked = rates[np.argsort(-strengths)]
    in_band = (bands[:, :1] <= ranked) & (ranked <= bands[:, 1:])
    best = in_band & (in_band.cumsum(axis=1) <= PEAKS_OF_BAND)
    return _refined(onsets, ranked[best.any(axis=0)])


def _peaks(onsets: Longs, slowest: float, fastest: float) -> tuple[Floats, Floats]:
    """Return the rates of the peaks of the spectrum, and their strengths."""
    duration = int(onsets[-1] - onsets[0]) + 1
    size = _fast_size(int(duration * fastest * BINS_OF_PULSE) + 2)
    spectrum = np.fft.rfft(_samples(onsets - onsets[0], size / duration, size))
    first = max(int(slowest * duration), 1)
    spectrum = spectrum[first - 1 : int(fastest * duration) + 3]
    power = spectrum.real**2 + spectrum.imag**2
    quietest = (MIN_STRENGTH * MAX_LOST * len(onsets)) ** 2
    audible = np.flatnonzero(power[1:-1] >= quietest) + 1
    here = power[audible]
    peaks = audible[(here >= power[audible - 1]) & (here > power[audible + 1])]
    bins, heights = _between_bins(spectrum, peaks)
    bins += first - 1
    strengths = heights / np.sinc(bins / size) ** 2 / len(onsets)
    loud = strengths >= MIN_STRENGTH
    return bins[loud] / duration, strengths[loud]


def _samples(ticks: Longs, samples_of_tick: float, size: int) -> Floats:
    """Return onsets sampled in time, each shared between the two samples around it."""
    places = ticks * samples_of_tick
    left = places.astype(np.int64)
    right_share = places - left
    samples = np.bincount(left, 1 - right_share, minlength=size)
    from_left = np.bincount(left, right_share, minlength=size)
    samples[1:] += from_left[:-1]
    samples[0] += from_left[-1]
    return samples.astype(np.float64, copy=False)


def _fast_size(size: int) -> int:
    """Return 4, 5, 6 or 7 times a power of 2, the next: Fourier is fast for those."""
    unit = 1 << max(size.bit_length() - 3, 0)
    return -(-size // unit) * unit


def _between_bins(
    spectrum: NDArray[np.complexfloating], peaks: Longs
) -> tuple[Floats, Floats]:
    """Return where peaks are, in bins, and their heights, by E. Jacobsen's formula."""
    left, here, right = spectrum[peaks - 1], spectrum[peaks], spectrum[peaks + 1]
    bend = 2 * here - left - right
    aside = np.clip(((left - right) / bend).real, -0.5, 0.5)
    return peaks + aside, np.abs(here) / np.sinc(aside)


def _refined(onsets: Longs, rates: Floats) -> tuple[Floats, Floats]:
    """Improve rates by regression of the onsets' phases on time, all rates at once.

    Returns:
        Pulses a tick, and a file tick at which each passes: the onsets' mean phase.
    """
    centre, reach = (onsets[-1] + onsets[0]) / 2, (onsets[-1] - onsets[0]) / 2
    time = onsets - centre
    turns = np.multiply.outer(rates, time)  # (pulses, onsets)
    turns -= np.rint(turns)
    away = turns.astype(np.float32)  # (pulses, onsets) from each pulse, in pulses
    time = (time / reach).astype(np.float32)
    phase = _mean_phase(away)  # (pulses,)
    slope = np.zeros_like(phase)  # pulses in the reach
    away -= phase[:, None]
    for _ in range(MAX_REFINEMENTS):
        away -= np.rint(away)
        lag, tilt = _step(away, time)
        phase += lag
        slope += tilt
        if (np.abs(tilt) < SETTLED).all():
            break
        away -= np.multiply.outer(tilt, time)
        away -= lag[:, None]
    rates = rates - slope / reach
    return rates, centre + phase / rates


def _mean_phase(away: Floats32) -> Floats32:
    """Return the circular mean of each row in turns, ``(pulses,)``."""
    angles = away * TURN
    mean = np.arctan2(np.sin(angles).sum(axis=1), np.cos(angles).sum(axis=1))
    phase: Floats32 = mean / TURN
    return phase


def _step(away: Floats32, time: Floats32) -> tuple[Floats32, Floats32]:
    """Return the corrections to take from the phases and the slopes of pulses.

    Onsets off the pulse, triplets among 16ths, have no say in the slope: an onset
    weighs the cosine of its phase, if that is positive. The step is Newton's, which
    takes into account that the weights change too: regression alone needs ten where
    this needs three.

    Args:
        away: ``(pulses, onsets)`` From the nearest pulse, -0.5 to 0.5 of one.
        time: ``(onsets,)`` -1 to 1.
    """
    angles = away * TURN
    terms = np.empty((5, *away.shape), np.float32)  # (5, pulses, onsets)
    sine, cosine, pull, weight, bend = terms
    np.sin(angles, out=sine)
    np.cos(angles, out=cosine)
    np.maximum(cosine, np.float32(0), out=weight)
    np.multiply(weight, away, out=pull)
    np.multiply(sine, angles, out=bend)
    np.subtract(cosine, bend, out=bend)
    bend *= weight > 0
    # Matrices times vectors: times one matrix of the three they are slower.
    sine, cosine, pull, weight, bend = terms @ np.ones_like(time)  # (pulses,) each
    _, cosines, pulls, weights, bends = terms @ time
    weights2, bends2 = terms[3:] @ (time * time)
    middle = weights / np.maximum(weight, MIN_SPREAD)
    spread = weights2 - middle * weights
    change = bends2 - middle * (2 * bends - middle * bend)
    change = np.maximum(change, np.maximum(spread / MAX_STEP, MIN_SPREAD))
    tilt = (pulls - middle * pull) / change
    lag = (sine / TURN - tilt * cosines) / np.maximum(cosine, MIN_SPREAD)
    return lag, tilt
