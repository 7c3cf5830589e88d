"""How the next symbol is drawn: the temperature, and shortlists of the likely ones.

Shortlists look at the probabilities before the temperature, so that what is on the list
does not depend on it. Each is one small function with one decision.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp

FORBIDDEN = -1e9  # a logit that is never sampled
MIN_TEMPERATURE = 1e-7  # what temperature 0 divides by

Number = float | jax.Array  # a scalar: an array inside the compiled loop


class SamplingSettings(NamedTuple):
    """How one symbol is drawn; ``None`` is a shortlist that is not used."""

    temperature: Number  # 0 always takes the likeliest
    top_k: Number | None = None  # as many of the likeliest at most; 0 for any
    top_p: Number | None = None  # the fewest likeliest with this share together
    min_p: Number | None = None  # those with this share of the likeliest's probability


def sample(
    logits: jax.Array, allowed: jax.Array, settings: SamplingSettings, chance: jax.Array
) -> jax.Array:
    """Draw one symbol a row from the softmax of ``logits / temperature``.

    The draw is where a random share of the probability is reached: one random number a
    row. Temperature 0 is a temperature so low that only the likeliest symbol is left.

    Args:
        logits: ``(rows, symbols)``.
        allowed: ``(rows, symbols)`` bool; the others are never drawn.
        settings: The temperature and the shortlists.
        chance: ``(rows,)`` random numbers, 0 or more and below 1.

    Returns:
        ``(rows,)`` int32.

    Example:
        Of two symbols as likely as each other, and a third that is not allowed:

        >>> import jax
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import SamplingSettings, sample
        >>> allowed = np.array([[True, False, True]] * 2)
        >>> settings, chance = SamplingSettings(temperature=1.0), np.array([0.4, 0.6])
        >>> jax.jit(sample)(np.zeros((2, 3)), allowed, settings, chance).tolist()
        [0, 2]
    """
    masked = jnp.where(allowed, logits, FORBIDDEN)
    best = jnp.max(masked, axis=-1, keepdims=True)  # (rows, 1)
    temperature = jnp.maximum(settings.temperature, MIN_TEMPERATURE)
    drawable = allowed & shortlist(masked, settings)
    shares = jnp.where(drawable, jnp.exp((masked - best) / temperature), 0)
    below = jnp.cumsum(shares, axis=-1)
    reached = below > chance[:, None] * below[:, -1:]  # (rows, symbols)
    return jnp.argmax(reached, axis=-1).astype(jnp.int32)


def shortlist(logits: jax.Array, settings: SamplingSettings) -> jax.Array:
    """Find the symbols that are on every shortlist; the likeliest always is.

    Args:
        logits: ``(rows, symbols)``, before the temperature.
        settings: The shortlists; the temperature does not count.

    Returns:
        ``(rows, symbols)`` bool.

    Example:
        >>> import jax
        >>> import numpy as np
        >>> from monody.generation.decoding.sampling import SamplingSettings, shortlist
        >>> logits, settings = np.log([[0.5, 0.3, 0.2]]), SamplingSettings(1.0, top_k=2)
        >>> jax.jit(shortlist)(logits, settings).tolist()
        [[True, True, False]]
    """
    listed = jnp.ones(logits.shape, bool)
    if settings[1:] == (None, None, None):
        return listed
    probabilities = jax.nn.softmax(logits)
    before = _likelier(probabilities)
    if settings.top_k is not None:
        listed &= top_k(before, settings.top_k)
    if settings.top_p is not None:
        listed &= top_p(before, probabilities, settings.top_p)
    if settings.min_p is not None:
        best = jnp.max(probabilities, axis=-1, keepdims=True)
        listed &= probabilities >= settings.min_p * best
    return listed


def top_k(before: jax.Array, count: Number) -> jax.Array:
    """Find the ``count`` likeliest symbols; 0 finds all.

    Args:
        before: ``(rows, symbols, symbols)`` bool: which symbols ``j`` are likelier than
            ``i``.
        count: How many symbols.

    Returns:
        ``(rows, symbols)`` bool.
    """
    return (jnp.sum(before, axis=-1) < count) | (count == 0)


def top_p(before: jax.Array, probabilities: jax.Array, share: Number) -> jax.Array:
    """Find the fewest likeliest symbols that have a share together: a nucleus.

    Holtzman et al., arXiv:1904.09751, 2019.

    Args:
        before: ``(rows, symbols, symbols)`` bool: which symbols ``j`` are likelier than
            ``i``.
        probabilities: ``(rows, symbols)``.
        share: From 0 to 1; 1 finds all.

    Returns:
        ``(rows, symbols)`` bool.
    """
    ahead = jnp.einsum("rij,rj->ri", before.astype(probabilities.dtype), probabilities)
    return (ahead < share) | (share >= 1) | (jnp.sum(before, axis=-1) == 0)


def _likelier(probabilities: jax.Array) -> jax.Array:
    """Say which symbols ``j`` come before ``i``, of equals the first.

    Comparing all pairs is quicker than sorting a hundred symbols of a few rows.

    Args:
        probabilities: ``(rows, symbols)``.

    Returns:
        ``(rows, symbols, symbols)`` bool, by row, ``i`` and ``j``.
    """
    mine, other = probabilities[:, :, None], probabilities[:, None]
    index = jnp.arange(probabilities.shape[-1])
    likelier = other > mine
    return likelier | ((other == mine) & (index < index[:, None]))
