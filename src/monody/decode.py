"""Writing events one after the other: the compiled loop.

All melodies are written together, in one batch up to ``MAX_ROWS``; a melody does not
depend on how many others are asked for. The state of the network is carried from event
to event; what may come next (``rules``) is a table look-up inside the loop.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from monody.backend import keras
from monody.batches import MIDDLE_C
from monody.events import REST, START, Events, Vocabulary
from monody.experiment import TrainedModel
from monody.model import (
    latest_note,
    layers_of,
    lstm_layers,
    predict_duration,
    predict_pitch,
)
from monody.rules import (
    Rules,
    allowed_durations,
    allowed_pitches,
    make_rules,
    shortest_ticks,
)

MAX_ROWS = 256  # melodies that are written together at most
ROW_UNIT = 16  # rows are a multiple of it: few compilations, and the same rounding
PRIMER_UNIT = 64  # primers are padded to multiples of it: few compilations
FORBIDDEN = -1e9  # a logit that is never sampled


@dataclass(frozen=True)
class Start:
    """Where one melody starts."""

    primer: Events | None  # what was heard before; None for a melody from nothing
    from_beginning: bool  # whether the primer begins where its melody does
    meter: int  # index into METERS, in force throughout
    bar_ticks: int


class _Heard(NamedTuple):
    """What the network reads, ``(rows,)`` each: an event, and where the next begins."""

    pitch_in: Any
    note_before: Any
    duration_in: Any
    position: Any
    meter: Any


class _Loop(NamedTuple):
    """What is carried from event to event; ``(rows, …)`` unless said otherwise."""

    event: Any  # scalar: events written so far
    heard: _Heard
    states: Any  # for each LSTM layer two of (rows, units)
    left: Any  # ticks still to be filled
    sounding: Any  # whether a note sounds that a hold would lengthen
    pitch: Any  # (events, rows) written so far
    duration: Any


def decode_events(
    model: TrainedModel,
    starts: Sequence[Start],
    length_ticks: int,
    temperature: float,
    seed: int,
) -> list[Events]:
    """Write one melody for each start, all of exactly the same length.

    Args:
        model: The trained network.
        starts: Where each melody starts.
        length_ticks: Length of each, a multiple of a 16th.
        temperature: Divides the logits; 0 always takes the most likely event.
        seed: Melody ``i`` depends on the seed, ``i`` and its start, on nothing else.

    Returns:
        The events of each melody, without an end; their durations add up to
        ``length_ticks``, and the last is a note or lengthens one.
    """
    rules = make_rules(model.vocabulary, model.passport["seen"], length_ticks)
    most_events = length_ticks // shortest_ticks(rules)
    written: list[Events] = []
    for first in range(0, len(starts), MAX_ROWS):
        group = _in_rows(starts[first : first + MAX_ROWS])
        keys = jax.vmap(functools.partial(jax.random.fold_in, jax.random.key(seed)))(
            jnp.arange(first, first + len(group))
        )
        reads, counts = _primer_reads(group, model.vocabulary)
        bars = jnp.array([start.bar_ticks for start in group])
        pitch, duration, events = _decode_group(
            model.network,
            [v.value for v in model.network.variables],
            most_events, rules, reads, counts, bars, keys,
            jnp.int32(length_ticks), jnp.float32(temperature),
        )  # fmt: skip
        wanted = slice(min(len(group), len(starts) - first))
        ticks = np.asarray(rules.ticks)
        written += _trim(pitch, duration, int(events), ticks, length_ticks)[wanted]
    return written


def _in_rows(starts: Sequence[Start]) -> list[Start]:
    """Fill up to a multiple of ``ROW_UNIT``; what the rows added write is dropped."""
    return [*starts, *[starts[-1]] * (-len(starts) % ROW_UNIT)]


def _primer_reads(
    starts: Sequence[Start], vocabulary: Vocabulary
) -> tuple[_Heard, jax.Array]:
    """Lay out what the network reads before it writes, ``(rows, reads)``, and how much.

    Read 0 is the start symbol, read ``i`` the primer's event ``i``. A primer from the
    middle of a melody leaves the start out.
    """
    columns: list[list[tuple[int, int, int, int, int]]] = []
    for start in starts:
        symbols = [(START, vocabulary.start_duration)]
        positions: list[tuple[int, int]] = []
        if start.primer is not None:
            events = start.primer
            symbols += zip(events.pitch.tolist(), events.duration.tolist(), strict=True)
            positions = list(
                zip(events.position.tolist(), events.meter.tolist(), strict=True)
            )
            if not start.from_beginning:
                symbols, positions = symbols[1:], positions[1:]
        positions.append((0, start.meter))  # what is written begins on a bar line
        # In the middle of a melody its own first note stands for the one before.
        inside = start.primer is not None and not start.from_beginning
        notes = [pitch for pitch, _ in symbols if pitch < REST]
        reads, before = [], notes[0] if inside and notes else MIDDLE_C
        for (pitch, duration), (position, meter) in zip(
            symbols, positions, strict=True
        ):
            reads.append((pitch, before, duration, position, meter))
            before = pitch if pitch < REST else before
        columns.append(reads)
    counts = jnp.array([len(reads) for reads in columns])
    width = math.ceil(max(map(len, columns)) / PRIMER_UNIT) * PRIMER_UNIT
    padded = [reads + [reads[-1]] * (width - len(reads)) for reads in columns]
    table = np.array(padded, np.int32)  # (rows, reads, 5)
    return _Heard(*(jnp.array(table[..., field]) for field in range(5))), counts


@functools.partial(jax.jit, static_argnums=(0, 2))
def _decode_group(
    network: Any,
    weights: list[jax.Array],
    most_events: int,
    rules: Rules,
    reads: _Heard,
    counts: jax.Array,
    bar_ticks: jax.Array,
    keys: jax.Array,
    length_ticks: jax.Array,
    temperature: jax.Array,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Read the primers and write one group: ``(events, rows)`` twice, and the count."""
    scope = keras.StatelessScope(
        state_mapping=list(zip(network.variables, weights, strict=True))
    )
    with scope:
        rows = len(counts)
        sizes = [lstm.units for lstm in lstm_layers(layers_of(network))]
        states = [[jnp.zeros((rows, size))] * 2 for size in sizes]
        states = _hear_primers(network, states, reads, counts)
        last = jnp.arange(rows), counts - 1
        begin = _Loop(
            event=jnp.int32(0),
            heard=_Heard(*(field[last] for field in reads)),
            states=states,
            left=jnp.full(rows, length_ticks),
            sounding=jnp.zeros(rows, bool),
            pitch=jnp.zeros((most_events, rows), jnp.uint8),
            duration=jnp.zeros((most_events, rows), jnp.uint8),
        )

        def write(loop: _Loop) -> _Loop:
            return _write_event(network, rules, bar_ticks, keys, temperature, loop)

        end = jax.lax.while_loop(lambda loop: jnp.any(loop.left > 0), write, begin)
    return end.pitch, end.duration, end.event


