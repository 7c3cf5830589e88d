"""From written music to the raw score that all readers give.

Measures are put in playing order and in their place, ties are joined, and a pickup is
moved so that it ends on a bar line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import MAX_BPM, MIN_BPM
from monody.music.meter import Meter, is_meter
from monody.reading.notation.bar_grid import (
    PlayedMeasure,
    meters_of,
    pickup_gap,
    usual_meter,
)
from monody.reading.notation.play_order import MAX_MEASURES, play_order
from monody.reading.notation.written_score import (
    WRITTEN_TICKS_PER_QUARTER,
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
    bar_ticks,
)
from monody.reading.note_table import MAX_TICK
from monody.reading.raw_score import MeterSource, RawScore, RawTrack, WrittenPage
from monody.translation import marked

Value = TypeVar("Value")
Ticks = TypeVar("Ticks", int, NDArray[np.int64])

SCORE_TICKS_PER_QUARTER = 10_080  # 2⁵·3²·5·7: what raw scores of notation count in
_WRITTEN_PER_SCORE = WRITTEN_TICKS_PER_QUARTER // SCORE_TICKS_PER_QUARTER
MAX_VOICES = 8  # of a staff, that a further one may take turns with
MAX_NOTES = 1_000_000  # played; repeats of a small file could make it any number
MAX_WRITTEN_TICK = MAX_TICK * _WRITTEN_PER_SCORE


def performed(score: WrittenScore, kind: str = "") -> RawScore:
    """Play written music: each line, or several that never sound together, is a track.

    Args:
        score: As it is on the page.
        kind: What notation it was, such as "MusicXML".

    Example:
        >>> from monody.reading.notation.performed import performed
        >>> from monody.reading.notation.written_score import (
        ...     Line, WrittenMeasure, WrittenNote, WrittenScore, written_ticks)
        >>> quarter = written_ticks(1)
        >>> pickup = WrittenMeasure(
        ...     [WrittenNote(0, 67, 0, quarter)], quarter, meters=[(0, 3, 4)])
        >>> bar = WrittenMeasure([WrittenNote(0, 72, 0, 3 * quarter)], 3 * quarter)
        >>> raw = performed(WrittenScore([Line(staff=0)], [pickup, bar]))
        >>> (raw.tracks[0].start / raw.ticks_per_quarter).tolist()
        [2.0, 3.0]
    """
    repairs = list(score.repairs)
    order = _order(score)
    if order is None:
        order = list(range(min(len(score.measures), MAX_MEASURES)))
        repairs.append(
            marked(
                f"repeats not played: more than {MAX_MEASURES:,} measures "
                f"or {MAX_NOTES:,} notes"
            )
        )
    meters = [_meters_in(measure) for measure in score.measures]
    usual = None if any(meters) else usual_meter(score.measures)
    played = _placed(score.measures, _in_force(meters), usual, order)
    if len(played) < len(order):
        repairs.append(marked(f"cut after {len(played)} measures: too long"))
    order = order[: len(played)]
    starts = [measure.start for measure in played]
    tempos = [_tempos_in(measure) for measure in score.measures]
    keys = [measure.keys for measure in score.measures]
    return RawScore(
        ticks_per_quarter=SCORE_TICKS_PER_QUARTER,
        tracks=tuple(_tracks(score, order, starts)),
        tempos=tuple(_as_played(_in_force(tempos), order, starts)),
        meters=tuple(
            meter._replace(tick=_file_ticks(meter.tick)) for meter in meters_of(played)
        ),
        keys=tuple(_as_played(_in_force(keys), order, starts)),
        repairs=tuple(repairs),
        is_written=True,
        kind=kind,
        title=score.title,
        page=_page(score.measures, usual, played),
    )


def _order(score: WrittenScore) -> list[int] | None:
    """Return the measures as they are played; ``None`` if that is too much."""
    order = play_order(score.measures, score.parts)
    if order is None:
        return None
    notes = sum(len(score.measures[index].notes) for index in order)
    return order if notes <= MAX_NOTES or len(order) <= len(score.measures) else None


def _page(
    measures: Sequence[WrittenMeasure],
    usual: Meter | None,
    played: Sequence[PlayedMeasure],
) -> WrittenPage:
    """Say what the page tells of its measures, and how they were placed.

    Args:
        measures: In the order of the page.
        usual: Their usual meter, where they name none.
        played: In their place.
    """
    source = MeterSource.SIGNATURE
    if usual is not None:
        lengths = {measure.ticks for measure in measures}
        told = bar_ticks(*usual[1:]) in lengths
        source = MeterSource.LENGTHS if told else MeterSource.DEFAULT
    gap = played[0].start if played else 0
    pickup = bar_ticks(*played[0].meter[1:]) - gap if gap else 0
    return WrittenPage(source, _file_ticks(pickup), len(measures), len(played))


def _placed(
    measures: Sequence[WrittenMeasure],
    meters: Sequence[Sequence[tuple[int, Meter]]],
    usual: Meter | None,
    order: Sequence[int],
) -> list[PlayedMeasure]:
    """Put measures one after the other, up to the last tick that can be counted.

    Args:
        measures: In the order of the page.
        meters: Of each, as `_in_force` completes them.
        usual: Their usual meter, where they name none.
        order: The measures as they are played.
    """
    # A meter that is named later holds from the beginning.
    in_force = usual or next(one for signs in meters for _, one in signs)
    ends = accumulate(measures[index].ticks for index in order)
    played: list[PlayedMeasure] = []
    start, before = 0, None
    for index, end in zip(order, ends, strict=True):
        if end >= MAX_WRITTEN_TICK:
            break
        changes: list[Meter] = []
        for tick, meter in meters[index]:
            if meter != in_force:
                in_force = meter
                changes.append(meter._replace(tick=start + tick))
        after_sign = measures[index].opens_repeat or _ends_at_sign(before)
        played.append(
            PlayedMeasure(start, end - start, in_force, tuple(changes), after_sign)
        )
        start, before = end, measures[index]
    gap = pickup_gap(played)
    return [_later(measure, gap) for measure in played]


def _ends_at_sign(measure: WrittenMeasure | None) -> bool:
    """Tell whether a measure closes with a repeat sign or a double bar."""
    return measure is not None and (measure.plays > 0 or measure.double_bar)


def _later(measure: PlayedMeasure, ticks: int) -> PlayedMeasure:
    """Move a measure to later ticks."""
    changes = tuple(m._replace(tick=m.tick + ticks) for m in measure.changes)
    return measure._replace(start=measure.start + ticks, changes=changes)


def _meters_in(measure: WrittenMeasure) -> list[tuple[int, Meter]]:
    """Return the time signatures of a measure that melodies can have."""
    return [
        (tick, Meter(0, numerator, denominator))
        for tick, numerator, denominator in measure.meters
        if is_meter(numerator, denominator)
    ]


def _tempos_in(measure: WrittenMeasure) -> list[tuple[int, float]]:
    """Return the tempos of a measure that melodies can have."""
    return [sign for sign in measure.tempos if MIN_BPM <= sign[1] <= MAX_BPM]


def _in_force(
    signs: Iterable[Sequence[tuple[int, Value]]],
) -> list[list[tuple[int, Value]]]:
    """Complete the signs of each measure by the one that holds at its beginning.

    Args:
        signs: ``(tick, value)`` of the signs of each measure, in the order of the page.
    """
    complete: list[list[tuple[int, Value]]] = []
    before: list[Value] = []
    for written in signs:
        if not written:  # most have none
            complete.append([(0, value) for value in before[-1:]])
            continue
        first = [value for tick, value in written if tick == 0] or before
        later = [sign for sign in written if sign[0] > 0]
        complete.append([(0, value) for value in first[-1:]])
        complete[-1] += sorted(later, key=lambda sign: sign[0])
        before = [value for _, value in complete[-1]]
    return complete


def _as_played(
    signs: Sequence[Sequence[tuple[int, Value]]],
    order: Sequence[int],
    starts: Sequence[int],
) -> Iterator[tuple[int, Value]]:
    """Yield the signs of measures as they are played, at file ticks, where they change.

    Args:
        signs: Of each measure, as `_in_force` completes them.
        order: The measures as they are played.
        starts: ``(played,)``: where each begins, in written ticks.
    """
    heard: list[Value] = []
    for index, start in zip(order, starts, strict=True):
        for tick, value in signs[index]:
            if heard != [value]:
                place = _file_ticks(start + tick) if heard else 0
                heard = [value]
                yield place, value


def _tracks(
    score: WrittenScore, order: Sequence[int], starts: Sequence[int]
) -> Iterator[RawTrack]:
    """Make tracks of the lines of a score."""
    lines: list[list[WrittenNote]] = [[] for _ in score.lines]
    for index, start in zip(order, starts, strict=True):
        played = [
            WrittenNote(line, pitch, start + place, ticks, tied)
            for line, pitch, place, ticks, tied in score.measures[index].notes
            if ticks > 0 and place >= 0
        ]
        if len(lines) == 1:
            lines[0] += played
            continue
        for note in played:
            lines[note.line].append(note)
    ready = [_joined(sorted(line, key=attrgetter("start"))) for line in lines]
    for number, (player, notes) in enumerate(_merged(score.lines, ready)):
        yield _track(number, player, notes)


def _joined(notes: Sequence[WrittenNote]) -> list[WrittenNote]:
    """Join tied notes of a line, in order of time."""
    if not any(note.tied for note in notes):
        return [*notes]
    joined: list[WrittenNote] = []
    held: dict[int, int] = {}  # pitch: index of the note that a tie begins at
    for note in notes:
        index = held.pop(note.pitch, None) if held else None
        if index is not None and _end(joined[index]) == note.start:
            longer = joined[index].ticks + note.ticks
            joined[index] = joined[index]._replace(ticks=longer)
        else:
            index = len(joined)
            joined.append(note)
        if note.tied:
            held[note.pitch] = index
    return joined


def _end(note: WrittenNote) -> int:
    return note.start + note.ticks


def _merged(
    lines: Sequence[Line], notes: Sequence[list[WrittenNote]]
) -> Iterator[tuple[Line, list[WrittenNote]]]:
    """Make one line of those of a staff that never sound together.

    A second voice often only takes over where the first one rests.
    """
    by_staff: dict[int, list[tuple[Line, list[WrittenNote]]]] = {}
    for line, own in zip(lines, notes, strict=True):
        staff = by_staff.setdefault(line.staff, [])
        for place, (first, others) in enumerate(staff[:MAX_VOICES]):
            if first.is_drum == line.is_drum and _take_turns(others, own):
                both = sorted([*others, *own], key=attrgetter("start"))
                staff[place] = (first if others else line, both)
                break
        else:
            staff.append((line, own))
    for staff in by_staff.values():
        yield from staff


def _take_turns(one: Sequence[WrittenNote], other: Sequence[WrittenNote]) -> bool:
    """Tell whether no note of a line sounds together with one of another.

    Args:
        one: In order of time.
        other: In order of time.
    """
    heard = {0: 0, 1: 0}  # until when each has sounded
    both = [(note.start, _end(note), 0) for note in one]
    both += [(note.start, _end(note), 1) for note in other]
    for start, end, line in sorted(both):
        if start < heard[1 - line]:
            return False
        heard[line] = max(heard[line], end)
    return True


def _track(index: int, line: Line, notes: Sequence[WrittenNote]) -> RawTrack:
    """Make a track of the notes of a line, ties joined."""
    good = [note for note in notes if 0 <= note.pitch <= 127]
    starts = np.array([note.start for note in good], np.int64)  # (notes,)
    ends = starts + np.array([note.ticks for note in good], np.int64)
    starts, ends = _file_ticks(starts), _file_ticks(ends)
    return RawTrack(
        pitch=np.array([note.pitch for note in good], np.int64),
        start=starts,
        duration=ends - starts,
        program=line.program,
        is_drum=line.is_drum,
        index=index,
        name=line.name,
    )


def _file_ticks(written: Ticks) -> Ticks:
    """Round written ticks to the nearest file tick.

    >>> from monody.reading.notation.performed import _file_ticks
    >>> _file_ticks(1_441_440)
    10080
    """
    return (2 * written + _WRITTEN_PER_SCORE) // (2 * _WRITTEN_PER_SCORE)
