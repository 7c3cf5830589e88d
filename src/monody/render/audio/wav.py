"""A melody as a WAV file, in monody's own sound or that of the user's sound bank.

Every file has the same perceived loudness, by the measure of broadcasters (ITU-R
BS.1770), and lasts two seconds longer than its melody: the last note rings out.
"""

from __future__ import annotations

import io
import math
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints
from monody.music.midi_file import DOWNBEAT_VELOCITY, velocities
from monody.render.audio.loudness import Audio, loudness
from monody.render.audio.soundfont import BANK_RATE, played_by
from monody.render.audio.synth import SAMPLE_RATE, fading, tone

RING_OUT = 2.0  # seconds after the last note's end
TARGET_LUFS = -20.0  # louder, single short notes would reach full scale
MAX_PEAK = 10 ** (-1 / 20)  # of full scale: 1 dB below it
MAX_MINUTES = 30.0

_RELEASE = round(0.15 * SAMPLE_RATE)  # samples that a note sounds into a rest
_DAMPING = round(0.04 * SAMPLE_RATE)  # samples of fading that a note has at least


def render_wav(melody: Melody, *, sound_bank: Path | None = None) -> bytes:
    """Play a melody.

    Args:
        melody: Its program chooses the instrument: of the sound bank's 128, or of
            monody's two, a struck and a blown one.
        sound_bank: A SoundFont file (``.sf2``), played through midirenderer. ``None``:
            monody's own sound.

    Returns:
        A WAV file: 16 bits, one channel, 44,100 Hz of a sound bank and 32,000 Hz of
        monody's own sound, -20 LUFS; softer only where its peak would come nearer than
        1 dB to full scale.

    Raises:
        MonodyError: If the melody lasts longer than 30 minutes, midirenderer is not
            installed, or the file is no sound bank.

    Example:
        >>> import io, wave
        >>> from monody import Melody
        >>> from monody.render.audio.wav import render_wav
        >>> data = render_wav(Melody.from_notes([(60, 0, 24), (64, 24, 24)]))
        >>> with wave.open(io.BytesIO(data)) as file:  # 1 s, and 2 s of ringing out
        ...     file.getframerate(), file.getnframes()
        (32000, 96000)
    """
    minutes = melody.end / TICKS_PER_QUARTER / melody.bpm
    if minutes > MAX_MINUTES:
        raise MonodyError(
            f"a melody to be heard may last up to {MAX_MINUTES:g} minutes, not "
            f"{minutes:.0f}: cut it into parts"
        )
    if sound_bank is None:
        audio, rate = _played(melody), SAMPLE_RATE
    else:
        audio, rate = _played_by_bank(melody, sound_bank), BANK_RATE
    return _wav_bytes(_normalised(audio, rate), rate)


def sample_times(ticks: Ints, bpm: float, rate: int = SAMPLE_RATE) -> NDArray[np.int64]:
    """Return the sample of the WAV file at which each tick comes, ``(ticks,)``.

    Args:
        ticks: ``(ticks,)``.
        bpm: Quarter notes a minute.
        rate: Samples a second, by default those of monody's own sound.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.wav import sample_times
        >>> sample_times(np.array([0, 24, 48], np.int32), bpm=120).tolist()
        [0, 16000, 32000]
    """
    samples_per_tick = 60 * rate / (TICKS_PER_QUARTER * bpm)
    samples: NDArray[np.int64] = np.rint(ticks * samples_per_tick).astype(np.int64)
    return samples


def _length(melody: Melody, rate: int) -> int:
    """Return the samples of a melody with its ring-out."""
    end = sample_times(np.array([melody.end], np.int32), melody.bpm, rate)[0]
    return int(end) + round(RING_OUT * rate)


def _played(melody: Melody) -> Audio:
    """Play every note in monody's own sound; none sounds into the next."""
    audio = np.zeros(_length(melody, SAMPLE_RATE), np.float32)
    if not len(melody):
        return audio
    starts = sample_times(melody.starts, melody.bpm)
    ends = sample_times(melody.ends, melody.bpm)
    stops = np.append(np.minimum(ends[:-1] + _RELEASE, starts[1:]), len(audio))
    strengths = velocities(melody) / DOWNBEAT_VELOCITY
    tones = {}  # notes of a pitch are one tone, cut to their lengths
    for pitch in np.unique(melody.pitches).tolist():
        longest = int((stops - starts)[melody.pitches == pitch].max())
        tones[pitch] = tone(pitch, melody.program, longest)
    for note, start, end, stop, strength in zip(
        melody, starts, ends, stops, strengths.astype(np.float32), strict=True
    ):
        sound = tones[note.pitch][: stop - start] * strength
        fade = max(stop - end, min(_DAMPING, len(sound) // 4))
        sound[len(sound) - fade :] *= fading(fade)
        audio[start:stop] = sound
    return audio


def _played_by_bank(melody: Melody, sound_bank: Path) -> Audio:
    """Play by a sound bank, with the last note held and faded to make it ring out."""
    length = _length(melody, BANK_RATE)
    notes = melody.notes.copy()
    notes[-1:, 2] += math.ceil(RING_OUT * TICKS_PER_QUARTER * melody.bpm / 60)
    audio = played_by(sound_bank, replace(melody, notes=notes))[:length]
    audio = np.pad(audio, (0, length - len(audio)))
    ring_out = round(RING_OUT * BANK_RATE)
    audio[length - ring_out :] *= fading(ring_out)
    return audio


def _normalised(audio: Audio, rate: int) -> Audio:
    """Scale to the target loudness, or as near as the peak allows; silence stays."""
    measured = loudness(audio, rate)
    if math.isinf(measured):
        return audio
    gain = 10 ** ((TARGET_LUFS - measured) / 20)
    return audio * np.float32(min(gain, MAX_PEAK / np.abs(audio).max()))


def _wav_bytes(audio: Audio, rate: int) -> bytes:
    """Write a 16-bit WAV file of one channel."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(audio * (2**15 - 1)).astype("<i2").tobytes())
    return buffer.getvalue()
