"""Encoded melodies of which all is known that may be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import Vocabulary
from monody.music.melody import Melody


def outlined_set(
    melodies: Iterable[Melody],
    vocabulary: Vocabulary,
    indices: Sequence[int] | None = None,
    styles: Sequence[int] | None = None,
) -> EncodedSet:
    """Encode melodies, and find their outlines at once; see ``encode_set``."""
    encoded = encode_set(melodies, vocabulary, indices, outlined=True, styles=styles)
    encoded.find_outlines(np.arange(len(encoded)))
    return encoded
