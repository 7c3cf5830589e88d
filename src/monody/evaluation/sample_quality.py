"""Music, not only bits: melodies that a model writes beside the real ones it never saw.

The same comparison of the real held-out melodies with the training melodies is the
ceiling: two sets of real melodies of one kind are no more alike than that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from monody.errors import MonodyError
from monody.evaluation.features import EXCERPT_BARS
from monody.evaluation.resemblance import Resemblance, compare
from monody.experiments.experiment import Experiment
from monody.generation.generate import generate
from monody.music.melody_store import MelodyStore
from monody.settings.sampling import SampleSettings

MAX_WRITTEN = 256  # melodies
STEPS_PER_BAR = 16  # in 4/4; in shorter bars the melodies are longer than is compared


@dataclass(frozen=True)
class SampleQuality:
    """How melodies of a model resemble real ones, and how real ones do each other."""

    seed: int
    generated: Resemblance  # generated melodies against held-out ones
    ceiling: Resemblance  # held-out melodies against training ones

    @property
    def sides(self) -> tuple[Resemblance, Resemblance]:
        """Both comparisons."""
        return self.generated, self.ceiling

    def to_json(self) -> dict[str, Any]:
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
    progress: Callable[[int, int], None] | None = None,
) -> SampleQuality:
    """Let a model write melodies, and compare them with the held-out ones.

    They are written as ``monody sample`` does by default, one for each held-out melody,
    ``MAX_WRITTEN`` at most.

    Args:
        experiment: A trained experiment with its melodies.
        seed: Of the melodies and of the comparison.
        progress: Called with the steps done and all of them.

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
