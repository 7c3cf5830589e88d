"""The compiled loop that writes a group of melodies, event by event."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from monody.generation.constraints.arrays import Array
from monody.generation.constraints.endings import closing_notes
from monody.generation.constraints.repetition import Repeats, repeat
from monody.generation.constraints.rules import (
    RULES,
    Now,
    Rules,
    allow,
    as_a_note,
    count_on,
    kinds_of,
)
from monody.generation.decoding.sampling import SamplingSettings, sample
from monody.generation.decoding.state import (
    DecoderState,
    EventInputs,
    as_sequence,
    empty_state,
    read_event,
    take_pitch,
)
from monody.models.copy_attention import Layers
from monody.models.events import END, REST, UNKNOWN, bars_left_symbol
from monody.models.network import predict_duration, predict_pitch
from monody.models.tonality import latest_note
from monody.music.pitch import PITCH_CLASSES

COSTS = (*RULES, "all")  # what is known of each rule, and of all together
# Compiles in three quarters of the time, and the loop is no slower.
COMPILER_OPTIONS = {"xla_backend_optimization_level": 1}
MIN_SHARE = 1e-9  # a cost is not higher: 30 bits

Samplers = tuple[SamplingSettings, SamplingSettings]  # of pitch and duration symbols


class RowInputs(NamedTuple):
    """What differs from melody to melody; ``(rows,)`` unless said."""

    seed: jax.Array  # scalar, of all
    draws: jax.Array  # (rows, 2): tells a melody's random draws from those of others
    reads: EventInputs[jax.Array]  # (rows, reads): start or primer, in the last columns
    reads_count: jax.Array  # columns that are read
    length: jax.Array  # ticks to be written
    bar_ticks: jax.Array
    span: jax.Array  # index of its span in the tables of `Rules`
    end_bar: jax.Array  # where the melody ends, for the network to lead it there
    end_position: jax.Array  # symbol; UNKNOWN where the network ends the melody
    first_bar: jax.Array  # in which writing begins, counted from the primer's first
    tonic: jax.Array  # a pitch class to end on, or endings.HEARD or ANY
    class_ticks: jax.Array  # (rows, 12): ticks spent on each pitch class in the primer
    judged: jax.Array  # how many of the last events of the primer are judged
    repeats: Repeats[jax.Array]  # (rows, figures) each: of the primer


class GroupEvents(NamedTuple):
    """A group of melodies as they were written."""

    events: jax.Array  # scalar: how many were written; what follows them is empty
    pitch: jax.Array  # (events, rows) pitch symbols
    duration: jax.Array  # (events, rows) duration symbols
    bits: jax.Array  # (rows,) surprisal of what was written
    primer_bits: jax.Array  # (rows,) surprisal of the primer's judged events
    costs: jax.Array  # (rows, rules + 1) bits; the last is that of all rules together


class _LoopState(NamedTuple):
    """What is carried from event to event; ``(rows,)`` unless said."""

    event: jax.Array  # scalar: events written so far; below 0 while primers are read
    inputs: EventInputs[jax.Array]  # what the network reads next
    decoder: DecoderState
    left: jax.Array  # ticks still to be filled
    sounding: jax.Array  # bool: whether a note sounds that a hold would lengthen
    notes: jax.Array  # written so far
    begun: jax.Array  # notes in this bar
    class_ticks: jax.Array  # (rows, 12): ticks spent on each pitch class
    repeats: Repeats[jax.Array]  # (rows, figures) each
    bits: jax.Array
    primer_bits: jax.Array
    costs: jax.Array  # (rows, rules + 1) bits; the last is that of all rules together
    pitch: jax.Array  # (events, rows) written so far
    duration: jax.Array  # (events, rows)


@partial(jax.jit, static_argnums=1, compiler_options=COMPILER_OPTIONS)
def write_group(
    layers: Layers,
    max_events: int,
    rules: Rules,
    samplers: Samplers,
    rows: RowInputs,
) -> GroupEvents:
    """Read the primers and write one group of melodies.

    Args:
        layers: Those of the trained network, by name.
        max_events: The most events that any melody can have.
        rules: What may come next.
        samplers: How pitch symbols are drawn, and how duration symbols.
        rows: The melodies.
    """
    keys = _random_keys(rows)
    end = jax.lax.while_loop(
        lambda loop: jnp.any(loop.left > 0) | (loop.event < 0),
        lambda loop: _one_event(layers, rules, samplers, rows, keys, loop),
        _beginning(layers, max_events, rows),
    )
    return GroupEvents(
        end.event, end.pitch, end.duration, end.bits, end.primer_bits, end.costs
    )


def _random_keys(rows: RowInputs) -> jax.Array:
    """Make the random key of each melody, ``(rows,)``."""
    key, fold = jax.random.key(rows.seed), jax.random.fold_in
    keys: jax.Array = jax.vmap(lambda draw: fold(fold(key, draw[0]), draw[1]))(
        rows.draws
    )
    return keys


def _beginning(layers: Layers, max_events: int, rows: RowInputs) -> _LoopState:
    """Return the state before the longest primer of the group is read."""
    count, width = rows.reads.pitch_in.shape
    first = width - jnp.max(rows.reads_count)
    return _LoopState(
        event=first - (width - 1),
        inputs=_read_at(rows, first),
        decoder=empty_state(layers, count, width + max_events),
        left=rows.length,
        sounding=jnp.zeros(count, bool),
        notes=jnp.zeros(count, jnp.int32),
        begun=jnp.zeros(count, jnp.int32),
        class_ticks=rows.class_ticks,
        repeats=rows.repeats,
        bits=jnp.zeros(count),
        primer_bits=jnp.zeros(count),
        costs=jnp.zeros((count, len(RULES) + 1)),
        pitch=jnp.zeros((max_events, count), jnp.uint8),
        duration=jnp.zeros((max_events, count), jnp.uint8),
    )


def _read_at(rows: RowInputs, column: jax.Array) -> EventInputs[jax.Array]:
    """Return one column of what is read before writing begins, ``(rows,)`` each."""
    return EventInputs(*(field[:, column] for field in rows.reads))


def _one_event(
    layers: Layers,
    rules: Rules,
    samplers: Samplers,
    rows: RowInputs,
    keys: jax.Array,
    loop: _LoopState,
) -> _LoopState:
    """Read one event, and write the next: the primer's, while there is one."""
    width = rows.reads.pitch_in.shape[1]
    column = loop.event + width - 1  # of the primers: what is read now
    priming = loop.event < 0
    following = _read_at(rows, jnp.minimum(column + 1, width - 1))
    inputs, active = loop.inputs, column >= width - rows.reads_count
    reading = as_sequence(inputs)
    chance = _chances(keys, loop.event)  # (rows, 2)
    now = _now(rules, rows, loop)
    allowed, each = allow(rules, now)

    state, hidden, past = read_event(layers, loop.decoder, inputs, active)
    # (rows, symbols) of pitch
    logits = predict_pitch(layers, hidden, state.pitch_keys, past, reading)[:, 0]
    raised = as_a_note(rules, now, logits)
    pitch = sample(raised, allowed.pitch, samplers[0], chance[:, 0])
    pitch = jnp.where(priming, following.pitch_in, pitch)
    bits = _bits(logits, pitch)
    costs = _costs(logits, _each_and_all(each.pitch, allowed.pitch))

    state, given = take_pitch(layers, state, inputs, hidden, pitch, active)
    logits = predict_duration(
        layers, given, state.duration_keys, past, reading, pitch[:, None]
    )[:, 0]  # (rows, durations)
    kind = jnp.take_along_axis(kinds_of(now), pitch[:, None], axis=1)[:, 0]
    timed = _of_kind(_each_and_all(each.duration, allowed.duration), kind)
    duration = sample(logits, timed[:, -1], samplers[1], chance[:, 1])
    duration = jnp.where(priming, following.duration_in, duration)
    is_timed = pitch != END
    bits += jnp.where(is_timed, _bits(logits, duration), 0)
    costs += jnp.where(is_timed[:, None], _costs(logits, timed), 0)

    counts = (loop.left > 0) & ~priming
    counted = loop._replace(
        bits=loop.bits + jnp.where(counts, bits, 0),
        costs=loop.costs + jnp.where(counts[:, None], costs, 0),
    )
    written = _write(rules, rows, counted, now, pitch, duration)
    judged = active & (column + 1 >= width - rows.judged)
    primed = loop._replace(
        inputs=following, primer_bits=loop.primer_bits + jnp.where(judged, bits, 0)
    )
    after: _LoopState = jax.tree.map(partial(jnp.where, priming), primed, written)
    return after._replace(event=loop.event + 1, decoder=state)


