"""How much memory a training needs, and batches that fit into what may be used.

An estimate on the safe side: what Keras and JAX take before they do anything, what is
kept of each weight, and what a step keeps of each event and of each pair of events.
Three trainings on two cores took 1.11, 1.38 and 1.73 GiB at most, where it says 1.23,
1.46 and 1.77: 128 units and batches of 8, 192 and 16, 512 and 64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from monody.memory import MIB, allowed_bytes, require, size_text
from monody.models.batches import LENGTH_UNIT, MAX_PAIRS
from monody.models.encoded_set import MelodySet
from monody.settings.base import required
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings

FIXED_BYTES = 1200 * MIB  # Python, Keras and JAX, with a small network compiled
FLOAT_BYTES = 4
COPIES = 5  # of a weight: itself, its gradient, two moments, and the one that is saved
EVENT_FLOATS = 24  # kept of an event in each unit of a layer, gates and gradients
PAIR_FLOATS = 48  # kept of a pair of events by the copy
HEAD_FLOATS = 2_000  # kept of an event by what comes before and after the layers
TRAINING = "training"


def training_bytes(
    model: ModelSettings, batch_size: int, longest: int, max_pairs: int = MAX_PAIRS
) -> int:
    """Estimate how much memory a training needs.

    Args:
        model: What the network looks like; its sizes are named.
        batch_size: Sequences in a batch.
        longest: Events of the longest sequence.
        max_pairs: Pairs of events of a sequence, in a batch.

    Example:
        >>> from monody.settings.model import ModelSettings
        >>> from monody.training.footprint import training_bytes
        >>> small, large = (ModelSettings(rnn_size=n, num_layers=2) for n in (64, 2048))
        >>> training_bytes(small, 8, 200) < 2e9 < training_bytes(large, 8, 200)
        True
    """
    units, layers = int(required(model.rnn_size)), int(required(model.num_layers))
    weights = 8 * units**2 * layers  # four gates that read the layer below and itself
    rows = max(min(batch_size, max_pairs // longest**2), 1)
    of_event = EVENT_FLOATS * units * layers + HEAD_FLOATS
    of_batch = rows * longest * (of_event + PAIR_FLOATS * longest)
    return FIXED_BYTES + FLOAT_BYTES * (COPIES * weights + of_batch)


def within_memory(
    model: ModelSettings,
    settings: TrainSettings,
    learnt: MelodySet,
    explain: Callable[[str], None],
    own_bytes: int | None = None,
) -> TrainSettings:
    """Return settings with smaller batches, where others would not fit.

    Args:
        model: What the network looks like; its sizes are named.
        settings: How to train; the size of the batches is named.
        learnt: The melodies to train on.
        explain: Called with one line if batches are made smaller.
        own_bytes: What all devices have together, where they have memory of their own.

    Raises:
        MonodyError: If not even one sequence at a time fits.
    """
    longest = _longest(settings, learnt)
    pairs = settings.max_pairs or MAX_PAIRS
    most = allowed_bytes() if own_bytes is None else own_bytes
    size = asked = required(settings.batch_size)
    while size > 1 and training_bytes(model, size, longest, pairs) > most:
        size //= 2
    needed = training_bytes(model, size, longest, pairs)
    if own_bytes is None or needed > own_bytes:
        require(needed, TRAINING, "name a smaller --rnn_size or --window_size")
    if size == asked:
        return settings
    allowed = size_text(most)
    explain(f"  --batch_size {size}, not {asked}: so that it fits into {allowed}")
    return replace(settings, batch_size=size)


def require_memory(
    model: ModelSettings, settings: TrainSettings, learnt: MelodySet
) -> None:
    """Raise an error before a training goes on that cannot fit.

    Its batches stay as they are: with others it would end in other weights.

    Args:
        model: What the network looks like.
        settings: How it is trained.
        learnt: The melodies to train on.

    Raises:
        MonodyError: If it does not fit.
    """
    longest = _longest(settings, learnt)
    pairs = settings.max_pairs or MAX_PAIRS
    needed = training_bytes(model, required(settings.batch_size), longest, pairs)
    require(needed, TRAINING, "allow more, or train again with a smaller --batch_size")


def _longest(settings: TrainSettings, learnt: MelodySet) -> int:
    """Return the events of the longest sequence, as batches are filled up."""
    events = int(np.diff(learnt.ends, prepend=0).max())
    return -(-min(events, settings.window_size) // LENGTH_UNIT) * LENGTH_UNIT
