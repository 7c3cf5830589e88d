"""The loop that writes melodies side by side, event by event.

Each turn the network reads the latest event of each melody, the rules say what may come
next, and one symbol of it is drawn: first the pitch, then the duration. Melodies that
are done leave the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.generation.constraints.endings import closing_notes
from monody.generation.constraints.repetition import Repeats, repeat
from monody.generation.constraints.rules import (
    Allowed,
    Now,
    Rules,
    allow,
    allow_copy,
    as_a_note,
    count_on,
    rules_asked,
    timed,
)
from monody.generation.decoding.approach import lead
from monody.generation.decoding.sampling import SamplingSettings, sample
from monody.generation.decoding.sections import CopyTables
from monody.generation.decoding.told_forms import TOLD as TOLD_OF_FORM
from monody.generation.decoding.told_forms import ToldForms
from monody.models import numpy_ops
from monody.models.decoder_state import DecoderState, EventInputs
from monody.models.events import END, REST, UNKNOWN, bars_left_symbol
from monody.models.surprisal import bits_of
from monody.models.tonality import latest_note
from monody.music.pitch import PITCH_CLASSES

ALL = "all"  # the cost of all rules together
MIN_SHARE = 1e-9  # a cost is not higher: 30 bits
NUMBERS = 3  # random ones for each event: for its pitch, its duration, an approach
DRAWN_AT_ONCE = 128  # events of a melody, whose random numbers are drawn

Samplers = tuple[SamplingSettings, SamplingSettings]  # of pitch and duration symbols
Floats = NDArray[Any]
Rows = TypeVar("Rows", bound="RowInputs | Progress")


@dataclass(frozen=True)
class RowInputs:
    """What differs from melody to melody; ``(rows,)`` unless said."""

    row: Integers  # index of the melody in its group
    bar_ticks: Integers
    span: Integers  # index of its span in the tables of `Rules`
    end_bar: Integers  # where the melody ends, for the network to lead it there
    end_position: Integers  # symbol; UNKNOWN where the network ends the melody
    first_bar: Integers  # in which writing begins, counted from the primer's first
    tonic: Integers  # a pitch class to end on, or endings.HEARD or ANY
    told: ToldForms
    key: Integers  # symbol of the tonic that the network is told
    style: Integers  # symbol of the style that it is told
    lowest: Integers  # MIDI number of the lowest note of its register
    highest: Integers  # of the highest
    bars_before: Integers  # of the whole melody, before the part that is written
    sections: CopyTables | None  # None where no section is to return
    closing: Integers  # ticks before the end at which the closing note ends


@dataclass
class Progress:
    """How far each melody is; ``(rows,)`` unless said."""

    inputs: EventInputs[Integers]  # what the network reads next, ``(rows,)`` each
    left: Integers  # ticks still to be filled
    class_ticks: Floats  # (rows, 12): ticks spent on each pitch class
    repeats: Repeats  # (rows, figures) each
    sounding: Bools  # whether a note sounds that a hold would lengthen
    notes: Integers  # written so far
    begun: Integers  # notes in this bar, where a rule counts them
    in_bar: Integers  # notes that began in this bar


@dataclass
class Written:
    """What was written of a group, as far as it is."""

    pitch: list[Integers] = field(default_factory=list)  # of each event (rows there,)
    duration: list[Integers] = field(default_factory=list)  # likewise
    rows: list[Integers] = field(default_factory=list)  # indices of the rows there


class GroupEvents(NamedTuple):
    """A group of melodies as they were written."""

    pitch: NDArray[np.uint8]  # (events, rows) pitch symbols; END after the end
    duration: NDArray[np.uint8]  # (events, rows) duration symbols
    bits: Floats  # (rows,) surprisal
    costs: Mapping[str, Floats]  # of each rule, and of `ALL` together: (rows,) bits


def write_group(
    state: DecoderState,
    rows: RowInputs,
    progress: Progress,
    rules: Rules,
    samplers: Samplers,
    chances: Sequence[np.random.Generator],
) -> GroupEvents:
    """Write one group of melodies.

    Args:
        state: What the network remembers, the last event of the primers not yet read.
        rows: The melodies.
        progress: How far they are: nothing is written yet.
        rules: What may come next.
        samplers: How pitch symbols are drawn, and how duration symbols.
        chances: A stream of random numbers for each melody.
    """
    count = len(rows.row)
    bits = np.zeros(count)
    costs = {name: np.zeros(count) for name in (*rules_asked(rules), ALL)}
    written = Written()
    draws = _Draws(chances)
    event = 0
    while np.any(progress.left > 0):
        goes_on = progress.left > 0
        if not np.all(goes_on):
            kept = np.flatnonzero(goes_on)
            state = state.take(kept)
            rows, progress = _take(rows, kept), _take(progress, kept)
        chance = draws.of_event(event)[rows.row]
        found = _one_event(state, rows, progress, rules, samplers, chance, event)
        bits[rows.row] += found.bits
        for name, cost in found.costs.items():
            costs[name][rows.row] += cost
        written.rows.append(rows.row)
        written.pitch.append(found.pitch)
        written.duration.append(found.duration)
        progress = found.progress
        event += 1
    return GroupEvents(*_table(written, count), bits, costs)


def _table(written: Written, rows: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Lay out what was written as two tables, ``(events, rows)`` each."""
    pitch = np.full((len(written.rows), rows), END, np.uint8)
    duration = np.zeros_like(pitch)
    for event, at in enumerate(written.rows):
        pitch[event, at] = written.pitch[event]
        duration[event, at] = written.duration[event]
    return pitch, duration


