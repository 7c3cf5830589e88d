"""How far a training is, read from what its experiment writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import monody
from monody.errors import MonodyError
from monody.studio.words import _
from monody.translation import grouped

BASE = "base"  # what a preset calls the base model
RECENT = 3  # epochs whose seconds tell how long the next ones take


@dataclass(frozen=True)
class TrainingFacts:
    """What the folder of a training says.

    Args:
        melodies: That it learns from; 0 before training begins.
        notes: Of those melodies.
        fine_tunes: Whether it begins with the base model.
        epochs: How many there will be at most; 0 before training begins.
        curve: Bits per note of each epoch.
        best_epoch: The one whose weights are kept; 0 where the base was never beaten.
        pace: Seconds that an epoch takes; ``None`` before the second is over.
        has_model: Whether there is a model that can write.
    """

    melodies: int = 0
    notes: int = 0
    fine_tunes: bool = False
    epochs: int = 0
    curve: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int | None = None
    pace: float | None = None
    has_model: bool = False

    @classmethod
    def of(cls, folder: Path) -> TrainingFacts:
        """Read the folder of a training, which need not be there yet."""
        experiment = monody.Experiment(folder)
        if not experiment.settings_path.is_file():
            return cls()
        try:
            begun = _begun(folder, experiment.settings_path.stat().st_mtime_ns)
            history = experiment.history()
        except (MonodyError, OSError):  # it is being written, or damaged
            return cls()
        best = [int(row["epoch"]) for row in history if row["best"]]
        # Not the first, in which the network is compiled.
        seconds = [row["seconds"] for row in history[1:][-RECENT:]]
        return cls(
            **begun,
            curve=[_point(row) for row in history],
            best_epoch=best[-1] if best else 0 if history else None,
            pace=sum(seconds) / len(seconds) if seconds else None,
            has_model=experiment.model_path.is_file(),
        )

    @property
    def chosen(self) -> str:
        """What was chosen and why, in a line; empty before training begins.

        Example:
            >>> from monody.studio.training_progress import TrainingFacts
            >>> TrainingFacts(40, 1526, fine_tunes=True).chosen
            '40 melodies, 1,526 notes: tens of tunes. It begins with the base model:...'
        """
        if not self.melodies:
            return ""
        preset = monody.preset_for(self.notes)
        learnt = _("{melodies} melodies, {notes} notes: {size}.").format(
            melodies=grouped(self.melodies),
            notes=grouped(self.notes),
            size=_(preset.size),
        )
        if self.fine_tunes != (preset.base == BASE):
            return learnt  # it was named
        reason = _(preset.base_reason)
        if self.fine_tunes:
            why = _("It begins with the base model: {why}.").format(why=reason)
        else:
            why = _("It learns from nothing: {why}.").format(why=reason)
        return f"{learnt} {why}"


@lru_cache(maxsize=64)
def _begun(folder: Path, _written: int) -> dict[str, Any]:
    """Read what an experiment says as soon as it begins, once.

    A record may take a good part of a second, and would hold up all answers meanwhile.
    """
    experiment = monody.Experiment(folder)
    training, learnt = experiment.record().training, experiment.side("train")
    return {
        "melodies": len(learnt),
        "notes": len(learnt.notes),
        "fine_tunes": training.fine_tunes,
        "epochs": training.num_epochs,
    }


@dataclass(frozen=True)
class Moment:
    """Where a training is that runs.

    Args:
        stage: ``reading``, ``preparing`` or ``training``.
        epoch: Epochs that are over.
        share: Of the next one that is done, from 0 to 1.
        pace: Seconds that an epoch seems to take; ``None`` before that can be said.
    """

    stage: str = "reading"
    epoch: int = 0
    share: float = 0.0
    pace: float | None = None

    def seconds_left(self, facts: TrainingFacts) -> float | None:
        """Estimate the seconds until all epochs are over; it may stop before.

        Example:
            >>> from monody.studio.training_progress import Moment, TrainingFacts
            >>> Moment("training", 4, 0.5, 2.0).seconds_left(TrainingFacts(epochs=10))
            11.0
        """
        pace = self.pace if facts.pace is None else facts.pace
        if pace is None or not facts.epochs:
            return None
        return max(facts.epochs - self.epoch - self.share, 0.0) * pace


def _point(row: dict[str, float]) -> dict[str, Any]:
    return {
        "epoch": int(row["epoch"]),
        "train": row["bits_per_note"],
        "held_out": row.get("val_bits_per_note"),
        "better": bool(row["best"]),
    }
