"""monody's own two instruments: one that is struck and one that is blown.

Real instruments need a sound bank. Good ones weigh 30 MB and more, and those found in
packages of PyPI are not free for every use (TimGM6mb is under the GPL, Merlin Silver
for personal use only). So monody ships none and makes its sound by formula.
"""

from __future__ import annotations

import math

import numpy as np

from monody.render.audio.loudness import Audio

SAMPLE_RATE = 32_000  # the highest MIDI pitch, 12.5 kHz, can just be played

# General MIDI programs (from 0) that sound as long as they are held: organs, bowed
# strings, ensembles and voices, brass, reeds, pipes, synth leads and pads, bagpipe,
# fiddle, shanai. All others are struck or plucked.
SUSTAINED = frozenset(
    (*range(16, 24), *range(40, 45), *range(48, 55), *range(56, 104), *range(109, 112))
)

PARTIALS, HIGHEST_HERTZ = 24, 0.45 * SAMPLE_RATE
STIFFNESS = 2e-4  # how far upper partials are sharp: a piano string's, about
STRUCK_AT = 1 / 7.3  # of the string's length: partials with a node there are weak
DULLNESS = 1.2  # partial k has k to the power of minus this
DECAY, DECAY_GROWTH = 1.2, 0.35  # of middle C, 1/s; more for each further partial
STRUCK_RISE, BLOWN_RISE = 0.003, 0.04  # seconds until the full strength

BRIGHT_HERTZ = 1500.0  # the pitch at which a blown tone's overtones are halved
VIBRATO_CENTS, VIBRATO_HERTZ = 6.0, 5.2
VIBRATO_AFTER, VIBRATO_GROWS = 0.25, 0.5  # seconds

_BLOCK = 256  # samples
_MIDDLE_C = 261.626  # Hz


def tone(pitch: int, program: int, samples: int) -> Audio:
    """Play one pitch as an instrument of that kind does, from its onset on.

    The tone does not end by itself: the player must fade it out.

    Args:
        pitch: MIDI number, 0-127.
        program: General MIDI program, 0-127.
        samples: How many to make, at 32,000 a second.

    Returns:
        ``(samples,)``, of about the same strength for every pitch.

    Example:
        >>> from monody.render.audio.synth import tone
        >>> tone(pitch=69, program=73, samples=32_000).shape  # a second of A4, flute
        (32000,)
    """
    hertz = 440 * 2 ** ((pitch - 69) / 12)
    return (blown if program in SUSTAINED else struck)(hertz, samples)


def struck(hertz: float, samples: int) -> Audio:
    """Make a tone of decaying partials, each a little sharper than a harmonic."""
    k = np.arange(1, PARTIALS + 1)  # (partials,)
    partials = hertz * k * np.sqrt((1 + STIFFNESS * k**2) / (1 + STIFFNESS))
    k, partials = k[partials < HIGHEST_HERTZ], partials[partials < HIGHEST_HERTZ]
    strengths = np.abs(np.sin(math.pi * STRUCK_AT * k)) / k**DULLNESS
    strengths /= np.sqrt((strengths**2).sum())
    decays = DECAY * (hertz / _MIDDLE_C) ** (2 / 3) * (1 + DECAY_GROWTH * (k - 1))
    # A decaying partial is a geometric series, so that its sample i * 256 + j is the
    # product of one number for i and one for j; the sum over partials, of matrices.
    step = (2j * math.pi * partials - decays) / SAMPLE_RATE
    blocks = math.ceil(samples / _BLOCK)
    # (blocks, partials)
    coarse = strengths * np.exp(np.arange(0, blocks * _BLOCK, _BLOCK)[:, None] * step)
    fine = np.exp(step[:, None] * np.arange(_BLOCK))  # (partials, 256)
    wave = coarse.real @ fine.imag + coarse.imag @ fine.real  # (blocks, 256)
    audio: Audio = wave.ravel()[:samples].astype(np.float32)
    audio *= _rise(samples, STRUCK_RISE)
    return audio


def blown(hertz: float, samples: int) -> Audio:
    """Make a tone of steady harmonics that begins softly, with a late vibrato."""
    seconds = np.arange(samples) / SAMPLE_RATE
    depth = np.clip((seconds - VIBRATO_AFTER) / VIBRATO_GROWS, 0, 1)
    depth *= 2 ** (VIBRATO_CENTS / 1200) - 1
    swing = 2 * math.pi * VIBRATO_HERTZ  # 1/s
    cycles = hertz * (seconds - depth / swing * np.cos(swing * seconds))
    angle = (2 * math.pi * (cycles % 1)).astype(np.float32)
    rise = _rise(samples, BLOWN_RISE)
    full = np.float32(1 / (1 + hertz / BRIGHT_HERTZ))
    bright = full * (0.6 + 0.4 * rise)
    # The sum over all harmonics k of bright**k / k * sin(k * angle), in closed form.
    wave = np.arctan2(bright * np.sin(angle), 1 - bright * np.cos(angle))
    audio: Audio = rise * wave / full
    return audio


def _rise(samples: int, seconds: float) -> Audio:
    """Return a gain that goes from 0 to 1 in ``seconds``, first fast, then slow."""
    length = min(samples, round(seconds * SAMPLE_RATE))
    gain = np.ones(samples, np.float32)
    gain[:length] -= fading(round(seconds * SAMPLE_RATE))[:length]
    return gain


def fading(samples: int) -> Audio:
    """Return a gain that goes from 1 to 0, first fast, then slow: ``(samples,)``.

    Example:
        >>> from monody.render.audio.synth import fading
        >>> fading(4).tolist()
        [1.0, 0.421875, 0.125, 0.015625]
    """
    left = 1 - np.arange(samples, dtype=np.float32) / np.float32(max(samples, 1))
    return left**3
