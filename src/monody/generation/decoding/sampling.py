"""Which symbol comes next: temperature, and shortlists of the likely ones.

Shortlists look at the probabilities before the temperature, so that what is on the list
does not depend on it. Each is one small function with one decision.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

FORBIDDEN = -1e9  # a logit that is never sampled
COLDEST = 1e-7  # what temperature 0 divides by


class SamplingSettings(NamedTuple):
    """How one symbol is drawn; ``None`` is a shortlist that is not used."""

    temperature: Any  # 0 always takes the likeliest
    top_k: Any = None  # as many of the likeliest at most; 0 for any
    top_p: Any = None  # the fewest of the likeliest that have this share together
    min_p: Any = None  # those with this share of the likeliest one's probability


def sample(
    logits: jax.Array, allowed: jax.Array, choice: SamplingSettings, chance: jax.Array
) -> jax.Array:
    """Draw one symbol a row from the softmax of ``logits / temperature``.

    The draw is where a random share of the probability is reached: one random number a
    row. Temperature 0 is a temperature so low that only the likeliest symbol is left.

    Args:
        logits: ``(rows, symbols)``.
        allowed: ``(rows, symbols)``; the others are never drawn.
        choice: How bold, and from which shortlist.
        chance: ``(rows,)`` random numbers, 0 or more and below 1.

    Returns:
        ``(rows,)`` int32.
    """
    masked = jnp.where(allowed, logits, FORBIDDEN)
    best = jnp.max(masked, axis=-1, keepdims=True)
    heat = jnp.maximum(choice.temperature, COLDEST)
    wanted = allowed & shortlist(masked, choice)
    shares = jnp.where(wanted, jnp.exp((masked - best) / heat), 0)
    below = jnp.cumsum(shares, axis=-1)
    reached = below > chance[:, None] * below[:, -1:]
    return jnp.argmax(reached, axis=-1).astype(jnp.int32)


def shortlist(logits: jax.Array, choice: SamplingSettings) -> jax.Array:
    """Find the symbols that every shortlist has; the likeliest is always one.

    Args:
        logits: ``(rows, symbols)``, before the temperature.
        choice: Which shortlists.

    Returns:
        ``(rows, symbols)`` bool.
    """
    kept = jnp.ones(logits.shape, bool)
    if choice[1:] == (None, None, None):
        return kept
    probabilities = jax.nn.softmax(logits)
    before = _likelier(probabilities)
    if choice.top_k is not None:
        kept &= top_k(before, choice.top_k)
    if choice.top_p is not None:
        kept &= top_p(before, probabilities, choice.top_p)
    if choice.min_p is not None:
        best = jnp.max(probabilities, axis=-1, keepdims=True)
        kept &= probabilities >= choice.min_p * best
    return kept


def top_k(before: jax.Array, count: Any) -> jax.Array:
    """Keep the ``count`` likeliest; 0 keeps all."""
    kept: jax.Array = (jnp.sum(before, axis=-1) < count) | (count == 0)
    return kept


def top_p(before: jax.Array, probabilities: jax.Array, share: Any) -> jax.Array:
    """Keep the fewest likeliest symbols that have a share together: a nucleus.

    Holtzman et al., arXiv:1904.09751, 2019.
    """
    ahead = jnp.einsum("rij,rj->ri", before.astype(probabilities.dtype), probabilities)
    kept: jax.Array = (ahead < share) | (share >= 1) | (jnp.sum(before, axis=-1) == 0)
    return kept


def _likelier(probabilities: jax.Array) -> jax.Array:
    """Say which symbols ``j`` come before ``i``, of equals the first: ``(rows, i, j)``.

    Comparing all pairs is quicker than sorting a hundred symbols of a few rows.
    """
    mine, other = probabilities[:, :, None], probabilities[:, None]
    index = jnp.arange(probabilities.shape[-1])
    likelier: jax.Array = other > mine
    return likelier | ((other == mine) & (index < index[:, None]))
