"""How far a training is, read from what its experiment writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import monody
from monody.corpus.report import counted
from monody.errors import MonodyError
from monody.studio.words import _
from monody.training.presets import BASE_REASON, NO_BASE_REASON, preset_for

RECENT = 3  # epochs whose seconds tell how long the next ones take


@dataclass(frozen=True)
class TrainingFacts:
    """What the folder of a training says.

    Args:
        chosen: What was chosen and why, in a line; empty before training begins.
        epochs: How many there will be at most; 0 before training begins.
        curve: Bits per note of each epoch.
        best_epoch: The one whose weights are kept; 0 where the base was never beaten.
        pace: Seconds that an epoch takes; ``None`` before the first is over.
        patience: Epochs that may pass without a better figure.
        has_model: Whether there is a model that can write.
    """

    chosen: str = ""
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
            history, record = experiment.history(), experiment.record()
            notes = len(experiment.side("train").notes)
        except (MonodyError, OSError):  # it is being written, or damaged
            return cls()
        melodies = counted(record.melodies.train, "melody")
        learnt = f"{melodies}, {counted(notes, 'note')}: {_(preset_for(notes).size)}"
        best = [int(row["epoch"]) for row in history if row["best"]]
        seconds = [row["seconds"] for row in history[-RECENT:]]
        return cls(
            chosen=f"{learnt}. {_why(record.training)}",
            epochs=record.training.num_epochs,
            curve=[_point(row) for row in history],
            best_epoch=best[-1] if best else 0 if history else None,
            pace=sum(seconds) / len(seconds) if seconds else None,
            has_model=experiment.model_path.is_file(),
        )


@dataclass(frozen=True)
class Moment:
    """Where a training is that runs.

    Args:
        stage: ``reading``, ``preparing`` or ``training``.
        epoch: Epochs that are over.
        share: Of the next one that is done, from 0 to 1.
        seconds: That this took.
    """

    stage: str = "reading"
    epoch: int = 0
    share: float = 0.0
    seconds: float = 0.0

    def seconds_left(self, facts: TrainingFacts) -> float | None:
        """Estimate the seconds until all epochs are over; it may stop before.

        Example:
            >>> from monody.studio.training_progress import Moment, TrainingFacts
            >>> Moment("training", 4, 0.5).seconds_left(TrainingFacts("", 10, pace=2))
            11.0
        """
        pace = facts.pace
        if pace is None and self.share > 0:
            pace = self.seconds / self.share
        if pace is None or not facts.epochs:
            return None
        return max(facts.epochs - self.epoch - self.share, 0.0) * pace


def _why(settings: monody.TrainSettings) -> str:
    """Say what training begins with, and why."""
    if not settings.fine_tunes:
        return _("It learns from nothing: {why}.").format(why=_(NO_BASE_REASON))
    return _("It begins with the base model: {why}.").format(why=_(BASE_REASON))


def _point(row: dict[str, float]) -> dict[str, Any]:
    return {
        "epoch": int(row["epoch"]),
        "train": row["bits_per_note"],
        "held_out": row.get("val_bits_per_note"),
        "better": bool(row["best"]),
    }
