"""A logistic regression that tells two sets of vectors apart.

It is small on purpose: a few dozen melodies teach no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

RIDGE = 10.0  # weight of the squared weights against the log loss in nats
FARTHEST = 3.0  # standard deviations; a feature that is farther off counts as this
FIT_STEPS = 100

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogisticRegression:
    """Weights of standardised features and of their magnitudes.

    The magnitudes tell a set with the same means and another spread.

    Example:
        >>> import numpy as np
        >>> from monody.corpus.logistic import LogisticRegression
        >>> line = np.arange(20.0)[:, None]
        >>> found = LogisticRegression.fit(line, label=np.repeat([0.0, 1.0], 10))
        >>> (found.log_odds(line) > 0).tolist() == [False] * 10 + [True] * 10
        True
    """

    mean: Floats  # (width,)
    spread: Floats  # (width,); 0 for a feature that does not vary
    weights: Floats  # (1 + 2 * features that vary,)

    @classmethod
    def fit(cls, vectors: Floats, label: Floats) -> Self:
        """Fit the weights.

        They climb by the fixed bound on the curvature, so that every step lowers the
        loss: D. Böhning and B. Lindsay, "Monotonicity of quadratic-approximation
        algorithms", Annals of the Institute of Statistical Mathematics 40, 1988. Both
        labels count alike, however many vectors have them.

        Args:
            vectors: ``(vectors, width)``.
            label: ``(vectors,)``, 0 or 1; there must be both.
        """
        mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
        spread = np.where(spread > 1e-12, spread, 0)
        given = _inputs(vectors, mean, spread)
        share = label.mean()
        count = np.where(label > 0, 0.5 / share, 0.5 / (1 - share))  # (vectors,)
        bound = given.T @ (given * count[:, None]) / 4
        step = np.linalg.inv(bound + RIDGE * np.eye(given.shape[1]))
        weights = np.zeros(given.shape[1])
        for _ in range(FIT_STEPS):
            probability = 0.5 * (1 + np.tanh(given @ weights / 2))  # logistic function
            error = (label - probability) * count
            weights += step @ (given.T @ error - RIDGE * weights)
        return cls(mean, spread, weights)

    def log_odds(self, vectors: Floats) -> Floats:
        """Return how much likelier label 1 is than label 0, in nats: ``(vectors,)``."""
        odds: Floats = _inputs(vectors, self.mean, self.spread) @ self.weights
        return odds

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {name: value.tolist() for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """Rebuild what ``to_json`` returned."""
        return cls(**{name: np.array(value) for name, value in saved.items()})


def _inputs(vectors: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return a one, the standardised features and their magnitudes, for each vector."""
    varies = spread > 0
    scaled = (vectors - mean)[:, varies] / spread[varies]
    scaled = np.clip(scaled, -FARTHEST, FARTHEST)
    return np.hstack([np.ones((len(vectors), 1)), scaled, np.abs(scaled)])
