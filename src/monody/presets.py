"""Settings chosen from the corpus, where the user names none, and the reasons for them.

How much there is to learn from is counted in notes: forty long pieces teach more than
forty short ones. The figures behind the choices are in benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from monody.settings import ModelSettings, TrainSettings


@dataclass(frozen=True)
class Preset:
    """What suits corpora of a size."""

    below_notes: float  # training notes; it is for corpora with fewer
    size: str
    rnn_size: int
    dropout: float
    batch_size: int
    patience: int
    reasons: dict[str, str]


PRESETS = (
    Preset(
        below_notes=12_000,
        size="tens of tunes",
        rnn_size=128,
        dropout=0.5,
        batch_size=8,
        patience=12,
        reasons={
            "rnn_size": "more units would learn so few tunes by heart",
            "dropout": "half of what is learnt is hidden in turn, against the same",
            "batch_size": "small batches make enough steps of few tunes",
            "patience": "held-out figures of few melodies go up and down",
        },
    ),
    Preset(
        below_notes=60_000,
        size="hundreds of tunes",
        rnn_size=128,
        dropout=0.4,
        batch_size=8,
        patience=9,
        reasons={
            "rnn_size": "192 were no better on 400 tunes, and half as fast",
            "dropout": "enough tunes to hide a little less of what is learnt",
            "batch_size": "small batches make enough steps of few tunes",
            "patience": "held-out figures still go up and down a little",
        },
    ),
    Preset(
        below_notes=float("inf"),
        size="a thousand tunes and more",
        rnn_size=192,
        dropout=0.3,
        batch_size=16,
        patience=6,
        reasons={
            "rnn_size": "there is enough to learn for more units",
            "dropout": "many tunes are hard to learn by heart",
            "batch_size": "quicker, and an epoch has steps enough",
            "patience": "held-out figures of many melodies can be trusted",
        },
    ),
)


def preset_for(notes: int) -> Preset:
    """Return the preset for a training set with so many notes."""
    return next(preset for preset in PRESETS if notes < preset.below_notes)


def fill_in(
    model: ModelSettings,
    settings: TrainSettings,
    melodies: int,
    notes: int,
    explain: Callable[[str], None],
) -> tuple[ModelSettings, TrainSettings]:
    """Choose every setting that was left open; those that were named stay.

    Args:
        model: What the network looks like.
        settings: How to train.
        melodies: Melodies to train on.
        notes: Their notes.
        explain: Called with one line for the size of the corpus and one for each
            choice.
    """
    preset = preset_for(notes)
    explain(f"{melodies:,} melodies to learn from, {notes:,} notes: {preset.size}")
    choices = {name: getattr(preset, name) for name in preset.reasons}

    def chosen(named: Any) -> dict[str, Any]:
        open_ones = {
            name: value
            for name, value in choices.items()
            if getattr(named, name, value) is None
        }
        for name, value in open_ones.items():
            explain(f"  --{name} {value}: {preset.reasons[name]}")
        return open_ones

    return replace(model, **chosen(model)), replace(settings, **chosen(settings))
