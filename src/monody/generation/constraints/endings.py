"""How melodies end: on which note, and how long it is.

Most tunes end on the tonic, with a note that is longer than most. A network learns that
little: in real tunes the ending is a copy of an earlier cadence, and when it writes a
tune that is to end here it may have none to copy. So the habit of the corpus is
counted, and kept: as many melodies end on the tonic, and few end with a shorter note.
"""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from monody.music.key_finding import MAJOR_PROFILE, MINOR_PROFILE
from monody.music.pitch import PITCH_CLASSES

ANY, HEARD = -1, -2  # instead of a pitch class that a melody is to end on


def _profiles() -> NDArray[np.float32]:
    """Return the key profiles, centred and of one length, ``(2, tonics, 12)``."""
    both = np.array([MAJOR_PROFILE, MINOR_PROFILE], np.float32)
    both -= both.mean(axis=1, keepdims=True)
    both /= np.linalg.norm(both, axis=1, keepdims=True)
    return np.stack([np.roll(both, tonic, axis=1) for tonic in range(12)], axis=1)


def heard_tonic(class_ticks: Any, possible: Any) -> Any:
    """Return the tonic that is heard, as ``statistics.estimated_keys`` finds it.

    Args:
        class_ticks: Time spent on each pitch class, ``(rows, 12)``.
        possible: ``(12,)`` bool: the tonics to choose among.

    Returns:
        ``(rows,)``.
    """
    fits = jnp.einsum("rp,mtp->rtm", class_ticks, _profiles()).max(axis=-1)
    return jnp.argmax(jnp.where(possible, fits, -jnp.inf), axis=-1)


def closing_notes(tonic: Any, class_ticks: Any, closing: Any, allowed: Any) -> Any:
    """Find the notes that each melody may end with.

    Args:
        tonic: ``(rows,)``: a pitch class to end on; ``HEARD`` for the tonic that is
            heard, ``ANY`` for any. It gives way where no such note is allowed.
        class_ticks: Time spent on each pitch class, ``(rows, 12)``.
        closing: ``(131,)`` bool: notes that may be the last at all.
        allowed: ``(131,)`` bool: notes that may be written.

    Returns:
        ``(rows, 131)`` bool.
    """
    classes = np.arange(len(closing)) % PITCH_CLASSES
    possible = jnp.zeros(PITCH_CLASSES, bool).at[classes].max(closing & allowed)
    wanted = jnp.where(tonic == HEARD, heard_tonic(class_ticks, possible), tonic)
    free = (wanted < 0) | ~possible[wanted]
    return closing & (free[:, None] | (classes == wanted[:, None]))
