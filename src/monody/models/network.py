"""The network: it predicts the next event of a melody.

At each event it reads the event before: its pitch, the interval that led to it, its
duration. It reads where in the bar the next one begins, and the meter. Where it is
told, it also reads where the melody ends, so that it can be led there. LSTM layers
remember the rest. One head predicts the pitch symbol, the other the duration symbol
given that pitch. Each mixes its own output with what ``copy_attention`` copies from the
melody so far.

A melody means the same in every key. So the network also reads which pitch classes it
has heard, counted from the latest note (``tonality``), and the pitch head is the sum of
two: one for the interval from the note before, moved to where that note is, and one for
the pitch itself.

All layers are Keras's own and all have names, so that plain Keras opens a saved model.
The functions below take those layers by name. Training calls them on whole sequences;
decoding calls them on one event, with the state and the past carried over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from monody.errors import MonodyError
from monody.models.backend import Tensor, keras
from monody.models.copy_attention import (
    INTERVAL_INPUTS,
    INTERVALS,
    Layers,
    Past,
    begin_copying,
    copying_layers,
    interval_symbol,
    later,
    look_back,
    mix_durations,
    mix_pitches,
    moved,
)
from monody.models.events import (
    MAX_BARS_LEFT,
    METERS,
    PITCH_INPUTS,
    PITCH_SYMBOLS,
    POSITIONS,
    REST,
    Vocabulary,
)
from monody.models.tonality import count_notes, latest_note, tonality
from monody.settings.base import required
from monody.settings.model import ModelSettings

PLACE = ("position", "bar", "meter", "bars_left", "end_position")
READING = ("pitch_in", "note_before", "duration_in", *PLACE)
INPUTS = (*READING, "pitch_next")
PITCH_SIZE, INTERVAL_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 32, 48, 32, 32, 8
BARS_LEFT_SIZE, END_SIZE = 16, 8

layers = keras.layers
ops = keras.ops


class Hidden(NamedTuple):
    """The output and the state of the LSTM layers after the events read."""

    memory: Tensor  # (batch, time, units): output of the last layer
    event: Tensor  # (batch, time, features): input of the first layer
    states: list[list[Tensor]]  # of each layer output and cell, (batch, units)


def build_model(settings: ModelSettings, vocabulary: Vocabulary) -> keras.Model:
    """Build the network, untrained.

    Args:
        settings: Its sizes and dropout.
        vocabulary: The symbols it reads and predicts.

    Returns:
        Its inputs are ``INPUTS``, all ``(batch, time)`` integers: the event before
        (``pitch_in``, ``duration_in``) and the pitch of the latest note before that
        (``note_before``); ``position``, ``bar`` and ``meter`` where the next event
        begins; ``bars_left`` and ``end_position``, where the melody ends, 0 where that
        is not told; the next pitch symbol ``pitch_next``, for the duration head. Its
        outputs are log-probabilities: ``pitch`` ``(batch, time, 131)`` and ``duration``
        ``(batch, time, durations)``.
    """
    made = make_layers(settings, len(vocabulary.durations))
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in INPUTS}
    reading = {name: inputs[name] for name in READING}
    heard = ops.cumsum(count_notes(reading["pitch_in"]), axis=1)  # (batch, time, 13)
    hidden = read_events(made, reading, heard)
    past = look_back(made, reading)
    keys = later(made["pitch_key"](hidden.memory))  # (batch, slots, 2 * KEY_SIZE)
    pitch = predict_pitch(made, hidden, keys, past, reading)
    given = hear_pitch(made, hidden, reading, inputs["pitch_next"])
    keys = later(made["duration_key"](given))  # (batch, slots, KEY_SIZE)
    duration = predict_duration(made, given, keys, past, reading, inputs["pitch_next"])
    begin_copying(made)
    outputs = {"pitch": pitch, "duration": duration}
    return keras.Model(inputs, outputs, name="monody")


def make_layers(settings: ModelSettings, durations: int) -> Layers:
    """Create every layer, under the names that a saved model keeps."""
    size = required(settings.rnn_size)
    made = [
        layers.Embedding(PITCH_INPUTS, PITCH_SIZE, name="embed_pitch"),
        layers.Embedding(INTERVAL_INPUTS, INTERVAL_SIZE, name="embed_interval"),
        layers.Embedding(durations + 1, DURATION_SIZE, name="embed_duration"),
        layers.Embedding(POSITIONS, POSITION_SIZE, name="embed_position"),
        layers.Embedding(len(METERS), METER_SIZE, name="embed_meter"),
        layers.Embedding(MAX_BARS_LEFT + 2, BARS_LEFT_SIZE, name="embed_bars_left"),
        layers.Embedding(POSITIONS + 1, END_SIZE, name="embed_end_position"),
        layers.Dense(PITCH_SYMBOLS, name="pitch_absolute"),
        layers.Dense(INTERVALS, name="pitch_relative"),
        layers.Embedding(INTERVAL_INPUTS, INTERVAL_SIZE, name="embed_next"),
        layers.Dense(size, activation="relu", name="duration_hidden"),
        layers.Dense(durations, name="duration"),
        *copying_layers(),
    ]
    for index in range(required(settings.num_layers)):
        made.append(
            layers.LSTM(
                size, return_sequences=True, return_state=True, name=f"lstm_{index}"
            )
        )
        made.append(layers.Dropout(required(settings.dropout), name=f"dropout_{index}"))
    return {layer.name: layer for layer in made}


def start_from(network: keras.Model, base: keras.Model) -> None:
    """Give a network the weights of another.

    Args:
        network: What ``build_model`` built.
        base: A network of the same sizes.

    Raises:
        MonodyError: If the base has other layers.
    """
    ours, theirs = layers_of(network), layers_of(base)
    try:
        for name, layer in ours.items():
            layer.set_weights(theirs[name].get_weights() if layer.weights else [])
    except (KeyError, ValueError) as error:
        raise MonodyError(
            f"the base is a network of another version of monody ({error}): train it "
            "again, or name another --base"
        ) from error


def layers_of(network: keras.Model) -> Layers:
    """Return the layers of a network, by name."""
    return {layer.name: layer for layer in network.layers}


def lstm_layers(made: Layers) -> list[keras.Layer]:
    """Return the LSTM layers, the one nearest the input first."""
    names = sorted(name for name in made if name.startswith("lstm_"))
    return [made[name] for name in names]


def read_events(
    made: Layers,
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
    pitch, before = reading["pitch_in"], reading["note_before"]
    event = ops.concatenate(  # (batch, time, features)
        [
            made["embed_pitch"](pitch),
            made["embed_interval"](interval_symbol(pitch, before)),
            made["embed_duration"](reading["duration_in"]),
            made["embed_position"](reading["position"]),
            made["embed_meter"](reading["meter"]),
            made["embed_bars_left"](reading["bars_left"]),
            made["embed_end_position"](reading["end_position"]),
            tonality(heard, latest_note(pitch, before)),
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


def predict_pitch(
    made: Layers,
    hidden: Hidden,
    keys: Tensor,
    past: Past,
    reading: Mapping[str, Tensor],
) -> Tensor:
    """Predict the pitch symbol of the next event.

    Args:
        made: The network's layers.
        hidden: The events read.
        keys: Of each slot of the past, ``(batch, slots, 2 * KEY_SIZE)``.
        past: The melody so far.
        reading: The inputs read, ``(batch, time)`` each.

    Returns:
        Log-probabilities ``(batch, time, 131)``.
    """
    latest = latest_note(reading["pitch_in"], reading["note_before"])
    notes = moved(made["pitch_relative"](hidden.memory), latest)  # (batch, time, 128)
    specials = ops.zeros_like(notes[..., : PITCH_SYMBOLS - REST])
    fresh = made["pitch_absolute"](hidden.memory) + ops.concatenate(
        [notes, specials], axis=-1
    )
    return mix_pitches(made, hidden.memory, keys, past, latest, fresh)


def hear_pitch(
    made: Layers, hidden: Hidden, reading: Mapping[str, Tensor], pitch_next: Tensor
) -> Tensor:
    """Read the pitch symbol of the next event, before its duration is predicted.

    Returns:
        ``(batch, time, units)``.
    """
    given = made["embed_next"](_interval_of(pitch_next, reading))
    return made["duration_hidden"](
        ops.concatenate([hidden.memory, hidden.event, given], axis=-1)
    )


def predict_duration(
    made: Layers,
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
    event = pitch_next, _interval_of(pitch_next, reading)
    return mix_durations(made, given, keys, past, event, made["duration"](given))


def _interval_of(pitch_next: Tensor, reading: Mapping[str, Tensor]) -> Tensor:
    """Return the interval symbol of the next event, ``(batch, time)``."""
    latest = latest_note(reading["pitch_in"], reading["note_before"])
    return interval_symbol(pitch_next, latest)
