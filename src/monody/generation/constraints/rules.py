"""The rules about what may come next while a melody is written.

A rule is one small function in ``RULES``. It looks at its tables and at where the
melodies are, and says which pitch symbols it allows, and which durations for each kind
of event; what all rules allow may be written. A rule works on all melodies at once: it
compares and looks up. One that asks for nothing has no tables and is not called.

The rules never lead into a dead end: what fills the time (``reachable``) is worked out
from all durations that the others leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.generation.constraints.arrays import Bools, Integers
from monody.generation.constraints.grid import on_cut_thirds
from monody.generation.constraints.own_rules import NoteRule, Place, allowed_pitches
from monody.generation.constraints.reachable import (
    Counts,
    Kind,
    Sounds,
    count_event,
)
from monody.generation.constraints.repetition import Repeats
from monody.models.events import END, HOLD, PITCH_SYMBOLS, REST

FREE = -1  # in a table of what a rewrite keeps: here it keeps nothing
SYMBOLS = np.arange(PITCH_SYMBOLS)
IS_NOTE = SYMBOLS < REST  # (symbols,)


class Allowed(NamedTuple):
    """What one rule allows: ``None`` for all; leading axes may be missing."""

    pitch: Bools | None = None  # (rows, symbols)
    duration: Bools | None = None  # (rows, kinds, durations)


class Masks(NamedTuple):
    """What all rules together allow, as tables of every symbol."""

    pitch: Bools  # (rows, symbols)
    duration: Bools  # (rows, kinds, durations)
    kinds: Integers  # (rows, symbols): the `Kind` of each symbol


class Now(NamedTuple):
    """Where each melody is before an event is written; ``(rows,)`` unless said."""

    event: int  # events written so far, of all
    notes: Integers  # notes written so far
    left: Integers  # ticks still to be filled
    position: Integers  # ticks since the bar line
    bar: Integers  # counted from where writing began
    bar_ticks: Integers
    sounding: Bools  # whether a note sounds that a hold would lengthen
    latest: Integers  # MIDI number of the latest note
    begun: Integers  # notes begun in this bar
    span: Integers  # index of the melody's span in the tables
    closing: Bools  # (rows, symbols): notes that it may end with now
    repeats: Repeats  # (rows, figures) each
    heard: Bools  # whether any note was heard or written
    close_left: Integers  # ticks until the closing note has to end
    lowest: Integers  # MIDI number of the lowest note of its register
    highest: Integers  # of the highest
    edge_left: Integers | None = None  # ticks to the edge of the section
    at_edge: Bools | None = None  # whether a section begins here
    bars_before: Integers | None = None  # of its melody, before `bar` 0


class Rules(NamedTuple):
    """The tables that rules look things up in; ``None`` where nothing is asked."""

    ticks: Integers  # (durations,) ticks of each duration symbol
    closing: Bools  # (symbols,): notes that a melody may end with at all
    free_bars: int | None  # after as many the network may end the melody
    pitches: Bools  # (symbols,): those that the training melodies use
    durations: Bools  # (spans, kinds, durations): of `DurationPlan`
    key: Bools | None  # (symbols,)
    range: Bools | None  # (symbols,)
    values: Bools | None  # (kinds, durations): the note values asked for
    grid: Bools | None  # (ticks after a beat, durations), see `grid_table`
    lengths: Integers  # (spans,) ticks
    fillable: Bools  # (spans, ticks left)
    sums: Bools | None  # (spans, ticks): what events can fill, if sections are asked
    counted: Bools | None  # (spans, ticks left, sounds, counts)
    counted_sums: Bools | None  # likewise, up to an edge where any event may end
    counts: Counts  # (spans, bars) each
    repeats: Integers | None  # (figures,): see `corpus_style.usual_repeats`
    kept_kinds: Integers  # (events,) pitch symbols: 0 for a note
    kept_durations: Integers  # (events,) duration symbols
    last_kept: int  # index of the event that is the last note; FREE without any
    kept_pitches: Integers  # (notes,) MIDI numbers
    own: tuple[NoteRule, ...] = ()  # of a program's own


def by_corpus(rules: Rules, now: Now) -> Allowed:
    """Allow the pitches and durations that the training melodies use."""
    return Allowed(rules.pitches, rules.durations[now.span])


def by_key(rules: Rules, _: Now) -> Allowed:
    """Allow the pitch classes of the key."""
    return Allowed(rules.key)


def by_range(rules: Rules, _: Now) -> Allowed:
    """Allow the pitches within the range."""
    return Allowed(rules.range)


def by_values(rules: Rules, _: Now) -> Allowed:
    """Allow the note values asked for."""
    return Allowed(None, rules.values)


def by_grid(rules: Rules, now: Now) -> Allowed:
    """Allow what ends on the grid of the corpus, and completes its tuplets.

    It gives way where nothing else fills the time.
    """
    if rules.grid is None:
        return Allowed()
    fits = rules.grid[now.position % len(rules.grid)]  # (rows, durations)
    end = now.position[:, None] + rules.ticks
    fits = fits & ~on_cut_thirds(end, now.bar_ticks[:, None])
    fits = np.repeat(fits[:, None], len(Kind), axis=1)
    fits[:, Kind.END] = True
    return Allowed(None, fits)


def by_length(rules: Rules, now: Now) -> Allowed:
    """Allow what leaves a time that can be filled exactly, with a note at the end."""
    after = now.left[:, None] - rules.ticks  # (rows, durations)
    span = now.span[:, None]
    fits = (after >= 0) & rules.fillable[span, np.maximum(after, 0)]
    rest = fits & (after > 0)
    hold = fits & now.sounding[:, None]
    ends = np.broadcast_to(rules.ticks == rules.ticks[0], fits.shape)
    pitch = np.ones((len(fits), PITCH_SYMBOLS), np.bool_)
    pitch[:, END] = _may_end(rules, now)
    return Allowed(pitch, np.stack([fits, rest, hold, fits, ends], axis=1))


def _may_end(rules: Rules, now: Now) -> Bools:
    """Say whether the network may end each melody here, ``(rows,)``."""
    if rules.free_bars is None:
        return np.zeros(len(now.left), np.bool_)
    written = rules.lengths[now.span] - now.left  # ticks
    enough = written >= rules.free_bars * now.bar_ticks
    return (now.notes > 0) & now.sounding & enough


def by_count(rules: Rules, now: Now) -> Allowed:
    """Allow what leaves the right number of notes in each bar possible."""
    if rules.counted is None:
        return Allowed()
    after = np.maximum(_to_edge(now)[:, None] - rules.ticks, 0)  # (rows, durations)
    masks = []  # of each kind, (rows, durations)
    lengthened = np.where(_closes(now), Sounds.CLOSING, Sounds.NOTE)[:, None]
    for is_note, sounds in (
        (True, Sounds.NOTE),
        (False, Sounds.NOTHING),
        (False, lengthened),
        (True, Sounds.CLOSING),
    ):
        ok, count = count_on(rules, now, np.array(is_note))
        most = rules.counted.shape[-1] - 1
        place = now.span[:, None], after, sounds, np.minimum(count, most)
        fits = rules.counted[place]
        if rules.counted_sums is not None:
            fits = np.where(_to_close(now)[:, None], fits, rules.counted_sums[place])
        masks.append(ok & fits)
    masks.append(np.ones_like(masks[0]))
    return Allowed(None, np.stack(masks, axis=1))


def _to_edge(now: Now) -> Integers:
    """Return the ticks to the end, or to the edge of the section, ``(rows,)``."""
    return now.left if now.edge_left is None else np.minimum(now.left, now.edge_left)


def _to_close(now: Now) -> Bools:
    """Say where the closing note has to end at that edge, ``(rows,)``."""
    closes: Bools = _to_edge(now) == now.close_left
    return closes


def count_on(rules: Rules, now: Now, note: Bools) -> tuple[Bools, Integers]:
    """Count the notes of bars on by an event, for each duration that it may have.

    Args:
        rules: The tables.
        now: Where each melody is.
        note: Whether the event is a note; ``(rows, 1)``, or one for all.

    Returns:
        Whether the bars that are over have as many notes as they should, and the notes
        begun in the bar in which the event ends; ``(rows, durations)`` each.
    """
    lines = (now.position[:, None] + rules.ticks) // now.bar_ticks[:, None]
    begun = now.begun[:, None] + note  # its own included
    return count_event(rules.counts, now.span[:, None], begun, now.bar[:, None], lines)


def by_end(rules: Rules, now: Now) -> Allowed:
    """Allow the last tick, and that of what it copies, to the right notes only."""
    right = _closes(now)  # (rows,)
    pitch = np.ones((len(right), PITCH_SYMBOLS), np.bool_)
    pitch[:, END] = right
    if now.event == rules.last_kept:
        pitch &= now.closing | ~IS_NOTE
    goes_on = now.close_left[:, None] != rules.ticks  # (rows, durations)
    hold = goes_on | right[:, None]
    anything = np.ones_like(goes_on)
    masks = [goes_on, goes_on, hold, anything, anything]
    return Allowed(pitch, np.stack(masks, axis=1))


def by_form(rules: Rules, now: Now) -> Allowed:
    """Allow nothing that goes over the edge of a section, and no hold there."""
    if now.edge_left is None or now.at_edge is None or rules.sums is None:
        return Allowed()
    after = now.edge_left[:, None] - rules.ticks  # (rows, durations)
    most = rules.sums.shape[1] - 1
    place = now.span[:, None], after.clip(0, most)
    fills = np.where(_to_close(now)[:, None], rules.fillable[place], rules.sums[place])
    fits = (after >= 0) & fills
    fits |= after > most  # there is no edge
    anything = np.ones_like(fits)
    pitch = ~now.at_edge[:, None] | (SYMBOLS != HOLD)
    return Allowed(pitch, np.stack([fits, fits, fits, fits, anything], axis=1))


def by_kept(rules: Rules, now: Now) -> Allowed:
    """Allow only what a rewrite keeps, where it keeps something."""
    pitch = np.ones((len(now.notes), PITCH_SYMBOLS), np.bool_)
    duration = None
    if now.event < len(rules.kept_kinds):  # all rows keep the same rhythm
        pitch &= np.where(IS_NOTE, 0, SYMBOLS) == rules.kept_kinds[now.event]
    if now.event < len(rules.kept_durations):
        duration = np.arange(len(rules.ticks)) == rules.kept_durations[now.event]
    if len(rules.kept_pitches):
        note = _kept_pitch(rules, now)
        pitch &= (note == FREE) | ~IS_NOTE | (note == SYMBOLS)
    return Allowed(pitch, duration)


def _kept_pitch(rules: Rules, now: Now) -> Integers:
    """Return the pitch that a rewrite keeps next, or ``FREE``; ``(rows, 1)``."""
    pitches = np.append(rules.kept_pitches, FREE)
    return pitches[np.minimum(now.notes, len(pitches) - 1), None]


def by_repeats(rules: Rules, now: Now) -> Allowed:
    """Allow no figure to come more often in a row than in the training melodies.

    It gives way where no other note is left.
    """
    if rules.repeats is None:
        return Allowed()
    # Where there is no note yet, nothing is too long.
    rows, figures = np.nonzero(now.repeats.runs >= rules.repeats)
    allowed = np.ones((len(now.repeats.runs), PITCH_SYMBOLS), np.bool_)
    allowed[rows, now.repeats.latest[rows, figures]] = False
    return Allowed(allowed)


def by_register(_: Rules, now: Now) -> Allowed:
    """Allow the notes from the lowest to the highest of the melody that is followed.

    A corpus may have basses and flutes, and a melody is one of them. It gives way where
    no note is left.
    """
    inside = (now.lowest[:, None] <= SYMBOLS) & (now.highest[:, None] >= SYMBOLS)
    return Allowed(inside | ~IS_NOTE)


def by_rests(_: Rules, now: Now) -> Allowed:
    """Allow no rest after a rest: in training, too, a silence is a single rest.

    A melody that continues nothing does not begin with one: where it has a pickup, the
    silence before is read. It gives way where no note may come. On a grid of 16ths a
    silence is many rests.
    """
    allowed = np.ones((len(now.sounding), PITCH_SYMBOLS), np.bool_)
    allowed[:, REST] = now.sounding | (now.heard & (now.event == 0))
    return Allowed(allowed)


def by_own(rules: Rules, now: Now) -> Allowed:
    """Allow what the rules of a program's own do.

    They give way where no other note is left. Such a melody is not kept.
    """
    allowed = np.ones((len(now.latest), PITCH_SYMBOLS), np.bool_)
    bars = now.bar if now.bars_before is None else now.bar + now.bars_before
    there = (now.heard | (now.notes > 0)).tolist()
    places = zip(bars.tolist(), now.position.tolist(), now.latest.tolist(), strict=True)
    for row, (bar, tick, latest) in enumerate(places):
        place = Place(bar, tick, latest if there[row] else None)
        allowed[row, :REST] = allowed_pitches(rules.own, place)
    return Allowed(allowed)


def as_a_note(
    rules: Rules, now: Now, logits: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Make the pitch that a rewrite keeps next as likely as all notes together.

    The network then decides between a note, a rest and a hold by how likely it finds a
    note, and not by how likely it finds this pitch, which is not its choice.

    Args:
        rules: The tables.
        now: Where each melody is.
        logits: ``(rows, symbols)``.

    Returns:
        ``(rows, symbols)``; the same logits where no pitch is kept.
    """
    if not len(rules.kept_pitches):
        return logits
    notes = np.logaddexp.reduce(logits[:, IS_NOTE], axis=1, keepdims=True)
    return np.where(_kept_pitch(rules, now) == SYMBOLS, notes, logits)


