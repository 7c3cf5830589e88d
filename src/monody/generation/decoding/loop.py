"""The compiled loop that writes a group of melodies, event by event."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

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
    Heard,
    expect,
    hear,
    nothing_heard,
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


class RowInputs(NamedTuple):
    """What differs from melody to melody; ``(rows,)`` each."""

    seed: Any  # scalar, of all
    draws: Any  # (rows, 2): what tells a melody's random draws from those of others
    reads: Heard  # (rows, reads): the start or a primer, in the last columns
    reads_count: Any
    length: Any
    bar_ticks: Any
    clock: Any
    end_bar: Any  # where the melody ends, for the network to lead it there
    end_position: Any  # symbol; UNKNOWN where the network ends the melody
    first_bar: Any  # in which writing begins, counted from the primer's first
    tonic: Any  # a pitch class to end on, or endings.HEARD or ANY
    class_ticks: Any  # (rows, 12): time spent on each pitch class in the primer
    judged: Any  # how many of the last events of the primer are judged
    repeats: Repeats  # of the primer


class _LoopState(NamedTuple):
    """What is carried from event to event; ``(rows, …)`` unless said otherwise."""

    event: Any  # scalar: events written so far; below 0 while primers are read
    heard: Heard
    recall: DecoderState
    left: Any  # ticks still to be filled
    sounding: Any  # whether a note sounds that a hold would lengthen
    notes: Any  # written so far
    begun: Any  # notes in this bar
    class_ticks: Any  # (rows, 12): time spent on each pitch class
    repeats: Repeats
    bits: Any
    primer_bits: Any
    costs: Any  # (rows, rules + 1) bits; the last is that of all rules together
    pitch: Any  # (events, rows) written so far
    duration: Any


@partial(jax.jit, static_argnums=1, compiler_options=COMPILER_OPTIONS)
def write_group(
    layers: Layers,
    most_events: int,
    rules: Rules,
    choices: tuple[SamplingSettings, SamplingSettings],
    rows: RowInputs,
) -> tuple[jax.Array, ...]:
    """Read the primers and write one group of melodies.

    Args:
        layers: Of the trained network.
        most_events: That any melody can have.
        rules: What may come next.
        choices: How pitch symbols are drawn, and how duration symbols.
        rows: The melodies.

    Returns:
        Events written, pitch and duration symbols ``(events, rows)``, bits and the
        primers' bits ``(rows,)``, and costs ``(rows, rules + 1)``.
    """
    keys = _random_keys(rows)
    end = jax.lax.while_loop(
        lambda loop: jnp.any(loop.left > 0) | (loop.event < 0),
        lambda loop: _one_event(layers, rules, choices, rows, keys, loop),
        _beginning(layers, most_events, rows),
    )
    return end.event, end.pitch, end.duration, end.bits, end.primer_bits, end.costs


def _random_keys(rows: RowInputs) -> jax.Array:
    """Make the random key of each melody."""
    key, fold = jax.random.key(rows.seed), jax.random.fold_in
    keys: jax.Array = jax.vmap(lambda draw: fold(fold(key, draw[0]), draw[1]))(
        rows.draws
    )
    return keys


def _beginning(made: Layers, most_events: int, rows: RowInputs) -> _LoopState:
    """Stand before the longest primer of the group."""
    count, width = rows.reads.pitch_in.shape
    first = width - jnp.max(rows.reads_count)
    return _LoopState(
        event=first - (width - 1),
        heard=_read_at(rows, first),
        recall=nothing_heard(made, count, width + most_events),
        left=rows.length,
        sounding=jnp.zeros(count, bool),
        notes=jnp.zeros(count, jnp.int32),
        begun=jnp.zeros(count, jnp.int32),
        class_ticks=rows.class_ticks,
        repeats=rows.repeats,
        bits=jnp.zeros(count),
        primer_bits=jnp.zeros(count),
        costs=jnp.zeros((count, len(RULES) + 1)),
        pitch=jnp.zeros((most_events, count), jnp.uint8),
        duration=jnp.zeros((most_events, count), jnp.uint8),
    )


def _read_at(rows: RowInputs, column: jax.Array) -> Heard:
    return Heard(*(field[:, column] for field in rows.reads))


def _one_event(
    made: Layers,
    rules: Rules,
    choices: tuple[SamplingSettings, SamplingSettings],
    rows: RowInputs,
    keys: jax.Array,
    loop: _LoopState,
) -> _LoopState:
    """Read one event, and write the next: the primer's, while there is one."""
    width = rows.reads.pitch_in.shape[1]
    column = loop.event + width - 1  # of the primers: what is read now
    priming = loop.event < 0
    following = _read_at(rows, jnp.minimum(column + 1, width - 1))
    heard, active = loop.heard, column >= width - rows.reads_count
    reading = heard.reading()
    chance = _chances(keys, loop.event)
    now = _now(rules, rows, loop)
    allowed, each = allow(rules, now)

    recall, hidden, past = hear(made, loop.recall, heard, active)
    logits = predict_pitch(made, hidden, recall.pitch_keys, past, reading)[:, 0]
    kept = as_a_note(rules, now, logits)
    pitch = sample(kept, allowed.pitch, choices[0], chance[:, 0])
    pitch = jnp.where(priming, following.pitch_in, pitch)
    bits = _bits(logits, pitch)
    costs = _costs(logits, _each_and_all(each.pitch, allowed.pitch))

    recall, given = expect(made, recall, heard, hidden, pitch, active)
    logits = predict_duration(
        made, given, recall.duration_keys, past, reading, pitch[:, None]
    )[:, 0]
    kind = jnp.take_along_axis(kinds_of(now), pitch[:, None], axis=1)[:, 0]
    timed = _of_kind(_each_and_all(each.duration, allowed.duration), kind)
    duration = sample(logits, timed[:, -1], choices[1], chance[:, 1])
    duration = jnp.where(priming, following.duration_in, duration)
    is_timed = pitch != END
    bits += jnp.where(is_timed, _bits(logits, duration), 0)
    costs += jnp.where(is_timed[:, None], _costs(logits, timed), 0)

    counts = (loop.left > 0) & ~priming
    written = loop._replace(
        bits=loop.bits + jnp.where(counts, bits, 0),
        costs=loop.costs + jnp.where(counts[:, None], costs, 0),
        **_go_on(rules, rows, loop, now, pitch, duration),
    )
    judged = active & (column + 1 >= width - rows.judged)
    primed = loop._replace(
        heard=following, primer_bits=loop.primer_bits + jnp.where(judged, bits, 0)
    )
    after: _LoopState = jax.tree.map(partial(jnp.where, priming), primed, written)
    return after._replace(event=loop.event + 1, recall=recall)


