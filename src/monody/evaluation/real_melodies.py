"""Which real melodies those that a network writes are compared with.

The best are melodies that it never saw. A small corpus holds out a few only, by which
hardly anything could be said: then the training melodies are compared with, too. A
melody that copies one of them would look real here; that it is a copy, its label says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.music.melody_store import MelodyStore

MIN_HELD_OUT = 200  # held-out melodies; with fewer the training melodies are used, too


@dataclass(frozen=True)
class RealMelodies:
    """Real melodies to compare with, and where they are from.

    Example:
        >>> import monody
        >>> from monody.evaluation.real_melodies import own_melodies
        >>> own_melodies(monody.Experiment("experiments/01")).to_json()
        {'data': None, 'held_out': 4, 'training': 16, 'left_out': 0}
    """

    melodies: MelodyStore
    data: str | None  # the folder; None for the experiment's own
    held_out: int = 0  # of the experiment's own
    training: int = 0
    left_out: int = 0  # of a folder: those that are like a training melody

    def to_json(self) -> dict[str, object]:
        """Return how many there are of each kind as JSON values."""
        kinds = ("data", "held_out", "training", "left_out")
        return {kind: getattr(self, kind) for kind in kinds}


def own_melodies(experiment: Experiment) -> RealMelodies:
    """Return the held-out melodies of an experiment; all of them if those are few.

    Args:
        experiment: A trained experiment with its melodies.

    Returns:
        The held-out melodies, and the training melodies after them if fewer than
        ``MIN_HELD_OUT`` were held out.

    Raises:
        MonodyError: If the experiment does not hold its melodies.
    """
    held_out = experiment.side("validation").followed_by(experiment.side("test"))
    if len(held_out) >= MIN_HELD_OUT:
        return RealMelodies(held_out, None, held_out=len(held_out))
    training = experiment.side("train")
    return RealMelodies(
        held_out.beside(training), None, len(held_out), training=len(training)
    )


def other_melodies(
    melodies: MelodyStore, known: NDArray[np.bool_] | None, data: str
) -> RealMelodies:
    """Return the melodies of a folder, without those that were trained on.

    Args:
        melodies: Those of the folder.
        known: ``(melodies,)``: which of them are like a training melody; ``None`` where
            the training melodies are not there.
        data: The folder.

    Raises:
        MonodyError: If none is left.

    Example:
        >>> import monody, numpy as np
        >>> from monody.evaluation.real_melodies import other_melodies
        >>> melodies = monody.read_corpus("data/midi").melodies
        >>> known = np.arange(len(melodies)) < 5
        >>> real = other_melodies(melodies, known, "data/midi")
        >>> len(real.melodies), real.left_out
        (15, 5)
    """
    if known is None:
        return RealMelodies(melodies, data)
    new = np.flatnonzero(~known)
    if not len(new):
        raise MonodyError(
            f"every melody in {data!r} is like one that the network was trained on: "
            "to compare its melodies with, name a folder of others, or leave out "
            "--data_dir"
        )
    left_out = len(melodies) - len(new)
    return RealMelodies(melodies.take(new.tolist()), data, left_out=left_out)
