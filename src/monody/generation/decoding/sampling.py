"""How the next symbol is drawn: the temperature, and shortlists of the likely ones.

Shortlists look at the probabilities before the temperature, so that what is on the list
does not depend on it. Each is one small function with one decision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MIN_TEMPERATURE = 1e-7  # what temperature 0 divides by

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating[Any]]
Integers = NDArray[np.int64]


class SamplingSettings(NamedTuple):
    """How one symbol is drawn; the defaults are shortlists of all symbols."""

    temperature: float  # 0 always takes the likeliest
    top_k: int = 0  # as many of the likeliest at most; 0 for any
    top_p: float = 1.0  # the fewest likeliest with this share together
    min_p: float = 0.0  # those with this share of the likeliest's probability


def sample(
    logits: Floats, allowed: Bools, settings: SamplingSettings, chance: Floats
) -> Integers:
    """Draw one symbol a row from the softmax of ``logits / temperature``.

    The draw is where a random share of the probability is reached: one random number a
    row. Temperature 0 is a temperature so low that only the likeliest symbol is left.

    Args:
        logits: ``(rows, symbols)``.
        allowed: ``(rows, symbols)`` bool, one at least; the others are never drawn.
        settings: The temperature and the shortlists.
        chance: ``(rows,)`` random numbers, 0 or more and below 1.

    Returns:
        ``(rows,)``.

    Example:
        Of two symbols as likely as each other, and a third that is not allowed:

        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import SamplingSettings, sample
        >>> allowed = np.array([[True, False, True]] * 2)
        >>> settings, chance = SamplingSettings(temperature=1.0), np.array([0.4, 0.6])
        >>> sample(np.zeros((2, 3)), allowed, settings, chance).tolist()
        [0, 2]
    """
    masked = np.where(allowed, logits, -np.inf)
    best = masked.max(axis=-1, keepdims=True)  # (rows, 1)
    temperature = max(settings.temperature, MIN_TEMPERATURE)
    shares = np.exp((masked - best).astype(np.float64) / temperature)
    if settings[1:] != SamplingSettings(1.0)[1:]:
        shares = np.where(shortlist(masked - best, settings), shares, 0)
    below = np.cumsum(shares, axis=-1)
    reached = below > chance[:, None] * below[:, -1:]  # (rows, symbols)
    drawn: Integers = reached.argmax(axis=-1)
    return drawn


def shortlist(logits: Floats, settings: SamplingSettings) -> Bools:
    """Find the symbols that are on every shortlist; the likeliest always is.

    Args:
        logits: ``(rows, symbols)``, before the temperature.
        settings: The shortlists; the temperature does not count.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import SamplingSettings, shortlist
        >>> logits, settings = np.log([[0.5, 0.3, 0.2]]), SamplingSettings(1.0, top_k=2)
        >>> shortlist(logits, settings).tolist()
        [[True, True, False]]
    """
    probabilities = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    # Places of the symbols, the likeliest first and of equals the first.
    order = np.argsort(-probabilities, axis=-1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=-1)
    kept = (
        top_k(falling, settings.top_k)
        & top_p(falling, settings.top_p)
        & min_p(falling, settings.min_p)
    )
    listed = np.empty_like(kept)
    np.put_along_axis(listed, order, kept, axis=-1)
    return listed


def top_k(falling: Floats, count: int) -> Bools:
    """Keep the ``count`` likeliest symbols; 0 keeps all.

    Args:
        falling: ``(rows, symbols)`` probabilities, the highest first.
        count: How many symbols.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import top_k
        >>> top_k(np.array([[0.5, 0.3, 0.2]]), 1).tolist()
        [[True, False, False]]
    """
    places = np.arange(falling.shape[-1])
    return np.broadcast_to((places < count) | (count == 0), falling.shape)


def top_p(falling: Floats, share: float) -> Bools:
    """Keep the fewest likeliest symbols that have a share together: a nucleus.

    Holtzman et al., arXiv:1904.09751, 2019.

    Args:
        falling: ``(rows, symbols)`` probabilities, the highest first.
        share: From 0 to 1; 1 keeps all.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import top_p
        >>> top_p(np.array([[0.5, 0.3, 0.2]]), 0.6).tolist()
        [[True, True, False]]
    """
    ahead = np.cumsum(falling, axis=-1) - falling
    first = np.arange(falling.shape[-1]) == 0
    kept: Bools = (ahead < share) | (share >= 1) | first
    return kept


def min_p(falling: Floats, share: float) -> Bools:
    """Keep the symbols with a share of the likeliest one's probability.

    Nguyen et al., arXiv:2407.01082, 2024.

    Args:
        falling: ``(rows, symbols)`` probabilities, the highest first.
        share: From 0, which keeps all, to 1.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import min_p
        >>> min_p(np.array([[0.5, 0.3, 0.2]]), 0.5).tolist()
        [[True, True, False]]
    """
    kept: Bools = falling >= share * falling[:, :1]
    return kept