def _hear_primers(network: Any, states: Any, reads: _Heard, counts: jax.Array) -> Any:
    """Carry the state over all reads of a primer but the last, which the loop reads."""
    made = layers_of(network)

    def hear(states: Any, read: tuple[jax.Array, _Heard]) -> tuple[Any, None]:
        index, heard = read
        _, _, after = predict_pitch(made, _one_event(heard), states)
        inside = (index < counts - 1)[:, None]
        kept = jax.tree.map(lambda new, old: jnp.where(inside, new, old), after, states)
        return kept, None

    by_time = _Heard(*(field.T for field in reads))
    steps = jnp.arange(reads.pitch_in.shape[1])
    return jax.lax.scan(hear, states, (steps, by_time))[0]


def _one_event(heard: _Heard) -> dict[str, jax.Array]:
    """Give every field a time axis of one: ``(rows, 1)``."""
    return {name: field[:, None] for name, field in heard._asdict().items()}


def _write_event(
    network: Any,
    rules: Rules,
    bar_ticks: jax.Array,
    keys: jax.Array,
    temperature: jax.Array,
    loop: _Loop,
) -> _Loop:
    """Write one event of every melody that is not full yet."""
    made = layers_of(network)
    heard = loop.heard
    keys = jax.vmap(lambda key: jax.random.fold_in(key, loop.event))(keys)
    logits, memory, states = predict_pitch(made, _one_event(heard), loop.states)
    notes, rests, holds = allowed_durations(rules, loop.left, loop.sounding)
    may = allowed_pitches(rules, notes, rests, holds)
    pitch = sample(logits[:, 0], may, temperature, keys)

    given = (field[:, None] for field in (heard.pitch_in, heard.note_before, pitch))
    logits = predict_duration(made, memory, *given)
    may = jnp.where(
        (pitch < REST)[:, None],
        notes,
        jnp.where((pitch == REST)[:, None], rests, holds),
    )
    duration = sample(logits[:, 0], may, temperature, keys, stream=1)

    active = loop.left > 0
    ticks = jnp.where(active, rules.ticks[duration], 0)
    following = _Heard(
        pitch_in=pitch,
        note_before=latest_note(heard.pitch_in, heard.note_before),
        duration_in=duration,
        position=(heard.position + ticks) % bar_ticks,
        meter=heard.meter,
    )
    return _Loop(
        event=loop.event + 1,
        heard=following,
        states=states,
        left=loop.left - ticks,
        sounding=pitch != REST,
        pitch=loop.pitch.at[loop.event].set(pitch.astype(jnp.uint8)),
        duration=loop.duration.at[loop.event].set(duration.astype(jnp.uint8)),
    )


