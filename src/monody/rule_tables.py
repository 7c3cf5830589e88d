"""From what is asked of melodies to the tables that rules look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import jax
import numpy as np

from monody.clock import (
    Bools,
    Counts,
    Durations,
    Integers,
    Kind,
    Sounds,
    fillable_by_counts,
    fillable_lengths,
    power_of_two,
)
from monody.errors import MonodyError
from monody.events import PITCH_SYMBOLS, Vocabulary
from monody.melody import TICKS_PER_STEP
from monody.rules import FREE, IS_NOTE, SYMBOLS, Allowed, Rules

LEAST_TICKS, LEAST_KEPT = 8192, 1024  # sizes of tables: few compilations
FINE_TICKS = (6, 3, 1)  # used, too, where what was seen does not fill the time
MANY = 1_000_000  # notes: more than there ever are


@dataclass(frozen=True)
class Kept:
    """What a rewrite leaves as it is; the rest is written anew.

    Either the rhythm, event by event; or the pitches, note by note, and how many notes
    each bar has.
    """

    kinds: tuple[int, ...] = ()  # pitch symbols: 0 for a note, REST or HOLD
    durations: tuple[int, ...] = ()  # duration symbols
    pitches: tuple[int, ...] = ()  # of the notes
    notes_in_bars: tuple[int, ...] = ()  # that begin in each; one for each bar


@dataclass(frozen=True)
class Wanted:
    """What melodies must be. By default anything that the training melodies are."""

    pitches: tuple[int, int] | None = None  # lowest and highest
    pitch_classes: frozenset[int] | None = None
    note_ticks: frozenset[int] | None = None  # lengths of notes and rests
    notes_per_bar: tuple[int, int] | None = None  # fewest and most
    last_classes: frozenset[int] | None = None  # pitch classes of the last note
    last_ticks: int = 0  # of the last note, at least, where the time can be filled so
    free: bool = False  # the network ends the melody, at the length asked at the latest
    kept: Kept = Kept()


class Clock(NamedTuple):
    """The time that a melody fills; melodies that are alike share their tables."""

    length_ticks: int
    bar_ticks: int


def make_rules(
    vocabulary: Vocabulary,
    seen: dict[str, list[int]],
    wanted: Wanted,
    clocks: Sequence[Clock],
) -> tuple[Rules, int]:
    """Make the tables.

    Args:
        vocabulary: The symbols.
        seen: What the training melodies use: ``note_ticks``, ``rest_ticks``,
            ``hold_ticks`` and ``pitch_range``.
        wanted: What the melodies must be.
        clocks: The different ones of the melodies.

    Returns:
        The tables, and the ticks of the shortest event.

    Raises:
        MonodyError: If no melody can be all that is wanted.
    """
    if wanted.note_ticks is not None and vocabulary.encoding == "steps":
        raise MonodyError(
            "--durations needs a model that hears note values: this one hears 16ths; "
            "train with --encoding notes"
        )
    low, high = wanted.pitches or seen["pitch_range"]
    in_range = ~IS_NOTE | ((low <= SYMBOLS) & (high >= SYMBOLS))
    in_key = ~IS_NOTE | _of_classes(wanted.pitch_classes)
    closing = IS_NOTE & _of_classes(wanted.last_classes)
    if not wanted.kept.pitches:
        _require_notes(IS_NOTE & in_range & in_key, closing)
    ticks = np.array(vocabulary.durations)
    fit = _fitting(seen, wanted, clocks, frozenset(ticks.tolist()))
    durations, last_ticks, tables = fit
    anything = np.ones(PITCH_SYMBOLS, np.bool_)
    free_pitch = wanted.pitches is not None or wanted.kept.pitches
    rules = Rules(
        ticks=ticks,
        closing=closing,
        last_ticks=np.int32(last_ticks),
        free=np.bool_(wanted.free),
        corpus=Allowed(anything if free_pitch else in_range, _masks(durations, ticks)),
        key=in_key,
        range=in_range if wanted.pitches else anything,
        values=_value_masks(wanted.note_ticks, ticks),
        fillable=_fillable(durations, last_ticks, clocks, counted=len(tables[0]) > 1),
        counted=_stacked(tables),
        counts=_counts(wanted, max(length // bar for length, bar in clocks)),
        repeats=_repeats(seen["repeats"], wanted),
        kept_kinds=_listed(wanted.kept.kinds),
        kept_durations=_listed(wanted.kept.durations),
        last_kept=np.int32(_last_note(wanted.kept.kinds)),
        kept_pitches=_listed(wanted.kept.pitches),
    )
    on_device: Rules = jax.device_put(rules)
    return on_device, durations.shortest


def _repeats(usual: Sequence[int], wanted: Wanted) -> Integers:
    """Return the longest repeats allowed; what a rewrite keeps may repeat for ever."""
    return np.full(len(usual), MANY) if wanted.kept.pitches else np.array(usual)


def _of_classes(pitch_classes: Iterable[int] | None) -> Bools:
    """Find the symbols of pitch classes; specials are like pitches."""
    classes = range(12) if pitch_classes is None else pitch_classes
    return np.isin(SYMBOLS % 12, list(classes))


def _require_notes(allowed: Bools, closing: Bools) -> None:
    """Raise an error where no note is left, or none that may be the last."""
    if not allowed.any():
        raise MonodyError(
            "no note of the key lies in the range: expected one at least; name a wider "
            "--range or another --key"
        )
    if not (allowed & closing).any():
        raise MonodyError(
            "no note of the key and the range may be the last one: name a wider "
            "--range, another --key, or leave --end out"
        )


def _fitting(
    seen: dict[str, list[int]],
    wanted: Wanted,
    clocks: Sequence[Clock],
    alphabet: frozenset[int],
) -> tuple[Durations, int, list[Bools]]:
    """Choose durations that fill the time, those of the training melodies if they do.

    Returns:
        The durations, what the last note has at least, and for each clock its table
        of counts.
    """
    lengths = [clock.length_ticks for clock in clocks]
    for durations, last in product(
        _choices(seen, wanted, alphabet), sorted({wanted.last_ticks, 0}, reverse=True)
    ):
        tables = [_count_table(durations, last, wanted, clock) for clock in clocks]
        counts = len(tables[0]) > 1
        fills = counts or fillable_lengths(durations, max(lengths), last)[lengths].all()
        if fills and all(table[-1, Sounds.NOTHING, 0] for table in tables):
            return durations, last, tables
    raise _cannot_fill(wanted, clocks)


def _choices(
    seen: dict[str, list[int]], wanted: Wanted, alphabet: frozenset[int]
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
    yield Durations(notes, rests, holds)
    for ticks in FINE_TICKS:
        if ticks in alphabet:
            notes |= {ticks}
            yield Durations(notes, rests, holds)


def _cannot_fill(wanted: Wanted, clocks: Sequence[Clock]) -> MonodyError:
    length, bar = max(clocks)
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


def _counts(wanted: Wanted, bars: int) -> Counts:
    """Say how many notes may begin in each bar; padded to one of few sizes."""
    size = power_of_two(bars + 1)
    if wanted.kept.pitches:
        notes = [*wanted.kept.notes_in_bars, *[0] * size][:size]
        return Counts.of(notes, notes)
    low, high = wanted.notes_per_bar or (0, MANY)
    return Counts.of([low] * size, [high] * size)


def _count_table(
    durations: Durations, last_ticks: int, wanted: Wanted, clock: Clock
) -> Bools:
    """Return what a melody can be filled with where notes are counted.

    Returns:
        ``(ticks left + 1, sounds, counts)``; the last row is the whole melody.
    """
    if not wanted.kept.pitches and wanted.notes_per_bar is None:
        # Looked up beyond its end: anything goes.
        return np.ones((1, len(Sounds), 1), np.bool_)
    length, bar_ticks = clock
    counts = _counts(wanted, length // bar_ticks + 1)
    if not wanted.kept.pitches:
        counts.low[length // bar_ticks] = 0  # a last bar that is not whole
    return fillable_by_counts(durations, length, bar_ticks, counts, last_ticks)


def _masks(durations: Durations, ticks: Integers) -> Bools:
    """Return which durations each kind of event may have, ``(kinds, durations)``."""
    kinds = {
        Kind.NOTE: durations.notes,
        Kind.REST: durations.rests,
        Kind.HOLD: durations.holds,
        Kind.CLOSING: durations.notes,
        Kind.END: frozenset(ticks.tolist()),
    }
    return np.array([np.isin(ticks, list(kinds[kind])) for kind in Kind])


def _value_masks(values: frozenset[int] | None, ticks: Integers) -> Bools:
    if values is None:
        return np.ones((len(Kind), len(ticks)), np.bool_)
    masks = np.tile(np.isin(ticks, list(values)), (len(Kind), 1))
    masks[Kind.END] = True
    return masks


def _fillable(
    durations: Durations, last_ticks: int, clocks: Sequence[Clock], *, counted: bool
) -> Bools:
    """Return the lengths that can be filled, padded to one of few sizes.

    Where notes are counted those tables know better: holds, too, may fill the time.
    """
    longest = max(clocks).length_ticks
    lengths = fillable_lengths(durations, longest, last_ticks)
    size = power_of_two(longest + 1, LEAST_TICKS)
    return np.pad(lengths | counted, (0, size - len(lengths)))


def _last_note(kinds: Sequence[int]) -> int:
    """Return the index of the last note among kept events; ``FREE`` without any."""
    return max((i for i, kind in enumerate(kinds) if kind == 0), default=FREE)


def _stacked(tables: Sequence[Bools]) -> Bools:
    """Lay tables of counts on one another, padded to one of few sizes."""
    rows, _, counts = np.max([table.shape for table in tables], axis=0).tolist()
    if rows == 1:
        return np.array(tables[:1])
    shape = (
        power_of_two(len(tables), 1),
        power_of_two(rows),
        len(Sounds),
        power_of_two(counts, 8),
    )
    stacked = np.zeros(shape, np.bool_)
    for layer, table in zip(stacked, tables, strict=False):
        layer[: len(table), :, : table.shape[2]] = table
    return stacked


def _listed(symbols: Sequence[int]) -> Integers:
    """Return symbols padded to one of few sizes; ``FREE`` stands at the end."""
    size = power_of_two(len(symbols) + 1, LEAST_KEPT)
    return np.array([*symbols, *[FREE] * (size - len(symbols))])
