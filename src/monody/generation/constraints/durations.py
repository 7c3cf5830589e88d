"""Which durations fill the time of a melody, and what they can fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from monody.errors import MonodyError
from monody.generation.constraints.reachable import (
    Bools,
    Counts,
    Durations,
    Sounds,
    fillable_by_counts,
    fillable_lengths,
    power_of_two,
)
from monody.generation.constraints.spec import MelodySpec, Span
from monody.music.meter import TICKS_PER_STEP

# Used, too, where what was seen does not fill the time: 16ths, 32nds, ticks.
FINE_TICKS = (frozenset({6}), frozenset({3}), frozenset({1}))
LONG_TICKS = frozenset({24, 36, 48, 72, 96})  # and where fewer notes are asked for
MANY = 1_000_000  # notes: more than there ever are


@dataclass(frozen=True)
class DurationPlan:
    """What the time of a melody is filled with."""

    durations: Durations
    last_ticks: int  # what the last note has at least
    fillable: Bools  # (length + 1,): by the ticks left
    counted: Bools  # (length + 1, sounds, counts): see `clock`; or of one row


def fill(
    seen: dict[str, list[int]],
    wanted: MelodySpec,
    clock: Span,
    alphabet: frozenset[int],
) -> DurationPlan:
    """Choose durations that fill the time, those of the training melodies if they do.

    Args:
        seen: What the training melodies use: ``note_ticks``, ``rest_ticks`` and
            ``hold_ticks``.
        wanted: What the melody must be.
        clock: The time it fills.
        alphabet: All ticks that the encoding has.

    Raises:
        MonodyError: If nothing fills it.
    """
    lasts = sorted({wanted.last_ticks, 0}, reverse=True)
    for durations, last in product(_choices(seen, wanted, alphabet), lasts):
        counted = _count_table(durations, last, wanted, clock)
        fillable = fillable_lengths(durations, clock.length_ticks, last)
        if len(counted) > 1:  # these know better: holds, too, may fill the time
            fillable[:] = True
        if fillable[-1] and counted[-1, Sounds.NOTHING, 0]:
            return DurationPlan(durations, last, fillable, counted)
    raise _cannot_fill(wanted, clock)


def _choices(
    seen: dict[str, list[int]], wanted: MelodySpec, alphabet: frozenset[int]
) -> Iterator[Durations]:
    """Yield durations to try: those seen, then more."""
    if wanted.kept.kinds:
        yield Durations(alphabet, alphabet, alphabet)
        return
    notes, rests, holds = (
        frozenset(seen[f"{kind}_ticks"]) for kind in ("note", "rest", "hold")
    )
    values = wanted.note_ticks
    if values is not None:
        few = notes & values
        yield Durations(few or values & alphabet, rests & values, frozenset())
        yield Durations(values & alphabet, values & alphabet, frozenset())
        return
    long: frozenset[int] = frozenset()
    if wanted.notes_per_bar is not None:
        long = alphabet & LONG_TICKS
    for ticks in (frozenset[int](), *FINE_TICKS):
        notes |= ticks & alphabet
        yield Durations(notes, rests, holds)
        yield Durations(notes | long, rests | long, holds)
    if wanted.kept.pitches:  # whose bars must be kept, whatever it takes
        yield Durations(alphabet, alphabet, alphabet)


def _cannot_fill(wanted: MelodySpec, clock: Span) -> MonodyError:
    length, bar = clock
    what = f"{length / TICKS_PER_STEP:g} 16ths in bars of {bar / TICKS_PER_STEP:g}"
    if wanted.kept.pitches:
        return MonodyError(
            f"the notes of the melody do not fit bar by bar into {what}: name another "
            "--to_meter, or leave --durations out"
        )
    asked = [
        name
        for name, value in (
            ("--durations", wanted.note_ticks),
            ("--density", wanted.notes_per_bar),
        )
        if value is not None
    ]
    return MonodyError(
        f"no melody of {what} obeys {' and '.join(asked) or 'all rules'}: name a wider "
        "choice, or another length"
    )


def counts_of(wanted: MelodySpec, bars: int) -> Counts:
    """Say how many notes may begin in each bar; padded to one of few sizes."""
    size = power_of_two(bars + 1)
    if wanted.kept.pitches:
        notes = [*wanted.kept.notes_in_bars, *[0] * size][:size]
        return Counts.of(notes, notes)
    low, high = wanted.notes_per_bar or (0, MANY)
    return Counts.of([low] * size, [high] * size)


@lru_cache(maxsize=16)  # 128 melodies are written at a time, all by the same tables
def _count_table(
    durations: Durations, last_ticks: int, wanted: MelodySpec, clock: Span
) -> Bools:
    """Return what a melody can be filled with where notes are counted.

    Returns:
        ``(ticks left + 1, sounds, counts)``; the last row is the whole melody.
    """
    if not wanted.kept.pitches and wanted.notes_per_bar is None:
        # Looked up beyond its end: anything goes.
        return np.ones((1, len(Sounds), 1), np.bool_)
    length, bar_ticks = clock
    counts = counts_of(wanted, length // bar_ticks + 1)
    if not wanted.kept.pitches:
        counts.low[length // bar_ticks] = 0  # a last bar that is not whole
    return fillable_by_counts(durations, length, bar_ticks, counts, last_ticks)
