"""The network: what comes next in a melody.

At each event it reads the event before (its pitch, the interval that led to it, its
duration), where in the bar the next one begins, and the meter; LSTM layers remember the
rest. One head predicts the pitch symbol, the other the duration symbol given that
pitch.

A melody means the same in every key, so the pitch head is two heads added: one for the
interval from the note before, moved to where that note is, and one for the pitch
itself. On nottingham, 128 units, about 70 s of two cores each: 3.27 bits per note with
it, 4.55 without.

All layers are Keras's own and all have names, so that plain Keras opens a saved model.
The functions below take those layers by name: training calls them on whole sequences,
decoding on one event with the state carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from monody.backend import keras
from monody.events import (
    METERS,
    PITCH_INPUTS,
    PITCH_SYMBOLS,
    POSITIONS,
    REST,
    Vocabulary,
)
from monody.settings import ModelSettings

INPUTS = ("pitch_in", "note_before", "duration_in", "position", "meter", "pitch_next")
PITCH_SIZE, INTERVAL_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 32, 48, 32, 32, 8
MAX_INTERVAL = 24  # semitones; wider leaps share the last entry
INTERVALS = 2 * MAX_INTERVAL + 1
NOTES = REST  # symbols below it are notes, 0-127

Layers = dict[str, Any]  # Keras layers by name
Tensor = Any  # a Keras tensor or a JAX array

layers = keras.layers
ops = keras.ops


def build_model(settings: ModelSettings, vocabulary: Vocabulary) -> Any:
    """Build the network, untrained.

    Args:
        settings: Its sizes and dropout.
        vocabulary: The symbols it reads and predicts.

    Returns:
        A ``keras.Model``. Its inputs, all ``(batch, time)`` integers, are ``INPUTS``:
        the event before (``pitch_in``, ``duration_in``) and the pitch of the latest
        note before that (``note_before``); ``position`` and ``meter`` where the next
        event begins; the next pitch symbol ``pitch_next``, for the duration head. Its
        outputs are logits: ``pitch`` ``(batch, time, 131)`` and ``duration`` ``(batch,
        time, durations)``.
    """
    made = _make_layers(settings, len(vocabulary.durations))
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in INPUTS}
    reading = {name: inputs[name] for name in INPUTS[:-1]}
    pitch, memory, _ = predict_pitch(made, reading)
    duration = predict_duration(
        made, memory, inputs["pitch_in"], inputs["note_before"], inputs["pitch_next"]
    )
    outputs = {"pitch": pitch, "duration": duration}
    return keras.Model(inputs, outputs, name="monody")


def _make_layers(settings: ModelSettings, durations: int) -> Layers:
    """Create every layer, under the names that a saved model keeps."""
    size = settings.rnn_size
    specials = PITCH_INPUTS - NOTES
    made = [
        layers.Embedding(PITCH_INPUTS, PITCH_SIZE, name="embed_pitch"),
        layers.Embedding(INTERVALS + specials, INTERVAL_SIZE, name="embed_interval"),
        layers.Embedding(durations + 1, DURATION_SIZE, name="embed_duration"),
        layers.Embedding(POSITIONS, POSITION_SIZE, name="embed_position"),
        layers.Embedding(len(METERS), METER_SIZE, name="embed_meter"),
        layers.Dense(PITCH_SYMBOLS, name="pitch_absolute"),
        layers.Dense(INTERVALS, name="pitch_relative"),
        layers.Embedding(INTERVALS + specials, INTERVAL_SIZE, name="embed_next"),
        layers.Dense(size, activation="relu", name="duration_hidden"),
        layers.Dense(durations, name="duration"),
    ]
    for index in range(settings.num_layers):
        made.append(
            layers.LSTM(
                size, return_sequences=True, return_state=True, name=f"lstm_{index}"
            )
        )
        made.append(layers.Dropout(settings.dropout, name=f"dropout_{index}"))
    return {layer.name: layer for layer in made}


def layers_of(model: Any) -> Layers:
    """Return the layers of a network, by name."""
    return {layer.name: layer for layer in model.layers}


def lstm_layers(made: Layers) -> list[Any]:
    """Return the LSTM layers, the one nearest the input first."""
    names = sorted(name for name in made if name.startswith("lstm_"))
    return [made[name] for name in names]


def predict_pitch(
    made: Layers,
    reading: dict[str, Tensor],
    states: Sequence[Sequence[Tensor]] | None = None,
) -> tuple[Tensor, Tensor, list[list[Tensor]]]:
    """Read events and predict the pitch symbol of the next.

    Args:
        made: The network's layers.
        reading: ``INPUTS`` but for the last, each ``(batch, time)``.
        states: For each LSTM layer its two states ``(batch, units)``; by default zeros.

    Returns:
        Logits ``(batch, time, 131)``; what the duration head needs to know ``(batch,
        time, features)``; and the states after the last event.
    """
    pitch, before = reading["pitch_in"], reading["note_before"]
    event = ops.concatenate(
        [
            made["embed_pitch"](pitch),
            made["embed_interval"](_interval(pitch, before)),
            made["embed_duration"](reading["duration_in"]),
            made["embed_position"](reading["position"]),
            made["embed_meter"](reading["meter"]),
        ],
        axis=-1,
    )
    memory, after = event, []
    for index, lstm in enumerate(lstm_layers(made)):
        state = {} if states is None else {"initial_state": list(states[index])}
        memory, *carried = lstm(memory, **state)
        memory = made[f"dropout_{index}"](memory)
        after.append(carried)
    relative = made["pitch_relative"](memory)  # (batch, time, intervals)
    latest = ops.expand_dims(latest_note(pitch, before), -1)
    interval = ops.clip(
        ops.subtract(np.arange(NOTES), latest), -MAX_INTERVAL, MAX_INTERVAL
    )
    moved = ops.take_along_axis(relative, interval + MAX_INTERVAL, axis=-1)
    specials = ops.zeros_like(relative[..., : PITCH_SYMBOLS - NOTES])
    logits = made["pitch_absolute"](memory) + ops.concatenate(
        [moved, specials], axis=-1
    )
    return logits, ops.concatenate([memory, event], axis=-1), after


def predict_duration(
    made: Layers, memory: Tensor, pitch_in: Tensor, before: Tensor, pitch_next: Tensor
) -> Tensor:
    """Predict the duration symbol of the next event, given its pitch symbol.

    Args:
        made: The network's layers.
        memory: From ``predict_pitch``.
        pitch_in: The pitch symbol before, ``(batch, time)``.
        before: The latest note before that, ``(batch, time)``.
        pitch_next: The pitch symbol given, ``(batch, time)``.

    Returns:
        Logits ``(batch, time, durations)``.
    """
    interval = _interval(pitch_next, latest_note(pitch_in, before))
    given = made["embed_next"](interval)
    hidden = made["duration_hidden"](ops.concatenate([memory, given], axis=-1))
    return made["duration"](hidden)


def latest_note(pitch: Tensor, before: Tensor) -> Tensor:
    """Return the pitch of the latest note, the present event included."""
    return ops.where(ops.less(pitch, NOTES), pitch, before)


def _interval(pitch: Tensor, before: Tensor) -> Tensor:
    """Return the interval to a symbol, from 0; rest, hold, end, start come after."""
    interval = ops.clip(pitch - before, -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
    return ops.where(ops.less(pitch, NOTES), interval, pitch - NOTES + INTERVALS)