class _Draws:
    """Random numbers for each event of each melody, drawn many at a time."""

    def __init__(self, chances: Sequence[np.random.Generator]) -> None:
        self._chances = chances
        self._table = np.zeros((0, len(chances), NUMBERS))  # (events, rows, numbers)

    def of_event(self, event: int) -> NDArray[np.float64]:
        """Return those of an event, ``(rows, 3)``; events come one after the other."""
        if event % DRAWN_AT_ONCE == 0:
            drawn = [each.random((DRAWN_AT_ONCE, NUMBERS)) for each in self._chances]
            self._table = np.stack(drawn, axis=1)
        numbers: NDArray[np.float64] = self._table[event % DRAWN_AT_ONCE]
        return numbers


def _take(rows: Rows, kept: Integers) -> Rows:
    """Return some of the rows."""
    taken: dict[str, Any] = {}
    for one in fields(rows):
        value = getattr(rows, one.name)
        if value is None:
            taken[one.name] = None
        elif isinstance(value, ToldForms | CopyTables):
            taken[one.name] = value.take(kept)
        elif isinstance(value, tuple):
            taken[one.name] = type(value)(*(each[kept] for each in value))
        else:
            taken[one.name] = value[kept]
    return type(rows)(**taken)


class _Event(NamedTuple):
    """One event of each melody; ``(rows,)`` unless said."""

    pitch: Integers
    duration: Integers
    bits: Floats
    costs: dict[str, Floats]
    progress: Progress  # with the event


def _one_event(
    state: DecoderState,
    rows: RowInputs,
    progress: Progress,
    rules: Rules,
    samplers: Samplers,
    chance: Floats,
    event: int,
) -> _Event:
    """Read an event of each melody, and write the next."""
    now = _now(rules, rows, progress, event)
    allowed, each = allow(rules, now)
    copied = np.zeros(len(now.left), np.bool_)
    if rows.sections is not None:
        source = _to_copy(rows.sections, now)
        copied = source[0] >= 0
        allow_copy(rules, allowed, *source, now.edge_left)

    state.read(progress.inputs)
    logits = of_pitch = state.pitches()  # (rows, symbols)
    raised = as_a_note(rules, now, logits)
    pitch = sample(raised, allowed.pitch, samplers[0], chance[:, 0])
    kinds = allowed.kinds
    masks = {name: _pitch_mask(one, kinds) for name, one in each.items()}
    bits, costs = bits_of(logits, pitch), _costs(logits, {**masks, ALL: allowed.pitch})

    state.choose(pitch)
    logits = state.durations()  # (rows, durations)
    at = np.arange(len(pitch))
    kind = kinds[at, pitch]
    of_kind = allowed.duration[at, kind]
    duration = sample(logits, of_kind, samplers[1], chance[:, 1])
    led = pitch
    if samplers[0].temperature:
        goal, way = _goal(rows, now, rules.ticks[duration])
        leads = (pitch < REST) & (goal >= 0) & ~copied
        if np.any(leads):
            # A note of another kind may not be as long as this one.
            as_long = allowed.duration[at[:, None], kinds, duration[:, None]]
            found = lead(of_pitch, allowed.pitch & as_long, goal, way, chance[:, 2])
            led = np.where(leads & (found >= 0), found, pitch)
    if np.any(led != pitch):
        pitch = led
        kind, of_kind = kinds[at, pitch], allowed.duration[at, kinds[at, pitch]]
        state.choose(pitch)
        logits, bits = state.durations(), bits_of(of_pitch, pitch)
    is_timed = pitch != END
    masks = {
        name: _of_kind(one.duration, kind)
        for name, one in each.items()
        if one.duration is not None
    }
    bits += np.where(is_timed, bits_of(logits, duration), 0)
    for name, cost in _costs(logits, {**masks, ALL: of_kind}).items():
        costs[name] += np.where(is_timed, cost, 0)
    after = _write(rules, rows, progress, now, pitch, duration)
    return _Event(pitch, duration, bits, costs, after)


