"""The key and the register of a melody, as heard from its latest note.

Listeners infer a key from how often each pitch class has sounded (Krumhansl, *Cognitive
Foundations of Musical Pitch*, 1990, chapter 4). Counted from the latest note instead of
from C, these shares are the same in every key, and what they teach holds in every key.
"""

from __future__ import annotations

import numpy as np

from monody.models.events import REST, UNKNOWN
from monody.models.numpy_ops import Ops, Tensor
from monody.music.pitch import PITCH_CLASSES

COUNTS = PITCH_CLASSES + 1  # and the sum of all pitches
SHARE_SCALE = 4.0  # a pitch class with a quarter of the notes reads as 1


def latest_note(ops: Ops, pitch: Tensor, before: Tensor) -> Tensor:
    """Return the pitch of the latest note, the present event included.

    Args:
        ops: Operations on arrays.
        pitch: Pitch symbols ``(batch, time)``.
        before: Pitch of the latest note before each of them, ``(batch, time)``.

    Returns:
        ``(batch, time)``.

    Example:
        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.events import REST, UNKNOWN
        >>> from monody.models.tonality import latest_note
        >>> pitch, before = np.array([[64, REST]]), np.array([[60, 64]])
        >>> latest_note(numpy_ops, pitch, before).tolist()
        [[64, 64]]
    """
    return ops.where(ops.less(pitch, REST), pitch, before)


def degree_symbol(ops: Ops, latest: Tensor, tonic: Tensor) -> Tensor:
    """Return the symbol of the scale degree of the latest note, in semitones.

    Args:
        ops: Operations on arrays.
        latest: Pitch of the latest note, ``(batch, time)``.
        tonic: Symbols of ``outline.tonic_symbol``, ``(batch, time)``.

    Returns:
        ``(batch, time)``: ``UNKNOWN`` without a tonic; from 1 in a major key, from 13
        in a minor key, each by the semitones above the tonic.

    Example:
        A G, heard in C major, in C minor, and in no key:

        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.tonality import degree_symbol
        >>> degree_symbol(numpy_ops, np.array([[67]] * 3), np.array([[1], [13], [0]]))
        array([[ 8],
               [20],
               [ 0]])
    """
    above = ops.mod(latest - (tonic - 1), PITCH_CLASSES)
    minor = ops.cast(tonic > PITCH_CLASSES, "int32")
    return ops.where(tonic > 0, 1 + above + PITCH_CLASSES * minor, UNKNOWN)


def by_degree(ops: Ops, of_degree: Tensor, tonic: Tensor) -> Tensor:
    """Give each note what its scale degree has, where the tonic is told.

    Args:
        ops: Operations on arrays.
        of_degree: ``(batch, time, 12)``, by the semitones above the tonic.
        tonic: Symbols of ``outline.tonic_symbol``, ``(batch, time)``.

    Returns:
        ``(batch, time, 128)``; zeros without a tonic.

    Example:
        The fifth of D major is an A:

        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.tonality import by_degree
        >>> fifth = np.eye(12)[7][None, None]
        >>> notes = by_degree(numpy_ops, fifth, np.array([[3]]))[0, 0]
        >>> np.flatnonzero(notes)[:3].tolist()
        [9, 21, 33]
    """
    above = ops.mod(  # (batch, time, 128)
        ops.subtract(np.arange(REST), ops.expand_dims(tonic - 1, -1)), PITCH_CLASSES
    )
    told = ops.cast(tonic > 0, "float32")[..., None]
    return ops.take_along_axis(of_degree, above, axis=-1) * told


def count_notes(ops: Ops, pitch: Tensor) -> Tensor:
    """Return by how much each event raises the counts of notes.

    Args:
        ops: Operations on arrays.
        pitch: Pitch symbols ``(batch, time)``.

    Returns:
        ``(batch, time, 13)``: one for the pitch class of a note, and its pitch; zeros
        for all else.

    Example:
        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.tonality import count_notes
        >>> count_notes(numpy_ops, np.array([[62]])).tolist()[0][0]  # a D
        [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 62.0]
    """
    is_note = ops.cast(ops.less(pitch, REST), "float32")[..., None]  # (…, 1)
    classes = ops.one_hot(ops.mod(pitch, PITCH_CLASSES), PITCH_CLASSES, dtype="float32")
    pitches = ops.cast(pitch, "float32")[..., None]
    return ops.concatenate([classes, pitches], axis=-1) * is_note


def tonality(ops: Ops, counts: Tensor, latest: Tensor) -> Tensor:
    """Describe the notes heard so far, as seen from the latest.

    Args:
        ops: Operations on arrays.
        counts: All notes up to each event, ``(batch, time, 13)``.
        latest: Pitch of the latest note, ``(batch, time)``.

    Returns:
        ``(batch, time, 13)``: the share of each pitch class, from that of the latest
        note upward, and how many octaves the latest note lies above the mean pitch.
        Zeros before the first note.

    Example:
        A C and a G, heard from the C: half of the notes are a unison, half a fifth
        away; and it lies 3.5 semitones below their mean.

        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.tonality import SHARE_SCALE, count_notes, tonality
        >>> counts = count_notes(numpy_ops, np.array([[67, 60]])).cumsum(axis=1)
        >>> heard = tonality(numpy_ops, counts, np.array([[67, 60]]))[0, -1]
        >>> (heard[:12] / SHARE_SCALE).tolist()
        [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0]
        >>> round(float(heard[12]) * 12, 1)
        -3.5
    """
    classes = counts[..., :PITCH_CLASSES]  # (batch, time, 12)
    upward = ops.mod(  # (batch, time, 12): from the class of the latest note on
        ops.add(np.arange(PITCH_CLASSES), ops.expand_dims(latest, -1)), PITCH_CLASSES
    )
    total = ops.sum(classes, axis=-1, keepdims=True)  # (batch, time, 1)
    notes = ops.maximum(total, 1)
    shares = ops.take_along_axis(classes, upward, axis=-1) / notes
    above = ops.cast(latest, "float32")[..., None] - counts[..., PITCH_CLASSES:] / notes
    heard = ops.cast(total > 0, "float32")
    return ops.concatenate(
        [shares * SHARE_SCALE, above / PITCH_CLASSES * heard], axis=-1
    )
