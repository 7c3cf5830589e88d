"""How the network is trained."""

from __future__ import annotations

from dataclasses import dataclass

from monody.settings.base import Settings, setting

OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")


BASE, NONE = "base", "none"  # what --base may say besides the name of an experiment


@dataclass(frozen=True)
class TrainSettings(Settings):
    """How the network is trained."""

    heading = "Training"

    base: str | None = setting(
        None,
        "What to fine-tune: an experiment, a .keras file, base (the network that comes "
        "with monody), or none, to learn from nothing; by default base for a small "
        "corpus.",
    )
    num_epochs: int = setting(
        60, "Passes over the training melodies, at most.", minimum=1
    )
    batch_size: int | None = setting(
        None,
        "Sequences in one training step, fewer where they are long; by default chosen "
        "from the corpus, 8 or 16.",
        minimum=1,
        maximum=4096,
    )
    window_size: int = setting(
        512,
        "Events of context in one training sequence, at most.",
        minimum=2,
        maximum=65_536,
    )
    optimizer: str = setting("adam", "Keras optimizer.", choices=OPTIMIZERS)
    learning_rate: float | None = setting(
        None,
        "Learning rate; by default the optimizer's own, and a third of it to fine-tune "
        "a base.",
        minimum=1e-8,
        maximum=10,
    )
    grad_clip: float = setting(
        1.0, "Largest norm of a gradient; 0 switches clipping off.", minimum=0.0
    )
    patience: int | None = setting(
        None,
        "Epochs without a better held-out figure before training stops; by default "
        "chosen from the corpus, 6 to 12.",
        minimum=1,
    )
    transpose: float = setting(
        0.25,
        "Share of the melodies that an epoch moves to another key. The network reads "
        "melodies by their intervals and key anyway; 1 unlearns a corpus's usual keys.",
        minimum=0.0,
        maximum=1.0,
    )
    transpose_octaves: int = setting(
        0,
        "Octaves that those melodies may also be moved by, either way: for a network "
        "that others are to be fine-tuned from, to whatever range.",
        minimum=0,
        maximum=4,
    )
    max_minutes: float | None = setting(
        None,
        "Training stops when these minutes are over, if it has not before.",
        minimum=0.001,
    )
    seed: int = setting(
        1,
        "Seed of the split and of every random choice of training.",
        minimum=0,
        maximum=2**32 - 1,
    )

    @property
    def fine_tunes(self) -> bool:
        """Whether training begins with a base, and not with nothing."""
        return self.base not in (None, NONE)
