"""Every random stream of monody: who draws what, and from which seed.

The same seed, settings and machine give the same bytes. So each decision has a stream
of its own, made from the seed and from what it decides about. A stream never depends on
how many others were drawn before it, or on how many melodies are asked for.

| stream       | made from                | decides                                    |
|--------------|--------------------------|--------------------------------------------|
| `split`      | seed                     | which duplicate groups are held out        |
| `first_weights` | seed                 | the weights that training begins with      |
| `epoch`      | seed, epoch              | order and transpositions of an epoch       |
| `primer`     | seed, melody, attempt    | which bars a melody continues              |
| `outline`    | seed, melody, attempt, … | which form and which key a melody follows  |
| `rewrite`    | seed, melody, attempt    | what a rewrite draws outside the network   |
| `events`     | seed, melody, attempt, … | every event that is written                |
| `comparison` | seed                     | which melodies are compared, in which fold |
| `interval`   | nothing                  | the resampling behind 95 % intervals       |

The dropout of a training is drawn by Keras, which is given the training's seed once.
"""

from __future__ import annotations

import secrets

import numpy as np

MAX_SEED = 2**32 - 1
MAX_PARTS = 1 << 16  # of a melody that is written in parts
_WEIGHTS = 1 << 32  # no epoch has this number
_OUTLINE, _EVENTS = 1, 2  # tell these streams from the rewrite's
_INTERVALS = 1  # always the same: an interval is a figure, not a chance


def new_seed() -> int:
    """Draw a seed for a run that names none; it is saved with what it makes."""
    return secrets.randbelow(MAX_SEED + 1)


def split(seed: int) -> np.random.Generator:
    """Return the stream that decides which duplicate groups are held out."""
    return np.random.default_rng(seed)


def first_weights(seed: int) -> np.random.Generator:
    """Return the stream of the weights that training begins with."""
    return np.random.default_rng([seed, _WEIGHTS])


def epoch(seed: int, epoch: int) -> np.random.Generator:
    """Return the stream of an epoch, counted from 0: order and transpositions."""
    return np.random.default_rng([seed, epoch])


def primer(seed: int, melody: int, attempt: int) -> np.random.Generator:
    """Return the stream that decides which bars a melody continues.

    Args:
        seed: Of the generation.
        melody: Index of the melody, from 0.
        attempt: 0, or more where it is tried again.
    """
    return np.random.default_rng([seed, melody, *([attempt] if attempt else [])])


def outline(seed: int, melody: int, attempt: int) -> np.random.Generator:
    """Return the stream that decides which form and which key a melody follows.

    Args:
        seed: Of the generation.
        melody: From ``event_draw``.
        attempt: Likewise.
    """
    return np.random.default_rng([seed, melody, attempt, _OUTLINE])


def rewrite(seed: int, melody: int, attempt: int) -> np.random.Generator:
    """Return the stream of what a rewrite draws outside the network."""
    return np.random.default_rng([seed, melody, attempt])


def event_draw(
    melody: int, attempt: int, part: int = 0, max_parts: int = 1
) -> tuple[int, int]:
    """Return what tells the events of a melody, or of its part, from all others.

    Args:
        melody: Index of the melody, from 0.
        attempt: 0, or more where it is tried again.
        part: Index of the part, or of one of several proposals for it.
        max_parts: Parts that an attempt may have.

    Example:
        >>> from monody.seeds import event_draw
        >>> event_draw(melody=4, attempt=1, part=2, max_parts=8)
        (4, 10)
    """
    return melody, attempt * max_parts + part


def events(seed: int, melody: int, attempt: int) -> np.random.Generator:
    """Return the stream that decides every event of a melody, in order.

    It is made of a counter (Philox; Salmon et al., *Parallel random numbers: as easy as
    1, 2, 3*, 2011), which is the same on every machine.

    Args:
        seed: Of the generation.
        melody: From ``event_draw``.
        attempt: Likewise.
    """
    return np.random.Generator(np.random.Philox([seed, melody, attempt, _EVENTS]))


def comparison(seed: int) -> np.random.Generator:
    """Return the stream that decides which melodies are compared, in which fold."""
    return np.random.default_rng(seed)


def interval() -> np.random.Generator:
    """Return the stream behind 95 % intervals: always the same."""
    return np.random.default_rng(_INTERVALS)