def _chances(keys: jax.Array, event: jax.Array) -> jax.Array:
    """Draw two random numbers for an event of each melody, ``(rows, 2)``."""
    fold, uniform = jax.random.fold_in, jax.random.uniform
    chances: jax.Array = jax.vmap(lambda key: uniform(fold(key, event), (2,)))(keys)
    return chances


def _now(rules: Rules, rows: RowInputs, loop: _LoopState) -> Now:
    """Say where each melody stands, for the rules."""
    heard = loop.heard
    allowed = rules.pitches & rules.key & rules.range
    closing = closing_notes(rows.tonic, loop.class_ticks, rules.closing, allowed)
    return Now(
        event=loop.event,
        notes=loop.notes,
        left=loop.left,
        position=heard.position,
        bar=heard.bar - rows.first_bar,
        bar_ticks=rows.bar_ticks,
        sounding=loop.sounding,
        latest=latest_note(heard.pitch_in, heard.note_before),
        begun=loop.begun,
        clock=rows.clock,
        closing=closing,
        repeats=loop.repeats,
    )


def _go_on(
    rules: Rules,
    rows: RowInputs,
    loop: _LoopState,
    now: Now,
    pitch: jax.Array,
    duration: jax.Array,
) -> dict[str, Any]:
    """Move clocks and counts on by what was written."""
    at = jnp.maximum(loop.event, 0)
    ended = (loop.left == 0) | (pitch == END)
    ticks = jnp.where(ended, 0, rules.ticks[duration])
    is_note = (pitch < REST) & ~ended
    _, begun = count_on(rules, now, is_note[:, None])
    begun = jnp.take_along_axis(begun, duration[:, None], axis=1)[:, 0]
    sounding = jnp.where(is_note, pitch, now.latest)[:, None]
    sounds = sounding % PITCH_CLASSES == np.arange(PITCH_CLASSES)
    bars, position = jnp.divmod(loop.heard.position + ticks, rows.bar_ticks)
    bar = loop.heard.bar + bars
    heard = Heard(
        pitch_in=pitch,
        note_before=now.latest,
        duration_in=duration,
        position=position,
        bar=bar,
        meter=loop.heard.meter,
        bars_left=bars_left(rows.end_bar, bar, rows.end_position),
        end_position=rows.end_position,
    )
    return {
        "heard": heard,
        "left": jnp.where(ended, 0, loop.left - ticks),
        "sounding": jnp.where(ended, loop.sounding, pitch != REST),
        "notes": loop.notes + is_note,
        "begun": jnp.where(ended, loop.begun, begun),
        "class_ticks": loop.class_ticks + (ticks * (pitch != REST))[:, None] * sounds,
        "repeats": repeat(loop.repeats, pitch, is_note),
        "pitch": loop.pitch.at[at].set(pitch.astype(jnp.uint8)),
        "duration": loop.duration.at[at].set(duration.astype(jnp.uint8)),
    }


def _each_and_all(each: jax.Array, together: jax.Array) -> jax.Array:
    """Put what all rules allow after what each does, ``(rows, rules + 1, …)``."""
    return jnp.concatenate([each, together[:, None]], axis=1)


def _of_kind(durations: jax.Array, kind: jax.Array) -> jax.Array:
    """Choose what events of a kind may have: ``(rows, rules + 1, durations)``.

    Args:
        durations: ``(rows, rules + 1, kinds, durations)``.
        kind: ``(rows,)``.
    """
    return jnp.take_along_axis(durations, kind[:, None, None, None], axis=2)[:, :, 0]


def _bits(logits: jax.Array, symbols: jax.Array) -> jax.Array:
    """Return how surprising symbols are, ``(rows,)``."""
    chosen = jnp.take_along_axis(logits, symbols[:, None], axis=1)[:, 0]
    return -chosen / math.log(2)


def _costs(logits: jax.Array, masks: jax.Array) -> jax.Array:
    """Return the bits that masks cost.

    Args:
        logits: ``(rows, symbols)``.
        masks: ``(rows, masks, symbols)``.

    Returns:
        ``(rows, masks)``.
    """
    left = jnp.sum(jnp.exp(logits)[:, None] * masks, axis=-1)
    return -jnp.log2(jnp.clip(left, MIN_SHARE, 1))


def bars_left(end_bar: Any, bar: Any, end_position: Any) -> Any:
    """Return the symbol of how many bars are left, as in training."""
    symbol = bars_left_symbol(end_bar - bar).astype(jnp.int32)
    return symbol * (end_position != UNKNOWN)
