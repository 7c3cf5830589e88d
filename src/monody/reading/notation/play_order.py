"""The order in which written measures are played: repeats, endings and parts.

    |: A |1 B :|2 C |   is played A B A C
    |: A |: B :| C :|   is played A B B C A B B C
    A || B :|           is played A B B

A repeat that nothing opens goes back to the last double bar, or to where the last
repeat ended. A double bar before an ending, ``||1``, is not meant. A repeat that
nothing closes is not played. Endings are played in the passes that they name. Da capo
and dal segno are not played: they return to music that was heard, and it is an
arranger's choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from monody.reading.notation.written_score import WrittenMeasure

MAX_DEPTH = 8  # repeats inside repeats
MAX_PLAYS = 16  # of one repeat
MAX_MEASURES = 20_000  # played; as many as a day of music has


@dataclass
class _Section:
    """Music that is played several times: measures, and repeats inside it."""

    plays: int
    body: list[int | _Section] = field(default_factory=list)


def play_order(
    measures: Sequence[WrittenMeasure], parts: Sequence[str] = ()
) -> list[int] | None:
    """Return the indices of the measures as they are played.

    Args:
        measures: In the order of the page.
        parts: The names of parts in the order that they are played in; by default all
            is played as it comes. Measures before the first part are played first, and
            names that no part has are passed over.

    Returns:
        The indices; ``None`` if more than ``MAX_MEASURES`` were to be played.

    Example:
        >>> from monody.reading.notation.play_order import play_order
        >>> from monody.reading.notation.written_score import WrittenMeasure
        >>> first = WrittenMeasure(ending=frozenset([1]), plays=2)
        >>> second = WrittenMeasure(ending=frozenset([2]))
        >>> play_order([WrittenMeasure(), first, second])
        [0, 1, 0, 2]
    """
    played: list[int] = []
    for start, stop in _ranges(measures, parts):
        sections = _sections(measures, start, stop)
        rest = MAX_MEASURES + 1 - len(played)
        played += islice(_played(sections, measures, turn=0), rest)
        if len(played) > MAX_MEASURES:
            return None
    return played


def _ranges(
    measures: Sequence[WrittenMeasure], parts: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Yield from where to where each part that is played goes."""
    begins = [index for index, measure in enumerate(measures) if measure.part]
    ranges: dict[str, tuple[int, int]] = {}
    for start, stop in pairwise([*begins, len(measures)]):
        ranges.setdefault(measures[start].part, (start, stop))
    order = [ranges[name] for name in parts if name in ranges]
    if not order:
        yield 0, len(measures)
        return
    if begins[0]:
        yield 0, begins[0]
    yield from order


def _sections(
    measures: Sequence[WrittenMeasure], start: int, stop: int
) -> list[int | _Section]:
    """Put the measures of a range into the repeats that they are in."""
    open_repeats: list[list[int | _Section]] = [[]]  # innermost last
    back_to = 0  # where a repeat that nothing opens begins, in the outermost list
    at = start
    while at < stop:
        measure = measures[at]
        if measure.opens_repeat and len(open_repeats) <= MAX_DEPTH:
            open_repeats.append([])
        inner = open_repeats[-1]
        inner.append(at)
        if measure.plays or _is_followed_by_ending(measures, at, stop):
            plays, at = _with_endings(measures, at, stop, inner)
            begin = back_to if len(open_repeats) == 1 else 0
            section = _Section(plays, inner[begin:])
            del inner[begin:]
            if len(open_repeats) > 1:
                open_repeats.pop()
            open_repeats[-1].append(section)
            if len(open_repeats) == 1:
                back_to = len(open_repeats[0])
        elif measure.double_bar and len(open_repeats) == 1:
            before_ending = at + 1 < stop and bool(measures[at + 1].ending)
            back_to = back_to if before_ending else len(inner)
        at += 1
    return [item for opened in open_repeats for item in opened]


def _is_followed_by_ending(
    measures: Sequence[WrittenMeasure], at: int, stop: int
) -> bool:
    """Tell whether a measure is the last of an ending that another one follows."""
    ending = measures[at].ending
    after = measures[at + 1].ending if at + 1 < stop else frozenset()
    return bool(ending and after) and not ending & after


def _with_endings(
    measures: Sequence[WrittenMeasure],
    at: int,
    stop: int,
    body: list[int | _Section],
) -> tuple[int, int]:
    """Add the endings that follow the close of a repeat to its body.

    Args:
        measures: All measures.
        at: The one that the repeat closes with.
        stop: Where the part ends.
        body: The measures of the repeat, the closing one included.

    Returns:
        How often the repeat is played, and its last measure.
    """
    plays, ending = measures[at].plays, measures[at].ending
    passes = ending or frozenset([1])
    while at + 1 < stop and not measures[at + 1].opens_repeat:
        following = measures[at + 1].ending
        if not following or (following != ending and following & passes):
            break
        at, ending, passes = at + 1, following, passes | following
        body.append(at)
    return min(max(plays, 2, *passes), MAX_PLAYS), at


def _played(
    items: Sequence[int | _Section], measures: Sequence[WrittenMeasure], turn: int
) -> Iterator[int]:
    """Yield the measures of some music as they are played.

    Args:
        items: Measures and repeats.
        measures: All measures.
        turn: The pass of the repeat that they are in, from 1; 0 outside of repeats,
            where endings have no meaning and are played.
    """
    for item in items:
        if isinstance(item, _Section):
            for inner_turn in range(1, item.plays + 1):
                yield from _played(item.body, measures, inner_turn)
        elif not (turn and measures[item].ending) or turn in measures[item].ending:
            yield item
