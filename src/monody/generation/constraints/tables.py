"""From what is asked of melodies to the tables that the rules look up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.generation.constraints.arrays import Bools, Integers
from monody.generation.constraints.durations import counts_of, plan_durations
from monody.generation.constraints.grid import grid_table
from monody.generation.constraints.reachable import Durations, Kind
from monody.generation.constraints.rules import FREE, IS_NOTE, SYMBOLS, Rules
from monody.generation.constraints.spec import MelodySpec, Span
from monody.models.events import Vocabulary
from monody.models.record import CorpusStyle
from monody.music.pitch import PITCH_CLASSES

Scalar = TypeVar("Scalar", bound=np.generic)


def make_rules(
    vocabulary: Vocabulary,
    style: CorpusStyle,
    spec: MelodySpec,
    spans: Sequence[Span],
) -> Rules:
    """Make the tables.

    Args:
        vocabulary: The symbols.
        style: What the training melodies are like.
        spec: What the melodies must be.
        spans: The different times that the melodies fill.

    Returns:
        The tables.

    Raises:
        MonodyError: If no melody can be all that is asked.

    Example:
        >>> import numpy as np
        >>> from monody.generation.constraints.spec import MelodySpec, Span
        >>> from monody.generation.constraints.tables import make_rules
        >>> from monody.models.events import Vocabulary
        >>> from monody.models.record import CorpusStyle
        >>> style = CorpusStyle(
        ...     meter="4/4", bpm=120, bars=8, max_bars=16,
        ...     note_ticks=(12, 24), rest_ticks=(), hold_ticks=(),
        ...     pitch_range=(60, 72), places=(0, 12), repeats=(24,) * 64,
        ... )
        >>> vocabulary, spans = Vocabulary("notes"), [Span(96, 96)]
        >>> spec = MelodySpec(pitch_classes=frozenset({0, 4, 7}))
        >>> rules = make_rules(vocabulary, style, spec, spans)
        >>> np.flatnonzero(rules.key & rules.pitches)[:4].tolist()
        [60, 64, 67, 72]
    """
    if spec.note_ticks is not None and vocabulary.encoding == "steps":
        raise MonodyError(
            "--durations needs a model that hears note values: this one hears 16ths; "
            "train with --encoding notes"
        )
    pitches = _pitches(style, spec)
    ticks = np.array(vocabulary.durations)
    alphabet = frozenset(ticks.tolist())
    plans = [plan_durations(style, spec, span, alphabet) for span in spans]
    counted = [plan.counted for plan in plans if plan.counted is not None]
    edges = [plan.counted_sums for plan in plans if plan.counted_sums is not None]
    return Rules(
        ticks=ticks,
        closing=pitches.closing,
        free_bars=spec.free_bars,
        pitches=pitches.of_corpus,
        durations=np.stack([_masks(plan.durations, ticks) for plan in plans]),
        key=pitches.in_key,
        range=pitches.in_range,
        values=_value_masks(spec.note_ticks, ticks),
        grid=_grid(style, spec, ticks),
        lengths=np.array([span.length_ticks for span in spans]),
        fillable=_stacked([plan.fillable for plan in plans]),
        sums=_stacked([plan.sums for plan in plans]) if spec.has_sections else None,
        counted=_stacked(counted) if counted else None,
        counted_sums=_stacked(edges) if edges else None,
        counts=counts_of(spec, spans),
        # A rewrite that keeps the pitches also keeps their repeats.
        repeats=None if spec.kept.pitches else np.array(style.repeats),
        kept_kinds=np.array(spec.kept.kinds, np.int64),
        kept_durations=np.array(spec.kept.durations, np.int64),
        last_kept=_last_note(spec.kept.kinds),
        kept_pitches=np.array(spec.kept.pitches, np.int64),
        own=spec.own,
    )


class _Pitches(NamedTuple):
    """The pitch symbols that rules allow, ``(symbols,)``; ``None`` for all."""

    of_corpus: Bools
    in_key: Bools | None
    in_range: Bools | None
    closing: Bools  # notes that a melody may end with


def _pitches(style: CorpusStyle, spec: MelodySpec) -> _Pitches:
    """Find the notes of the corpus, the key and the range, one at least in all."""
    low, high = spec.pitches or style.pitch_range
    in_range = ~IS_NOTE | ((low <= SYMBOLS) & (high >= SYMBOLS))  # (symbols,)
    in_key = ~IS_NOTE | _of_classes(spec.pitch_classes)
    closing = IS_NOTE & _of_classes(spec.last_classes)
    if not spec.kept.pitches:
        _require_notes(IS_NOTE & in_range & in_key, closing)
    free = spec.pitches is not None or bool(spec.kept.pitches)
    return _Pitches(
        of_corpus=np.ones_like(in_range) if free else in_range,
        in_key=in_key if spec.pitch_classes is not None else None,
        in_range=in_range if spec.pitches is not None else None,
        closing=closing,
    )


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


def _value_masks(values: frozenset[int] | None, ticks: Integers) -> Bools | None:
    """Return which durations are note values asked for, ``(kinds, durations)``."""
    if values is None:
        return None
    masks = np.tile(np.isin(ticks, list(values)), (len(Kind), 1))
    masks[Kind.END] = True
    return masks


def _grid(style: CorpusStyle, spec: MelodySpec, ticks: Integers) -> Bools | None:
    """Return the grid of the corpus; ``None`` where the rhythm is another's."""
    own = spec.note_ticks is not None or spec.kept.kinds or spec.kept.pitches
    return None if own or len(ticks) == 1 else grid_table(style.places, ticks)


def _last_note(kinds: Sequence[int]) -> int:
    """Return the index of the last note among kept events; ``FREE`` without any."""
    return max((i for i, kind in enumerate(kinds) if kind == 0), default=FREE)


def _stacked(tables: Sequence[NDArray[Scalar]]) -> NDArray[Scalar]:
    """Lay the tables of spans on one another, padded with 0: ``(spans, …)``."""
    sizes = np.array([table.shape for table in tables]).max(axis=0)
    stacked = np.zeros((len(tables), *sizes), tables[0].dtype)
    for place, table in enumerate(tables):
        stacked[place][tuple(map(slice, table.shape))] = table
    return stacked