def _chances(keys: jax.Array, event: jax.Array) -> jax.Array:
    """Draw two random numbers for an event of each melody, ``(rows, 2)``."""
    fold, uniform = jax.random.fold_in, jax.random.uniform
    chances: jax.Array = jax.vmap(lambda key: uniform(fold(key, event), (2,)))(keys)
    return chances


def _now(rules: Rules, rows: RowInputs, loop: _LoopState) -> Now:
    """Say where each melody is, for the rules."""
    inputs = loop.inputs
    allowed = rules.pitches & rules.key & rules.range
    closing = closing_notes(rows.tonic, loop.class_ticks, rules.closing, allowed)
    return Now(
        event=loop.event,
        notes=loop.notes,
        left=loop.left,
        position=inputs.position,
        bar=inputs.bar - rows.first_bar,
        bar_ticks=rows.bar_ticks,
        sounding=loop.sounding,
        latest=latest_note(inputs.pitch_in, inputs.note_before),
        begun=loop.begun,
        span=rows.span,
        closing=closing,
        repeats=loop.repeats,
    )


def _write(
    rules: Rules,
    rows: RowInputs,
    loop: _LoopState,
    now: Now,
    pitch: jax.Array,
    duration: jax.Array,
) -> _LoopState:
    """Write an event of each melody, and move its time and its counts on.

    Args:
        rules: The tables.
        rows: The melodies.
        loop: The state before the event.
        now: Where each melody is before the event.
        pitch: ``(rows,)`` pitch symbols.
        duration: ``(rows,)`` duration symbols.
    """
    at = jnp.maximum(loop.event, 0)
    ended = (loop.left == 0) | (pitch == END)
    ticks = jnp.where(ended, 0, rules.ticks[duration])
    is_note = (pitch < REST) & ~ended
    _, begun = count_on(rules, now, is_note[:, None])
    begun = jnp.take_along_axis(begun, duration[:, None], axis=1)[:, 0]
    sounding = jnp.where(is_note, pitch, now.latest)[:, None]
    sounds = sounding % PITCH_CLASSES == np.arange(PITCH_CLASSES)  # (rows, 12)
    bars, position = jnp.divmod(loop.inputs.position + ticks, rows.bar_ticks)
    bar = loop.inputs.bar + bars
    inputs = EventInputs(
        pitch_in=pitch,
        note_before=now.latest,
        duration_in=duration,
        position=position,
        bar=bar,
        meter=loop.inputs.meter,
        bars_left=bars_left(rows.end_bar, bar, rows.end_position),
        end_position=rows.end_position,
    )
    return loop._replace(
        inputs=inputs,
        left=jnp.where(ended, 0, loop.left - ticks),
        sounding=jnp.where(ended, loop.sounding, pitch != REST),
        notes=loop.notes + is_note,
        begun=jnp.where(ended, loop.begun, begun),
        class_ticks=loop.class_ticks + (ticks * (pitch != REST))[:, None] * sounds,
        repeats=repeat(loop.repeats, pitch, is_note),
        pitch=loop.pitch.at[at].set(pitch.astype(jnp.uint8)),
        duration=loop.duration.at[at].set(duration.astype(jnp.uint8)),
    )


