"""A melody played by a sound bank of the user's own (SoundFont 2), by midirenderer."""

from __future__ import annotations

import io
import math
import os
import threading
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import fft

from monody.ending import undo_at_end
from monody.errors import MonodyError
from monody.extras import extra_module
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints
from monody.music.midi_file import midi_bytes
from monody.render.audio.dynamics import shaped
from monody.render.audio.play import RING_OUT, Frames, fading, sample_length
from monody.render.audio.rate import SAMPLE_RATE
from monody.saved.bounded_file import read_named
from monody.translation import marked

RIFF = b"RIFF"  # how every sound bank begins
MAX_BANK_BYTES = 2**31  # more than the largest banks that are passed around
_STDERR = 2  # the descriptor
_silent = threading.Lock()
MAX_KEPT_BYTES = 2**28  # of the bank that is kept in memory from melody to melody
_INSTEAD = "name another, or none for monody's own sound"


def bank_samples(
    sound_bank: Path, melody: Melody, velocities: Sequence[int] | None = None
) -> Frames:
    """Play a melody, with the last note held and faded to make it ring out.

    Args:
        sound_bank: A ``.sf2`` file.
        melody: The melody to play.
        velocities: Of its notes, 1-127; by default phrase and meter shape them.

    Returns:
        ``(samples, 2)``, left and right, at 32,000 samples a second, as loud as the
        bank makes it; two seconds longer than the melody.

    Raises:
        MonodyError: If midirenderer is not installed, or the file cannot be read or is
            no sound bank.
    """
    length = sample_length(melody, SAMPLE_RATE)
    notes = melody.notes.copy()
    notes[-1:, 2] += math.ceil(RING_OUT * TICKS_PER_QUARTER * melody.bpm / 60)
    held = replace(melody, notes=notes)
    loud = None if velocities is None else np.array(velocities, np.int32)
    frames = played_by(sound_bank, held, loud)[:length]
    frames = np.pad(frames, ((0, length - len(frames)), (0, 0)))
    ring_out = round(RING_OUT * SAMPLE_RATE)
    frames[length - ring_out :] *= fading(ring_out)[:, None]
    return frames


def played_by(
    sound_bank: Path, melody: Melody, velocities: Ints | None = None
) -> Frames:
    """Play a melody until its last note ends, as loud as the bank makes it.

    Args:
        sound_bank: A ``.sf2`` file.
        melody: The melody to play.
        velocities: Of its notes, 1-127; by default phrase and meter shape them.

    Returns:
        ``(samples, 2)``, left and right, at 32,000 samples a second.

    Raises:
        MonodyError: If midirenderer is not installed, or the file cannot be read or is
            no sound bank.
    """
    midirenderer = extra_module(
        "midirenderer", "audio", marked("a sound bank is played by")
    )
    bank = _read(sound_bank)
    loud = shaped(melody) if velocities is None else velocities
    try:
        midi = midi_bytes(melody, loudness=loud)
        with _panics_silenced():
            data = midirenderer.render_wave_from(bank, midi)
    except BaseException as error:
        # A damaged bank makes midirenderer's Rust panic, and that is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _no_bank(sound_bank, str(error)) from error
    return _at_our_rate(data)


@contextmanager
def _panics_silenced() -> Iterator[None]:
    """Keep from the user what Rust writes where it panics, past Python: ten lines.

    What other threads write there meanwhile is lost, except why the process ends.
    """
    with _silent:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # it is closed: nobody would see anything
            yield
            return
        take_back = undo_at_end(lambda: os.dup2(kept, _STDERR))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, _STDERR)
        os.close(silence)
        try:
            yield
        finally:
            os.dup2(kept, _STDERR)
            take_back()
            os.close(kept)


def _read(sound_bank: Path) -> bytes:
    """Read a sound bank whole, unless its first bytes say that it is something else.

    The latest one is kept, as long as its file stays as it is: a large one takes as
    long to read as a melody takes to be played.
    """
    try:
        state = sound_bank.stat()
        stamp = state.st_ino, state.st_size, state.st_mtime_ns
        kept = state.st_size <= MAX_KEPT_BYTES
        read = _kept if kept else _kept.__wrapped__
        bank = read(sound_bank, stamp)
    except OSError as error:
        raise MonodyError(
            f"cannot read the sound bank {str(sound_bank)!r}: {error.strerror}; "
            f"{_INSTEAD}"
        ) from error
    if not bank.startswith(RIFF):
        raise _no_bank(sound_bank, "it is no SoundFont")
    return bank


@lru_cache(maxsize=1)
def _kept(sound_bank: Path, _: tuple[int, int, int]) -> bytes:
    return read_named(sound_bank, MAX_BANK_BYTES, _INSTEAD)


def _no_bank(sound_bank: Path, reason: str) -> MonodyError:
    return MonodyError(
        f"expected a sound bank (.sf2), but {str(sound_bank)!r} cannot be played "
        f"({reason}): {_INSTEAD}"
    )


def _at_our_rate(data: bytes) -> Frames:
    """Read a 16-bit WAV file as two channels at 32,000 samples a second."""
    with wave.open(io.BytesIO(data)) as file:
        rate, channels = file.getframerate(), file.getnchannels()
        integers = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    frames = integers.reshape(-1, channels).astype(np.float32) / 2**15
    stereo = np.stack([frames[:, 0], frames[:, -1]], axis=1)
    # One transform of everything resamples exactly. Whole seconds make both lengths
    # quick to transform; the rest of the last one is silence.
    seconds = len(stereo) // rate + 1
    spectrum = fft.rfft(stereo, seconds * rate, axis=0)
    kept = spectrum[: seconds * SAMPLE_RATE // 2 + 1]
    resampled = fft.irfft(kept, seconds * SAMPLE_RATE, axis=0)
    at_rate: Frames = (resampled * np.float32(SAMPLE_RATE / rate)).astype(np.float32)
    return at_rate
