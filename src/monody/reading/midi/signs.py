"""The tempos, meters and keys of a MIDI file, those left out that make no sense."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter, itemgetter

from monody.music.keys import key_name
from monody.music.meter import TICKS_PER_QUARTER, Meter, is_meter
from monody.music.symusic_core import core

MIN_TEMPO_MSPQ, MAX_TEMPO_MSPQ = 6_000, 15_000_000  # 10,000 to 4 bpm


def tempos_of(scores: Iterable[core.ScoreTick]) -> list[tuple[int, float]]:
    """Return ``(tick, bpm)``, in order.

    Args:
        scores: As symusic parsed each track.
    """
    tempos = [
        (int(tempo.time), 60e6 / tempo.mspq)
        for score in scores
        for tempo in score.tempos
        if tempo.time >= 0 and MIN_TEMPO_MSPQ <= tempo.mspq <= MAX_TEMPO_MSPQ
    ]
    return sorted(tempos, key=itemgetter(0))


def keys_of(scores: Iterable[core.ScoreTick]) -> list[tuple[int, str]]:
    """Return ``(tick, "D minor")``, in order.

    Args:
        scores: As symusic parsed each track.
    """
    keys = [
        (int(sign.time), key_name(sign.key, minor=sign.tonality == 1))
        for score in scores
        for sign in score.key_signatures
        if sign.time >= 0 and -7 <= sign.key <= 7 and sign.tonality in (0, 1)
    ]
    return sorted(keys, key=itemgetter(0))


def meters_of(scores: Iterable[core.ScoreTick], quarter: int) -> list[Meter]:
    """Return the time signatures that begin a bar, in order.

    Args:
        scores: As symusic parsed each track.
        quarter: Their ticks to the quarter.
    """
    meters = [
        Meter(int(sign.time), int(sign.numerator), int(sign.denominator))
        for score in scores
        for sign in score.time_signatures
        if sign.time >= 0 and is_meter(sign.numerator, sign.denominator)
    ]
    return without_repetitions(meters, quarter) if len(meters) > 1 else meters


def without_repetitions(meters: Sequence[Meter], quarter: int) -> list[Meter]:
    """Leave out time signatures that are only written again.

    Some programs write the time signature at every beat. What repeats the one before
    it, a beat or half a bar later, begins no bar. But one that does so only once closes
    a pickup.

    Args:
        meters: In any order, at file ticks; the last of several at a tick holds.
        quarter: File ticks to the quarter.

    Example:
        >>> from monody.music.meter import Meter
        >>> from monody.reading.midi.signs import without_repetitions
        >>> every_beat = [Meter(tick, 4, 4) for tick in (0, 24, 48, 72, 96, 120)]
        >>> [meter.tick for meter in without_repetitions(every_beat, 24)]
        [0]
        >>> pickup = [Meter(0, 4, 4), Meter(24, 4, 4), Meter(240, 3, 4)]
        >>> [meter.tick for meter in without_repetitions(pickup, 24)]
        [0, 24, 240]
    """
    in_order = sorted(meters, key=attrgetter("tick"))
    by_tick = [*{meter.tick: meter for meter in in_order}.values()]
    runs: list[list[Meter]] = []
    for meter in by_tick:
        last = runs[-1][-1] if runs else None
        if last and last[1:] == meter[1:] and _is_in_its_bar(last, meter, quarter):
            runs[-1].append(meter)
        else:
            runs.append([meter])
    return [meter for run in runs for meter in (run if len(run) == 2 else run[:1])]


def _is_in_its_bar(last: Meter, meter: Meter, quarter: int) -> bool:
    """Tell whether a time signature is at a beat, or another whole part, of a bar."""
    bar = last.bar_ticks * quarter
    since = (meter.tick - last.tick) * TICKS_PER_QUARTER
    return since < bar and bar % since == 0
