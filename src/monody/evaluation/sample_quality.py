"""Sample quality: how much melodies that a model writes resemble real ones.

``compare`` puts one set of melodies beside another, by the features of each melody and
by a classifier that tries to tell the two sets apart. ``sample_quality`` lets a model
write, and makes two comparisons:

- generated melodies with real ones (``real_melodies`` says with which);
- one half of the real ones with the other. This is the ceiling: two sets of real
  melodies of one kind are no more alike than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monody import seeds
from monody.evaluation.features import (
    EXCERPT_BARS,
    Floats,
    bars_of,
    excerpts,
    melody_features,
)
from monody.evaluation.real_melodies import RealMelodies
from monody.evaluation.two_sample import overlapping_area, tell_apart
from monody.experiments.experiment import Experiment
from monody.generation.generate import generate
from monody.music.key_finding import estimated_keys
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.progress import Progress
from monody.settings.sampling import SampleSettings

MIN_MELODIES = 8  # on each side, for a distribution to be worth a figure
MIN_HALF = 50  # melodies: two small halves of one set look less alike than they are
MAX_MELODIES = 1000  # on each side: the cost of comparing pairs grows with the square
WRITTEN = 200  # melodies
SEED = 1  # of the melodies and of the comparison: the same figures each time


@dataclass(frozen=True)
class Resemblance:
    """How much one set of melodies resembles another, by excerpts of both.

    A figure is ``None`` where there are too few melodies for it: fewer than
    ``MIN_MELODIES`` on a side, or none at all for the share of notes in the key.

    Example:
        >>> import monody
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> found = monody.compare(melodies[:4], melodies)  # too few for a classifier
        >>> found.generated_melodies, found.real_melodies, found.classifier_accuracy
        (4, 20, None)
    """

    generated_melodies: int  # compared; at most MAX_MELODIES
    real_melodies: int
    excerpt_bars: int
    overlap: dict[str, float] | None  # by feature, 0-1; 1 is perfect
    generated_in_key_share: float | None  # mean over melodies, 0-1
    real_in_key_share: float | None
    classifier_accuracy: float | None  # of telling them apart; 0.5 is perfect
    classifier_interval_95: tuple[float, float] | None

    def to_json(self) -> dict[str, object]:
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

    Only the first bars of both sides count (``excerpts``): otherwise the length of
    generated melodies, which is exact, would tell them apart. Keys are estimated on
    both sides, even where real melodies declare theirs: generated ones declare none,
    and an estimate fits better than a declaration.

    Args:
        generated: The melodies to judge.
        real: The melodies to judge by: the reference of the overlaps.
        seed: Decides which melodies are drawn of a side that has more than
            ``MAX_MELODIES``, and the folds of the classifier.
        excerpt_bars: The first bars of each melody that count, at most.

    Returns:
        The figures.

    Example:
        >>> import monody
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> found = monody.compare(melodies, melodies)
        >>> found.overlap["range_semitones"] > 0.7  # 1 is perfect
        True
        >>> found.classifier_accuracy <= 0.5  # no better than by chance
        True
    """
    rng = seeds.comparison(seed)
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


@dataclass(frozen=True)
class SampleQuality:
    """How much melodies of a model resemble real ones, and real ones each other."""

    seed: int
    real: RealMelodies  # what they are compared with
    generated: Resemblance  # generated melodies against real ones
    ceiling: Resemblance | None  # one half of the real ones against the other

    @property
    def sides(self) -> tuple[Resemblance, ...]:
        """The comparisons that there are."""
        return (self.generated, self.ceiling) if self.ceiling else (self.generated,)

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            "seed": self.seed,
            "real": self.real.to_json(),
            "generated": self.generated.to_json(),
            "ceiling": self.ceiling.to_json() if self.ceiling else None,
        }


def sample_quality(
    experiment: Experiment,
    real: RealMelodies,
    *,
    progress: Progress | None = None,
) -> SampleQuality:
    """Let a model write ``WRITTEN`` melodies, and compare them with real ones.

    They are written as ``monody sample`` does by default. Then each is cut to the
    length of a real one, drawn by chance: where real melodies have eight bars and the
    generated ones sixteen, length would tell them apart.

    Args:
        experiment: A trained experiment.
        real: What to compare with.
        progress: Called with the steps done and all of them.

    Returns:
        The comparison; that of real ones with real ones where each half of them has
        ``MIN_HALF`` melodies.
    """
    tell = progress or (lambda _done, _total: None)
    tell(0, 3)
    settings = SampleSettings(num_files=WRITTEN, bars=EXCERPT_BARS, seed=SEED)
    written = generate(experiment, settings).melodies
    tell(1, 3)
    rng = seeds.comparison(SEED)
    generated = compare(_as_long_as(real.melodies, written, rng), real.melodies, SEED)
    tell(2, 3)
    ceiling = _ceiling(real.melodies, rng)
    tell(3, 3)
    return SampleQuality(SEED, real, generated, ceiling)


def _ceiling(real: MelodyStore, rng: np.random.Generator) -> Resemblance | None:
    """Compare one half of real melodies with the other, if they are enough."""
    if len(real) < 2 * MIN_HALF:
        return None
    order = rng.permutation(len(real))
    return compare(real.take(order[::2]), real.take(order[1::2]), SEED)


def _as_long_as(
    real: MelodyStore, written: Sequence[Melody], rng: np.random.Generator
) -> MelodyStore:
    """Cut each written melody to the bars of a real one, drawn by chance."""
    models = rng.integers(len(real), size=len(written)).tolist()
    cut = [
        excerpts(MelodyStore.of([melody]), bars_of(real[model]))[0]
        for melody, model in zip(written, models, strict=True)
    ]
    return MelodyStore.of(cut)


def _drawn(melodies: MelodyStore, rng: np.random.Generator) -> MelodyStore:
    """Draw at most ``MAX_MELODIES``, in their order."""
    if len(melodies) <= MAX_MELODIES:
        return melodies
    indices = rng.choice(len(melodies), MAX_MELODIES, replace=False)
    return melodies.take(np.sort(indices))


def _measured(melodies: MelodyStore, bars: int) -> dict[str, Floats]:
    """Measure the first bars of melodies, each in its estimated key."""
    cut = excerpts(melodies, bars)
    return melody_features(cut, estimated_keys(cut))


def _overlaps(
    generated: dict[str, Floats], real: dict[str, Floats]
) -> dict[str, float]:
    return {name: overlapping_area(generated[name], real[name]) for name in generated}


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None
