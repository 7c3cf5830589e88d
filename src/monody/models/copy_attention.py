"""Copy attention: the network looks back at the melody so far and copies from it.

A tune mostly repeats itself, and an LSTM alone does not learn to. So before each event
the network compares the present moment with the moment before every earlier event. It
compares three things: the state of the LSTM (queries and keys), how many events in a
row were alike up to there, and how many bars lie between.

The better the two moments match, the likelier the earlier event is copied: its pitch,
its interval from the latest note, or its duration. One more score is that of something
fresh, which nothing is copied for. It takes part in the same softmax, and its share
goes to the ordinary output. This is a pointer sentinel mixture (Merity et al.,
arXiv:1609.07843, 2016).

An earlier event is a *slot*. Slot ``r`` is the event that is read at ``r``; its key is
the state that predicted it, before it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from monody.models.events import PITCH_INPUTS, PITCH_SYMBOLS, REST
from monody.models.numpy_ops import Ops, Tensor
from monody.models.outline import FRESH
from monody.models.parts import Parts

MAX_INTERVAL = 24  # semitones; wider leaps share the first and the last symbol
INTERVALS = 2 * MAX_INTERVAL + 1
NOTES = REST  # symbols below it are notes, 0-127
INTERVAL_INPUTS = INTERVALS + PITCH_INPUTS - NOTES  # with rest, hold, end and start
INTERVAL_SYMBOLS = INTERVALS + PITCH_SYMBOLS - NOTES  # those copied: without the start

KEY_SIZE = 48  # features of a key, and of the query that is compared with it
RUN_LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16)  # events alike in a row, at least
BARS_BACK = (1, 2, 4, 8, 16)  # bars back to the same place in an earlier bar
BAR_MULTIPLES = (8, 4, 1)  # for any other number of bars: what it is a multiple of
CODES = len(RUN_LENGTHS) + 1
PLACES = len(BARS_BACK) + len(BAR_MULTIPLES) + 1
# What a slot is to a bar that returns: nothing is told; the bar is fresh; it returns
# but the slot is elsewhere; the slot is where it is taken from, varied or exactly.
RETURN_CODES = 5
PLACES_READ = ("position", "bar", "returns", "bars_back")  # that slots are compared by
LIKENESSES = ("like_pitches", "like_intervals", "like_rhythm")  # see `alike`
# How the slot's event is like the next one, whose pitch is given to its duration.
GIVEN = ("neither", "same pitch", "same interval", "both")
COPIES = 3  # of a pitch, of an interval, of a duration
SCORE_SCALE = 8.0  # tables hold scores divided by it, so that they learn fast enough


class Slots(NamedTuple):
    """Earlier events, ``(batch, slots)`` each."""

    pitch: Tensor  # pitch symbol
    interval: Tensor  # interval symbol from the note before
    duration: Tensor  # duration symbol
    position: Tensor  # ticks from the bar line to where the event began
    bar: Tensor  # bars from the melody's beginning to that bar line


class Past(NamedTuple):
    """The melody so far, as each event of a sequence looks back at it."""

    slots: Slots
    known: Tensor  # (batch, time, slots) bool: slots that an event can look back at
    likeness: Tensor  # (batch, time, slots, 3): scores of the pitch, interval, duration


def interval_symbol(ops: Ops, pitch: Tensor, before: Tensor) -> Tensor:
    """Return the symbol of the interval from the note before to a pitch symbol.

    Args:
        ops: Operations on arrays.
        pitch: Pitch symbols, of any shape.
        before: Pitch of the latest note before each, of the same shape.

    Returns:
        Of the same shape: 0 for 24 semitones down or more, 48 for 24 up or more; then
        rest, hold, end and start.

    Example:
        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.copy_attention import interval_symbol
        >>> from monody.models.events import REST
        >>> pitch, before = np.array([60, 67, 20, REST]), np.array(60)
        >>> interval_symbol(numpy_ops, pitch, before).tolist()
        [24, 31, 0, 49]
    """
    interval = ops.clip(pitch - before, -MAX_INTERVAL, MAX_INTERVAL) + MAX_INTERVAL
    return ops.where(ops.less(pitch, NOTES), interval, pitch - NOTES + INTERVALS)


def look_back(made: Parts, reading: Mapping[str, Tensor], first: int = 0) -> Past:
    """Let each event of whole sequences look back at those before it.

    Args:
        made: The network's layers.
        reading: The network's inputs by name, ``(batch, time)`` each.
        first: The event that looks back first.
    """
    ops = made.ops
    pitch = reading["pitch_in"]
    slots = Slots(
        pitch=pitch,
        interval=interval_symbol(ops, pitch, reading["note_before"]),
        duration=reading["duration_in"],
        position=later(ops, reading["position"]),
        bar=later(ops, reading["bar"]),
    )
    count = ops.cumsum(ops.ones_like(pitch), axis=1)  # 1, 2, … along the time
    known = ops.logical_and(  # (batch, time, slots)
        ops.greater_equal(count[:, :, None], count[:, None, :]),
        ops.greater(count, 1)[:, None, :],  # no state predicted the event read at 0
    )
    runs = _run_codes(ops, alike(ops, slots, slots))[:, :, first:]
    now = {name: reading[name][:, first:] for name in PLACES_READ}
    return Past(slots, known[:, first:], likeness(made, runs, slots, now))


def later(ops: Ops, values: Tensor) -> Tensor:
    """Move values ``(batch, time, …)`` one event later, with zeros first.

    Example:
        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.copy_attention import later
        >>> later(numpy_ops, np.array([[5, 6, 7]])).tolist()
        [[0, 5, 6]]
    """
    return ops.concatenate([ops.zeros_like(values[:, :1]), values[:, :-1]], axis=1)


def alike(ops: Ops, now: Slots, then: Slots) -> Tensor:
    """Compare events: in pitch and duration, in interval and duration, in duration.

    Returns:
        ``(batch, 3, time, slots)`` bool, in the order of ``LIKENESSES``.
    """

    def same(field: str) -> Tensor:
        return ops.equal(getattr(now, field)[:, :, None], getattr(then, field)[:, None])

    rhythm = same("duration")
    either = ops.stack([same("pitch"), same("interval")], axis=1)
    both = ops.logical_and(either, rhythm[:, None])  # (batch, 2, time, slots)
    return ops.concatenate([both, rhythm[:, None]], axis=1)


def _run_codes(ops: Ops, same: Tensor) -> Tensor:
    """Tell how many events in a row, up to now, are like those that led to a slot.

    The events that led to slot ``r`` end with the one read at ``r - 1``. A run of 6 is
    found as a run of 3 that follows a run of 3: each length is made of shorter ones.

    Args:
        ops: Operations on arrays.
        same: ``(batch, 3, time, time)``: which events read are alike.

    Returns:
        ``(batch, 3, time, slots)``: how many of ``RUN_LENGTHS`` are reached.
    """
    run = _delayed(ops, same, 0, 1)  # whether `length` events in a row are alike
    code, length = ops.cast(run, "int32"), 1
    for target in RUN_LENGTHS[1:]:
        while length < target:
            more = min(length, target - length)
            run = ops.logical_and(run, _delayed(ops, run, more, more))
            length += more
        code = code + ops.cast(run, "int32")
    return code


def _delayed(ops: Ops, same: Tensor, time: int, slots: int) -> Tensor:
    """Move tables ``(batch, 3, time, slots)`` later along two axes, ``False`` first."""
    before = ((0, 0), (0, 0), (time, 0), (slots, 0))
    padded = ops.pad(same, before, constant_values=False)
    return padded[:, :, : -time or None, : -slots or None]


def likeness(
    made: Parts, runs: Tensor, slots: Slots, reading: Mapping[str, Tensor]
) -> Tensor:
    """Score how alike the present moment is to the moment before each slot.

    Args:
        made: The network's layers.
        runs: For each way to be alike, how many of ``RUN_LENGTHS`` are reached,
            ``(batch, 3, time, slots)``.
        slots: The earlier events.
        reading: ``PLACES_READ`` where the next event begins, ``(batch, time)``.

    Returns:
        ``(batch, time, slots, 3)``.
    """
    ops = made.ops
    place = _place_codes(ops, slots, reading)  # (batch, time, slots)
    both = runs * PLACES + place[:, None]  # (batch, 3, time, slots)
    score = sum(  # (batch, time, slots, 3)
        made[name](both[:, index]) for index, name in enumerate(LIKENESSES)
    )
    score = score + made["like_return"](_return_codes(ops, slots, reading))
    return score * SCORE_SCALE


def _return_codes(ops: Ops, slots: Slots, reading: Mapping[str, Tensor]) -> Tensor:
    """Tell whether a slot is what a bar that returns is taken from.

    Returns:
        ``(batch, time, slots)``: see ``RETURN_CODES``.
    """
    returns = reading["returns"][:, :, None]  # (batch, time, 1)
    bars = reading["bar"][:, :, None] - slots.bar[:, None]  # (batch, time, slots)
    there = ops.logical_and(
        ops.equal(bars, reading["bars_back"][:, :, None]),
        ops.equal(reading["position"][:, :, None], slots.position[:, None]),
    )
    source = ops.logical_and(there, ops.greater(returns, FRESH))
    elsewhere = ops.minimum(returns, FRESH + 1)
    return ops.where(source, returns + 1, elsewhere)


def _place_codes(ops: Ops, slots: Slots, reading: Mapping[str, Tensor]) -> Tensor:
    """Tell how many bars lie between an event and a slot at the same place in its bar.

    Returns:
        ``(batch, time, slots)``: 0 for another place in the bar; then one code for each
        of ``BARS_BACK``; then, for other numbers of bars, one for each multiple.
    """
    bars = reading["bar"][:, :, None] - slots.bar[:, None]  # (batch, time, slots)
    # Beyond the longest of them only what it is a multiple of counts.
    first_far = BARS_BACK[-1] + 1
    far = ops.mod(bars - first_far, BAR_MULTIPLES[0]) + first_far
    index = ops.where(bars < first_far, ops.maximum(bars, 0), far)
    code = ops.take(PLACE_CODES, index, axis=0)
    in_place = ops.equal(reading["position"][:, :, None], slots.position[:, None])
    return ops.where(in_place, code, 0)


def _place_code(bars: int) -> int:
    """Return the code of a number of bars."""
    if bars in BARS_BACK:
        return 1 + BARS_BACK.index(bars)
    whole = [bars > 0 and bars % multiple == 0 for multiple in BAR_MULTIPLES]
    return len(BARS_BACK) + 1 + whole.index(True) if any(whole) else 0


# Of 0, 1, 2, … bars, until what they are a multiple of has come once after all others.
PLACE_CODES = np.array(
    [_place_code(bars) for bars in range(BARS_BACK[-1] + BAR_MULTIPLES[0] + 1)],
    np.int32,
)
