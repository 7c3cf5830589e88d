"""Every layer of the network: its kind, and the shapes of its arrays.

``keras_network`` builds the layers from this list, and ``stored_layers`` takes no
others from a file. It needs no Keras.
"""

from __future__ import annotations

import math
from typing import NamedTuple

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
)
from monody.models.landing import LANDINGS
from monody.models.outline import (
    BAR_NOTES_SYMBOLS,
    CADENCE_SYMBOLS,
    DEGREE_SYMBOLS,
    PHRASE_SYMBOLS,
    RETURN_SYMBOLS,
    STYLE_SYMBOLS,
    TONIC_SYMBOLS,
)
from monody.models.tonality import COUNTS
from monody.music.pitch import PITCH_CLASSES
from monody.settings.base import required
from monody.settings.model import ModelSettings

# Features that the symbols of each input are embedded in.
PITCH_SIZE, INTERVAL_SIZE, DURATION_SIZE, POSITION_SIZE, METER_SIZE = 32, 48, 32, 32, 8
BARS_LEFT_SIZE, END_SIZE = 16, 8
PHRASE_SIZE, RETURNS_SIZE, DEGREE_SIZE, STYLE_SIZE = 24, 8, 16, 8
CADENCE_SIZE, BAR_NOTES_SIZE = 24, 12

Shape = tuple[int, ...]


class LayerShape(NamedTuple):
    """One layer.

    Args:
        kind: Its class in Keras.
        shapes: Of its arrays, in the order of Keras's ``get_weights()``.
        relu: Whether a ReLU follows.
    """

    kind: str
    shapes: tuple[Shape, ...] = ()
    relu: bool = False

    @property
    def numbers(self) -> int:
        """Numbers in its arrays."""
        return sum(map(math.prod, self.shapes))


def layer_shapes(settings: ModelSettings, durations: int) -> dict[str, LayerShape]:
    """List every layer by name, in the order in which first weights are drawn.

    Args:
        settings: The sizes of the network, chosen.
        durations: Duration symbols of its vocabulary.

    Example:
        >>> from monody.models.layer_shapes import layer_shapes
        >>> from monody.settings.model import ModelSettings
        >>> small = ModelSettings(rnn_size=12, num_layers=1, dropout=0.3)
        >>> layer_shapes(small, durations=104)["lstm_0"].shapes[1]
        (12, 48)
    """
    size = required(settings.rnn_size)
    read = _read(durations)
    event = sum(layer.shapes[0][1] for layer in read.values()) + COUNTS
    listed = read | _heads(size, event, durations) | _copying(size)
    for index in range(required(settings.num_layers)):
        inputs = size if index else event
        kernels = (inputs, 4 * size), (size, 4 * size)
        listed[f"lstm_{index}"] = LayerShape("LSTM", (*kernels, (4 * size,)))
        listed[f"dropout_{index}"] = LayerShape("Dropout")
    return listed


def _embedding(symbols: int, features: int) -> LayerShape:
    return LayerShape("Embedding", ((symbols, features),))


def _dense(features: int, units: int, relu: bool = False) -> LayerShape:
    return LayerShape("Dense", ((features, units), (units,)), relu)


def _read(durations: int) -> dict[str, LayerShape]:
    """List what an event is made of before the first LSTM layer reads it."""
    return {
        "embed_pitch": _embedding(PITCH_INPUTS, PITCH_SIZE),
        "embed_interval": _embedding(INTERVAL_INPUTS, INTERVAL_SIZE),
        "embed_duration": _embedding(durations + 1, DURATION_SIZE),
        "embed_position": _embedding(POSITIONS, POSITION_SIZE),
        "embed_meter": _embedding(len(METERS), METER_SIZE),
        "embed_bars_left": _embedding(MAX_BARS_LEFT + 2, BARS_LEFT_SIZE),
        "embed_end_position": _embedding(POSITIONS + 1, END_SIZE),
        "embed_phrase_left": _embedding(PHRASE_SYMBOLS, PHRASE_SIZE),
        "embed_returns": _embedding(RETURN_SYMBOLS, RETURNS_SIZE),
        "embed_cadence_left": _embedding(CADENCE_SYMBOLS, CADENCE_SIZE),
        "embed_notes_left": _embedding(BAR_NOTES_SYMBOLS, BAR_NOTES_SIZE),
        "embed_cadence_degree": _embedding(DEGREE_SYMBOLS, DEGREE_SIZE),
        "embed_arrival": _embedding(DEGREE_SYMBOLS, DEGREE_SIZE),
        "embed_degree": _embedding(TONIC_SYMBOLS, DEGREE_SIZE),
        "embed_style": _embedding(STYLE_SYMBOLS, STYLE_SIZE),
    }


def _heads(size: int, event: int, durations: int) -> dict[str, LayerShape]:
    """List the layers that predict a pitch, and a duration from a pitch."""
    return {
        "pitch_absolute": _dense(size, PITCH_SYMBOLS),
        "pitch_relative": _dense(size, INTERVALS),
        "pitch_degree": _dense(size, PITCH_CLASSES),
        "embed_next": _embedding(INTERVAL_INPUTS, INTERVAL_SIZE),
        "duration_hidden": _dense(size + event + INTERVAL_SIZE, size, relu=True),
        "duration": _dense(size, durations),
        "duration_landing": _dense(size, LANDINGS),
    }


def _copying(size: int) -> dict[str, LayerShape]:
    """List the layers of the attention."""
    return {
        "pitch_query": _dense(size, 2 * KEY_SIZE),
        "pitch_key": _dense(size, 2 * KEY_SIZE),
        "pitch_fresh": _dense(size, 1),
        "duration_query": _dense(size, KEY_SIZE),
        "duration_key": _dense(size, KEY_SIZE),
        "duration_fresh": _dense(size, 1),
        **{name: _embedding(CODES * PLACES, COPIES) for name in LIKENESSES},
        "like_return": _embedding(RETURN_CODES, COPIES),
        "like_given": _embedding(len(GIVEN), 1),
    }
