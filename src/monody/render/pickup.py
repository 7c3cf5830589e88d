"""Pickups: notes before the first whole bar, which is bar 1 all the same."""

from __future__ import annotations

from monody.music.melody import Melody, lines_around


def has_pickup(melody: Melody) -> bool:
    """Tell whether a melody begins with a pickup.

    It does if its first note begins in the second half of a bar, and others follow.

    Args:
        melody: From the beginning of a bar on.

    Example:
        >>> from monody import Melody
        >>> from monody.render.pickup import has_pickup
        >>> has_pickup(Melody.from_notes([(60, 72, 24), (62, 96, 96)]))
        True
        >>> has_pickup(Melody.from_notes([(60, 24, 24), (62, 96, 96)]))
        False
    """
    if not len(melody):
        return False
    lines, start = lines_around(melody), int(melody.starts[0])
    return len(lines) > 2 and lines[1] <= 2 * start < 2 * lines[1]
