"""The grid of a corpus: where events begin, and tuplets that stay whole.

A group of three is three. Once a melody leaves the binary grid, it stays in the beat
that is divided so, and comes back to the grid where that beat ends. And it leaves the
grid only at the beginning of such a beat. Otherwise small lengths add up to places
where no melody of the corpus has a note.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monody.generation.constraints.arrays import Bools, Integers
from monody.music.meter import TICKS_PER_QUARTER

BINARY_TICKS = 3  # multiples of a 32nd lie on the binary grid
TUPLET_BEATS = (24, 12, 6)  # ticks of what is divided by three: a quarter, an 8th, …


def grid_table(places: Sequence[int], ticks: Integers) -> Bools:
    """Tell which durations end on the grid.

    Args:
        places: Ticks after a beat where the events of the corpus begin.
        ticks: ``(durations,)``.

    Returns:
        ``(24, durations)``, by the ticks after a beat at which the event begins.

    Example:
        A triplet begins on the beat and goes on to the next; after an 8th there is
        none:

        >>> import numpy as np
        >>> from monody.generation.constraints.grid import grid_table
        >>> table = grid_table((0, 8, 12, 16), np.array([8, 12, 16, 24]))
        >>> table[[0, 8, 12]].tolist()  # on the beat, after a third, after an 8th
        [[True, True, True, True], [True, False, True, False], [False, True, False, \
True]]
    """
    begin = np.arange(TICKS_PER_QUARTER)[:, None]  # (24, 1)
    end = begin + ticks  # (24, durations)
    allowed: Bools = np.isin(end % TICKS_PER_QUARTER, list(places))
    for beat in TUPLET_BEATS:
        from_here, to_here = _divides(begin, beat), _divides(end, beat)
        within = begin % beat + ticks
        allowed &= ~from_here | ((within <= beat) & (within % (beat // 3) == 0))
        begins_there = (begin % beat == 0) | from_here
        allowed &= ~to_here | ((within < beat) & begins_there)
    return allowed


def on_cut_thirds(end: Integers, bar_ticks: Integers) -> Bools:
    """Say which places are thirds of a quarter that goes over the bar line.

    A bar of 7/8 ends after half a quarter: a triplet of that one would go on in the
    next bar, which no tune does.

    Args:
        end: Ticks from the bar line; of any shape.
        bar_ticks: Of the bar; it broadcasts.

    Example:
        >>> import numpy as np
        >>> from monody.generation.constraints.grid import on_cut_thirds
        >>> on_cut_thirds(np.array([56, 72, 80, 84, 88]), np.array(84)).tolist()
        [False, False, True, False, True]
    """
    in_quarter = end % TICKS_PER_QUARTER
    is_cut: Bools = end - in_quarter + TICKS_PER_QUARTER > bar_ticks
    on_thirds: Bools = (in_quarter > 0) & (in_quarter % (TICKS_PER_QUARTER // 3) == 0)
    return is_cut & on_thirds


def _divides(place: Integers, beat: int) -> Bools:
    """Say which places divide a beat of this length by three, and no shorter one."""
    third = beat // 3
    on_thirds: Bools = (place % third == 0) & (place % BINARY_TICKS != 0)
    longer = [other for other in TUPLET_BEATS if other > beat]
    for other in longer:
        on_thirds &= place % (other // 3) != 0
    return on_thirds