def sample(
    logits: jax.Array,
    allowed: jax.Array,
    temperature: jax.Array,
    keys: jax.Array,
    stream: int = 0,
) -> jax.Array:
    """Draw one symbol a row from the softmax of ``logits / temperature``.

    Adding Gumbel noise to the logits and taking the largest draws from their softmax;
    scaling the noise by the temperature divides the logits by it, and makes 0 the
    largest logit itself.

    Args:
        logits: ``(rows, symbols)``.
        allowed: ``(rows, symbols)``; the others are never drawn.
        temperature: Scalar, 0 or more.
        keys: ``(rows,)`` random keys.
        stream: Tells apart draws that share keys.

    Returns:
        ``(rows,)`` int32.
    """
    width = logits.shape[-1]
    noise = jax.vmap(
        lambda key: jax.random.gumbel(jax.random.fold_in(key, stream), (width,))
    )(keys)
    noisy = jnp.where(allowed, logits + temperature * noise, FORBIDDEN)
    return jnp.argmax(noisy, axis=-1).astype(jnp.int32)


def _trim(
    pitch: jax.Array,
    duration: jax.Array,
    events: int,
    ticks: NDArray[np.int64],
    length_ticks: int,
) -> list[Events]:
    """Cut each melody of a group where its length is reached."""
    pitches, durations = np.asarray(pitch)[:events].T, np.asarray(duration)[:events].T
    ends = np.cumsum(ticks[durations], axis=1)
    melodies = []
    for row in range(len(pitches)):
        count = int(np.searchsorted(ends[row], length_ticks)) + 1
        if count > len(ends[row]) or ends[row, count - 1] != length_ticks:
            raise RuntimeError("a melody was written that is not as long as asked")
        blank = np.zeros(count, np.int16)
        melodies.append(
            Events(
                pitch=pitches[row, :count],
                duration=durations[row, :count],
                position=blank,
                meter=blank.astype(np.uint8),
            )
        )
    return melodies
