"""The held-out figures of a training: what ``scores.json`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from monody.models.surprisal import Score
from monody.saved.values import listed, number, table, whole

INTERVAL = "interval_95"
BIGRAM, BASE_ALONE = "bigram", "base_alone"  # the models beside the network


@dataclass(frozen=True)
class SideScores:
    """How well models predict the melodies of one side."""

    score: Score  # of the best weights
    references: dict[str, Score]  # of others, on the same melodies

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        references = {name: ref.to_json() for name, ref in self.references.items()}
        return {**self.score.to_json(), "references": references}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Rebuild what ``to_json`` returned.

        Raises:
            KeyError, TypeError, ValueError: If it is damaged or of another version.
        """
        own = {name: value for name, value in saved.items() if name != "references"}
        references = table(saved["references"])
        return cls(_score(own), {name: _score(ref) for name, ref in references.items()})


def _score(saved: Mapping[str, Any]) -> Score:
    low, high = listed(saved[INTERVAL], number)
    counts = {name: whole(saved[name], 1) for name in ("melodies", "notes")}
    others = {name: number(saved[name]) for name in saved.keys() - {*counts, INTERVAL}}
    return Score(**counts, **others, interval_95=(low, high))  # type: ignore[arg-type]
