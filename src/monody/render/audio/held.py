"""The engine of what is blown, bowed or sung: a cycle that is read again and again.

Two cycles are made for a note, one as it begins and a brighter one as it is held. They
are read at the pitch, with its vibrato, and mixed by an envelope.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from monody.render.audio.noise import burst, drift, steady
from monody.render.audio.rate import (
    HIGHEST_HERTZ,
    MIDDLE_C,
    SAMPLE_RATE,
    Stereo,
    hertz_of,
)
from monody.render.audio.spectra import strengths
from monody.render.audio.voice import Held

VIBRATO_HERTZ = 5.2
LEVEL_DRIFT = 0.012  # of the level, for each cent that a pitch wanders
VIBRATO_AFTER, VIBRATO_GROWS = 0.25, 0.5  # seconds
ATTACK_HALVES, SLOWEST = 24, 1.5  # semitones higher; of middle C's, far below it
SHORTEST_SHARE = 0.3  # of a note that an attack may take
FULL_AFTER, BRIGHT_AFTER = 2.2, 3.0  # attacks, until a tone is as loud and bright
_CYCLE = 2048  # samples of a table

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


def held(voice: Held, pitch: int, velocity: int, samples: int, sounding: int) -> Stereo:
    """Play a note from its onset on: ``(2, samples)``.

    Args:
        voice: What it sounds like.
        pitch: MIDI number, 0-127.
        velocity: 1-127; brightness only, the level is the same.
        samples: How many to make.
        sounding: Samples until the note ends: a short one speaks faster.

    Example:
        >>> from monody.render.audio.held import held
        >>> from monody.render.audio.voices import VOICES
        >>> oboe = VOICES["oboe"]
        >>> held(oboe, pitch=72, velocity=80, samples=9_000, sounding=8_000).shape
        (2, 9000)
    """
    slower = min(2 ** ((MIDDLE_C - pitch) / ATTACK_HALVES), SLOWEST)
    attack = min(voice.attack * slower * SAMPLE_RATE, SHORTEST_SHARE * sounding)
    rise = _rise(samples, FULL_AFTER * attack, 3)
    bright = _rise(samples, BRIGHT_AFTER * attack, 2)
    tables = _cycles(voice, pitch, velocity)
    depth = _vibrato_depth(samples)
    audio = np.zeros((2, samples), np.float32)
    for player in range(voice.players):
        curve, wandered = drift(samples, 31 * pitch + player)
        wave = _read(tables, _phase(voice, pitch, player, wandered, depth), bright)
        if voice.drift:
            wave *= 1 + np.float32(LEVEL_DRIFT * voice.drift) * curve
        place = voice.width * _place(player, voice.players)
        audio[0] += wave * np.float32((1 - place) / math.sqrt(voice.players))
        audio[1] += wave * np.float32((1 + place) / math.sqrt(voice.players))
    if voice.shimmer:
        audio *= 1 + np.float32(voice.shimmer) * depth * _swing(samples, 0.0)
    audio += steady(voice.noise, samples)
    audio *= rise
    onset = burst(voice.noise, samples)
    # The chiff is there before the tone, but does not begin with a click.
    audio[:, : onset.shape[1]] += onset * _rise(onset.shape[1], 0.004 * SAMPLE_RATE, 1)
    return audio


def _rise(samples: int, length: float, power: int) -> Floats32:
    """Return a gain that goes from 0 to 1, first fast, then slow."""
    left = 1 - np.arange(1, samples + 1, dtype=np.float32) / np.float32(max(length, 1))
    risen: Floats32 = 1 - np.maximum(left, 0) ** power
    return risen


def _cycles(voice: Held, pitch: int, velocity: int) -> Floats32:
    """Return one cycle as it begins and what comes to it later: ``(2, 2049)``."""
    k = np.arange(1, int(HIGHEST_HERTZ / hertz_of(pitch)) + 1)
    full = strengths(voice, pitch, velocity)[: len(k)]
    k = k[: len(full)]
    dull = full * 10 ** (-voice.bloom * np.log2(k) / 20)
    # Phases that make no peaks (M. Schroeder, 1970).
    spectrum = np.zeros((2, _CYCLE // 2 + 1), np.complex128)
    turn = np.exp(-1j * math.pi * k * (k - 1) / len(k))
    spectrum[0, k], spectrum[1, k] = dull * turn, (full - dull) * turn
    cycle = np.fft.irfft(spectrum) * (_CYCLE / 2)
    # The first sample again, so that each has a next one.
    return np.concatenate([cycle, cycle[:, :1]], axis=1).astype(np.float32)


def _phase(
    voice: Held, pitch: int, player: int, wandered: Floats, depth: Floats32
) -> Floats32:
    """Return where in its cycle a tone is, in samples of the table."""
    samples = len(wandered)
    out = voice.cents * _place(player, voice.players)
    hertz = hertz_of(pitch) * 2 ** (out / 1200)
    cycles = np.arange(samples) * (hertz / SAMPLE_RATE) + 0.37 * player
    if voice.drift:
        cycles += hertz * (2 ** (voice.drift / 1200) - 1) * wandered
    if voice.vibrato:
        reach = hertz * (2 ** (voice.vibrato / 1200) - 1)
        swing = _swing(samples, 1.7 * player)
        cycles -= reach / (2 * math.pi * VIBRATO_HERTZ) * depth * swing
    phase: Floats32 = ((cycles % 1) * _CYCLE).astype(np.float32)
    return phase


def _place(player: int, players: int) -> float:
    """Return where a player sits, from -1 to 1."""
    return 2 * player / (players - 1) - 1 if players > 1 else 0.0


def _vibrato_depth(samples: int) -> Floats32:
    """Return how far a vibrato has grown, 0-1: ``(samples,)``."""
    seconds = np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
    depth: Floats32 = ((seconds - VIBRATO_AFTER) / VIBRATO_GROWS).clip(0, 1)
    return depth


def _swing(samples: int, late: float) -> Floats32:
    """Return a slow wave from -1 to 1, some radians late."""
    seconds = np.arange(samples) / SAMPLE_RATE
    swing: Floats32
    swing = np.cos(2 * math.pi * VIBRATO_HERTZ * seconds - late).astype(np.float32)
    return swing


def _read(tables: Floats32, phase: Floats32, bright: Floats32) -> Floats32:
    """Read both cycles between their samples, and mix them."""
    at = phase.astype(np.int32)
    at = np.minimum(at, _CYCLE - 1)
    part = phase - at
    begin, more = (table[:-1][at] + part * np.diff(table)[at] for table in tables)
    wave: Floats32 = begin + bright * more
    return wave