RULES: dict[str, Callable[[Rules, Now], Allowed]] = {
    "corpus": by_corpus,
    "key": by_key,
    "range": by_range,
    "durations": by_values,
    "grid": by_grid,
    "length": by_length,
    "density": by_count,
    "end": by_end,
    "form": by_form,
    "kept": by_kept,
    "repeats": by_repeats,
    "rests": by_rests,
    "register": by_register,
    "own": by_own,
}
# Not asked where they would leave no note: the first of these hold longest.
GIVE_WAY = (("own",), ("repeats", "rests", "register"))


def rules_asked(rules: Rules) -> list[str]:
    """Return the names of the rules that have something to say, in order."""
    silent = {
        "key": rules.key is None,
        "range": rules.range is None,
        "durations": rules.values is None,
        "grid": rules.grid is None,
        "density": rules.counted is None,
        "form": rules.sums is None,
        "kept": not (len(rules.kept_kinds) or len(rules.kept_pitches)),
        "repeats": rules.repeats is None,
        "rests": len(rules.ticks) == 1,
        "register": bool(len(rules.kept_kinds) or len(rules.kept_pitches)),
        "own": not rules.own,
    }
    return [name for name in RULES if not silent.get(name)]


def allow(rules: Rules, now: Now) -> tuple[Masks, dict[str, Allowed]]:
    """Ask every rule that has something to say.

    Args:
        rules: The tables.
        now: Where each melody is.

    Returns:
        What all of them together allow; and what each allows. A pitch symbol is allowed
        only where it has a duration, too.
    """
    each = {name: RULES[name](rules, now) for name in rules_asked(rules)}
    kinds = kinds_of(now)  # (rows, symbols)
    durations = np.ones((len(kinds), len(Kind), len(rules.ticks)), np.bool_)
    pitches = np.ones(kinds.shape, np.bool_)
    for name, one in each.items():
        if name not in sum(GIVE_WAY, ()) and one.pitch is not None:
            pitches &= one.pitch
        if name != "grid" and one.duration is not None:
            durations &= one.duration
    on_grid = each.get("grid", Allowed()).duration
    if on_grid is not None:
        fewer_durations = durations & on_grid
        there = np.any(pitches & timed(fewer_durations, kinds), axis=1)  # (rows,)
        durations = np.where(there[:, None, None], fewer_durations, durations)
    pitches &= timed(durations, kinds)
    for names in GIVE_WAY:
        fewer = pitches.copy()
        for name in names:
            only = each.get(name, Allowed()).pitch
            if only is not None:
                fewer &= only
        some = np.any(fewer & IS_NOTE, axis=1, keepdims=True)  # (rows, 1)
        pitches = np.where(some, fewer, pitches)
    return Masks(pitches, durations, kinds), each


