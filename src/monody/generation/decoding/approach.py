"""How the last note of a phrase is reached: as often by step as in the corpus.

The network is told where a phrase closes, and on which degree. It draws a pitch before
it knows how long the note will be, so it does not know in time that the next note is
the last: it would reach it by a leap too often. Where the duration that was drawn leads
to the last note, the pitch is drawn again. How far it lies from that last note is drawn
as in the corpus; which note it is at that distance, the network decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.generation.constraints.rules import IS_NOTE, SYMBOLS
from monody.music.form import approach

MIN_SHARE = 1e-3  # an approach that the network finds less likely is left out


def lead(
    logits: NDArray[Any],
    allowed: Bools,
    goal: Integers,
    shares: NDArray[np.floating],
    chance: NDArray[np.floating],
) -> Integers:
    """Draw the note before the last of a phrase.

    Args:
        logits: ``(rows, symbols)`` log-probabilities of the network.
        allowed: ``(rows, symbols)``.
        goal: ``(rows,)`` pitch class of the last note.
        shares: ``(kinds,)`` of the kinds of ``music.form.approach``, in the corpus.
        chance: ``(rows,)`` from 0 to 1, decides.

    Returns:
        ``(rows,)`` pitch symbols; -1 where nothing likely is left.

    Example:
        Towards a C, by step: of the D and the G the network prefers the G.

        >>> import numpy as np
        >>> from monody.generation.decoding.approach import lead
        >>> logits = np.full((1, 131), -9.0)
        >>> logits[0, [62, 67]] = np.log([0.2, 0.8])
        >>> allowed, by_step = np.ones((1, 131), bool), np.array([0, 1.0, 0, 0])
        >>> int(lead(logits, allowed, np.array([0]), by_step, np.array([0.5]))[0])
        62
    """
    kinds = approach(SYMBOLS - goal[:, None])  # (rows, symbols)
    weights = np.exp(logits) * (allowed & IS_NOTE)
    total = weights.sum(axis=1, keepdims=True)
    factors = np.zeros_like(weights)
    for kind, share in enumerate(shares):
        of_kind = kinds == kind
        mass = (weights * of_kind).sum(axis=1, keepdims=True)
        likely = mass > MIN_SHARE * np.maximum(total, 1e-30)
        factor = np.where(likely, share / np.maximum(mass, 1e-30), 0)
        factors += of_kind * factor
    sums = np.cumsum(weights * factors, axis=1)
    drawn = (sums <= chance[:, None] * sums[:, -1:]).sum(axis=1)
    drawn = np.minimum(drawn, len(SYMBOLS) - 1)
    rows = np.arange(len(drawn))
    sound = (sums[:, -1] > 0) & (weights[rows, drawn] > 0)
    return np.where(sound, drawn, -1)
