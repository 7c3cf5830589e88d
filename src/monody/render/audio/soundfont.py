"""A melody played by a sound bank of the user's own (SoundFont 2), by midirenderer."""

from __future__ import annotations

import atexit
import io
import math
import os
import threading
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import fft

from monody.errors import MonodyError
from monody.extras import extra_spec
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints
from monody.music.midi_file import midi_bytes
from monody.render.audio.bank_player import BankPlayer, UnplayableError
from monody.render.audio.dynamics import shaped
from monody.render.audio.play import RING_OUT, Frames, fading, sample_length
from monody.render.audio.rate import SAMPLE_RATE
from monody.saved.bounded_file import read_named
from monody.translation import marked

RIFF = b"RIFF"  # how every sound bank begins
MAX_BANK_BYTES = 2**31  # more than the largest banks that are passed around
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
    extra_spec("midirenderer", "audio", marked("a sound bank is played by"))
    loud = shaped(melody) if velocities is None else velocities
    midi = midi_bytes(melody, loudness=loud)
    seconds = 60 * melody.end / TICKS_PER_QUARTER / melody.bpm
    try:
        data = _PLAYERS.play(sound_bank, midi, seconds)
    except OSError as error:
        raise MonodyError(
            f"cannot read the sound bank {str(sound_bank)!r}: {error.strerror}; "
            f"{_INSTEAD}"
        ) from error
    except UnplayableError as error:
        raise _no_bank(sound_bank, str(error)) from error
    return _at_our_rate(data)


class _Players:
    """The player of the latest bank, kept as long as its file stays as it is.

    A large bank takes as long to read as a melody takes to be played.
    """

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._player: BankPlayer | None = None
        self._stamp: object = None  # of the bank that it plays
        atexit.register(self.close)

    def play(self, sound_bank: Path, midi: bytes, seconds: float) -> bytes:
        """Play a melody, one at a time.

        Raises:
            OSError: If the bank cannot be read.
            UnplayableError: If it cannot be played.
            MonodyError: If it is a device or the like, or nothing can play it.
        """
        with self._alone:
            state = sound_bank.stat()
            player = self._of(sound_bank, state)
            try:
                return player.play(midi, seconds)
            finally:
                if state.st_size > MAX_KEPT_BYTES:
                    self.close()

    def _of(self, sound_bank: Path, state: os.stat_result) -> BankPlayer:
        """Return the player of a bank."""
        stamp = (sound_bank.absolute(), state.st_ino, state.st_size, state.st_mtime_ns)
        if self._player is None or self._stamp != stamp or not self._player.is_alive:
            self.close()
            self._player, self._stamp = BankPlayer(_read(sound_bank)), stamp
        return self._player

    def close(self) -> None:
        """End the player."""
        if self._player is not None:
            self._player.close()
            self._player = None


_PLAYERS = _Players()


def _read(sound_bank: Path) -> bytes:
    """Read a sound bank whole, unless its first bytes say that it is something else."""
    bank = read_named(sound_bank, MAX_BANK_BYTES, _INSTEAD)
    if not bank.startswith(RIFF):
        raise UnplayableError(marked("it is no SoundFont"))
    return bank


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
