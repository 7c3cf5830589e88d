"""How the last note of a phrase is reached: by step, by a third, as the form says.

The network is told where a phrase closes, and on which degree. It draws a pitch before
it knows how long the note will be, so it does not know in time that the next note is
the last: it would reach it by a leap too often. Where the duration that was drawn leads
to the last note, the pitch is drawn again. How far it lies from that last note is the
form's to say; which note it is at that distance, the network decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.generation.constraints.rules import IS_NOTE, SYMBOLS
from monody.music.form import approach

MIN_SHARE = 1e-3  # of all notes; a way that the network finds less likely is not taken


def lead(
    logits: NDArray[Any],
    allowed: Bools,
    goal: Integers,
    way: Integers,
    chance: NDArray[np.floating],
) -> Integers:
    """Draw the note before the last of a phrase.

    Args:
        logits: ``(rows, symbols)`` log-probabilities of the network.
        allowed: ``(rows, symbols)``.
        goal: ``(rows,)`` pitch class of the last note.
        way: ``(rows,)`` how it is reached, as ``music.form.approach`` has it.
        chance: ``(rows,)`` from 0 to 1, decides.

    Returns:
        ``(rows,)`` pitch symbols; -1 where nothing likely is left.

    Example:
        Towards a C, by step: of the D and the G the network prefers the G.

        >>> import numpy as np
        >>> from monody.generation.decoding.approach import lead
        >>> logits = np.full((1, 131), -9.0)
        >>> logits[0, [62, 67]] = np.log([0.2, 0.8])
        >>> allowed, half = np.ones((1, 131), bool), np.array([0.5])
        >>> int(lead(logits, allowed, np.array([0]), np.array([1]), half)[0])
        62
    """
    weights = np.exp(logits) * (allowed & IS_NOTE)
    total = weights.sum(axis=1)
    weights = weights * (approach(SYMBOLS - goal[:, None]) == way[:, None])
    sums = np.cumsum(weights, axis=1)
    drawn = np.argmax(sums > chance[:, None] * sums[:, -1:], axis=1)
    return np.where(sums[:, -1] > MIN_SHARE * total, drawn, -1)
