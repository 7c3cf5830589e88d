"""The melody so far while it is being written: what reading one event changes.

Training looks back at whole sequences (``copying.look_back``); here the same past grows
by one slot for each event, in a ring: when it is full the oldest event is forgotten.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from monody.models.copy_attention import (
    KEY_SIZE,
    LIKENESSES,
    RUN_LENGTHS,
    Layers,
    Past,
    Slots,
    alike,
    interval_symbol,
    likeness,
)
from monody.models.network import Hidden, hear_pitch, lstm_layers, read_events
from monody.models.tonality import COUNTS, count_notes

MAX_SLOTS = 512  # events that are remembered: as many as a training sequence has
SLOT_UNIT = 64  # rings are a multiple of it: few compilations
NOTHING = -1  # in an empty slot; no event is like it


class Heard(NamedTuple):
    """What the network reads, ``(rows,)`` each: an event, and where the next begins."""

    pitch_in: Any
    note_before: Any
    duration_in: Any
    position: Any
    bar: Any
    meter: Any
    bars_left: Any
    end_position: Any

    def reading(self) -> dict[str, Any]:
        """Give every field a time axis of one: ``(rows, 1)``."""
        return {name: field[:, None] for name, field in self._asdict().items()}


class _Expected(NamedTuple):
    """What is known of an event before it is read: ``(rows, …)``."""

    known: Any  # bool: whether anything is
    pitch_key: Any
    duration_key: Any
    position: Any
    bar: Any


class DecoderState(NamedTuple):
    """What is carried from event to event; ``(rows, …)`` unless said otherwise."""

    count: Any  # events read so far
    states: Any  # for each LSTM layer two of (rows, units)
    notes: Any  # (rows, 13): counts of the notes heard, see `tonality`
    slots: Slots  # (rows, slots) each
    filled: Any  # (rows, slots) bool
    runs: Any  # (rows, slots) for each likeness: events alike up to now and to the slot
    pitch_keys: Any  # (rows, slots, 2 * KEY_SIZE)
    duration_keys: Any  # (rows, slots, KEY_SIZE)
    expected: _Expected  # what is known of the next slot


def nothing_heard(made: Layers, rows: int, events: int) -> DecoderState:
    """Begin with an empty memory.

    Args:
        made: The network's layers.
        rows: Melodies.
        events: How many each will read at most.
    """
    size = min(-(-events // SLOT_UNIT) * SLOT_UNIT, MAX_SLOTS)
    empty = jnp.full((rows, size), NOTHING, jnp.int32)
    blank = jnp.zeros(rows, jnp.int32)
    return DecoderState(
        count=blank,
        states=[[jnp.zeros((rows, lstm.units))] * 2 for lstm in lstm_layers(made)],
        notes=jnp.zeros((rows, COUNTS)),
        slots=Slots(empty, empty, empty, empty, empty),
        filled=jnp.zeros((rows, size), bool),
        runs=[jnp.zeros((rows, size), jnp.int32) for _ in LIKENESSES],
        pitch_keys=jnp.zeros((rows, size, 2 * KEY_SIZE)),
        duration_keys=jnp.zeros((rows, size, KEY_SIZE)),
        expected=_Expected(
            known=jnp.zeros(rows, bool),
            pitch_key=jnp.zeros((rows, 2 * KEY_SIZE)),
            duration_key=jnp.zeros((rows, KEY_SIZE)),
            position=blank,
            bar=blank,
        ),
    )


def hear(
    made: Layers, recall: DecoderState, heard: Heard, active: Any
) -> tuple[DecoderState, Hidden, Past]:
    """Read one event.

    Args:
        made: The network's layers.
        recall: The melodies so far.
        heard: The event of each melody.
        active: ``(rows,)`` bool: the others hear nothing, and stay as they are.

    Returns:
        The melodies with it, what the layers make of it ``(rows, 1, …)``, and the past
        that is looked back at.
    """
    recall = _remember(recall, heard, active)
    hidden = read_events(made, heard.reading(), recall.notes[:, None], recall.states)
    states = jax.tree.map(
        lambda new, old: jnp.where(active[:, None], new, old),
        hidden.states,
        recall.states,
    )
    runs = [_codes(run)[:, None] for run in recall.runs]
    past = Past(
        slots=recall.slots,
        known=recall.filled[:, None],
        likeness=likeness(made, runs, recall.slots, heard.reading()),
    )
    return recall._replace(states=states), hidden, past


def expect(
    made: Layers,
    recall: DecoderState,
    heard: Heard,
    hidden: Hidden,
    pitch: Any,
    active: Any,
) -> tuple[DecoderState, Any]:
    """Take in the pitch symbol that comes next.

    Args:
        made: The network's layers.
        recall: The melodies so far.
        heard: The event read last.
        hidden: What the layers made of it.
        pitch: The next pitch symbol, ``(rows,)``.
        active: ``(rows,)`` bool.

    Returns:
        The melodies, ready to read the next event, and what its duration is predicted
        from ``(rows, 1, units)``.
    """
    given = hear_pitch(made, hidden, heard.reading(), pitch[:, None])
    expected = _Expected(
        known=active,
        pitch_key=made["pitch_key"](hidden.memory)[:, 0],
        duration_key=made["duration_key"](given)[:, 0],
        position=heard.position,
        bar=heard.bar,
    )
    return recall._replace(expected=expected), given


def _remember(recall: DecoderState, heard: Heard, active: Any) -> DecoderState:
    """Put an event into the next slot of the ring."""
    event = Slots(
        pitch=heard.pitch_in,
        interval=interval_symbol(heard.pitch_in, heard.note_before),
        duration=heard.duration_in,
        position=recall.expected.position,
        bar=recall.expected.bar,
    )
    event = Slots(*(jnp.where(active, field, NOTHING) for field in event))
    # Where a melody's events lie depends on its own past only: so does the rounding.
    at = jnp.arange(len(recall.count)), recall.count % recall.filled.shape[1]
    counted = count_notes(heard.pitch_in[:, None])[:, 0]
    return recall._replace(
        count=recall.count + active,
        notes=recall.notes + jnp.where(active[:, None], counted, 0),
        runs=_longer(recall, event),
        slots=Slots(
            *(
                slots.at[at].set(field)
                for slots, field in zip(recall.slots, event, strict=True)
            )
        ),
        filled=recall.filled.at[at].set(active & recall.expected.known),
        pitch_keys=recall.pitch_keys.at[at].set(recall.expected.pitch_key),
        duration_keys=recall.duration_keys.at[at].set(recall.expected.duration_key),
    )


def _longer(recall: DecoderState, event: Slots) -> list[Any]:
    """Go on with the runs of events alike, or end them.

    What led to a slot ends with the event in the slot before it.
    """
    now = Slots(*(field[:, None] for field in event))
    before = Slots(*(jnp.roll(field, 1, axis=1) for field in recall.slots))
    same = [table[:, 0] for table in alike(now, before)]
    return [
        jnp.where(again, jnp.roll(run, 1, axis=1) + 1, 0)
        for again, run in zip(same, recall.runs, strict=True)
    ]


def _codes(run: Any) -> Any:
    """Return how many of ``RUN_LENGTHS`` are reached."""
    return sum((run >= length).astype(jnp.int32) for length in RUN_LENGTHS)
