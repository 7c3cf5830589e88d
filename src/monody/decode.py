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
from monody.model import layers_of, predict_duration, predict_pitch
from monody.recall import Heard, Recall, expect, hear, nothing_heard
from monody.rules import (
    Rules,
    allowed_durations,
    allowed_pitches,
    make_rules,
    power_of_two,
    shortest_ticks,
)
from monody.tonality import latest_note

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
    bars: int  # that the primer fills


class _Loop(NamedTuple):
    """What is carried from event to event; ``(rows, …)`` unless said otherwise."""

    event: Any  # scalar: events written so far
    heard: Heard
    recall: Recall
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
    most_events = power_of_two(length_ticks // shortest_ticks(rules))
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
) -> tuple[Heard, jax.Array]:
    """Lay out what the network reads before it writes, ``(rows, reads)``, and how much.

    First comes the start symbol, then the primer's events, the last of them in the last
    column. A primer from the middle of a melody leaves the start out.
    """
    columns: list[list[tuple[int, ...]]] = []
    for start in starts:
        symbols = [(START, vocabulary.start_duration)]
        positions: list[tuple[int, int, int]] = []
        if start.primer is not None:
            events = start.primer
            symbols += zip(events.pitch.tolist(), events.duration.tolist(), strict=True)
            places = (events.position, events.bar, events.meter)
            positions = list(zip(*(place.tolist() for place in places), strict=True))
            if not start.from_beginning:
                symbols, positions = symbols[1:], positions[1:]
        # What is written begins on a bar line.
        positions.append((0, start.bars, start.meter))
        # In the middle of a melody its own first note stands for the one before.
        inside = start.primer is not None and not start.from_beginning
        notes = [pitch for pitch, _ in symbols if pitch < REST]
        reads: list[tuple[int, ...]] = []
        before = notes[0] if inside and notes else MIDDLE_C
        for (pitch, duration), place in zip(symbols, positions, strict=True):
            reads.append((pitch, before, duration, *place))
            before = pitch if pitch < REST else before
        columns.append(reads)
    counts = jnp.array([len(reads) for reads in columns])
    width = math.ceil(max(map(len, columns)) / PRIMER_UNIT) * PRIMER_UNIT
    padded = [[reads[0]] * (width - len(reads)) + reads for reads in columns]
    table = np.array(padded, np.int32)  # (rows, reads, fields)
    fields = range(len(Heard._fields))
    return Heard(*(jnp.array(table[..., field]) for field in fields)), counts


@functools.partial(jax.jit, static_argnums=(0, 2))
def _decode_group(
    network: Any,
    weights: list[jax.Array],
    most_events: int,
    rules: Rules,
    reads: Heard,
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
        rows, width = reads.pitch_in.shape
        begin = _Loop(
            event=jnp.int32(0),
            heard=Heard(*(field[:, -1] for field in reads)),
            recall=_hear_primers(network, reads, counts, width + most_events),
            left=jnp.full(rows, length_ticks),
            sounding=jnp.zeros(rows, bool),
            pitch=jnp.zeros((most_events, rows), jnp.uint8),
            duration=jnp.zeros((most_events, rows), jnp.uint8),
        )

        def write(loop: _Loop) -> _Loop:
            return _write_event(network, rules, bar_ticks, keys, temperature, loop)

        end = jax.lax.while_loop(lambda loop: jnp.any(loop.left > 0), write, begin)
    return end.pitch, end.duration, end.event


def _hear_primers(network: Any, reads: Heard, counts: jax.Array, events: int) -> Recall:
    """Read all of a primer but its last event, which the loop reads."""
    made = layers_of(network)
    rows, width = reads.pitch_in.shape

    def listen(
        recall: Recall, step: tuple[jax.Array, Heard, jax.Array]
    ) -> tuple[Recall, None]:
        index, heard, pitch_next = step
        active = index >= width - counts
        recall, hidden, _ = hear(made, recall, heard, active)
        recall, _ = expect(made, recall, heard, hidden, pitch_next, active)
        return recall, None

    by_time = Heard(*(field[:, :-1].T for field in reads))
    steps = jnp.arange(width - 1), by_time, reads.pitch_in[:, 1:].T
    return jax.lax.scan(listen, nothing_heard(made, rows, events), steps)[0]


def _write_event(
    network: Any,
    rules: Rules,
    bar_ticks: jax.Array,
    keys: jax.Array,
    temperature: jax.Array,
    loop: _Loop,
) -> _Loop:
    """Write one event of every melody that is not full yet."""
    made, heard = layers_of(network), loop.heard
    reading, everyone = heard.reading(), jnp.ones(len(bar_ticks), bool)
    keys = jax.vmap(lambda key: jax.random.fold_in(key, loop.event))(keys)
    recall, hidden, past = hear(made, loop.recall, heard, everyone)
    logits = predict_pitch(made, hidden, recall.pitch_keys, past, reading)
    notes, rests, holds = allowed_durations(rules, loop.left, loop.sounding)
    may = allowed_pitches(rules, notes, rests, holds)
    pitch = sample(logits[:, 0], may, temperature, keys)

    recall, given = expect(made, recall, heard, hidden, pitch, everyone)
    logits = predict_duration(
        made, given, recall.duration_keys, past, reading, pitch[:, None]
    )
    may = jnp.where(
        (pitch < REST)[:, None],
        notes,
        jnp.where((pitch == REST)[:, None], rests, holds),
    )
    duration = sample(logits[:, 0], may, temperature, keys, stream=1)

    active = loop.left > 0
    ticks = jnp.where(active, rules.ticks[duration], 0)
    bars, position = jnp.divmod(heard.position + ticks, bar_ticks)
    following = Heard(
        pitch_in=pitch,
        note_before=latest_note(heard.pitch_in, heard.note_before),
        duration_in=duration,
        position=position,
        bar=heard.bar + bars,
        meter=heard.meter,
    )
    return _Loop(
        event=loop.event + 1,
        heard=following,
        recall=recall,
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
                bar=blank.astype(np.int32),
                meter=blank.astype(np.uint8),
            )
        )
    return melodies
