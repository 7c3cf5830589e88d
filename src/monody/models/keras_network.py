"""The network in Keras: its layers, and the model that is trained and saved.

All layers are Keras's own and all have names, so that plain Keras opens a saved model.
What they do with a melody is told in ``network`` and ``copy_attention``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from monody.errors import MonodyError
from monody.models.backend import keras
from monody.models.copy_attention import (
    CODES,
    COPIES,
    GIVEN,
    INTERVAL_INPUTS,
    INTERVALS,
    KEY_SIZE,
    LIKENESSES,
    PLACES,
    SCORE_SCALE,
)
from monody.models.events import (
    MAX_BARS_LEFT,
    METERS,
    PITCH_INPUTS,
    PITCH_SYMBOLS,
    POSITIONS,
    Vocabulary,
)
from monody.models.inference_layers import Layer, arrays_of
from monody.models.network import (
    INPUTS,
    READING,
    predict_sequences,
)
from monody.models.parts import Parts
from monody.settings.base import required
from monody.settings.model import ModelSettings

PITCH_SIZE, INTERVAL_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 32, 48, 32, 32, 8
BARS_LEFT_SIZE, END_SIZE = 16, 8
FIRST_FRESH, FIRST_LIKENESS = 2.0, 2.5  # scores that training begins with, at most

layers = keras.layers
ops = keras.ops


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
    made = Parts(make_layers(settings, len(vocabulary.durations)), ops)
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in INPUTS}
    reading = {name: inputs[name] for name in READING}
    outputs = predict_sequences(made, reading, inputs["pitch_next"])
    _begin_copying(made.layers)
    return keras.Model(inputs, outputs, name="monody")


def make_layers(settings: ModelSettings, durations: int) -> dict[str, keras.Layer]:
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
        *_copying_layers(),
    ]
    for index in range(required(settings.num_layers)):
        made.append(
            layers.LSTM(
                size, return_sequences=True, return_state=True, name=f"lstm_{index}"
            )
        )
        made.append(layers.Dropout(required(settings.dropout), name=f"dropout_{index}"))
    return {layer.name: layer for layer in made}


def _copying_layers() -> list[keras.Layer]:
    """Create the layers of the attention, under the names that a saved model keeps."""
    fresh = keras.initializers.Constant(FIRST_FRESH)
    return [
        layers.Dense(2 * KEY_SIZE, name="pitch_query"),
        layers.Dense(2 * KEY_SIZE, name="pitch_key"),
        layers.Dense(1, bias_initializer=fresh, name="pitch_fresh"),
        layers.Dense(KEY_SIZE, name="duration_query"),
        layers.Dense(KEY_SIZE, name="duration_key"),
        layers.Dense(1, bias_initializer=fresh, name="duration_fresh"),
        *(layers.Embedding(CODES * PLACES, COPIES, name=name) for name in LIKENESSES),
        layers.Embedding(len(GIVEN), 1, name="like_given"),
    ]


def _begin_copying(made: Mapping[str, keras.Layer]) -> None:
    """Set the first scores: the longer two moments are alike, the likelier a copy.

    Training improves the tables. From zeros it would learn them late, and from few
    melodies hardly at all.
    """
    rising = np.linspace(0, FIRST_LIKENESS, CODES)[:, None, None]  # (codes, 1, 1)
    same_place = np.minimum(np.arange(PLACES), 1)[:, None] / len(LIKENESSES)
    for name, copies in zip(LIKENESSES, ((1, 1, 0), (1, 1, 0), (0, 0, 1)), strict=True):
        table = (rising * copies + same_place) / SCORE_SCALE  # (codes, places, copies)
        made[name].set_weights([table.reshape(-1, COPIES)])
    made["like_given"].set_weights([np.zeros((len(GIVEN), 1))])


def start_from(network: keras.Model, base: Mapping[str, Layer]) -> None:
    """Give a network the weights of another.

    Args:
        network: What ``build_model`` built.
        base: The layers of a network of the same sizes, as ``TrainedModel`` has them.

    Raises:
        MonodyError: If the base has other layers.
    """
    try:
        for name, layer in layers_of(network).items():
            if layer.weights:
                layer.set_weights(arrays_of(base[name]))
    except (KeyError, ValueError) as error:
        raise MonodyError(
            f"the base is a network of another version of monody ({error}): train it "
            "again, or name another --base"
        ) from error


def layers_of(network: keras.Model) -> dict[str, keras.Layer]:
    """Return the layers of a network, by name."""
    return {layer.name: layer for layer in network.layers}
