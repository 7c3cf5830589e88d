"""Ways to copy a tune, as people and programs do: to a listener, all the same tune."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from monody.music.melody import Melody
from tests.builders.midi_files import Triple

Copying = Callable[[Melody, np.random.Generator], Melody]


def transposed(melody: Melody, rng: np.random.Generator) -> Melody:
    return melody.transposed(int(rng.integers(-5, 6)))


def as_it_was(melody: Melody, _: np.random.Generator) -> Melody:
    return melody


def slower(melody: Melody, _: np.random.Generator) -> Melody:
    return Melody(melody.notes * np.array([1, 2, 2], np.int32))


def in_longer_values(melody: Melody, _: np.random.Generator) -> Melody:
    return Melody(melody.notes * np.array([2, 3, 3]) // np.array([2, 2, 2]))


def played(melody: Melody, rng: np.random.Generator) -> Melody:
    """Move every note by a tick or two, as a player does."""
    starts = melody.starts + rng.integers(0, 3, len(melody))
    lengths = np.diff(starts, append=starts[-1] + 12) - 1
    return Melody(np.stack([melody.pitches, starts, lengths], axis=1))


def ornamented(melody: Melody, rng: np.random.Generator) -> Melody:
    """Add a turn to every fifth note or so, in another key."""
    notes: list[Triple] = []
    for pitch, start, duration in melody:
        if rng.random() < 0.2:
            notes.append((pitch, start, duration // 2))
            notes.append((pitch + 1, start + duration // 2, duration - duration // 2))
        else:
            notes.append((pitch, start, duration))
    return Melody.from_notes(notes).transposed(int(rng.integers(-5, 6)))


def misremembered(melody: Melody, rng: np.random.Generator) -> Melody:
    """Change every tenth pitch or so."""
    notes = melody.notes.copy()
    notes[:, 0] += (rng.random(len(notes)) < 0.1) * rng.choice([-2, -1, 1, 2])
    return Melody(notes)


def dotted(melody: Melody, _: np.random.Generator) -> Melody:
    """Play even pairs as long and short."""
    starts = melody.starts.copy()
    even = np.flatnonzero(np.diff(starts, n=2) == 0)[::2] + 1
    starts[even] += 3
    return Melody(np.stack([melody.pitches, starts, np.ones_like(starts)], axis=1))


def cut_short(melody: Melody, _: np.random.Generator) -> Melody:
    return Melody(melody.notes[: len(melody) * 6 // 10])


def with_holes(melody: Melody, rng: np.random.Generator) -> Melody:
    """Leave out a few notes."""
    return Melody(melody.notes[rng.random(len(melody)) >= 0.06])


def another_end(melody: Melody, rng: np.random.Generator) -> Melody:
    """Keep half, and go on in another way."""
    cut = len(melody) // 2
    notes = melody.notes.copy()
    notes[cut:, 0] = rng.choice([60, 62, 64, 65, 67, 69, 71, 72], len(notes) - cut)
    return Melody(notes)


COPIES: list[Copying] = [
    transposed,
    slower,
    in_longer_values,
    played,
    ornamented,
    misremembered,
    dotted,
    cut_short,
    with_holes,
    another_end,
]
