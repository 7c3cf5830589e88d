"""Writing events one after the other: the compiled loop.

All melodies are written together, in groups of a fixed size, so that one compilation
serves them all and a melody does not depend on how many others are asked for. The state
of the network is carried from event to event; what may come next is a table look-up
inside the loop. Rules:

- only pitches and durations that the training melodies use;
- a duration is allowed if what is left after it can be filled exactly by notes, so that
  the last note ends on the last tick; a rest or a cut never does.
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
from monody.events import HOLD, PITCH_SYMBOLS, REST, START, Events, Vocabulary
from monody.experiment import TrainedModel
from monody.melody import TICKS_PER_STEP
from monody.model import layers_of, lstm_layers, predict_duration, predict_pitch

GROUP = 64  # melodies that are written together
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


class _Rules(NamedTuple):
    """The tables that masks are looked up in."""

    ticks: Any  # (durations,) ticks of each duration symbol
    note_durations: Any  # (durations,) bool: used by notes
    rest_durations: Any  # (durations,) bool: used by rests and holds
    pitches: Any  # (131,) bool: symbols that may be written at all
    fillable: Any  # (length + 1,) bool: lengths that notes can fill exactly


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
    rules = _rules(model, length_ticks)
    usable = np.asarray(rules.ticks)[np.asarray(rules.note_durations)]
    most_events = length_ticks // int(min(usable.min(), TICKS_PER_STEP))
    written: list[Events] = []
    for first in range(0, len(starts), GROUP):
        group = list(starts[first : first + GROUP])
        group += [group[-1]] * (GROUP - len(group))
        keys = jax.vmap(functools.partial(jax.random.fold_in, jax.random.key(seed)))(
            jnp.arange(first, first + GROUP)
        )
        reads, counts = _primer_reads(group, model.vocabulary)
        bars = jnp.array([start.bar_ticks for start in group])
        pitch, duration, events = _decode_group(
            model.network,
            [v.value for v in model.network.variables],
            most_events, rules, reads, counts, bars, keys,
            jnp.int32(length_ticks), jnp.float32(temperature),
        )  # fmt: skip
        written += _trim(pitch, duration, int(events), length_ticks, rules)
    return written[: len(starts)]


def _rules(model: TrainedModel, length_ticks: int) -> _Rules:
    """Make the tables from what the training melodies use."""
    seen = model.passport["seen"]
    ticks = np.array(model.vocabulary.durations)
    note_ticks = set(seen["note_ticks"])
    fillable = fillable_lengths(note_ticks, length_ticks)
    if not fillable[length_ticks]:
        # An odd number of 16ths, say, from a corpus in quarters: one 16th helps.
        note_ticks.add(TICKS_PER_STEP)
        fillable = fillable_lengths(note_ticks, length_ticks)
    low, high = seen["pitch_range"]
    symbols = np.arange(PITCH_SYMBOLS)
    return _Rules(
        ticks=jnp.array(ticks),
        note_durations=jnp.array(np.isin(ticks, list(note_ticks))),
        rest_durations=jnp.array(np.isin(ticks, seen["rest_ticks"])),
        pitches=jnp.array(
            ((symbols >= low) & (symbols <= high)) | np.isin(symbols, [REST, HOLD])
        ),
        fillable=jnp.array(fillable),
    )


def fillable_lengths(note_ticks: set[int], length_ticks: int) -> NDArray[np.bool_]:
    """Find the lengths that notes of these durations can fill exactly.

    ``fillable_lengths({2, 3}, 4)`` is true at 0, 2, 3 and 4.

    Returns:
        ``(length_ticks + 1,)``.
    """
    bits = 1  # bit n is set if n ticks can be filled
    everything = (1 << (length_ticks + 1)) - 1
    for ticks in sorted(note_ticks):
        step = ticks
        while step <= length_ticks:  # 1, 2, 4, … notes of it more
            bits |= (bits << step) & everything
            step *= 2
    text = f"{bits:b}"[::-1].ljust(length_ticks + 1, "0")
    return np.array([bit == "1" for bit in text])


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
        reads, before, latest = [], MIDDLE_C, MIDDLE_C
        for (pitch, duration), (position, meter) in zip(
            symbols, positions, strict=True
        ):
            reads.append((pitch, before, duration, position, meter))
            latest = pitch if pitch < REST else latest
            before = latest
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
    rules: _Rules,
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
    rules: _Rules,
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
    latest = jnp.where(heard.pitch_in < REST, heard.pitch_in, heard.note_before)
    following = _Heard(
        pitch_in=pitch,
        note_before=latest,
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


def allowed_durations(
    rules: _Rules, left: jax.Array, sounding: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Find the durations that a note, a rest and a hold may have.

    Args:
        rules: The tables.
        left: ``(rows,)`` ticks still to be filled.
        sounding: ``(rows,)`` whether there is a note to hold.

    Returns:
        For each of the three ``(rows, durations)``.
    """
    after = left[:, None] - rules.ticks
    fits = (after >= 0) & rules.fillable[jnp.maximum(after, 0)]
    notes = fits & rules.note_durations
    rests = fits & rules.rest_durations & (after > 0)
    holds = fits & rules.rest_durations & sounding[:, None]
    return notes, rests, holds


def allowed_pitches(
    rules: _Rules, notes: jax.Array, rests: jax.Array, holds: jax.Array
) -> jax.Array:
    """Find the pitch symbols that have an allowed duration, ``(rows, 131)``."""
    symbols = jnp.arange(PITCH_SYMBOLS)
    kinds = (
        (symbols < REST, notes),
        (symbols == REST, rests),
        (symbols == HOLD, holds),
    )
    may = [is_kind & jnp.any(kind, axis=1)[:, None] for is_kind, kind in kinds]
    allowed: jax.Array = rules.pitches & (may[0] | may[1] | may[2])
    return allowed


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
    length_ticks: int,
    rules: _Rules,
) -> list[Events]:
    """Cut each melody of a group where its length is reached."""
    pitches, durations = np.asarray(pitch)[:events].T, np.asarray(duration)[:events].T
    ends = np.cumsum(np.asarray(rules.ticks)[durations], axis=1)
    melodies = []
    for row in range(len(pitches)):
        count = int(np.searchsorted(ends[row], length_ticks)) + 1
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
