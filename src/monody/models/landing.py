"""Where in the bar, and in the phrase, an event of each duration would end.

A duration is chosen for what it leads to: the next beat, the bar line, the end of the
phrase. That a dotted quarter leads to the beat from one place and off it from another
is the same in every meter, so it is told to the network and need not be learnt for each
place and length.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from monody.models.events import METERS, UNKNOWN, Vocabulary
from monody.models.numpy_ops import Ops, Tensor
from monody.music.meter import TICKS_PER_STEP, TICKS_PER_WHOLE
from monody.settings.model import ENCODINGS

# Ticks of what a place in the bar may be a multiple of, from the strongest.
GRID = (24, 12, 6, 8, 3)
COMPOUND_BEAT = 36  # a dotted quarter
PLACES_IN_BAR = 2 + 1 + len(GRID)  # the bar line, its middle, those, none of them
BARS_OVER = 2  # whether it goes on over the bar line
PHRASE = 4  # unknown; at the phrase's end, before, after
LANDINGS = PLACES_IN_BAR * BARS_OVER * PHRASE


def _bar_ticks(name: str) -> int:
    if name == "other":
        return TICKS_PER_WHOLE
    above, below = map(int, name.split("/"))
    return above * TICKS_PER_WHOLE // below


def _beat_ticks(name: str) -> int:
    compound = name in ("6/8", "9/8", "12/8")
    return COMPOUND_BEAT if compound else GRID[0]


BARS = np.array([_bar_ticks(name) for name in METERS], np.int32)
BEATS = np.array([_beat_ticks(name) for name in METERS], np.int32)


# By the number of duration symbols, which tells the encoding: their ticks.
TICKS = {
    len(ticks): np.array(ticks, np.int32)
    for ticks in (Vocabulary(encoding).durations for encoding in ENCODINGS)
}


def landings(ops: Ops, reading: Mapping[str, Tensor], durations: int) -> Tensor:
    """Tell where an event of each duration would end.

    Args:
        ops: Operations on arrays.
        reading: ``position``, ``meter`` and ``phrase_left`` where it begins, ``(batch,
            time)``.
        durations: How many duration symbols there are.

    Returns:
        ``(batch, time, durations)`` codes below ``LANDINGS``.

    Example:
        On the third beat of 4/4: a quarter ends on a beat, a half on the bar line, a
        whole note goes over it.

        >>> import numpy as np
        >>> from monody.models import numpy_ops
        >>> from monody.models.events import METERS
        >>> from monody.models.landing import landings
        >>> place = {"position": 48, "meter": METERS.index("4/4"), "phrase_left": 0}
        >>> reading = {name: np.array([[value]]) for name, value in place.items()}
        >>> codes = landings(numpy_ops, reading, durations=104)
        >>> codes[0, 0, [23, 47, 95]].tolist()
        [16, 0, 12]
    """
    ticks = TICKS[durations]
    bar = ops.take(BARS, reading["meter"], axis=0)[:, :, None]
    beat = ops.take(BEATS, reading["meter"], axis=0)[:, :, None]
    after = reading["position"][:, :, None] + ticks  # (batch, time, durations)
    place = ops.mod(after, bar)
    code = ops.zeros_like(place) + (PLACES_IN_BAR - 1)
    for index, unit in reversed(list(enumerate((beat, *GRID[1:]), 2))):
        code = ops.where(ops.equal(ops.mod(place, unit), 0), index, code)
    code = ops.where(ops.equal(place * 2, bar), 1, code)
    code = ops.where(ops.equal(place, 0), 0, code)
    over = ops.cast(ops.greater(after, bar), "int32")
    # Symbols may be bytes, and 45 16ths are more ticks than a byte holds.
    symbol = ops.cast(reading["phrase_left"], "int32")[:, :, None]
    left = (symbol - 1) * TICKS_PER_STEP
    phrase = ops.where(
        ops.equal(ticks, left), 1, ops.where(ops.less(ticks, left), 2, 3)
    )
    phrase = ops.where(ops.equal(symbol, UNKNOWN), 0, phrase)
    return (code * BARS_OVER + over) * PHRASE + phrase
