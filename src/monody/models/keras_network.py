"""The network in Keras: its layers, and the model that is trained and saved.

All layers are Keras's own and all have names, so that plain Keras opens a saved model.
What they do with a melody is told in ``network``, ``copy_attention`` and
``copy_mixture``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from monody.errors import MonodyError
from monody.models.backend import keras
from monody.models.divided_rows import DividedDropout
from monody.models.events import Vocabulary
from monody.models.first_weights import set_first_weights
from monody.models.inference_layers import Layer, arrays_of
from monody.models.layer_shapes import LayerShape, layer_shapes
from monody.models.network import INPUTS, READING, predict_sequences
from monody.models.parts import Parts
from monody.settings.base import required
from monody.settings.devices import BFLOAT16, FLOAT32
from monody.settings.model import ModelSettings

layers = keras.layers
ops = keras.ops

# What multiplies numbers of 16 bits where that is asked for. cuDNN's LSTM knows float32
# alone, which it multiplies as TF32 where the GPU has that.
IN_16_BITS = ("Dense", "Embedding")


def build_model(
    settings: ModelSettings,
    vocabulary: Vocabulary,
    seed: int = 0,
    precision: str = FLOAT32,
    divided: bool = False,
) -> keras.Model:
    """Build the network, untrained.

    Args:
        settings: Its sizes and dropout.
        vocabulary: The symbols it reads and predicts.
        seed: Of its first weights.
        precision: The numbers that its dense layers and embeddings give. Weights are
            float32 always, and so is whatever follows from logits.
        divided: Whether several devices learn, each from its rows of a batch.

    Returns:
        Its inputs are ``INPUTS``, all ``(batch, time)`` integers: the event before
        (``pitch_in``, ``duration_in``) and the pitch of the latest note before that
        (``note_before``); ``position``, ``bar`` and ``meter`` where the next event
        begins; those of ``TOLD``, what is to come and of which style it is, 0 where
        that is not told; the next pitch symbol ``pitch_next``, for the duration head.
        Its outputs are log-probabilities: ``pitch`` ``(batch, time, 131)`` and
        ``duration`` ``(batch, time, durations)``.
    """
    made_layers = make_layers(settings, len(vocabulary.durations), precision, divided)
    made = Parts(made_layers, ops)
    inputs = {name: keras.Input((None,), dtype="int32", name=name) for name in INPUTS}
    reading = {name: inputs[name] for name in READING}
    outputs = predict_sequences(made, reading, inputs["pitch_next"])
    set_first_weights(made.layers, seed)
    return keras.Model(inputs, outputs, name="monody")


def make_layers(
    settings: ModelSettings,
    durations: int,
    precision: str = FLOAT32,
    divided: bool = False,
) -> dict[str, keras.Layer]:
    """Create every layer, under the names that a saved model keeps."""
    kind = DividedDropout if divided else layers.Dropout
    hidden = partial(kind, required(settings.dropout))
    return {
        name: _layer(name, shape, hidden, precision)
        for name, shape in layer_shapes(settings, durations).items()
    }


def _layer(
    name: str, shape: LayerShape, dropout: Callable[..., Any], precision: str
) -> keras.Layer:
    """Create a layer. Its weights are zeros, until ``set_first_weights`` sets them."""
    dtype = FLOAT32
    if precision == BFLOAT16 and shape.kind in IN_16_BITS:
        dtype = "mixed_bfloat16"
    if shape.kind == "Dropout":
        return dropout(name=name)
    *_, units = shape.shapes[-1]
    if shape.kind == "Embedding":
        symbols, features = shape.shapes[0]
        return layers.Embedding(
            symbols,
            features,
            embeddings_initializer="zeros",
            dtype=dtype,
            name=name,
        )
    if shape.kind == "Dense":
        activation = "relu" if shape.relu else None
        return layers.Dense(
            units,
            activation=activation,
            kernel_initializer="zeros",
            dtype=dtype,
            name=name,
        )
    return layers.LSTM(
        units // 4,
        return_sequences=True,
        return_state=True,
        unit_forget_bias=False,
        **{f"{part}_initializer": "zeros" for part in ("kernel", "recurrent")},
        name=name,
    )


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
