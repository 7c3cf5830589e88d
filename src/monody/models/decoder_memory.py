"""What is remembered of melodies that a network reads event by event, as arrays.

The first axis of every array is that of the melodies, so that melodies can be taken out
and put side by side. The second axis of the ring is that of its slots: one for each
event, until it is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from monody.models.copy_attention import KEY_SIZE, LIKENESSES, Slots
from monody.models.network import lstm_layers
from monody.models.parts import Parts
from monody.models.tonality import COUNTS

# Slots are added so many at a time. Products over them are then never rounded in
# another way because another melody beside is longer.
SLOT_UNIT = 64
NOTHING = -1  # in an empty slot; no event is like it

# Of one type here, for the arrays of a memory are handled alike.
Bools: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[Any]
Integers: TypeAlias = NDArray[Any]


class Memory(NamedTuple):
    """What is remembered; the ring is written into, all else is replaced.

    ``(rows,)``, in the ring ``(rows, slots)``, unless said.
    """

    events: Integers  # how many were read
    states: Floats  # (rows, LSTM layers, 2, units): output and cell of each
    notes: Floats  # (rows, 13): counts of the notes read, see `tonality`
    runs: Integers  # (rows, 3, slots): for each likeness, events alike up to a slot
    # The next slot: what is known of an event before it is read.
    next_known: Bools  # whether anything is: not of the first event
    next_position: Integers  # ticks from the bar line
    next_bar: Integers
    next_pitch_key: Floats  # (rows, 2 * KEY_SIZE)
    next_duration_key: Floats  # (rows, KEY_SIZE)
    # The ring: `Slots`, whether each is filled, and its keys.
    pitch: Integers
    interval: Integers
    duration: Integers
    position: Integers
    bar: Integers
    filled: Bools
    pitch_keys: Floats  # (rows, slots, 2 * KEY_SIZE)
    duration_keys: Floats  # (rows, slots, KEY_SIZE)

    @property
    def width(self) -> int:
        """Slots that there are."""
        return int(self.filled.shape[1])

    @property
    def ring(self) -> tuple[Any, ...]:
        """The arrays of the ring, in the order of `EMPTY_SLOT`."""
        return self[-len(EMPTY_SLOT) :]

    @property
    def slots(self) -> Slots:
        """The events of the ring, as the network looks back at them."""
        return Slots(*self.ring[: len(Slots._fields)])

    def take(self, rows: Integers) -> Memory:
        """Copy some of the melodies, each as often as it is named: ``(rows taken,)``.

        Example:
            >>> import numpy as np
            >>> from monody.models import numpy_ops
            >>> from monody.models.decoder_memory import empty_memory
            >>> from monody.models.parts import Parts
            >>> memory = empty_memory(Parts({}, numpy_ops), rows=2)
            >>> memory.take(np.array([1, 0, 1])).events.shape
            (3,)
        """
        return Memory(*(field[rows] for field in self))

    def grown(self) -> Memory:
        """Return it with ``SLOT_UNIT`` more slots, which are empty."""
        ring = [
            np.concatenate([field, np.full_like(field, empty, shape=shape)], axis=1)
            for field, empty in zip(self.ring, EMPTY_SLOT, strict=True)
            for shape in [(len(field), SLOT_UNIT, *field.shape[2:])]
        ]
        return Memory(*self[: -len(ring)], *ring)._replace(
            runs=padded(self.runs, self.width + SLOT_UNIT)
        )

    def with_ring(self, other: Memory) -> Memory:
        """Return it with the ring of another, which may have more slots."""
        kept = self._replace(runs=padded(self.runs, other.width))
        return Memory(*kept[: -len(EMPTY_SLOT)], *other.ring)


# What an empty slot holds: five of an event, whether it is filled, and two keys.
EMPTY_SLOT = (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, False, 0, 0)


def padded(runs: Integers, width: int) -> Integers:
    """Add slots without a run, up to a width: ``(rows, 3, width)``."""
    return np.pad(runs, ((0, 0), (0, 0), (0, width - runs.shape[2])))


def empty_memory(parts: Parts, rows: int) -> Memory:
    """Return the memory of melodies of which nothing was read, without slots.

    Args:
        parts: The network.
        rows: Melodies.
    """
    layers: list[Any] = lstm_layers(parts)
    units = layers[0].units if layers else 0  # all have as many
    blank, slots = np.zeros(rows, np.int32), np.zeros((rows, 0), np.int32)
    return Memory(
        events=np.zeros(rows, np.int64),
        states=np.zeros((rows, len(layers), 2, units), np.float32),
        notes=np.zeros((rows, COUNTS), np.float32),
        runs=np.zeros((rows, len(LIKENESSES), 0), np.int32),
        next_known=np.zeros(rows, np.bool_),
        next_position=blank,
        next_bar=blank,
        next_pitch_key=np.zeros((rows, 2 * KEY_SIZE), np.float32),
        next_duration_key=np.zeros((rows, KEY_SIZE), np.float32),
        pitch=slots,
        interval=slots,
        duration=slots,
        position=slots,
        bar=slots,
        filled=np.zeros((rows, 0), np.bool_),
        pitch_keys=np.zeros((rows, 0, 2 * KEY_SIZE), np.float32),
        duration_keys=np.zeros((rows, 0, KEY_SIZE), np.float32),
    )


def joined(memories: Sequence[Memory]) -> Memory:
    """Put the melodies of several memories side by side.

    Args:
        memories: One at least, of one network.
    """
    width = max(memory.width for memory in memories)
    wide = []
    for memory in memories:
        while memory.width < width:
            memory = memory.grown()
        wide.append(memory)
    return Memory(*map(np.concatenate, zip(*wide, strict=True)))