def _each_and_all(each: jax.Array, together: jax.Array) -> jax.Array:
    """Put what all rules allow after what each allows, ``(rows, rules + 1, …)``."""
    return jnp.concatenate([each, together[:, None]], axis=1)


def _of_kind(durations: jax.Array, kind: jax.Array) -> jax.Array:
    """Choose what events of a kind may have: ``(rows, rules + 1, durations)``.

    Args:
        durations: ``(rows, rules + 1, kinds, durations)``.
        kind: ``(rows,)``.
    """
    return jnp.take_along_axis(durations, kind[:, None, None, None], axis=2)[:, :, 0]


def _bits(logits: jax.Array, symbols: jax.Array) -> jax.Array:
    """Return the surprisal of symbols in bits, ``(rows,)``.

    Args:
        logits: ``(rows, symbols)`` log-probabilities.
        symbols: ``(rows,)``.
    """
    log_share = jnp.take_along_axis(logits, symbols[:, None], axis=1)[:, 0]
    return -log_share / math.log(2)


def _costs(logits: jax.Array, masks: jax.Array) -> jax.Array:
    """Return the bits that masks cost: -log2 of the probability that each leaves.

    Args:
        logits: ``(rows, symbols)`` log-probabilities.
        masks: ``(rows, masks, symbols)`` bool.

    Returns:
        ``(rows, masks)``.
    """
    left = jnp.sum(jnp.exp(logits)[:, None] * masks, axis=-1)
    return -jnp.log2(jnp.clip(left, MIN_SHARE, 1))


def bars_left(end_bar: Array | int, bar: Array, end_position: Array | int) -> Array:
    """Return the symbol of how many bars are left, as in training.

    Args:
        end_bar: In which the melody ends.
        bar: In which the next event begins.
        end_position: Symbol of where in its bar the melody ends; ``UNKNOWN`` where the
            network ends it.

    Returns:
        As many as ``bar``; ``UNKNOWN`` where the end is not known.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.loop import bars_left
        >>> bars_left(8, np.array([6, 7, 8]), 1).tolist()
        [3, 2, 1]
    """
    symbol: Array = bars_left_symbol(end_bar - bar).astype(jnp.int32)
    return symbol * (end_position != UNKNOWN)
