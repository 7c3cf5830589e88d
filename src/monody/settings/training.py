"""How the network is trained."""

from __future__ import annotations

from dataclasses import dataclass

from monody.settings.base import Settings, setting
from monody.translation import marked

OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")


PLATEAU, COSINE = "plateau", "cosine"
SCHEDULES = (PLATEAU, COSINE)

BASE, NONE = "base", "none"  # what --base may say besides the name of an experiment


@dataclass(frozen=True)
class TrainSettings(Settings):
    """How the network is trained."""

    heading = marked("Training")

    base: str | None = setting(None)
    """What to fine-tune: an experiment, a .keras file, base (the network that comes
    with monody), or none, to learn from nothing; by default base for a small corpus."""

    num_epochs: int = setting(60, minimum=1)
    """Passes over the training melodies, at most."""

    batch_size: int | None = setting(None, minimum=1, maximum=4096)
    """Sequences in one training step, fewer where they are long; by default chosen from
    the corpus, 8 or 16."""

    max_pairs: int | None = setting(None, minimum=1, maximum=2**40)
    """Pairs of events of a sequence in one training step, at most, which bounds its
    memory; by default a million, and sixteen on a GPU."""

    window_size: int = setting(512, minimum=2, maximum=65_536)
    """Events of context in one training sequence, at most."""

    optimizer: str = setting("adam", choices=OPTIMIZERS)
    """Keras optimizer."""

    learning_rate: float | None = setting(None, minimum=1e-8, maximum=10)
    """Learning rate; by default the optimizer's own, and a third of it to fine-tune a
    base."""

    schedule: str = setting(PLATEAU, choices=SCHEDULES)
    """How the learning rate falls: by half where held-out figures do not get better
    (plateau), or along a cosine, to nothing in the last of --num_epochs (cosine)."""

    grad_clip: float = setting(1.0, minimum=0.0)
    """Largest norm of a gradient; 0 switches clipping off."""

    patience: int | None = setting(None, minimum=1)
    """Epochs without a better held-out figure before training stops; by default chosen
    from the corpus, 6 to 12."""

    transpose: float = setting(0.25, minimum=0.0, maximum=1.0)
    """Share of the melodies that an epoch moves to another key. The network reads
    melodies by their intervals and key anyway; 1 unlearns a corpus's usual keys."""

    transpose_octaves: int = setting(0, minimum=0, maximum=4)
    """Octaves that those melodies may also be moved by, either way: for a network that
    others are to be fine-tuned from, to whatever range."""

    max_minutes: float | None = setting(None, minimum=0.001)
    """Training stops when these minutes are over, if it has not before."""

    seed: int = setting(1, minimum=0, maximum=2**32 - 1)
    """Seed of the split and of every random choice of training."""

    @property
    def fine_tunes(self) -> bool:
        """Whether training begins with a base, and not with nothing."""
        return self.base not in (None, NONE)
