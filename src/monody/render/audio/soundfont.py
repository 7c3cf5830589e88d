"""A melody played by a sound bank of the user's own (SoundFont 2), by midirenderer."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np

from monody.bounded_file import read_bounded
from monody.errors import MonodyError
from monody.extras import extra_module
from monody.music.melody import Melody
from monody.music.midi_file import midi_bytes
from monody.render.audio.loudness import Audio
from monody.translation import marked

BANK_RATE = 44_100  # samples a second
RIFF = b"RIFF"  # how every sound bank begins
MAX_BANK_BYTES = 2**31  # more than the largest banks that are passed around
_INSTEAD = "name another, or none for monody's own sound"


def played_by(sound_bank: Path, melody: Melody) -> Audio:
    """Play a melody until its last note ends, as loud as the bank makes it.

    Args:
        sound_bank: A ``.sf2`` file.
        melody: The melody to play.

    Returns:
        ``(samples,)``, one channel at 44,100 samples a second.

    Raises:
        MonodyError: If midirenderer is not installed, or the file cannot be read or is
            no sound bank.
    """
    midirenderer = extra_module(
        "midirenderer", "audio", marked("a sound bank is played by")
    )
    bank = _read(sound_bank)
    try:
        data = midirenderer.render_wave_from(bank, midi_bytes(melody))
    except BaseException as error:
        # A damaged bank makes midirenderer's Rust panic, and that is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _no_bank(sound_bank, str(error)) from error
    return _mono(data)


def _read(sound_bank: Path) -> bytes:
    """Read a sound bank whole, unless its first bytes say that it is something else."""
    try:
        bank = read_bounded(sound_bank, MAX_BANK_BYTES, _INSTEAD)
    except OSError as error:
        raise MonodyError(
            f"cannot read the sound bank {str(sound_bank)!r}: {error.strerror}; "
            f"{_INSTEAD}"
        ) from error
    if not bank.startswith(RIFF):
        raise _no_bank(sound_bank, "it is no SoundFont")
    return bank


def _no_bank(sound_bank: Path, reason: str) -> MonodyError:
    return MonodyError(
        f"expected a sound bank (.sf2), but {str(sound_bank)!r} cannot be played "
        f"({reason}): {_INSTEAD}"
    )


def _mono(data: bytes) -> Audio:
    """Read a 16-bit WAV file as one channel at 44,100 samples a second."""
    with wave.open(io.BytesIO(data)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    # (frames, channels) to (frames,)
    audio = frames.reshape(-1, channels).mean(axis=1, dtype=np.float32) / 2**15
    # One transform of everything resamples exactly. Whole seconds make both lengths
    # quick to transform; the rest of the last one is silence.
    seconds = len(audio) // rate + 1
    spectrum = np.fft.rfft(audio, seconds * rate)
    resampled = np.fft.irfft(spectrum, seconds * BANK_RATE)
    at_rate: Audio = (resampled * (BANK_RATE / rate)).astype(np.float32)
    return at_rate
