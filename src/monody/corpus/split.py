"""The split: which melodies are trained on, and which are held out.

A split is by duplicate group (``duplicates``): copies and near-copies of a tune, and
the melodies of one piece, are always on the same side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monody import seeds
from monody.corpus.corpus import Corpus

HELD_OUT_SHARE = 0.2  # of the melodies that are not copies


@dataclass(frozen=True)
class Split:
    """Indices of the melodies on each side; no duplicate group is on two sides.

    The held-out fifth has two halves. ``validation`` decides when training stops and
    which weights are kept; ``test`` decides nothing, so its figure can be believed.

    Example:
        >>> import monody
        >>> monody.Split(train=(0, 2, 4), validation=(3,), test=(1,)).held_out
        (1, 3)
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]

    @property
    def held_out(self) -> tuple[int, ...]:
        """Indices of all melodies that are not trained on, in order."""
        return tuple(sorted(self.validation + self.test))


def split_corpus(corpus: Corpus, seed: int) -> Split:
    """Split melodies into 80 % to train on and 20 % held out, by duplicate group.

    Args:
        corpus: The melodies. Copies are on no side, unless ``deduplicate`` is off.
        seed: Decides which groups are held out.

    Returns:
        The split. In a tiny corpus the test half is empty; with one group nothing is
        held out.

    Example:
        >>> import monody
        >>> split = monody.split_corpus(monody.read_corpus("data/midi"), seed=1)
        >>> len(split.train), len(split.validation), len(split.test)
        (16, 2, 2)
    """
    used = corpus.used
    groups = corpus.groups
    sizes = np.bincount(groups[used], minlength=1)
    order = seeds.split(seed).permutation(len(sizes))
    room = round(HELD_OUT_SHARE * len(used))  # melodies that may still be held out
    held_out: list[int] = []
    for group in order:
        if 0 < sizes[group] <= room:
            held_out.append(int(group))
            room -= sizes[group]
    present = np.flatnonzero(sizes)
    if not held_out and len(present) > 1:
        held_out = [
            int(present[np.argmin(sizes[present])])
        ]  # all are larger than a fifth
    test = np.isin(groups[used], held_out[1::2])
    validation = np.isin(groups[used], held_out[0::2])
    train = ~test & ~validation
    sides = (used[side].tolist() for side in (train, validation, test))
    return Split(*map(tuple, sides))
