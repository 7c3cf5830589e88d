"""Which melodies are trained on, and which are held out.

A split is by duplicate group: copies of a tune, near ones too, and melodies of one
piece always stand on the same side (``duplicates``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monody.corpus.corpus import Corpus

HELD_OUT_SHARE = 0.2


@dataclass(frozen=True)
class Split:
    """Indices of the melodies on each side; no duplicate group stands on two sides.

    The held-out fifth has two halves. ``validation`` decides when training stops and
    which weights are kept; ``test`` decides nothing, so its figure can be believed.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @property
    def held_out(self) -> tuple[int, ...]:
        """All melodies that are not trained on."""
        return tuple(sorted(self.validation + self.test))


def split_corpus(corpus: Corpus, seed: int) -> Split:
    """Split melodies into 80 % to train on and 20 % held out, by duplicate group.

    Args:
        corpus: The melodies. Copies stand on no side, unless ``deduplicate`` is off.
        seed: Decides which groups are held out.

    Returns:
        The split. In a tiny corpus the test half is empty; with one group nothing is
        held out.
    """
    used = corpus.used
    groups = corpus.groups
    sizes = np.bincount(groups[used], minlength=1)
    order = np.random.default_rng(seed).permutation(len(sizes))
    room = round(HELD_OUT_SHARE * len(used))
    held_out: list[int] = []
    for group in order:
        if 0 < sizes[group] <= room:
            held_out.append(int(group))
            room -= sizes[group]
    present = np.flatnonzero(sizes)
    if not held_out and len(present) > 1:
        held_out = [int(present[np.argmin(sizes[present])])]  # a fifth is less than any
    test = np.isin(groups[used], held_out[1::2])
    validation = np.isin(groups[used], held_out[0::2])
    train = ~test & ~validation
    sides = (used[side].tolist() for side in (train, validation, test))
    return Split(*map(tuple, sides))
