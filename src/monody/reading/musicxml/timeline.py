"""The times of the measures of a score, and of its meters, keys and tempos.

A first measure that is shorter than the meter is a pickup: the music is moved so that
it ends on a bar line. A full measure that begins off the grid of its meter begins a new
grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, zip_longest
from typing import Any, NamedTuple, TypeVar

from monody.music.keys import key_name
from monody.music.melody import MAX_BPM, MIN_BPM
from monody.music.meter import TICKS_PER_QUARTER, Meter, is_meter
from monody.reading.musicxml.measures import (
    FILE_TICKS_PER_QUARTER,
    ParsedMeasure,
    to_ticks,
)
from monody.reading.note_table import MAX_TICK

T = TypeVar("T")


class MeasureSpan(NamedTuple):
    """A measure of the score, in file ticks."""

    start: int
    ticks: int


def measure_spans(parts: Sequence[Sequence[ParsedMeasure]]) -> list[MeasureSpan]:
    """Lay out the measures, each as long as in the part where its notes last longest.

    Parts where it is empty count only if all are: beside a pickup, some programs leave
    a measure empty, or fill it with a whole rest.
    """
    lengths = [
        [(measure.has_notes, measure.ticks) for measure in part] for part in parts
    ]
    longest = [max(column) for column in zip_longest(*lengths, fillvalue=(False, 0))]
    ticks = [length for _, length in longest]
    return [
        MeasureSpan(*bar) for bar in zip(accumulate([0, *ticks]), ticks, strict=False)
    ]


def missing_of_pickup(bars: Sequence[MeasureSpan], meters: dict[int, Meter]) -> int:
    """Return by how much the first measure is shorter than its meter, in file ticks.

    Args:
        bars: The measures.
        meters: Time signatures by tick.

    Example:
        >>> from monody.music.meter import Meter
        >>> from monody.reading.musicxml.timeline import MeasureSpan, missing_of_pickup
        >>> bars = [MeasureSpan(0, 10_080), MeasureSpan(10_080, 30_240)]
        >>> missing_of_pickup(bars, {0: Meter(0, 3, 4)})  # 2 quarters of 3
        20160
    """
    if len(bars) < 2 or 0 not in meters:
        return 0
    full = _full_bar(meters[0])
    return full - bars[0].ticks if 0 < bars[0].ticks < full else 0


def _full_bar(meter: Meter) -> int:
    return meter.bar_ticks * FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER


def moved(values: dict[int, T], late: int) -> dict[int, T]:
    """Move values to later ticks; one that holds from the start still does.

    Example:
        >>> from monody.reading.musicxml.timeline import moved
        >>> moved({0: "C major", 480: "G major"}, late=240)
        {0: 'C major', 720: 'G major'}
    """
    return {tick and tick + late: value for tick, value in sorted(values.items())}


def with_new_grids(
    meters: dict[int, Meter], bars: Sequence[MeasureSpan]
) -> tuple[Meter, ...]:
    """Begin a new grid wherever a full measure begins off the present one.

    That is where a measure is too long or too short for good: the two halves of a
    measure that a repeat sign splits leave the grid as it is.

    Args:
        meters: Time signatures by tick.
        bars: The measures.

    Returns:
        The time signatures, again where a grid begins.

    Example:
        >>> from monody.music.meter import Meter
        >>> from monody.reading.musicxml.timeline import MeasureSpan, with_new_grids
        >>> bars = [MeasureSpan(0, 25_200), MeasureSpan(25_200, 20_160)]
        >>> with_new_grids({0: Meter(0, 2, 4)}, bars)[1].tick  # 2 quarters and a half
        25200
    """
    grids: list[Meter] = []
    signs = [meter._replace(tick=tick) for tick, meter in meters.items()]
    for bar in bars:
        if bar.start >= MAX_TICK:
            break
        while signs and signs[0].tick <= bar.start:
            grids.append(signs.pop(0))
        full = _full_bar(grids[-1]) if grids else 0
        if grids and bar.ticks == full and (bar.start - grids[-1].tick) % full:
            grids.append(grids[-1]._replace(tick=bar.start))
    return (*grids, *signs)


def _signs(
    parts: Sequence[Sequence[ParsedMeasure]], bars: Sequence[MeasureSpan], kind: str
) -> Iterator[tuple[int, Any, ParsedMeasure]]:
    """Find the signs of a music21 class, part by part, with their file ticks."""
    for part in parts:
        for bar, measure in zip(bars, part, strict=False):
            for sign in measure.music.getElementsByClass(kind):
                tick = bar.start + to_ticks(sign.offset)
                if tick < MAX_TICK:
                    yield tick, sign, measure


def meters_of(
    parts: Sequence[Sequence[ParsedMeasure]], bars: Sequence[MeasureSpan]
) -> dict[int, Meter]:
    """Return time signatures by tick; the uppermost part is right."""
    meters: dict[int, Meter] = {}
    for tick, sign, _ in _signs(parts, bars, "TimeSignature"):
        if is_meter(sign.numerator, sign.denominator):
            meters.setdefault(tick, Meter(tick, sign.numerator, sign.denominator))
    return meters


def keys_of(
    parts: Sequence[Sequence[ParsedMeasure]], bars: Sequence[MeasureSpan]
) -> dict[int, str]:
    """Return sounding keys by tick; without a mode, or in another mode, as major."""
    keys: dict[int, str] = {}
    for tick, sign, measure in _signs(parts, bars, "KeySignature"):
        minor = getattr(sign, "mode", None) in ("minor", "aeolian")
        sharps = sign.sharps + 7 * measure.semitones
        if not -7 <= sharps <= 7:
            sharps = (sharps + 5) % 12 - 5  # the same key in fewer accidentals
        keys.setdefault(tick, key_name(sharps, minor=minor))
    return keys


def tempos_of(
    parts: Sequence[Sequence[ParsedMeasure]], bars: Sequence[MeasureSpan]
) -> dict[int, float]:
    """Return quarter notes a minute by tick."""
    tempos: dict[int, float] = {}
    for tick, mark, _ in _signs(parts, bars, "MetronomeMark"):
        bpm = mark.getQuarterBPM()
        if bpm is not None and MIN_BPM <= bpm <= MAX_BPM:
            tempos.setdefault(tick, float(bpm))
    return tempos
