"""What the network looks like."""

from __future__ import annotations

from dataclasses import dataclass

from monody.settings.base import Settings, setting
from monody.translation import marked

ENCODINGS = ("notes", "steps")


@dataclass(frozen=True)
class ModelSettings(Settings):
    """What the network looks like."""

    heading = marked("Network")

    encoding: str = setting("notes", choices=ENCODINGS)
    """One event for each note (notes) or for each 16th, the classic grid (steps)."""

    rnn_size: int | None = setting(None, minimum=1, maximum=4096)
    """Units in each LSTM layer; by default chosen from the corpus, 128 or 192."""

    num_layers: int | None = setting(None, minimum=1, maximum=8)
    """LSTM layers; by default 2."""

    dropout: float | None = setting(None, minimum=0.0, maximum=0.95)
    """Share of activations switched off while training, against learning by heart; by
    default chosen from the corpus, 0.3 to 0.5."""
