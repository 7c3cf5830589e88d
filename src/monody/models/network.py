"""The network: it predicts the next event of a melody.

At each event it reads the event before: its pitch, the interval that led to it, its
duration. It reads where in the bar the next one begins, and the meter. Where it is
told, it also reads where the melody ends, so that it can be led there. LSTM layers
remember the rest. One head predicts the pitch symbol, the other the duration symbol
given that pitch. Each mixes its own output with what is copied from the melody so far
(``copy_attention``, ``copy_mixture``).

A melody means the same in every key. So the network also reads which pitch classes it
has heard, counted from the latest note (``tonality``), and the pitch head is the sum of
three: one for the interval from the note before, moved to where that note is, one for
the scale degree, where the tonic is told, and one for the pitch itself.

The functions below are given its layers by name, and the operations on arrays: Keras's,
where ``keras_network`` builds it to be trained on whole sequences, or NumPy's, where
``decoder_state`` reads one event after the other and carries the state and the past on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from monody.models.copy_attention import Past, interval_symbol, later, look_back
from monody.models.copy_mixture import mix_durations, mix_pitches, moved
from monody.models.events import PITCH_SYMBOLS, REST, UNKNOWN
from monody.models.landing import landings
from monody.models.numpy_ops import Ops, Tensor
from monody.models.outline import phrase_symbol
from monody.models.parts import Layer, Parts
from monody.models.tonality import (
    by_degree,
    count_notes,
    degree_symbol,
    latest_note,
    tonality,
)

PLACE = ("position", "bar", "meter")
# What it may be told, see `outline`.
TOLD = ("bars_left", "end_position", "phrase_left", "returns", "bars_back",
        "cadence_left", "notes_left", "cadence_degree", "tonic", "style")  # fmt: skip
READING = ("pitch_in", "note_before", "duration_in", *PLACE, *TOLD)
INPUTS = (*READING, "pitch_next")


class Hidden(NamedTuple):
    """The output and the state of the LSTM layers after the events read."""

    memory: Tensor  # (batch, time, units): output of the last layer
    event: Tensor  # (batch, time, features): input of the first layer
    states: list[list[Tensor]]  # of each layer output and cell, (batch, units)


def predict_sequences(
    made: Parts, reading: Mapping[str, Tensor], pitch_next: Tensor
) -> dict[str, Tensor]:
    """Predict every event of whole sequences from the events before it.

    Args:
        made: The network.
        reading: The inputs named in ``READING``, ``(batch, time)`` each.
        pitch_next: The next pitch symbol, which its duration is predicted from,
            ``(batch, time)``.

    Returns:
        Log-probabilities: ``pitch`` ``(batch, time, 131)`` and ``duration`` ``(batch,
        time, durations)``.
    """
    return predict_read(made, read_sequences(made, reading), reading, pitch_next)


def read_sequences(made: Parts, reading: Mapping[str, Tensor]) -> Hidden:
    """Read whole sequences.

    Args:
        made: The network.
        reading: The inputs named in ``READING``, ``(batch, time)`` each.
    """
    ops = made.ops
    heard = ops.cumsum(count_notes(ops, reading["pitch_in"]), axis=1)
    return read_events(made, reading, heard)


def predict_read(
    made: Parts,
    hidden: Hidden,
    reading: Mapping[str, Tensor],
    pitch_next: Tensor,
    first: int = 0,
) -> dict[str, Tensor]:
    """Predict the events of whole sequences that were read.

    Args:
        made: The network.
        hidden: From ``read_sequences``.
        reading: As ``predict_sequences`` takes it.
        pitch_next: Likewise.
        first: The event that is predicted first; those before it are looked back at.

    Returns:
        As ``predict_sequences``.
    """
    ops = made.ops
    past = look_back(made, reading, first)
    now = {name: each[:, first:] for name, each in reading.items()}
    keys = later(ops, made["pitch_key"](hidden.memory))  # (batch, slots, 2 * KEY_SIZE)
    pitch = predict_pitch(made, hidden.memory[:, first:], keys, past, now)
    given = hear_pitch(made, hidden, reading, pitch_next)
    keys = later(ops, made["duration_key"](given))  # (batch, slots, KEY_SIZE)
    duration = predict_duration(
        made, given[:, first:], keys, past, now, pitch_next[:, first:]
    )
    return {"pitch": pitch, "duration": duration}


def lstm_layers(made: Parts) -> list[Layer]:
    """Return the LSTM layers, the one nearest the input first."""
    count = sum(name.startswith("lstm_") for name in made.layers)
    return [made[f"lstm_{index}"] for index in range(count)]


def read_events(
    made: Parts,
    reading: Mapping[str, Tensor],
    heard: Tensor,
    states: Sequence[Sequence[Tensor]] | None = None,
) -> Hidden:
    """Read events.

    Args:
        made: The network's layers.
        reading: The inputs named in ``READING``, ``(batch, time)`` each.
        heard: Counts of all notes up to each event, ``(batch, time, 13)``.
        states: Of each LSTM layer the output and the cell that it begins with,
            ``(batch, units)``; by default zeros.
    """
    ops = made.ops
    pitch, before = reading["pitch_in"], reading["note_before"]
    latest = latest_note(ops, pitch, before)
    event = ops.concatenate(  # (batch, time, features)
        [
            made["embed_pitch"](pitch),
            made["embed_interval"](interval_symbol(ops, pitch, before)),
            made["embed_duration"](reading["duration_in"]),
            made["embed_position"](reading["position"]),
            made["embed_meter"](reading["meter"]),
            made["embed_bars_left"](reading["bars_left"]),
            made["embed_end_position"](reading["end_position"]),
            made["embed_phrase_left"](reading["phrase_left"]),
            made["embed_returns"](reading["returns"]),
            made["embed_cadence_left"](reading["cadence_left"]),
            made["embed_notes_left"](reading["notes_left"]),
            made["embed_cadence_degree"](reading["cadence_degree"]),
            made["embed_arrival"](arrival(ops, reading)),
            made["embed_degree"](degree_symbol(ops, latest, reading["tonic"])),
            made["embed_style"](reading["style"]),
            tonality(ops, heard, latest),
        ],
        axis=-1,
    )
    memory, after = event, []
    for index, lstm in enumerate(lstm_layers(made)):
        state = {} if states is None else {"initial_state": list(states[index])}
        memory, *carried = lstm(memory, **state)  # (batch, time, units)
        memory = made[f"dropout_{index}"](memory)
        after.append(carried)
    return Hidden(memory, event, after)


def arrival(ops: Ops, reading: Mapping[str, Tensor]) -> Tensor:
    """Return the scale degree of the next note, where it is the last of its phrase.

    Returns:
        ``(batch, time)`` symbols of ``cadence_degree``; ``UNKNOWN`` elsewhere.
    """
    now = ops.equal(reading["cadence_left"], phrase_symbol(np.array(0)))
    return ops.where(now, reading["cadence_degree"], UNKNOWN)


def predict_pitch(
    made: Parts,
    memory: Tensor,
    keys: Tensor,
    past: Past,
    reading: Mapping[str, Tensor],
) -> Tensor:
    """Predict the pitch symbol of the next event.

    Args:
        made: The network's layers.
        memory: Output of the last LSTM layer, ``(batch, time, units)``.
        keys: Of each slot of the past, ``(batch, slots, 2 * KEY_SIZE)``.
        past: The melody so far.
        reading: The inputs read, ``(batch, time)`` each.

    Returns:
        Log-probabilities ``(batch, time, 131)``.
    """
    ops = made.ops
    latest = latest_note(made.ops, reading["pitch_in"], reading["note_before"])
    notes = moved(ops, made["pitch_relative"](memory), latest)  # (batch, time, 128)
    notes = notes + by_degree(ops, made["pitch_degree"](memory), reading["tonic"])
    specials = ops.zeros_like(notes[..., : PITCH_SYMBOLS - REST])
    fresh = made["pitch_absolute"](memory) + ops.concatenate([notes, specials], axis=-1)
    return mix_pitches(made, memory, keys, past, latest, fresh)


def hear_pitch(
    made: Parts, hidden: Hidden, reading: Mapping[str, Tensor], pitch_next: Tensor
) -> Tensor:
    """Read the pitch symbol of the next event, before its duration is predicted.

    Returns:
        ``(batch, time, units)``.
    """
    ops = made.ops
    given = made["embed_next"](_interval_of(made, pitch_next, reading))
    return made["duration_hidden"](
        ops.concatenate([hidden.memory, hidden.event, given], axis=-1)
    )


def predict_duration(
    made: Parts,
    given: Tensor,
    keys: Tensor,
    past: Past,
    reading: Mapping[str, Tensor],
    pitch_next: Tensor,
) -> Tensor:
    """Predict the duration symbol of the next event, given its pitch symbol.

    Args:
        made: The network's layers.
        given: From ``hear_pitch``, ``(batch, time, units)``.
        keys: Of each slot of the past, ``(batch, slots, KEY_SIZE)``.
        past: The melody so far.
        reading: The inputs read, ``(batch, time)`` each.
        pitch_next: The pitch symbol given, ``(batch, time)``.

    Returns:
        Log-probabilities ``(batch, time, durations)``.
    """
    event = pitch_next, _interval_of(made, pitch_next, reading)
    fresh = made["duration"](given)  # (batch, time, durations)
    places = landings(made.ops, reading, fresh.shape[-1])
    by_place = made["duration_landing"](given)  # (batch, time, landings)
    fresh = fresh + made.ops.take_along_axis(by_place, places, axis=-1)
    return mix_durations(made, given, keys, past, event, fresh)


def _interval_of(
    made: Parts, pitch_next: Tensor, reading: Mapping[str, Tensor]
) -> Tensor:
    """Return the interval symbol of the next event, ``(batch, time)``."""
    latest = latest_note(made.ops, reading["pitch_in"], reading["note_before"])
    return interval_symbol(made.ops, pitch_next, latest)
