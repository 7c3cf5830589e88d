"""A melody as a small WAV, for where sound travels inside a document.

One channel and half the samples: a quarter of the bytes of ``wav``, which is the sound
to keep. What is lost is what lies above 7 kHz, and left and right.
"""

from __future__ import annotations

import numpy as np

from monody.music.melody import Melody
from monody.render.audio.play import Frames, melody_samples
from monody.render.audio.rate import SAMPLE_RATE
from monody.render.audio.wav import normalised, wav_bytes

PREVIEW_RATE = SAMPLE_RATE // 2
BYTES_A_SECOND = 2 * PREVIEW_RATE

_CUT = 7_000  # Hz: what is above 8 kHz would come back as another tone
_TAPS = 63


def preview_wav(melody: Melody) -> bytes:
    """Play a melody in monody's own voices.

    Args:
        melody: Its program chooses the instrument. How long it may be is the caller's
            to say.

    Returns:
        A WAV file: 16 bits, one channel, 16,000 Hz, 32 kB a second.

    Example:
        >>> from monody import Melody
        >>> from monody.render.audio.preview import preview_wav
        >>> data = preview_wav(Melody.from_notes([(60, 0, 24), (64, 24, 24)]))
        >>> data[:4], len(data)  # 1 s, and 2 s of ringing out
        (b'RIFF', 96044)
    """
    mono = normalised(melody_samples(melody)).mean(axis=1)
    return wav_bytes(_halved(mono)[:, None], PREVIEW_RATE)


def _halved(samples: Frames) -> Frames:
    """Keep every other sample, of what is below the cut: ``(samples,)``."""
    places = np.arange(_TAPS) - _TAPS // 2
    share = 2 * _CUT / SAMPLE_RATE
    taps = share * np.sinc(share * places) * np.hanning(_TAPS + 2)[1:-1]
    taps = (taps / taps.sum()).astype(np.float32)
    halved: Frames = np.convolve(samples, taps, mode="same")[::2]
    return halved
