"""Settings chosen from the corpus, where the user names none, and the reasons for them.

How much there is to learn from is counted in notes: forty long pieces teach more than
forty short ones. The figures behind the choices are in benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from monody.errors import MonodyError
from monody.settings.model import ModelSettings
from monody.settings.training import BASE, NONE, TrainSettings
from monody.translation import marked

SIZES = ("encoding", "rnn_size", "num_layers")  # a base cannot change them
NUM_LAYERS = 2
# On a GPU, for corpora of so many notes. On an H200 146,000 notes were learnt from no
# sooner in batches of 64 than of 16: an epoch of theirs is mostly what ends it.
GPU_BATCH_SIZE, GPU_BATCH_NOTES = 64, 1_000_000
GPU_MAX_PAIRS = 1 << 24
GPU_REASON = marked("a GPU does many sequences side by side")
# Why a base is fine-tuned, or none.
BASE_REASON = marked("it knows what a melody is, and has to learn your style only")
NO_BASE_REASON = marked("there is enough to learn from nothing")


@dataclass(frozen=True)
class Preset:
    """What suits corpora of a size: what ``train`` chooses where nothing is named."""

    below_notes: float  # training notes; it is for corpora with fewer
    size: str  # in English
    base: str  # what is fine-tuned
    rnn_size: int
    dropout: float
    batch_size: int
    patience: int
    reasons: dict[str, str]

    @property
    def base_reason(self) -> str:
        """Why the base model is fine-tuned, or none is; in English."""
        return BASE_REASON if self.base == BASE else NO_BASE_REASON


PRESETS = (
    Preset(
        below_notes=12_000,
        size=marked("tens of tunes"),
        base=BASE,
        rnn_size=128,
        dropout=0.5,
        batch_size=8,
        patience=12,
        reasons=marked(
            {
                "rnn_size": "more units would learn so few tunes by heart",
                "dropout": "half of what is learnt is hidden in turn, against the same",
                "batch_size": "small batches make enough steps of few tunes",
                "patience": "held-out figures of few melodies go up and down",
            }
        ),
    ),
    Preset(
        below_notes=60_000,
        size=marked("hundreds of tunes"),
        base=BASE,
        rnn_size=128,
        dropout=0.4,
        batch_size=8,
        patience=9,
        reasons=marked(
            {
                "rnn_size": "192 were no better on 400 tunes, and half as fast",
                "dropout": "enough tunes to hide a little less of what is learnt",
                "batch_size": "small batches make enough steps of few tunes",
                "patience": "held-out figures still go up and down a little",
            }
        ),
    ),
    Preset(
        below_notes=float("inf"),
        size=marked("a thousand tunes and more"),
        base=NONE,
        rnn_size=192,
        dropout=0.3,
        batch_size=16,
        patience=6,
        reasons=marked(
            {
                "rnn_size": "there is enough to learn for more units",
                "dropout": "many tunes are hard to learn by heart",
                "batch_size": "quicker, and an epoch has steps enough",
                "patience": "held-out figures of many melodies can be trusted",
            }
        ),
    ),
)


def tell_nobody(_line: str) -> None:
    """Explain nothing: for those who do not ask what was chosen, and why."""


def preset_for(notes: int) -> Preset:
    """Return what ``train`` chooses for a training set of this many notes.

    Args:
        notes: To train on.

    Example:
        >>> import monody
        >>> preset = monody.preset_for(1_500)
        >>> preset.size, preset.base, preset.reasons["dropout"]
        ('tens of tunes', 'base', 'half of what is learnt is hidden in turn, ...')
    """
    return next(preset for preset in PRESETS if notes < preset.below_notes)


def choose_base(
    model: ModelSettings,
    settings: TrainSettings,
    melodies: int,
    notes: int,
    explain: Callable[[str], None],
) -> TrainSettings:
    """Choose what is fine-tuned, unless it is named.

    Args:
        model: What the network looks like, as far as it was named.
        settings: How to train.
        melodies: Melodies to train on.
        notes: Their notes.
        explain: Called with one line for the size of the corpus and one for the choice.
    """
    preset = preset_for(notes)
    explain(f"{melodies:,} melodies to learn from, {notes:,} notes: {preset.size}")
    if settings.base is not None:
        return settings
    own = own_sizes(model)
    if preset.base == BASE and own:
        reason = marked(f"the base model is no network of {' and '.join(own)}")
    elif preset.base == BASE:
        reason = BASE_REASON
    else:
        reason = NO_BASE_REASON
    base = NONE if own else preset.base
    explain(f"  --base {base}: {reason}")
    return replace(settings, base=base)


def own_sizes(model: ModelSettings) -> list[str]:
    """Return the options that name a size of the network, which a base cannot change.

    Args:
        model: What the network looks like, as far as it was named.

    Example:
        >>> import monody
        >>> from monody.training.presets import own_sizes
        >>> own_sizes(monody.ModelSettings(rnn_size=64, dropout=0.3))
        ['--rnn_size 64']
    """
    usual = ModelSettings()
    return [
        f"--{name} {getattr(model, name)}"
        for name in SIZES
        if getattr(model, name) != getattr(usual, name)
    ]


def take_sizes(model: ModelSettings, base: ModelSettings) -> ModelSettings:
    """Give a network the sizes of what it is fine-tuned from.

    Args:
        model: What the network looks like, as far as it was named.
        base: What the base looks like.

    Raises:
        MonodyError: If another size was named.
    """
    for name in SIZES:
        named, its = getattr(model, name), getattr(base, name)
        if named not in (None, its):
            raise MonodyError(
                f"--{name} is {named}, but that of the base is {its}: make them the "
                "same, or start from nothing with --base none"
            )
    return replace(model, **{name: getattr(base, name) for name in SIZES})


def fill_in(
    model: ModelSettings,
    settings: TrainSettings,
    notes: int,
    explain: Callable[[str], None],
    on_gpu: bool = False,
) -> tuple[ModelSettings, TrainSettings]:
    """Choose every setting that was left open; those that were named stay.

    Args:
        model: What the network looks like; the sizes of a base are named.
        settings: How to train; the base is named.
        notes: Notes to train on.
        explain: Called with one line for each choice.
        on_gpu: Whether it is trained on a GPU.
    """
    preset = preset_for(notes)
    choices = {name: getattr(preset, name) for name in preset.reasons}
    reasons = dict(preset.reasons)
    if on_gpu and notes >= GPU_BATCH_NOTES:
        choices["batch_size"], reasons["batch_size"] = GPU_BATCH_SIZE, GPU_REASON
    if on_gpu:
        settings = replace(settings, max_pairs=settings.max_pairs or GPU_MAX_PAIRS)

    def chosen(named: Any) -> dict[str, Any]:
        open_ones = {
            name: value
            for name, value in choices.items()
            if getattr(named, name, value) is None
        }
        for name, value in open_ones.items():
            explain(f"  --{name} {value}: {reasons[name]}")
        return open_ones

    model = replace(model, num_layers=model.num_layers or NUM_LAYERS)
    return replace(model, **chosen(model)), replace(settings, **chosen(settings))
