"""From what is asked of melodies to the tables that rules look up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.generation.constraints.durations import MANY, counts_of, fill
from monody.generation.constraints.reachable import (
    Bools,
    Durations,
    Integers,
    Kind,
    power_of_two,
)
from monody.generation.constraints.rules import FREE, IS_NOTE, SYMBOLS, Rules
from monody.generation.constraints.spec import MelodySpec, Span
from monody.models.events import PITCH_SYMBOLS, Vocabulary

# Sizes of tables, which have one of few: each is compiled once.
MIN_TICKS, MIN_KEPT, MIN_SPANS = 8192, 1024, 8
MIN_COUNTED = (64, 0, 8)  # ticks left, sounds (always as many), counts


def make_rules(
    vocabulary: Vocabulary,
    seen: dict[str, list[int]],
    wanted: MelodySpec,
    clocks: Sequence[Span],
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
    alphabet = frozenset(ticks.tolist())
    fillings = [fill(seen, wanted, clock, alphabet) for clock in clocks]
    anything = np.ones(PITCH_SYMBOLS, np.bool_)
    free_pitch = wanted.pitches is not None or wanted.kept.pitches
    bars = max(length // bar for length, bar in clocks)
    counted = [each.counted for each in fillings]
    rules = Rules(
        ticks=ticks,
        closing=closing,
        last_ticks=_stacked([np.array(each.last_ticks) for each in fillings]),
        free=np.bool_(wanted.free),
        pitches=anything if free_pitch else in_range,
        durations=_stacked([_masks(each.durations, ticks) for each in fillings]),
        key=in_key,
        range=in_range if wanted.pitches else anything,
        values=_value_masks(wanted.note_ticks, ticks),
        fillable=_stacked([each.fillable for each in fillings], [MIN_TICKS]),
        counted=_stacked(counted, MIN_COUNTED if len(counted[0]) > 1 else ()),
        counts=counts_of(wanted, bars),
        repeats=_repeats(seen["repeats"], wanted),
        kept_kinds=_listed(wanted.kept.kinds),
        kept_durations=_listed(wanted.kept.durations),
        last_kept=np.int32(_last_note(wanted.kept.kinds)),
        kept_pitches=_listed(wanted.kept.pitches),
    )
    on_device: Rules = jax.device_put(rules)
    return on_device, min(each.durations.shortest for each in fillings)


def _repeats(usual: Sequence[int], wanted: MelodySpec) -> Integers:
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


def _last_note(kinds: Sequence[int]) -> int:
    """Return the index of the last note among kept events; ``FREE`` without any."""
    return max((i for i, kind in enumerate(kinds) if kind == 0), default=FREE)


def _stacked(tables: Sequence[NDArray[Any]], least: Sequence[int] = ()) -> NDArray[Any]:
    """Lay the tables of clocks on one another, padded with 0.

    Args:
        tables: One a clock. The last is there again, up to one of few numbers.
        least: Of each axis that has one of few sizes the smallest; by default, and
            where it is 0, an axis is as long as the longest.
    """
    sizes = np.array([table.shape for table in tables]).max(axis=0).tolist()
    for axis, fewest in enumerate(least):
        sizes[axis] = power_of_two(sizes[axis], fewest) if fewest else sizes[axis]
    number = power_of_two(len(tables), MIN_SPANS)
    stacked = np.zeros((number, *sizes), tables[0].dtype)
    for place in range(number):
        table = tables[min(place, len(tables) - 1)]
        stacked[place, ...][tuple(map(slice, table.shape))] = table
    return stacked


def _listed(symbols: Sequence[int]) -> Integers:
    """Return symbols padded to one of few sizes; ``FREE`` stands at the end."""
    size = power_of_two(len(symbols) + 1, MIN_KEPT)
    return np.array([*symbols, *[FREE] * (size - len(symbols))])
