"""Sample quality: how much melodies that a model writes resemble real ones.

``compare`` puts one set of melodies beside another, by the features of each melody and
by a classifier that tries to tell the two sets apart. ``sample_quality`` lets a model
write, and makes two comparisons:

- generated melodies with the real held-out ones, which the model never saw;
- the held-out melodies with the training melodies. This is the ceiling: two sets of
  real melodies of one kind are no more alike than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monody import seeds
from monody.errors import MonodyError
from monody.evaluation.features import EXCERPT_BARS, Floats, excerpts, melody_features
from monody.evaluation.two_sample import overlapping_area, tell_apart
from monody.experiments.experiment import Experiment
from monody.generation.generate import generate
from monody.music.key_finding import estimated_keys
from monody.music.melody_store import MelodyStore
from monody.progress import Progress
from monody.settings.sampling import SampleSettings

MIN_MELODIES = 8  # on each side, for a distribution to be worth a figure
MAX_MELODIES = 1000  # on each side: the cost of comparing pairs grows with the square
MAX_WRITTEN = 256  # melodies
STEPS_PER_BAR = 16  # in 4/4; in shorter bars the melodies are longer than is compared


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
    generated: Resemblance  # generated melodies against held-out ones
    ceiling: Resemblance  # held-out melodies against training ones

    @property
    def sides(self) -> tuple[Resemblance, Resemblance]:
        """Both comparisons."""
        return self.generated, self.ceiling

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        return {
            "seed": self.seed,
            "generated": self.generated.to_json(),
            "ceiling": self.ceiling.to_json(),
        }


def sample_quality(
    experiment: Experiment,
    seed: int = 1,
    *,
    progress: Progress | None = None,
) -> SampleQuality:
    """Let a model write melodies, and compare them with the held-out ones.

    They are written as ``monody sample`` does by default, one for each held-out melody,
    ``MAX_WRITTEN`` at most.

    Args:
        experiment: A trained experiment with its melodies.
        seed: Of the melodies and of the comparison.
        progress: Called with the steps done and all of them.

    Returns:
        Both comparisons.

    Raises:
        MonodyError: If melodies to compare with are missing.
    """
    tell = progress or (lambda _done, _total: None)
    real = experiment.side("validation").followed_by(experiment.side("test"))
    if not len(real):
        raise MonodyError(
            f"the experiment in {str(experiment.folder)!r} held out no melodies to "
            "compare with: train on more that differ"
        )
    tell(0, 3)
    settings = SampleSettings(
        num_files=min(len(real), MAX_WRITTEN),
        file_length=EXCERPT_BARS * STEPS_PER_BAR,
        seed=seed,
    )
    written = MelodyStore.of(generate(experiment, settings).melodies)
    tell(1, 3)
    generated = compare(written, real, seed)
    tell(2, 3)
    ceiling = compare(real, experiment.side("train"), seed)
    tell(3, 3)
    return SampleQuality(seed, generated, ceiling)


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
