"""Which durations a melody is written with, so that they fill its time exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from monody.errors import MonodyError
from monody.generation.constraints.arrays import Bools
from monody.generation.constraints.reachable import (
    Counts,
    Durations,
    Sounds,
    fillable_by_counts,
    fillable_lengths,
)
from monody.generation.constraints.spec import MelodySpec, Span
from monody.models.record import CorpusStyle
from monody.music.meter import TICKS_PER_STEP

# Added where the durations seen do not fill the time: 16ths, 32nds, ticks.
FINE_TICKS = (frozenset({6}), frozenset({3}), frozenset({1}))
LONG_TICKS = frozenset({24, 36, 48, 72, 96})  # added where notes are counted
UNLIMITED = 1_000_000  # notes: more than there ever are


@dataclass(frozen=True)
class DurationPlan:
    """What the time of a melody is filled with."""

    durations: Durations
    fillable: Bools  # (length_ticks + 1,): by the ticks left
    sums: Bools  # (length_ticks + 1,): lengths that events of any kind fill
    counted: Bools | None  # (length_ticks + 1, sounds, counts), if notes are counted
    counted_sums: Bools | None  # likewise, up to the edge of a section


def plan_durations(
    style: CorpusStyle,
    spec: MelodySpec,
    span: Span,
    alphabet: frozenset[int],
) -> DurationPlan:
    """Choose the durations that a melody is written with.

    Those of the training melodies come first. Others are added only where these cannot
    add up to the melody's length.

    Args:
        style: What the training melodies are like.
        spec: What the melody must be.
        span: The time it fills.
        alphabet: All ticks that the encoding has.

    Raises:
        MonodyError: If no durations fill the time.

    Example:
        Notes of 12 and 24 ticks fill a bar of 96, but not 90 ticks: 16ths of 6 help.

        >>> from monody.generation.constraints.durations import plan_durations
        >>> from monody.generation.constraints.spec import MelodySpec, Span
        >>> from monody.models.record import CorpusStyle
        >>> style = CorpusStyle(
        ...     meter="4/4", bpm=120, bars=8, max_bars=16,
        ...     note_ticks=(12, 24), rest_ticks=(), hold_ticks=(),
        ...     pitch_range=(60, 72), places=(0, 12), repeats=(24,) * 64,
        ... )
        >>> alphabet = frozenset(range(1, 97))
        >>> for length in (96, 90):
        ...     plan = plan_durations(style, MelodySpec(), Span(length, 96), alphabet)
        ...     print(sorted(plan.durations.notes))
        [12, 24]
        [6, 12, 24]
    """
    for durations in _choices(style, spec, alphabet):
        counted = _count_table(durations, spec, span)
        fillable = fillable_lengths(durations, span.length_ticks)
        if counted is not None:  # this table decides: in it holds, too, fill the time
            fillable[:] = True
        if fillable[-1] and (counted is None or len(counted)):
            sums = fillable_lengths(durations, span.length_ticks, any_end=True)
            edges = None
            if counted is not None and spec.has_sections:
                edges = _count_table(durations, spec, span, any_end=True)
            return DurationPlan(durations, fillable, sums, counted, edges)
    raise _cannot_fill(spec, span)


def _choices(
    style: CorpusStyle, spec: MelodySpec, alphabet: frozenset[int]
) -> Iterator[Durations]:
    """Yield the durations to try: those seen, then more."""
    if spec.kept.kinds:
        yield Durations(alphabet, alphabet, alphabet)
        return
    notes, rests = frozenset(style.note_ticks), frozenset(style.rest_ticks)
    holds = frozenset(style.hold_ticks)
    values = spec.note_ticks
    if values is not None:
        few = notes & values
        yield Durations(few or values & alphabet, rests & values, frozenset())
        yield Durations(values & alphabet, values & alphabet, frozenset())
        return
    long: frozenset[int] = frozenset()
    if spec.notes_per_bar is not None:
        long = alphabet & LONG_TICKS
    for ticks in (frozenset[int](), *FINE_TICKS):
        notes |= ticks & alphabet
        yield Durations(notes, rests, holds)
        yield Durations(notes | long, rests | long, holds)
    if spec.kept.pitches:  # the notes of each bar must fit, with whatever durations
        yield Durations(alphabet, alphabet, alphabet)


def _cannot_fill(spec: MelodySpec, span: Span) -> MonodyError:
    length, bar, _ = span
    time = f"{length / TICKS_PER_STEP:g} 16ths in bars of {bar / TICKS_PER_STEP:g}"
    if spec.kept.pitches:
        return MonodyError(
            f"the notes of the melody do not fit bar by bar into {time}: name another "
            "--to_meter, or leave --durations out"
        )
    asked = [
        name
        for name, value in (
            ("--durations", spec.note_ticks),
            ("--density", spec.notes_per_bar),
        )
        if value is not None
    ]
    return MonodyError(
        f"no melody of {time} obeys {' and '.join(asked) or 'all rules'}: name a wider "
        "choice, or another length"
    )


def counts_of(spec: MelodySpec, spans: Sequence[Span]) -> Counts:
    """Return how many notes may begin in each bar of each span, and in one more.

    A bar that is not whole, the first or the last, may have fewer.

    Returns:
        ``(spans, bars)`` each.

    Example:
        A pickup and two bars:

        >>> from monody.generation.constraints.durations import counts_of
        >>> from monody.generation.constraints.spec import MelodySpec, Span
        >>> spec, span = MelodySpec(notes_per_bar=(3, 6)), Span(216, 96, position=72)
        >>> counts = counts_of(spec, [span])
        >>> counts.low.tolist(), counts.high.tolist()
        ([[0, 3, 3, 0]], [[6, 6, 6, 6]])
    """
    ends = (span.position + span.length_ticks for span in spans)
    size = max(end // span.bar_ticks for end, span in zip(ends, spans, strict=True)) + 1
    if spec.kept.pitches:
        notes = [[*spec.kept.notes_in_bars, *[0] * size][:size]] * len(spans)
        return Counts.of(notes, notes)
    fewest, most = spec.notes_per_bar or (0, UNLIMITED)
    low = [
        [fewest if bar in span.whole_bars else 0 for bar in range(size)]
        for span in spans
    ]
    return Counts.of(low, np.full_like(low, most))


@lru_cache(maxsize=16)  # 128 melodies are written at a time, all by the same tables
def _count_table(
    durations: Durations, spec: MelodySpec, span: Span, any_end: bool = False
) -> Bools | None:
    """Return what can be filled where the notes of each bar are counted.

    Returns:
        ``(length_ticks + 1, sounds, counts)``; the last row is the whole melody.
        ``None`` where notes are not counted; without a row where the melody cannot be
        filled: tables can be large, and those that help nobody are not kept.
    """
    if not spec.kept.pitches and spec.notes_per_bar is None:
        return None
    counts = Counts(*(each[0] for each in counts_of(spec, [span])))
    length, bar_ticks, position = span
    table = fillable_by_counts(durations, length, bar_ticks, counts, position, any_end)
    return table if table[-1, Sounds.NOTHING, 0] else np.zeros((0, 0, 0), np.bool_)
