"""What is usual: how much real melodies share with a training set without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from monody.corpus.novelty import LABELS, Novelty, NoveltyIndex
from monody.music.melody import Melody
from monody.saved.damage import damage_in
from monody.saved.values import number, table, whole


class Typical(NamedTuple):
    """The median and the 95th percentile of a figure over melodies."""

    median: float
    percentile_95: float


@dataclass(frozen=True)
class UsualNovelty:
    """What real melodies share with a training set that they are not part of.

    Without any melody all figures are 0.
    """

    melodies: int
    shares: dict[str, float]  # of the melodies, by label, 0-1
    longest_notes: Typical
    longest_bars: Typical
    covered: Typical
    closest_covered: Typical

    def to_json(self) -> dict[str, object]:
        """Return the figures as JSON values."""
        typical: dict[str, Typical] = {name: getattr(self, name) for name in TYPICAL}
        named = {name: figure._asdict() for name, figure in typical.items()}
        return {"melodies": self.melodies, "shares": dict(self.shares), **named}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> UsualNovelty:
        """Rebuild what ``to_json`` returned.

        Raises:
            DamagedError: If it is damaged or of another version.
        """
        with damage_in("what is usual"):
            typical = {name: table(saved[name]) for name in TYPICAL}
            named = {
                name: Typical(*(number(figures[part]) for part in Typical._fields))
                for name, figures in typical.items()
            }
            shares = {name: number(saved["shares"][name], 0, 1) for name in LABELS}
            return cls(whole(saved["melodies"]), shares, **named)


TYPICAL = ("longest_notes", "longest_bars", "covered", "closest_covered")


def look_up_all(indices: Sequence[NoveltyIndex], melody: Melody) -> Novelty:
    """Look up what a melody shares with the training set that it shares most with.

    Args:
        indices: Of one training set or more.
        melody: Any melody.
    """
    found = [index.look_up(melody) for index in indices]
    return max(found, key=lambda one: (LABELS.index(one.label), one.longest_notes))


def usual_novelty(
    indices: Sequence[NoveltyIndex], melodies: Sequence[Melody]
) -> UsualNovelty:
    """Sum up what held-out melodies share with the training set.

    Args:
        indices: Of the training set, and of those of its base.
        melodies: Real melodies that are not in it.

    Example:
        >>> import monody
        >>> from monody.corpus.novelty import NoveltyIndex
        >>> from monody.corpus.usual_novelty import usual_novelty
        >>> from monody.corpus.suffix_array import SuffixArray
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> train, held_out = melodies[:18], melodies[18:]
        >>> index = NoveltyIndex(train, SuffixArray.of(train))
        >>> usual_novelty([index], held_out).shares
        {'new': 1.0, 'near-copy': 0.0, 'copy': 0.0}
    """
    found = [look_up_all(indices, melody) for melody in melodies]
    labels = [novelty.label for novelty in found]
    count = max(len(found), 1)
    return UsualNovelty(
        melodies=len(found),
        shares={label: labels.count(label) / count for label in LABELS},
        **{name: _typical([getattr(one, name) for one in found]) for name in TYPICAL},
    )


def _typical(figures: list[float]) -> Typical:
    return Typical(*map(float, np.quantile(figures or [0.0], (0.5, 0.95))))
