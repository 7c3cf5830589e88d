"""From what is asked of melodies to the tables that the rules look up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import jax
import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.generation.constraints.arrays import (
    Bools,
    Integers,
    Scalar,
    on_device,
    power_of_two,
)
from monody.generation.constraints.durations import UNLIMITED, counts_of, plan_durations
from monody.generation.constraints.reachable import Counts, Durations, Kind
from monody.generation.constraints.rules import FREE, IS_NOTE, SYMBOLS, Rules
from monody.generation.constraints.spec import MelodySpec, Span
from monody.models.events import PITCH_SYMBOLS, Vocabulary
from monody.models.record import CorpusStyle
from monody.music.pitch import PITCH_CLASSES

# Tables are padded to one of few sizes, no smaller than these.
MIN_TICKS, MIN_KEPT, MIN_SPANS = 8192, 1024, 8
MIN_COUNTED = (64, 0, 8)  # ticks left, sounds (always as many), counts


def make_rules(
    vocabulary: Vocabulary,
    style: CorpusStyle,
    spec: MelodySpec,
    spans: Sequence[Span],
) -> tuple[Rules, int]:
    """Make the tables.

    Args:
        vocabulary: The symbols.
        style: What the training melodies are like.
        spec: What the melodies must be.
        spans: The different times that the melodies fill.

    Returns:
        The tables, and the ticks of the shortest event.

    Raises:
        MonodyError: If no melody can be all that is asked.

    Example:
        >>> import numpy as np
        >>> from monody.generation.constraints.spec import MelodySpec, Span
        >>> from monody.generation.constraints.tables import make_rules
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.record import CorpusStyle
        >>> style = CorpusStyle(
        ...     meter="4/4", bpm=120, bars=8, max_bars=16, tonic_share=0.9,
        ...     last_ticks=24, note_ticks=(12, 24), rest_ticks=(), hold_ticks=(),
        ...     pitch_range=(60, 72), repeats=(24,) * 64,
        ... )
        >>> vocabulary, spans = Vocabulary("notes"), [Span(96, 96)]
        >>> spec = MelodySpec(pitch_classes=frozenset({0, 4, 7}))
        >>> rules, shortest = make_rules(vocabulary, style, spec, spans)
        >>> np.flatnonzero(rules.key & rules.pitches)[:4].tolist()
        [60, 64, 67, 72]
        >>> shortest  # ticks
        12
    """
    if spec.note_ticks is not None and vocabulary.encoding == "steps":
        raise MonodyError(
            "--durations needs a model that hears note values: this one hears 16ths; "
            "train with --encoding notes"
        )
    low, high = spec.pitches or style.pitch_range
    in_range = ~IS_NOTE | ((low <= SYMBOLS) & (high >= SYMBOLS))  # (symbols,)
    in_key = ~IS_NOTE | _of_classes(spec.pitch_classes)
    closing = IS_NOTE & _of_classes(spec.last_classes)
    if not spec.kept.pitches:
        _require_notes(IS_NOTE & in_range & in_key, closing)
    ticks = np.array(vocabulary.durations)
    alphabet = frozenset(ticks.tolist())
    plans = [plan_durations(style, spec, span, alphabet) for span in spans]
    anything = np.ones(PITCH_SYMBOLS, np.bool_)
    free_pitch = spec.pitches is not None or spec.kept.pitches
    bars = max(length // bar for length, bar in spans)
    counted = [plan.counted for plan in plans]
    rules = Rules(
        ticks=on_device(ticks),
        closing=on_device(closing),
        last_ticks=_stacked([np.array(plan.last_ticks) for plan in plans]),
        free=on_device(np.bool_(spec.free)),
        pitches=on_device(anything if free_pitch else in_range),
        durations=_stacked([_masks(plan.durations, ticks) for plan in plans]),
        key=on_device(in_key),
        range=on_device(in_range if spec.pitches else anything),
        values=on_device(_value_masks(spec.note_ticks, ticks)),
        fillable=_stacked([plan.fillable for plan in plans], [MIN_TICKS]),
        counted=_stacked(counted, MIN_COUNTED if len(counted[0]) > 1 else ()),
        counts=Counts(*map(on_device, counts_of(spec, bars))),
        repeats=on_device(_max_repeats(style.repeats, spec)),
        kept_kinds=_padded(spec.kept.kinds),
        kept_durations=_padded(spec.kept.durations),
        last_kept=on_device(np.int32(_last_note(spec.kept.kinds))),
        kept_pitches=_padded(spec.kept.pitches),
    )
    return rules, min(plan.durations.shortest for plan in plans)


def _max_repeats(usual: Sequence[int], spec: MelodySpec) -> Integers:
    """Return how far figures of 1, 2, … notes may repeat, ``(figures,)``.

    That is as far as they usually do in the corpus. A rewrite that keeps the pitches
    also keeps their repeats, so there nothing is too far.
    """
    return np.full(len(usual), UNLIMITED) if spec.kept.pitches else np.array(usual)


def _of_classes(pitch_classes: Iterable[int] | None) -> Bools:
    """Find the symbols of pitch classes, ``(symbols,)``; by default all.

    Only what it says of notes has a meaning: callers mask rest, hold and end.
    """
    classes = range(PITCH_CLASSES) if pitch_classes is None else pitch_classes
    return np.isin(SYMBOLS % PITCH_CLASSES, list(classes))


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
    """Return which durations are note values asked for, ``(kinds, durations)``."""
    if values is None:
        return np.ones((len(Kind), len(ticks)), np.bool_)
    masks = np.tile(np.isin(ticks, list(values)), (len(Kind), 1))
    masks[Kind.END] = True
    return masks


def _last_note(kinds: Sequence[int]) -> int:
    """Return the index of the last note among kept events; ``FREE`` without any."""
    return max((i for i, kind in enumerate(kinds) if kind == 0), default=FREE)


def _stacked(
    tables: Sequence[NDArray[Scalar]], minimums: Sequence[int] = ()
) -> jax.Array:
    """Lay the tables of spans on one another, padded with 0: ``(spans, …)``.

    Args:
        tables: One for each span. The last is repeated, up to one of few numbers.
        minimums: The smallest size of each axis that is padded to one of few sizes. An
            axis whose minimum is 0 or missing is as long as the longest table.
    """
    sizes = np.array([table.shape for table in tables]).max(axis=0).tolist()
    for axis, minimum in enumerate(minimums):
        sizes[axis] = power_of_two(sizes[axis], minimum) if minimum else sizes[axis]
    number = power_of_two(len(tables), MIN_SPANS)
    stacked = np.zeros((number, *sizes), tables[0].dtype)
    for place in range(number):
        table = tables[min(place, len(tables) - 1)]
        stacked[place, ...][tuple(map(slice, table.shape))] = table
    return on_device(stacked)


def _padded(symbols: Sequence[int]) -> jax.Array:
    """Return symbols padded with ``FREE`` to one of few sizes, at least one of it."""
    size = power_of_two(len(symbols) + 1, MIN_KEPT)
    return on_device(np.array([*symbols, *[FREE] * (size - len(symbols))]))
