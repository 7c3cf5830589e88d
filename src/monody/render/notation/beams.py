"""Beams: which 8ths and shorter notes of a bar are joined, so that beats are seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_WHOLE, Meter
from monody.render.notation.measures import Measure

MAX_BEAM_TICKS = TICKS_PER_WHOLE // 2  # ticks


class _Place(NamedTuple):
    """A note of a bar, and what decides on its beams."""

    start: int  # ticks since the bar line
    flags: int  # it would have alone; 0 for rests, quarters and longer notes
    unit: tuple[int, int]  # notes of different units are never joined


def beam_starts(meter: Meter) -> tuple[int, ...]:
    """Return where beams may begin in a bar, in ticks since the bar line.

    In compound meters on each beat; in others of 8ths or shorter units on each pair of
    them, and a last one that is left over joins its pair: 5/8 is 2 + 3. Else on each
    beat, but a beam is no longer than a half note.

    Example:
        >>> from monody import Meter
        >>> from monody.render.notation.beams import beam_starts
        >>> [beam_starts(Meter(0, *each)) for each in ((3, 4), (6, 8), (5, 8), (3, 8))]
        [(0, 24, 48), (0, 36), (0, 24), (0,)]
    """
    unit, beat = TICKS_PER_WHOLE // meter.denominator, meter.beat_ticks
    if unit < TICKS_PER_QUARTER and beat == unit:
        last = max(meter.numerator - 1, 1)
        return tuple(range(0, last * unit, 2 * unit))
    return tuple(range(0, meter.bar_ticks, min(beat, MAX_BEAM_TICKS)))


def beams_of(bar: Measure) -> list[tuple[str, ...]]:
    """Choose the beams of each note of a bar, in order, outermost first.

    Each is ``begin``, ``continue``, ``end``, ``forward hook`` or ``backward hook``, the
    values of MusicXML's ``<beam>``.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.beams import beams_of
        >>> from monody.render.notation.measures import measures_of
        >>> dotted = Melody.from_notes([(60, 0, 18), (62, 18, 6), (64, 24, 24)])
        >>> beams_of(measures_of(dotted)[0])[:3]
        [('begin',), ('end', 'backward hook'), ()]
    """
    beams: list[tuple[str, ...]] = []
    for (_, is_flagged), run in groupby(
        _places(bar), lambda one: (one.unit, one.flags > 0)
    ):
        joined = list(run)
        if is_flagged and len(joined) > 1:
            beams += _joined(joined, bar.meter)
        else:
            beams += [()] * len(joined)
    return beams


def _places(bar: Measure) -> Iterator[_Place]:
    """Find the place of each note: a triplet has beams of its own."""
    starts = beam_starts(bar.meter)
    for number, group in enumerate(bar.groups):
        for one in group.notes:
            beat = max(start for start in starts if start <= one.start)
            flags = 0 if one.note is None else _flags(one.value)
            yield _Place(one.start, flags, (beat, number if group.triplet else -1))


def _flags(value: Fraction) -> int:
    """Count the flags of a value in quarters, plain or dotted.

    >>> from fractions import Fraction
    >>> from monody.render.notation.beams import _flags
    >>> [_flags(Fraction(value)) for value in ("1", "3/4", "1/2", "1/4")]
    [0, 1, 1, 2]
    """
    flags = 0
    while value * 2**flags < 1:
        flags += 1
    return flags


def _joined(run: Sequence[_Place], meter: Meter) -> Iterator[tuple[str, ...]]:
    """Choose the beams of two or more notes that are joined."""
    for index, one in enumerate(run):
        yield tuple(_beam(run, index, level, meter) for level in range(one.flags))


def _beam(run: Sequence[_Place], index: int, level: int, meter: Meter) -> str:
    """Choose one beam of one note.

    Args:
        run: All notes that are joined.
        index: Of the note.
        level: 0 for the beam that joins all, 1 for that of 16ths, and so on.
        meter: Of the bar.
    """
    before, one, after = run[:index][-1:], run[index], run[index + 1 : index + 2]
    from_before = any(_reaches(each, one, level, meter) for each in before)
    to_next = any(_reaches(one, each, level, meter) for each in after)
    if from_before or to_next:
        return "continue" if from_before and to_next else "begin" if to_next else "end"
    # The hook of a dotted rhythm is on the side of the note that it fills the time of.
    is_early = bool(before) and one.start % (TICKS_PER_QUARTER >> level) == 0
    return "forward hook" if not before or (after and is_early) else "backward hook"


def _reaches(one: _Place, other: _Place, level: int, meter: Meter) -> bool:
    """Tell whether a beam joins two neighbours. In 2/2 that of 16ths shows quarters."""
    is_parted = meter.denominator < 4 and other.start % TICKS_PER_QUARTER == 0
    return min(one.flags, other.flags) > level and not (level and is_parted)
