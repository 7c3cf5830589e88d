"""How much a set of generated melodies resembles real ones: music, not only bits.

compare(generated, held_out)  # what to judge
compare(held_out, training)   # the ceiling: real melodies against real ones
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from monody.evaluation.features import EXCERPT_BARS, Floats, excerpts, melody_features
from monody.evaluation.two_sample import overlapping_area, tell_apart
from monody.music.key_finding import estimated_keys
from monody.music.melody_store import MelodyStore

MIN_MELODIES = 8  # on each side, for a distribution to be worth a figure
MAX_MELODIES = 1000  # of each side: what pairs of melodies cost grows by the square


@dataclass(frozen=True)
class Resemblance:
    """How one set of melodies resembles another, by excerpts of ``excerpt_bars``.

    A figure is ``None`` where there are too few melodies for it: ``MIN_MELODIES`` a
    side, and one for the share in the key.
    """

    generated_melodies: int  # compared; at most MAX_MELODIES
    real_melodies: int
    excerpt_bars: int
    overlap: dict[str, float] | None  # by feature, 0-1; 1 is perfect
    generated_in_key_share: float | None  # mean over melodies, 0-1
    real_in_key_share: float | None
    classifier_accuracy: float | None  # of telling them apart; 0.5 is perfect
    classifier_interval_95: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        interval = self.classifier_interval_95
        return {
            **vars(self),
            "classifier_interval_95": None if interval is None else list(interval),
        }


def compare(
    generated: MelodyStore,
    real: MelodyStore,
    seed: int = 1,
    excerpt_bars: int = EXCERPT_BARS,
) -> Resemblance:
    """Compare generated melodies with real ones, by ``melody_features``.

    Of both sides only the first bars count (``excerpts``), so that an exact length of
    the generated ones does not tell them apart. Keys are estimated on both sides, also
    where real melodies declare theirs: generated ones declare none, and an estimate
    fits better than a declaration.

    Args:
        generated: The melodies to judge.
        real: The melodies to judge by: the reference of the overlaps.
        seed: Decides which melodies are drawn of a side that has more than
            ``MAX_MELODIES``, and the folds of the classifier.
        excerpt_bars: The most bars of each melody that count.
    """
    rng = np.random.default_rng(seed)
    sides = [_measured(_drawn(side, rng), excerpt_bars) for side in (generated, real)]
    ours, theirs = (np.hstack(list(side.values())) for side in sides)
    enough = min(len(ours), len(theirs)) >= MIN_MELODIES
    told = tell_apart(ours, theirs, seed) if enough else None
    return Resemblance(
        generated_melodies=len(ours),
        real_melodies=len(theirs),
        excerpt_bars=excerpt_bars,
        overlap=_overlaps(*sides) if enough else None,
        generated_in_key_share=_mean(sides[0]["in_key_share"]),
        real_in_key_share=_mean(sides[1]["in_key_share"]),
        classifier_accuracy=told.accuracy if told else None,
        classifier_interval_95=told.interval_95 if told else None,
    )


def _drawn(melodies: MelodyStore, rng: np.random.Generator) -> MelodyStore:
    """Draw at most ``MAX_MELODIES``, in their order."""
    if len(melodies) <= MAX_MELODIES:
        return melodies
    chosen = rng.choice(len(melodies), MAX_MELODIES, replace=False)
    return melodies.take(np.sort(chosen))


def _measured(melodies: MelodyStore, bars: int) -> dict[str, Floats]:
    """Measure the first bars of melodies, each in the key that they suggest."""
    cut = excerpts(melodies, bars)
    return melody_features(cut, estimated_keys(cut))


def _overlaps(
    generated: dict[str, Floats], real: dict[str, Floats]
) -> dict[str, float]:
    return {name: overlapping_area(generated[name], real[name]) for name in generated}


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None
