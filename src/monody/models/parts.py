"""What the network's functions are given: its layers, and the operations on arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from monody.models import numpy_ops
from monody.models.numpy_ops import Ops

# Of Keras or, for writing, of ``inference_layers``: the names and the calls are alike.
Layer: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Parts:
    """A network as its functions see it.

    Args:
        layers: Its layers by name.
        ops: ``keras.ops`` where it is built or trained, ``numpy_ops`` where it writes.

    Example:
        >>> from monody.models import numpy_ops
        >>> from monody.models.inference_layers import Identity
        >>> from monody.models.parts import Parts
        >>> made = Parts({"dropout_0": Identity()}, numpy_ops)
        >>> made["dropout_0"]
        Identity()
    """

    layers: Mapping[str, Layer]
    ops: Ops

    def __getitem__(self, name: str) -> Any:
        return self.layers[name]


def numpy_parts(layers: Mapping[str, Layer]) -> Parts:
    """Return a network that reads and writes melodies without Keras.

    Args:
        layers: Its layers by name, of ``inference_layers``.
    """
    return Parts(layers, numpy_ops)
