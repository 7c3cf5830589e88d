"""The network in Keras: its layers, and the model that is trained and saved.

All layers are Keras's own and all have names, so that plain Keras opens a saved model.
What they do with a melody is told in ``network`` and ``copy_attention``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

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
    RETURN_CODES,
)
from monody.models.events import (
    MAX_BARS_LEFT,
    METERS,
    PITCH_INPUTS,
    PITCH_SYMBOLS,
    POSITIONS,
    Vocabulary,
)
from monody.models.first_weights import set_first_weights
from monody.models.inference_layers import Layer, arrays_of
from monody.models.landing import LANDINGS
from monody.models.network import (
    INPUTS,
    READING,
    predict_sequences,
)
from monody.models.outline import (
    BAR_NOTES_SYMBOLS,
    CADENCE_SYMBOLS,
    DEGREE_SYMBOLS,
    PHRASE_SYMBOLS,
    RETURN_SYMBOLS,
    STYLE_SYMBOLS,
    TONIC_SYMBOLS,
)
from monody.models.parts import Parts
from monody.music.pitch import PITCH_CLASSES
from monody.settings.base import required
from monody.settings.model import ModelSettings

PITCH_SIZE, INTERVAL_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 32, 48, 32, 32, 8
BARS_LEFT_SIZE, END_SIZE = 16, 8
PHRASE_SIZE, RETURNS_SIZE, DEGREE_SIZE, STYLE_SIZE = 24, 8, 16, 8
CADENCE_SIZE, BAR_NOTES_SIZE = 24, 12

layers = keras.layers
ops = keras.ops


def build_model(
    settings: ModelSettings, vocabulary: Vocabulary, seed: int = 0
) -> keras.Model:
    """Build the network, untrained.

    Args:
        settings: Its sizes and dropout.
        vocabulary: The symbols it reads and predicts.
        seed: Of its first weights.

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
    set_first_weights(made.layers, seed)
    return keras.Model(inputs, outputs, name="monody")


def make_layers(settings: ModelSettings, durations: int) -> dict[str, keras.Layer]:
    """Create every layer, under the names that a saved model keeps."""
    size = required(settings.rnn_size)
    made = [
        _embedding(PITCH_INPUTS, PITCH_SIZE, name="embed_pitch"),
        _embedding(INTERVAL_INPUTS, INTERVAL_SIZE, name="embed_interval"),
        _embedding(durations + 1, DURATION_SIZE, name="embed_duration"),
        _embedding(POSITIONS, POSITION_SIZE, name="embed_position"),
        _embedding(len(METERS), METER_SIZE, name="embed_meter"),
        _embedding(MAX_BARS_LEFT + 2, BARS_LEFT_SIZE, name="embed_bars_left"),
        _embedding(POSITIONS + 1, END_SIZE, name="embed_end_position"),
        _embedding(PHRASE_SYMBOLS, PHRASE_SIZE, name="embed_phrase_left"),
        _embedding(RETURN_SYMBOLS, RETURNS_SIZE, name="embed_returns"),
        _embedding(CADENCE_SYMBOLS, CADENCE_SIZE, name="embed_cadence_left"),
        _embedding(BAR_NOTES_SYMBOLS, BAR_NOTES_SIZE, name="embed_notes_left"),
        _embedding(DEGREE_SYMBOLS, DEGREE_SIZE, name="embed_cadence_degree"),
        _embedding(DEGREE_SYMBOLS, DEGREE_SIZE, name="embed_arrival"),
        _embedding(TONIC_SYMBOLS, DEGREE_SIZE, name="embed_degree"),
        _embedding(STYLE_SYMBOLS, STYLE_SIZE, name="embed_style"),
        _dense(PITCH_SYMBOLS, name="pitch_absolute"),
        _dense(INTERVALS, name="pitch_relative"),
        _dense(PITCH_CLASSES, name="pitch_degree"),
        _embedding(INTERVAL_INPUTS, INTERVAL_SIZE, name="embed_next"),
        _dense(size, activation="relu", name="duration_hidden"),
        _dense(durations, name="duration"),
        _dense(LANDINGS, name="duration_landing"),
        *_copying_layers(),
    ]
    for index in range(required(settings.num_layers)):
        made.append(
            layers.LSTM(
                size,
                return_sequences=True,
                return_state=True,
                unit_forget_bias=False,
                **{f"{part}_initializer": "zeros" for part in ("kernel", "recurrent")},
                name=f"lstm_{index}",
            )
        )
        made.append(layers.Dropout(required(settings.dropout), name=f"dropout_{index}"))
    return {layer.name: layer for layer in made}


# Weights begin as zeros, until ``set_first_weights`` sets them.
_embedding = partial(layers.Embedding, embeddings_initializer="zeros")
_dense = partial(layers.Dense, kernel_initializer="zeros")


def _copying_layers() -> list[keras.Layer]:
    """Create the layers of the attention, under the names that a saved model keeps."""
    return [
        _dense(2 * KEY_SIZE, name="pitch_query"),
        _dense(2 * KEY_SIZE, name="pitch_key"),
        _dense(1, name="pitch_fresh"),
        _dense(KEY_SIZE, name="duration_query"),
        _dense(KEY_SIZE, name="duration_key"),
        _dense(1, name="duration_fresh"),
        *(_embedding(CODES * PLACES, COPIES, name=name) for name in LIKENESSES),
        _embedding(RETURN_CODES, COPIES, name="like_return"),
        _embedding(len(GIVEN), 1, name="like_given"),
    ]


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
