"""The sustain pedal: until when it holds the notes that end while it is down.

A held note never reaches into the next of its line, for a line is single notes. A pedal
that is never let go is a setting and no playing, and holds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

SUSTAIN = 64  # the controller
RESET = 121  # the controller that lets all others go
MIN_DOWN = 64  # of 0-127


def pedal_spans(
    controls: Sequence[tuple[int, int]], resets: Sequence[tuple[int, int]] = ()
) -> Longs:
    """Return from when to when the pedal is down, ``(spans, 2)`` ticks.

    Args:
        controls: ``(tick, value)`` of the controller, in order.
        resets: ``(tick, any value)`` of the controller that lets all others go.

    Example:
        >>> from monody.reading.midi.pedal import pedal_spans
        >>> pedal_spans([(0, 127), (40, 0), (60, 127)]).tolist()
        [[0, 40]]
    """
    spans: list[tuple[int, int]] = []
    down: int | None = None
    let_go = [(tick, 0) for tick, _ in resets]
    for tick, value in sorted([*let_go, *controls], key=itemgetter(0)):
        if value >= MIN_DOWN:
            down = tick if down is None else down
        elif down is not None:
            spans.append((down, tick))
            down = None
    return np.array(spans, np.int64).reshape(-1, 2)


def held_until(ends: Longs, spans: Longs) -> Longs:
    """Return until when the pedal holds notes, ``(notes,)``: their ends if it does not.

    Args:
        ends: ``(notes,)`` in ticks.
        spans: ``(spans, 2)`` ticks, in order.

    Example:
        >>> import numpy as np
        >>> from monody.reading.midi.pedal import held_until
        >>> held_until(np.array([10, 40, 50]), np.array([[0, 40]])).tolist()
        [40, 40, 50]
    """
    if not len(spans):
        return ends
    span = np.searchsorted(spans[:, 0], ends, side="right") - 1  # (notes,)
    until: Longs = np.where(span < 0, ends, np.maximum(spans[span, 1], ends))
    return until


def held_in_line(start: Longs, end: Longs, held: Longs) -> Longs:
    """Lengthen notes of a line up to where they are held, or the next begins.

    Args:
        start: ``(notes,)`` ticks, in order.
        end: ``(notes,)`` ticks.
        held: ``(notes,)`` ticks, no earlier than ``end``.

    Example:
        >>> import numpy as np
        >>> from monody.reading.midi.pedal import held_in_line
        >>> start, end, held = np.array([[0, 24, 48], [12, 30, 60], [36, 36, 90]])
        >>> held_in_line(start, end, held).tolist()
        [24, 36, 90]
    """
    onsets = np.append(start, np.iinfo(np.int64).max)
    following = onsets[np.searchsorted(onsets, start, side="right")]  # (notes,)
    longer: Longs = np.maximum(end, np.minimum(held, following))
    return longer
