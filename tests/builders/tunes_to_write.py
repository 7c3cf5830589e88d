"""Random melodies to write down: 16ths, triplets, rests; seven meters, all keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.meter import Meter

METERS = ((2, 4), (3, 4), (4, 4), (6, 8), (9, 8), (5, 4), (7, 8))
LENGTHS = (6, 12, 18, 24, 30, 36, 42, 48, 60, 72, 96, 120)
TRIPLETS = (16, 8, 4)


def tune_to_write(seed: int) -> Melody:
    """Write a melody of four bars in one meter and as many in another.

    Consecutive seeds take turns in the seven meters and the thirty keys. There is no
    rest in the first bar, so there is no pickup.
    """
    rng = np.random.default_rng(seed)
    first = Meter(0, *METERS[seed % len(METERS)])
    change = 4 * first.bar_ticks
    second = Meter(change, *METERS[(seed // 7 + seed + 1) % len(METERS)])
    end = change + 4 * second.bar_ticks
    notes: list[tuple[int, int, int]] = []
    clock = 0
    while clock < end:
        is_triplet = clock % 24 == 0 and rng.random() < 0.3
        lengths = [int(rng.choice(TRIPLETS if is_triplet else LENGTHS))]
        for length in lengths * 3 if is_triplet else lengths:
            if clock < first.bar_ticks or rng.random() < 0.85:
                notes.append((int(rng.integers(40, 96)), clock, length))
            clock += length
    melody = Melody.from_notes(notes, meters=[first, second], bpm=96.0)
    return replace(melody, key=KEY_NAMES[seed % len(KEY_NAMES)]).between(0, end)


def tune_with_pickup(seed: int) -> Melody:
    """Write such a melody without the first half of its first bar."""
    melody = tune_to_write(seed)
    late = 2 * melody.starts >= melody.meters[0].bar_ticks
    return replace(melody, notes=melody.notes[late])
