"""What the loop remembers of each melody, and how one more event changes it.

Training looks back at whole sequences (``models.copy_attention.look_back``); here the
same past grows by one slot for each event, in a ring: when it is full the oldest event
is forgotten.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

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

Value = TypeVar("Value")


class EventInputs(NamedTuple, Generic[Value]):
    """What the network reads of one event, and of where the next one begins.

    Arrays of JAX ``(rows,)`` inside the compiled loop; numbers where the events of one
    primer are listed.
    """

    pitch_in: Value  # pitch symbol of the event
    note_before: Value  # MIDI number of the latest note before it
    duration_in: Value  # duration symbol of the event
    position: Value  # ticks from the bar line to where the next event begins
    bar: Value  # index of the bar in which it begins
    meter: Value  # index into METERS
    bars_left: Value  # symbol of how many bars are left from there
    end_position: Value  # symbol of where in its bar the melody ends


def as_sequence(inputs: EventInputs[jax.Array]) -> dict[str, jax.Array]:
    """Return the inputs as the network reads sequences, of one event: ``(rows, 1)``.

    Example:
        >>> import jax.numpy as jnp
        >>> from monody.generation.decoding.state import EventInputs, as_sequence
        >>> inputs = EventInputs(*[jnp.zeros(32, int)] * 8)
        >>> as_sequence(inputs)["pitch_in"].shape
        (32, 1)
    """
    return {name: field[:, None] for name, field in inputs._asdict().items()}


class _NextSlot(NamedTuple):
    """What is known of an event before it is read; ``(rows,)`` unless said."""

    known: jax.Array  # bool: whether anything is
    pitch_key: jax.Array  # (rows, 2 * KEY_SIZE)
    duration_key: jax.Array  # (rows, KEY_SIZE)
    position: jax.Array  # ticks from the bar line
    bar: jax.Array


class DecoderState(NamedTuple):
    """What is carried from event to event."""

    events: jax.Array  # (rows,) how many were read so far
    states: list[list[jax.Array]]  # for each LSTM layer two of (rows, units)
    notes: jax.Array  # (rows, 13): counts of the notes read, see `models.tonality`
    slots: Slots  # (rows, slots) each
    filled: jax.Array  # (rows, slots) bool
    runs: list[jax.Array]  # for each likeness (rows, slots): events alike up to a slot
    pitch_keys: jax.Array  # (rows, slots, 2 * KEY_SIZE)
    duration_keys: jax.Array  # (rows, slots, KEY_SIZE)
    next_slot: _NextSlot


def empty_state(layers: Layers, rows: int, events: int) -> DecoderState:
    """Return the state of melodies of which nothing has been read.

    Args:
        layers: The network's, by name.
        rows: Melodies.
        events: How many each will read at most.
    """
    size = min(-(-events // SLOT_UNIT) * SLOT_UNIT, MAX_SLOTS)
    empty = jnp.full((rows, size), NOTHING, jnp.int32)
    blank = jnp.zeros(rows, jnp.int32)
    return DecoderState(
        events=blank,
        states=[[jnp.zeros((rows, lstm.units))] * 2 for lstm in lstm_layers(layers)],
        notes=jnp.zeros((rows, COUNTS)),
        slots=Slots(empty, empty, empty, empty, empty),
        filled=jnp.zeros((rows, size), bool),
        runs=[jnp.zeros((rows, size), jnp.int32) for _ in LIKENESSES],
        pitch_keys=jnp.zeros((rows, size, 2 * KEY_SIZE)),
        duration_keys=jnp.zeros((rows, size, KEY_SIZE)),
        next_slot=_NextSlot(
            known=jnp.zeros(rows, bool),
            pitch_key=jnp.zeros((rows, 2 * KEY_SIZE)),
            duration_key=jnp.zeros((rows, KEY_SIZE)),
            position=blank,
            bar=blank,
        ),
    )


def read_event(
    layers: Layers,
    state: DecoderState,
    inputs: EventInputs[jax.Array],
    active: jax.Array,
) -> tuple[DecoderState, Hidden, Past]:
    """Read one event of each melody.

    Args:
        layers: The network's, by name.
        state: The melodies so far.
        inputs: The event of each melody, ``(rows,)`` each.
        active: ``(rows,)`` bool: the others read nothing, and stay as they are.

    Returns:
        The state with the event, the output of the layers ``(rows, 1, …)``, and the
        past that the network looks back at.
    """
    state = _remember(state, inputs, active)
    hidden = read_events(
        layers, as_sequence(inputs), state.notes[:, None], state.states
    )
    states = jax.tree.map(
        lambda new, old: jnp.where(active[:, None], new, old),  # (rows, units)
        hidden.states,
        state.states,
    )
    runs = [_run_codes(run)[:, None] for run in state.runs]  # (rows, 1, slots)
    past = Past(
        slots=state.slots,
        known=state.filled[:, None],  # (rows, 1, slots)
        likeness=likeness(layers, runs, state.slots, as_sequence(inputs)),
    )
    return state._replace(states=states), hidden, past


def take_pitch(
    layers: Layers,
    state: DecoderState,
    inputs: EventInputs[jax.Array],
    hidden: Hidden,
    pitch: jax.Array,
    active: jax.Array,
) -> tuple[DecoderState, jax.Array]:
    """Take in the pitch symbol of the next event, before its duration is predicted.

    Args:
        layers: The network's, by name.
        state: The melodies so far.
        inputs: The event read last, ``(rows,)`` each.
        hidden: The output of the layers for it.
        pitch: ``(rows,)`` next pitch symbol.
        active: ``(rows,)`` bool.

    Returns:
        The state, ready to read the next event, and what its duration is predicted from
        ``(rows, 1, units)``.
    """
    given: jax.Array = hear_pitch(layers, hidden, as_sequence(inputs), pitch[:, None])
    next_slot = _NextSlot(
        known=active,
        pitch_key=layers["pitch_key"](hidden.memory)[:, 0],
        duration_key=layers["duration_key"](given)[:, 0],
        position=inputs.position,
        bar=inputs.bar,
    )
    return state._replace(next_slot=next_slot), given


def _remember(
    state: DecoderState, inputs: EventInputs[jax.Array], active: jax.Array
) -> DecoderState:
    """Put an event into the next slot of the ring."""
    event = Slots(
        pitch=inputs.pitch_in,
        interval=interval_symbol(inputs.pitch_in, inputs.note_before),
        duration=inputs.duration_in,
        position=state.next_slot.position,
        bar=state.next_slot.bar,
    )
    event = Slots(*(jnp.where(active, field, NOTHING) for field in event))
    # Where a melody's events lie depends on its own past only: so does the rounding.
    at = jnp.arange(len(state.events)), state.events % state.filled.shape[1]
    counted = count_notes(inputs.pitch_in[:, None])[:, 0]  # (rows, 13)
    return state._replace(
        events=state.events + active,
        notes=state.notes + jnp.where(active[:, None], counted, 0),
        runs=_runs_after(state, event),
        slots=Slots(
            *(
                slots.at[at].set(field)
                for slots, field in zip(state.slots, event, strict=True)
            )
        ),
        filled=state.filled.at[at].set(active & state.next_slot.known),
        pitch_keys=state.pitch_keys.at[at].set(state.next_slot.pitch_key),
        duration_keys=state.duration_keys.at[at].set(state.next_slot.duration_key),
    )


def _runs_after(state: DecoderState, event: Slots) -> list[jax.Array]:
    """Lengthen the runs of events alike by an event, or end them.

    What led to a slot ends with the event in the slot before it.

    Returns:
        For each likeness ``(rows, slots)``.
    """
    now = Slots(*(field[:, None] for field in event))  # (rows, 1) each
    before = Slots(*(jnp.roll(field, 1, axis=1) for field in state.slots))
    same = [table[:, 0] for table in alike(now, before)]  # (rows, slots) each
    return [
        jnp.where(again, jnp.roll(run, 1, axis=1) + 1, 0)
        for again, run in zip(same, state.runs, strict=True)
    ]


def _run_codes(run: jax.Array) -> jax.Array:
    """Return how many of ``RUN_LENGTHS`` are reached, ``(rows, slots)``."""
    return jnp.asarray(sum((run >= n).astype(jnp.int32) for n in RUN_LENGTHS))
