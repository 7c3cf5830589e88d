"""The network: what comes next in a melody.

At each event it reads the event before, where in the bar the next one begins and the
meter; LSTM layers remember the rest. One head predicts the pitch symbol, the other the
duration symbol given that pitch. All layers are Keras's own and all have names, so that
plain Keras opens a saved model and ``decode`` finds the layers for its one-event step.
"""

from __future__ import annotations

from typing import Any

from monody.backend import keras
from monody.events import METERS, PITCH_INPUTS, PITCH_SYMBOLS, POSITIONS, Vocabulary
from monody.settings import ModelSettings

PITCH_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 64, 32, 32, 8

layers = keras.layers


def build_model(settings: ModelSettings, vocabulary: Vocabulary) -> Any:
    """Build the network, untrained.

    Args:
        settings: Its sizes and dropout.
        vocabulary: The symbols it reads and predicts.

    Returns:
        A ``keras.Model``. Inputs, all ``(batch, time)`` integers: ``pitch_in``,
        ``duration_in`` (the event before), ``position``, ``meter`` (where the next event
        begins), ``pitch_next`` (its pitch symbol, for the duration head). Outputs:
        logits ``pitch`` ``(batch, time, 131)`` and ``duration`` ``(batch, time,
        durations)``.
    """
    names = ("pitch_in", "duration_in", "position", "meter", "pitch_next")
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in names}
    durations = len(vocabulary.durations)
    read = layers.Concatenate(name="event")(
        [
            layers.Embedding(PITCH_INPUTS, PITCH_SIZE, name="embed_pitch")(
                inputs["pitch_in"]
            ),
            layers.Embedding(durations + 1, DURATION_SIZE, name="embed_duration")(
                inputs["duration_in"]
            ),
            layers.Embedding(POSITIONS, POSITION_SIZE, name="embed_position")(
                inputs["position"]
            ),
            layers.Embedding(len(METERS), METER_SIZE, name="embed_meter")(
                inputs["meter"]
            ),
        ]
    )
    state = read  # (batch, time, features)
    for index in range(settings.num_layers):
        state = layers.LSTM(
            settings.rnn_size, return_sequences=True, name=lstm_name(index)
        )(state)
        state = layers.Dropout(settings.dropout, name=f"dropout_{index}")(state)
    pitch = layers.Dense(PITCH_SYMBOLS, name="pitch")(state)
    given = layers.Embedding(PITCH_SYMBOLS, PITCH_SIZE, name="embed_pitch_next")(
        inputs["pitch_next"]
    )
    hidden = layers.Dense(settings.rnn_size, activation="relu", name="duration_hidden")(
        layers.Concatenate(name="state_and_pitch")([state, given])
    )
    duration = layers.Dense(durations, name="duration")(hidden)
    return keras.Model(inputs, {"pitch": pitch, "duration": duration}, name="monody")


def lstm_name(index: int) -> str:
    """Name the LSTM layer of this index, from 0."""
    return f"lstm_{index}"
