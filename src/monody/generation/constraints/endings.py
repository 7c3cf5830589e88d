"""Which notes a melody may end with.

Most tunes end on the tonic, with a note that is longer than most. A network learns that
little: in real tunes the ending is a copy of an earlier cadence, and when it writes a
tune that is to end here it may have none to copy. So the habit of the corpus is
counted, and kept: as many melodies end on the tonic, and few end with a shorter note.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.music.key_finding import MAJOR_PROFILE, MINOR_PROFILE
from monody.music.pitch import PITCH_CLASSES

ANY, HEARD = -1, -2  # instead of a pitch class that a melody is to end on


Floats = NDArray[np.float64]


@cache
def _profiles() -> Floats:
    """Return the key profiles, centred and of one length, ``(2, tonics, 12)``."""
    both = np.array([MAJOR_PROFILE, MINOR_PROFILE])
    both -= both.mean(axis=1, keepdims=True)
    both /= np.linalg.norm(both, axis=1, keepdims=True)
    tonics = range(PITCH_CLASSES)
    return np.stack([np.roll(both, tonic, axis=1) for tonic in tonics], axis=1)


def heard_tonic(class_ticks: Floats, possible: Bools) -> Integers:
    """Return the tonic of the key that melodies are heard in.

    The key is the one that ``music.key_finding.estimated_keys`` finds.

    Args:
        class_ticks: ``(rows, 12)`` ticks spent on each pitch class.
        possible: ``(12,)`` bool: the tonics to choose among.

    Returns:
        ``(rows,)`` pitch classes.

    Example:
        The notes of F major, the tonic and the fifth longer than the others:

        >>> import numpy as np
        >>> from monody.generation.constraints.endings import heard_tonic
        >>> ticks = np.array([[48.0, 0, 12, 0, 12, 72, 0, 12, 0, 24, 12, 0]])
        >>> heard_tonic(ticks, np.ones(12, bool)).tolist()
        [5]
    """
    fits = np.einsum("rp,mtp->rtm", class_ticks, _profiles()).max(axis=-1)
    tonics: Integers = np.argmax(np.where(possible, fits, -np.inf), axis=-1)
    return tonics


def closing_notes(
    tonic: Integers, class_ticks: Floats, closing: Bools, allowed: Bools
) -> Bools:
    """Find the notes that each melody may end with.

    Args:
        tonic: ``(rows,)`` pitch class to end on; ``HEARD`` for the tonic that is heard,
            ``ANY`` for any. It gives way where no such note is allowed.
        class_ticks: ``(rows, 12)`` ticks spent on each pitch class.
        closing: ``(symbols,)`` bool: notes that may be the last at all.
        allowed: ``(symbols,)`` bool: notes that may be written.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        One melody is to end on a C, the other on any note:

        >>> import numpy as np
        >>> from monody.generation.constraints.endings import ANY, closing_notes
        >>> scale = np.isin(np.arange(131), [60, 62, 64, 67, 72])
        >>> tonic, class_ticks = np.array([0, ANY]), np.zeros((2, 12))
        >>> notes = closing_notes(tonic, class_ticks, scale, scale)
        >>> [np.flatnonzero(row).tolist() for row in notes]
        [[60, 72], [60, 62, 64, 67, 72]]
    """
    classes = np.arange(len(closing)) % PITCH_CLASSES  # (symbols,)
    possible = np.bincount(classes[closing & allowed], minlength=PITCH_CLASSES) > 0
    asked = np.where(tonic == HEARD, heard_tonic(class_ticks, possible), tonic)
    free = ((asked < 0) | ~possible[asked])[:, None]  # (rows, 1)
    same: Bools = classes == asked[:, None]  # (rows, symbols)
    return closing & (free | same)
