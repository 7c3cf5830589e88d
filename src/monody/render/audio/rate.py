"""How sound is counted: samples a second, and what arrays of sound look like."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Stereo = NDArray[np.float32]  # (2, samples): left and right; full scale from -1 to 1

SAMPLE_RATE = 32_000  # a minute takes 7.7 MB; pitch 127, 12.5 kHz, can just be played
HIGHEST_HERTZ = 0.45 * SAMPLE_RATE
MIDDLE_C = 60


def hertz_of(pitch: int) -> float:
    """Return the frequency of a MIDI pitch.

    Example:
        >>> from monody.render.audio.rate import hertz_of
        >>> hertz_of(69), round(hertz_of(60), 1)
        (440.0, 261.6)
    """
    return float(440 * 2 ** ((pitch - 69) / 12))