def allow_copy(
    rules: Rules,
    masks: Masks,
    pitch: Integers,
    duration: Integers,
    edge_left: Integers | None,
) -> None:
    """Allow only the event that is copied, where one is; it obeyed the rules before.

    Args:
        rules: The tables.
        masks: What the rules allow; changed.
        pitch: ``(rows,)`` pitch symbol of the event; below 0 where nothing is copied.
        duration: ``(rows,)`` its duration symbol.
        edge_left: ``(rows,)`` ticks to the edge of the section, where it is cut off.
    """
    copied = np.flatnonzero(pitch >= 0)
    symbols = duration[copied]
    if edge_left is not None:
        longest = np.searchsorted(rules.ticks, edge_left[copied], side="right") - 1
        symbols = np.minimum(symbols, longest)
    masks.pitch[copied] = pitch[copied, None] == SYMBOLS
    masks.duration[copied] = (symbols[:, None] == np.arange(len(rules.ticks)))[:, None]


def kinds_of(now: Now) -> Integers:
    """Return the ``Kind`` of each pitch symbol, ``(rows, symbols)``."""
    special = np.where(SYMBOLS == END, Kind.END, SYMBOLS - REST + Kind.REST)
    notes = np.where(now.closing, Kind.CLOSING, Kind.NOTE)
    kinds: Integers = np.where(IS_NOTE, notes, special)
    return kinds


def _closes(now: Now) -> Bools:
    """Say whether the latest note is one to end with, ``(rows,)``."""
    closes: Bools = now.closing[np.arange(len(now.latest)), now.latest]
    return closes


def timed(duration: Bools, kinds: Integers) -> Bools:
    """Find the symbols of these kinds that have any duration: ``(rows, symbols)``.

    Args:
        duration: ``(rows, kinds, durations)``.
        kinds: ``(rows, symbols)``.
    """
    any_duration: Bools = np.any(duration, axis=-1)  # (rows, kinds)
    found: Bools = any_duration[np.arange(len(kinds))[:, None], kinds]
    return found