def _now(rules: Rules, rows: RowInputs, progress: Progress, event: int) -> Now:
    """Say where each melody is, for the rules."""
    inputs = progress.inputs
    possible = rules.pitches
    edge_left = at_edge = None
    bar = inputs.bar - rows.first_bar
    if rows.sections is not None:
        tick = bar * rows.bar_ticks + inputs.position
        edge_left = rows.sections.left(tick, bar)
        at_edge = rows.sections.begins(tick, bar)
    for more in (rules.key, rules.range):
        possible = possible if more is None else possible & more
    return Now(
        event=event,
        notes=progress.notes,
        left=progress.left,
        position=inputs.position,
        bar=bar,
        bar_ticks=rows.bar_ticks,
        sounding=progress.sounding,
        latest=latest_note(numpy_ops, inputs.pitch_in, inputs.note_before),
        begun=progress.begun,
        span=rows.span,
        closing=closing_notes(
            rows.tonic, progress.class_ticks, rules.closing, possible
        ),
        repeats=progress.repeats,
        heard=np.any(progress.class_ticks > 0, axis=1),
        close_left=progress.left - rows.closing,
        lowest=rows.lowest,
        highest=rows.highest,
        edge_left=edge_left,
        at_edge=at_edge,
        bars_before=rows.bars_before,
    )


def _goal(rows: RowInputs, now: Now, ticks: Integers) -> tuple[Integers, Integers]:
    """Return the pitch class that the next note closes a phrase on, and the way there.

    Args:
        rows: The melodies.
        now: Where each is before an event.
        ticks: ``(rows,)`` how long that event is.

    Returns:
        The pitch class ``(rows,)``: -1 where the next note closes none, or where the
        degree, the tonic or the way is not told. And the way, see `form.approach`.
    """
    left, degree, way = rows.told.goal(now.bar, now.position)
    arrives = (left == ticks) & (degree > 0) & (rows.key > 0) & (way >= 0)
    return np.where(arrives, (rows.key - 1 + degree - 1) % PITCH_CLASSES, -1), way


def _to_copy(sections: CopyTables, now: Now) -> tuple[Integers, Integers]:
    """Return the event that each melody copies next, see `CopyTables.source`."""
    return sections.source(now.bar * now.bar_ticks + now.position, now.bar)


