"""A melody as a WAV file, in monody's own voices or those of a sound bank.

Every file has the same perceived loudness, by the measure of broadcasters (ITU-R
BS.1770), and lasts two seconds longer than its melody: the last note rings out.
"""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER
from monody.render.audio.loudness import loudness
from monody.render.audio.play import MAX_PEAK, Frames, melody_samples
from monody.render.audio.rate import SAMPLE_RATE
from monody.render.audio.soundfont import bank_samples

TARGET_LUFS = -20.0  # louder, single short notes would reach full scale
MAX_MINUTES = 30.0


def render_wav(
    melody: Melody, *, sound_bank: Path | None = None, velocities: Sequence[int] = ()
) -> bytes:
    """Play a melody.

    Args:
        melody: Its program chooses the instrument: of the sound bank's 128, or the
            nearest of monody's own voices.
        sound_bank: A SoundFont file (``.sf2``), played through midirenderer. ``None``:
            monody's own voices.
        velocities: Of each note, 1-127, if it was played; else phrase and meter shape
            them.

    Returns:
        A WAV file: 16 bits, two channels, 32,000 Hz, -20 LUFS; softer only where its
        peak would come nearer than 1 dB to full scale.

    Raises:
        MonodyError: If the melody lasts longer than 30 minutes, midirenderer is not
            installed, or the file is no sound bank.

    Example:
        >>> import io, wave
        >>> from monody import Melody
        >>> from monody.render.audio.wav import render_wav
        >>> data = render_wav(Melody.from_notes([(60, 0, 24), (64, 24, 24)]))
        >>> with wave.open(io.BytesIO(data)) as file:  # 1 s, and 2 s of ringing out
        ...     file.getnchannels(), file.getframerate(), file.getnframes()
        (2, 32000, 96000)
    """
    minutes = melody.end / TICKS_PER_QUARTER / melody.bpm
    if minutes > MAX_MINUTES:
        raise MonodyError(
            f"a melody to be heard may last up to {MAX_MINUTES:g} minutes, not "
            f"{minutes:.0f}: cut it into parts"
        )
    if sound_bank is None:
        frames = melody_samples(melody, velocities or None)
    else:
        frames = bank_samples(sound_bank, melody, velocities or None)
    return wav_bytes(normalised(frames))


def normalised(frames: Frames) -> Frames:
    """Scale to the target loudness, or as near as the peak allows; silence stays.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.wav import normalised
        >>> float(abs(normalised(np.zeros((32_000, 2), np.float32))).max())
        0.0
    """
    measured = loudness(frames, SAMPLE_RATE)
    if math.isinf(measured):
        return frames
    gain = 10 ** ((TARGET_LUFS - measured) / 20)
    return frames * np.float32(min(gain, MAX_PEAK / np.abs(frames).max()))


def wav_bytes(frames: Frames, rate: int = SAMPLE_RATE) -> bytes:
    """Write a 16-bit WAV file.

    Args:
        frames: ``(samples, channels)``, full scale from -1 to 1.
        rate: Samples a second.

    Example:
        >>> from monody.render.audio.play import voice_samples
        >>> from monody.render.audio.wav import wav_bytes
        >>> wav_bytes(voice_samples(program=0, pitch=60))[:4]
        b'RIFF'
    """
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(frames.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.rint(frames * (2**15 - 1)).astype("<i2").tobytes())
    return buffer.getvalue()
