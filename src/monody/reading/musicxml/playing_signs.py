"""From the bar lines of a score to measures that know their repeats and endings.

A measure that a repeat sign divides becomes two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from monody.reading.musicxml.aligned import ScoreMeasure, cuts_of
from monody.reading.musicxml.part_measure import BarLine
from monody.reading.notation.written_score import WrittenMeasure, WrittenNote


def divided(
    measures: Sequence[ScoreMeasure], notes: Sequence[Sequence[WrittenNote]]
) -> list[WrittenMeasure]:
    """Make written measures, with the repeats and endings that their bar lines say.

    Args:
        measures: Of the score.
        notes: Those of each measure.

    Example:
        >>> from monody.reading.musicxml.aligned import ScoreMeasure
        >>> from monody.reading.musicxml.part_measure import BarLine
        >>> from monody.reading.musicxml.playing_signs import divided
        >>> middle = ScoreMeasure(ticks=96, bar_lines={48: BarLine(plays=2)})
        >>> [(piece.ticks, piece.plays) for piece in divided([middle], [[]])]
        [(48, 2), (48, 0)]
    """
    pieces: list[WrittenMeasure] = []
    lines = [BarLine()]  # before each piece, and after the last
    for measure, own in zip(measures, notes, strict=True):
        cuts = [0, *cuts_of(measure), measure.ticks]
        places = {tick: place for place, tick in enumerate(cuts[:-1], len(pieces))}
        pieces += _pieces(measure, own, cuts)
        lines += [BarLine() for _ in cuts[1:]]
        for tick, line in measure.bar_lines.items():
            if tick and tick >= measure.ticks:
                lines[-1].add(line)
            elif tick in places:
                lines[places[tick]].add(line)
    _sign(pieces, lines)
    return pieces


def _pieces(
    measure: ScoreMeasure, notes: Iterable[WrittenNote], cuts: Sequence[int]
) -> list[WrittenMeasure]:
    """Divide the notes and signs of a measure.

    Args:
        measure: It.
        notes: Its notes, in any order.
        cuts: Its beginning, where it is divided, and its end.
    """
    pieces = [WrittenMeasure(ticks=end - begin) for begin, end in pairwise(cuts)]
    if len(pieces) == 1:
        pieces[0].notes.extend(notes)
    else:
        for note in notes:
            at = _piece(note.start, cuts)
            pieces[at].notes.append(note._replace(start=note.start - cuts[at]))
    for tick, meter in sorted(measure.meters.items()):
        at = _piece(tick, cuts)
        pieces[at].meters.append((tick - cuts[at], *meter))
    for tick, key in sorted(measure.keys.items()):
        at = _piece(tick, cuts)
        pieces[at].keys.append((tick - cuts[at], key))
    for tick, tempo in sorted(measure.tempos.items()):
        at = _piece(tick, cuts)
        pieces[at].tempos.append((tick - cuts[at], tempo))
    return pieces


def _piece(tick: int, cuts: Sequence[int]) -> int:
    """Return the piece that a tick of a measure is in."""
    return min(bisect_right(cuts, tick), len(cuts) - 1) - 1


def _sign(pieces: Sequence[WrittenMeasure], lines: Sequence[BarLine]) -> None:
    """Tell each measure the signs before and after it.

    Args:
        pieces: The measures.
        lines: The bar lines before each, and after the last.
    """
    ending: frozenset[int] = frozenset()
    for piece, before, after in zip(pieces, lines, lines[1:], strict=False):
        if before.closes_ending or before.plays or before.opens_repeat:
            ending = frozenset()
        piece.ending = ending = before.ending or ending
        piece.opens_repeat = before.opens_repeat
        piece.plays = after.plays
        piece.double_bar = after.is_double