def _write(
    rules: Rules,
    rows: RowInputs,
    progress: Progress,
    now: Now,
    pitch: Integers,
    duration: Integers,
) -> Progress:
    """Write an event of each melody, and move its time and its counts on.

    Args:
        rules: The tables.
        rows: The melodies.
        progress: How far they are before the event.
        now: Where each melody is before the event.
        pitch: ``(rows,)`` pitch symbols.
        duration: ``(rows,)`` duration symbols.
    """
    ended = pitch == END
    ticks = np.where(ended, 0, rules.ticks[duration])
    is_note = (pitch < REST) & ~ended
    begun = progress.begun
    if rules.counted is not None:
        _, counted = count_on(rules, now, is_note[:, None])
        begun = np.where(ended, begun, counted[np.arange(len(pitch)), duration])
    sounding = np.where(is_note, pitch, now.latest)[:, None]
    sounds = sounding % PITCH_CLASSES == np.arange(PITCH_CLASSES)  # (rows, 12)
    if rows.sections is not None:
        tick = now.bar * now.bar_ticks + now.position
        rows.sections.write(tick, pitch, duration, np.flatnonzero(ticks > 0))
    bars, position = np.divmod(progress.inputs.position + ticks, rows.bar_ticks)
    bar = progress.inputs.bar + bars
    in_bar = np.where(bars > 0, 0, progress.in_bar + is_note)
    told = rows.told.at(bar - rows.first_bar, position, in_bar)
    inputs = EventInputs(
        pitch_in=pitch,
        note_before=now.latest,
        duration_in=duration,
        position=position,
        bar=bar,
        meter=progress.inputs.meter,
        bars_left=bars_left(rows.end_bar, bar, rows.end_position),
        end_position=rows.end_position,
        **dict(zip(TOLD_OF_FORM, told, strict=True)),
        tonic=rows.key,
        style=rows.style,
    )
    return Progress(
        inputs=inputs,
        left=np.where(ended, 0, progress.left - ticks),
        class_ticks=progress.class_ticks + (ticks * (pitch != REST))[:, None] * sounds,
        repeats=repeat(progress.repeats, pitch, is_note),
        sounding=np.where(ended, progress.sounding, pitch != REST),
        notes=progress.notes + is_note,
        begun=begun,
        in_bar=in_bar,
    )


def _pitch_mask(one: Allowed, kinds: Integers) -> Bools:
    """Return the pitch symbols that a rule leaves, ``(rows, symbols)``."""
    pitch = np.True_ if one.pitch is None else one.pitch
    if one.duration is None:
        return np.broadcast_to(pitch, kinds.shape)
    duration = one.duration
    if duration.ndim == 1:  # the same for all kinds, and never empty
        return np.broadcast_to(pitch, kinds.shape)
    shape = (len(kinds), *duration.shape[-2:])
    mask: Bools = pitch & timed(np.broadcast_to(duration, shape), kinds)
    return mask


def _of_kind(duration: Bools, kind: Integers) -> Bools:
    """Choose what events of a kind may have: ``(rows, durations)``.

    Args:
        duration: ``(rows, kinds, durations)``; leading axes may be missing.
        kind: ``(rows,)``.
    """
    if duration.ndim == 1:
        return np.broadcast_to(duration, (len(kind), len(duration)))
    if duration.ndim == 2:
        return duration[kind]
    return duration[np.arange(len(kind)), kind]


def _costs(logits: Floats, masks: dict[str, Bools]) -> dict[str, Floats]:
    """Return the bits that masks cost: -log2 of the probability that each leaves.

    Args:
        logits: ``(rows, symbols)`` log-probabilities.
        masks: ``(rows, symbols)`` bool.

    Returns:
        ``(rows,)`` each.
    """
    shares = np.exp(logits)
    left = np.stack([(shares * mask).sum(axis=-1) for mask in masks.values()])
    bits = -np.log2(np.minimum(np.maximum(left, MIN_SHARE), 1))
    return dict(zip(masks, bits, strict=True))


def bars_left(end_bar: Integers, bar: Integers, end_position: Integers) -> Integers:
    """Return the symbol of how many bars are left, as in training.

    Args:
        end_bar: In which the melody ends.
        bar: In which the next event begins.
        end_position: Symbol of where in its bar the melody ends; ``UNKNOWN`` where the
            network ends it.

    Returns:
        As many as ``bar``; ``UNKNOWN`` where the end is not known.

    Example:
        >>> import numpy as np
        >>> from monody.generation.decoding.loop import bars_left
        >>> bars_left(np.array(8), np.array([6, 7, 8]), np.array(1)).tolist()
        [3, 2, 1]
    """
    symbol = bars_left_symbol(np.asarray(end_bar - bar)).astype(np.int64)
    return np.where(end_position == UNKNOWN, UNKNOWN, symbol)
