"""What key and register a melody is in, as heard from its latest note.

Listeners infer a key from how often each pitch class has sounded (Krumhansl, *Cognitive
Foundations of Musical Pitch*, 1990, chapter 4). Counted from the latest note instead of
from C, these shares are the same in every key, and what they teach holds in every key.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from monody.models.backend import keras
from monody.models.events import REST
from monody.music.pitch import PITCH_CLASSES

Tensor = Any  # a Keras tensor or a JAX array

COUNTS = PITCH_CLASSES + 1  # and the sum of all pitches
SHARE_SCALE = 4.0  # a pitch class with a quarter of the notes reads as 1

ops = keras.ops


def latest_note(pitch: Tensor, before: Tensor) -> Tensor:
    """Return the pitch of the latest note, the present event included."""
    return ops.where(ops.less(pitch, REST), pitch, before)


def count_notes(pitch: Tensor) -> Tensor:
    """Return what each event adds to the counts.

    Args:
        pitch: Pitch symbols ``(batch, time)``.

    Returns:
        ``(batch, time, 13)``: one for the pitch class of a note, and its pitch; zeros
        for all else.
    """
    is_note = ops.cast(ops.less(pitch, REST), "float32")[..., None]
    classes = ops.one_hot(ops.mod(pitch, PITCH_CLASSES), PITCH_CLASSES, dtype="float32")
    pitches = ops.cast(pitch, "float32")[..., None]
    return ops.concatenate([classes, pitches], axis=-1) * is_note


def tonality(counts: Tensor, latest: Tensor) -> Tensor:
    """Describe the notes heard so far, as seen from the latest.

    Args:
        counts: All notes up to each event, ``(batch, time, 13)``.
        latest: Pitch of the latest note, ``(batch, time)``.

    Returns:
        ``(batch, time, 13)``: the share of each pitch class, from that of the latest
        note upward, and how many octaves the latest note lies above the mean pitch.
        Zeros before the first note.
    """
    classes = counts[..., :PITCH_CLASSES]
    upward = ops.mod(
        ops.add(np.arange(PITCH_CLASSES), ops.expand_dims(latest, -1)), PITCH_CLASSES
    )
    total = ops.sum(classes, axis=-1, keepdims=True)
    notes = ops.maximum(total, 1)
    shares = ops.take_along_axis(classes, upward, axis=-1) / notes
    above = ops.cast(latest, "float32")[..., None] - counts[..., PITCH_CLASSES:] / notes
    heard = ops.cast(total > 0, "float32")
    return ops.concatenate(
        [shares * SHARE_SCALE, above / PITCH_CLASSES * heard], axis=-1
    )
