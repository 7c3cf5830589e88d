"""The critic: it hears which of several melodies could be of the corpus.

A network that predicts well still writes melodies that, looked at as a whole, differ
from real ones: it decides note by note. So each melody is written a few times, and one
is kept. A logistic regression that was fitted to tell the network's own melodies from
those of the corpus says how likely each is to be a real one. One is drawn with these
odds, which brings the melodies that are kept closer to the corpus (sampling-importance
resampling; A. Azadi et al., "Discriminator rejection sampling", ICLR 2019).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from monody.corpus.features import EXCERPT_BARS, bars_of, excerpts, melody_features
from monody.corpus.logistic import LogisticRegression
from monody.corpus.structure_features import structure_features
from monody.experiments.experiment import Experiment
from monody.files import write_json
from monody.music.key_finding import estimated_keys
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore

CANDIDATES = 4  # melodies that one is chosen among
MIN_REAL, MAX_REAL = 16, 400  # melodies of the corpus that it is fitted to
MIN_NOTES = 8  # of each

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Critic:
    """Tells melodies that a network wrote from those it learnt from.

    Args:
        regression: Fitted to `vectors_of` melodies; label 1 is a real one.
    """

    regression: LogisticRegression

    @classmethod
    def fit(cls, real: Sequence[Melody], written: Sequence[Melody]) -> Self:
        """Learn the difference.

        Each written melody is looked at as far as a real one goes: otherwise their
        lengths would tell them apart.

        Args:
            real: Melodies of the corpus, none of them held out to test.
            written: Melodies that the network wrote.
        """
        lengths = [bars_of(melody) for melody in real]
        cut = [
            excerpts(MelodyStore.of([melody]), lengths[index % len(lengths)])[0]
            for index, melody in enumerate(written)
        ]
        vectors = np.concatenate([vectors_of(real, real), vectors_of(written, cut)])
        label = np.repeat([1.0, 0.0], [len(real), len(written)])
        return cls(LogisticRegression.fit(vectors, label))

    def choose(self, melodies: Sequence[Melody], chance: float) -> int:
        """Draw one of several melodies, each with the odds that it is real.

        Args:
            melodies: One at least.
            chance: From 0 to 1, decides.
        """
        odds = self.regression.log_odds(vectors_of(melodies, melodies))
        shares = np.cumsum(np.exp(odds - odds.max()))
        return int(np.searchsorted(shares, chance * shares[-1], side="right"))

    def save(self, experiment: Experiment) -> None:
        """Keep it beside the model that it knows."""
        saved = {"model": experiment.load().fingerprint, **self.regression.to_json()}
        write_json(experiment.critic_path, saved)


def saved_critic(experiment: Experiment) -> Critic | None:
    """Return the critic that an experiment keeps; ``None`` where it has none.

    One that knows an earlier model of the experiment is none.
    """
    path = experiment.critic_path
    if not path.is_file():
        return None
    try:
        saved: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if saved.pop("model") != experiment.load().fingerprint:
            return None
        return Critic(LogisticRegression.from_json(saved))
    except (ValueError, KeyError, TypeError):
        return None  # damaged: another is made


def real_melodies(experiment: Experiment) -> list[Melody]:
    """Return melodies that a critic may know: those trained on and validated on.

    Returns:
        ``MAX_REAL`` at most, evenly from all; none where the experiment has too few.
    """
    if not experiment.training_path.is_dir():
        return []
    melodies = experiment.side("train").followed_by(experiment.side("validation"))
    enough = np.flatnonzero(melodies.info["note_count"] >= MIN_NOTES)
    if len(enough) < MIN_REAL:
        return []
    every = np.linspace(0, len(enough) - 1, min(len(enough), MAX_REAL))
    return list(melodies.take(enough[np.rint(every).astype(np.int64)].tolist()))


def vectors_of(melodies: Sequence[Melody], cut: Sequence[Melody]) -> Floats:
    """Describe melodies by all features.

    Args:
        melodies: Whole, for how they end.
        cut: The same as far as they are looked at.

    Returns:
        ``(melodies, width)``.
    """
    first = excerpts(MelodyStore.of(cut), EXCERPT_BARS)
    made_of = melody_features(first, estimated_keys(first))
    return np.hstack([*made_of.values(), structure_features(melodies, first)])
