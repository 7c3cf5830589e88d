"""The mixture of copy attention: what is copied, and what is fresh, in one softmax.

``copy_attention`` says how alike the present moment is to the moment before each
earlier event; here that decides which of them is paid out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monody.models.copy_attention import (
    INTERVAL_SYMBOLS,
    INTERVALS,
    KEY_SIZE,
    MAX_INTERVAL,
    NOTES,
    SCORE_SCALE,
    Past,
    Slots,
)
from monody.models.events import PITCH_SYMBOLS
from monody.models.numpy_ops import Ops, Tensor
from monody.models.parts import Parts

IMPOSSIBLE = -1e9  # the score of a slot that cannot be copied
TINY = 1e-20  # keeps logarithms finite


def moved(ops: Ops, by_interval: Tensor, latest: Tensor) -> Tensor:
    """Give each note what its interval from the latest note has.

    Args:
        ops: Operations on arrays.
        by_interval: ``(batch, time, 49)``, from 24 semitones down to 24 up.
        latest: Pitch of the latest note, ``(batch, time)``.

    Returns:
        ``(batch, time, 128)``; a wider leap has what the widest has.

    Example:
        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.copy_attention import MAX_INTERVAL
        >>> from monody.models.copy_mixture import moved
        >>> semitones = np.arange(-MAX_INTERVAL, MAX_INTERVAL + 1)[None, None]
        >>> moved(numpy_ops, semitones, np.array([[60]]))[0, 0, [60, 67, 127]].tolist()
        [0, 7, 24]
    """
    interval = ops.clip(  # (batch, time, 128)
        ops.subtract(np.arange(NOTES), ops.expand_dims(latest, -1)),
        -MAX_INTERVAL,
        MAX_INTERVAL,
    )
    return ops.take_along_axis(by_interval, interval + MAX_INTERVAL, axis=-1)


def mix_pitches(
    made: Parts,
    memory: Tensor,
    keys: Tensor,
    past: Past,
    latest: Tensor,
    fresh: Tensor,
) -> Tensor:
    """Mix the ordinary output for the next pitch symbol with what is copied.

    Args:
        made: The network's layers.
        memory: Output of the last LSTM layer, ``(batch, time, units)``.
        keys: Of each slot, ``(batch, slots, 2 * KEY_SIZE)``.
        past: The melody so far.
        latest: Pitch of the latest note, ``(batch, time)``.
        fresh: Logits of the ordinary output, ``(batch, time, 131)``.

    Returns:
        Log-probabilities ``(batch, time, 131)``.
    """
    ops, slots = made.ops, past.slots
    own, (as_pitch, as_interval) = pitch_shares(made, memory, keys, past, latest)
    intervals = _paid(ops, as_interval, slots.interval, INTERVAL_SYMBOLS)
    copied = _paid(ops, as_pitch, slots.pitch, PITCH_SYMBOLS) + ops.concatenate(
        [moved(ops, intervals[..., :INTERVALS], latest), intervals[..., INTERVALS:]],
        axis=-1,
    )  # (batch, time, 131)
    return _mixed(ops, own, fresh, copied)


def pitch_shares(
    made: Parts, memory: Tensor, keys: Tensor, past: Past, latest: Tensor
) -> tuple[Tensor, list[Tensor]]:
    """Say from which slots the next pitch is copied, and how likely.

    Args:
        made: The network's layers.
        memory: Output of the last LSTM layer, ``(batch, time, units)``.
        keys: Of each slot, ``(batch, slots, 2 * KEY_SIZE)``.
        past: The melody so far.
        latest: Pitch of the latest note, ``(batch, time)``.

    Returns:
        The logarithm of the share of something fresh, ``(batch, time, 1)``; and the
        share of each slot, whose pitch is copied, and whose interval is: two of
        ``(batch, time, slots)``.
    """
    ops, slots = made.ops, past.slots
    queries = ops.split(made["pitch_query"](memory), 2, axis=-1)
    scores = [  # two of (batch, time, slots)
        _scores(ops, query, key) + past.likeness[..., head]
        for head, (query, key) in enumerate(
            zip(queries, ops.split(keys, 2, axis=-1), strict=True)
        )
    ]
    possible = [past.known, ops.logical_and(past.known, _can_move(ops, slots, latest))]
    return _shares(ops, made["pitch_fresh"](memory), scores, possible)


def mix_durations(
    made: Parts,
    hidden: Tensor,
    keys: Tensor,
    past: Past,
    given: tuple[Tensor, Tensor],
    fresh: Tensor,
) -> Tensor:
    """Mix the ordinary output for the next duration symbol with what is copied.

    Args:
        made: The network's layers.
        hidden: From ``network.hear_pitch``, ``(batch, time, units)``.
        keys: Of each slot, ``(batch, slots, KEY_SIZE)``.
        past: The melody so far.
        given: Pitch symbol and interval symbol of the next event, ``(batch, time)``.
        fresh: Logits of the ordinary output, ``(batch, time, durations)``.

    Returns:
        Log-probabilities ``(batch, time, durations)``.
    """
    ops = made.ops
    slots = past.slots
    pitch, interval = (symbols[:, :, None] for symbols in given)
    # Index into GIVEN, (batch, time, slots).
    same = ops.cast(ops.equal(pitch, slots.pitch[:, None]), "int32")
    same += 2 * ops.cast(ops.equal(interval, slots.interval[:, None]), "int32")
    scores = _scores(ops, made["duration_query"](hidden), keys) + past.likeness[..., 2]
    scores = scores + made["like_given"](same)[..., 0] * SCORE_SCALE
    own, (copies,) = _shares(
        ops, made["duration_fresh"](hidden), [scores], [past.known]
    )
    return _mixed(ops, own, fresh, _paid(ops, copies, slots.duration, fresh.shape[-1]))


def _scores(ops: Ops, query: Tensor, key: Tensor) -> Tensor:
    """Multiply ``(batch, time, size)`` by ``(batch, slots, size)`` and scale it.

    Returns:
        ``(batch, time, slots)``.
    """
    return query @ ops.transpose(key, (0, 2, 1)) * KEY_SIZE**-0.5


def _can_move(ops: Ops, slots: Slots, latest: Tensor) -> Tensor:
    """Find the slots whose interval leads from the latest note to a MIDI pitch.

    The two widest symbols also mean any wider leap: they cannot be copied.

    Returns:
        ``(batch, time, slots)`` bool; ``True`` where a slot is no note.
    """
    symbol = slots.interval[:, None]
    pitch = latest[:, :, None] + symbol - MAX_INTERVAL
    inside = ops.logical_and(ops.greater_equal(pitch, 0), ops.less(pitch, NOTES))
    exact = ops.logical_and(ops.greater(symbol, 0), ops.less(symbol, INTERVALS - 1))
    is_note = ops.less(symbol, INTERVALS)
    return ops.where(is_note, ops.logical_and(inside, exact), True)


def _shares(
    ops: Ops, fresh: Tensor, scores: Sequence[Tensor], possible: Sequence[Tensor]
) -> tuple[Tensor, list[Tensor]]:
    """Divide a share of 1 between something fresh ``(…, 1)`` and slots ``(…, slots)``.

    Returns:
        The logarithm of the share of something fresh ``(…, 1)``, and the slots' shares.
    """
    masked = [
        ops.where(may, score, IMPOSSIBLE)
        for score, may in zip(scores, possible, strict=True)
    ]
    logits = ops.concatenate([fresh, *masked], axis=-1)
    logits = ops.cast(logits, "float32")  # of 16 bits, where training multiplies those
    logs = ops.log_softmax(logits, axis=-1)
    copies = ops.split(ops.exp(logs[..., 1:]), len(masked), axis=-1)
    return logs[..., :1], copies


def _paid(ops: Ops, shares: Tensor, symbols: Tensor, classes: int) -> Tensor:
    """Add up the shares of the slots that hold each symbol.

    Args:
        ops: Operations on arrays.
        shares: ``(batch, time, slots)``.
        symbols: ``(batch, slots)``.
        classes: Different symbols.

    Returns:
        ``(batch, time, classes)``.
    """
    if shares.shape[1] != 1:
        return shares @ ops.one_hot(symbols, classes, dtype="float32")
    # Decoding: a one-hot table of the symbols would be most of the work of an event.
    rows = symbols.shape[0]
    symbol = ops.where(symbols < 0, classes, symbols)  # an empty slot
    place = symbol + np.arange(rows)[:, None] * (classes + 1)
    sums = ops.segment_sum(
        ops.reshape(shares, (-1,)), ops.reshape(place, (-1,)), rows * (classes + 1)
    )
    return ops.reshape(sums, (rows, 1, classes + 1))[..., :classes]


def _mixed(ops: Ops, own: Tensor, fresh: Tensor, copied: Tensor) -> Tensor:
    """Add the copied probabilities to the ordinary output's share, as logarithms."""
    ordinary = own + ops.log_softmax(ops.cast(fresh, "float32"), axis=-1)
    return ops.logaddexp(ordinary, ops.log(copied + TINY))
