"""The rules about what may come next while a melody is written.

A rule is one small function in ``RULES``. It looks at its tables and at where the
melody is, and says which pitch symbols it allows, and which durations for each kind of
event; what all rules allow may be written. It runs inside the compiled loop: a rule
compares and looks up, it never asks Python.

The rules never lead into a dead end: what fills the time (``reachable``) is worked out
from all durations that the others leave.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp

from monody.generation.constraints.reachable import (
    Counts,
    Kind,
    Sounds,
    count_event,
)
from monody.generation.constraints.repetition import Repeats
from monody.models.events import END, PITCH_SYMBOLS, REST

FREE = -1  # in a table of what a rewrite keeps: here it keeps nothing
SYMBOLS = np.arange(PITCH_SYMBOLS)
IS_NOTE = SYMBOLS < REST  # (symbols,)


class Allowed(NamedTuple):
    """What one rule allows: ``True`` for all; leading axes may be missing."""

    pitch: jax.Array | bool  # (rows, symbols)
    duration: jax.Array | bool  # (rows, kinds, durations)


class Masks(NamedTuple):
    """What rules allow, as tables of every symbol.

    Of all rules together, or of each, with an axis of rules after the rows.
    """

    pitch: jax.Array  # (rows, symbols) bool
    duration: jax.Array  # (rows, kinds, durations) bool


class Now(NamedTuple):
    """Where each melody is before an event is written; ``(rows,)`` unless said."""

    event: jax.Array  # scalar: events written so far
    notes: jax.Array  # notes written so far
    left: jax.Array  # ticks still to be filled
    position: jax.Array  # ticks since the bar line
    bar: jax.Array  # counted from where writing began
    bar_ticks: jax.Array
    sounding: jax.Array  # bool: whether a note sounds that a hold would lengthen
    latest: jax.Array  # MIDI number of the latest note
    begun: jax.Array  # notes begun in this bar
    span: jax.Array  # index of the melody's span in the tables
    closing: jax.Array  # (rows, symbols) bool: notes that it may end with now
    repeats: Repeats[jax.Array]  # (rows, figures) each


class Rules(NamedTuple):
    """The tables that rules look things up in."""

    ticks: jax.Array  # (durations,) ticks of each duration symbol
    closing: jax.Array  # (symbols,) bool: notes that a melody may end with at all
    last_ticks: jax.Array  # (spans,): the last event is not shorter
    free: jax.Array  # scalar bool: the network may end the melody
    pitches: jax.Array  # (symbols,) bool: those that the training melodies use
    durations: jax.Array  # (spans, kinds, durations) bool: of `DurationPlan`
    key: jax.Array  # (symbols,) bool
    range: jax.Array  # (symbols,) bool
    values: jax.Array  # (kinds, durations) bool: the note values asked for
    fillable: jax.Array  # (spans, ticks left) bool
    counted: jax.Array  # (spans, ticks left, sounds, counts) bool
    counts: Counts[jax.Array]  # (bars,) each
    repeats: jax.Array  # (figures,): see `corpus_style.usual_repeats`
    kept_kinds: jax.Array  # (events or more,) pitch symbols: 0 for a note; or FREE
    kept_durations: jax.Array  # (events or more,) duration symbols; or FREE
    last_kept: jax.Array  # scalar: index of the event that is the last note; or FREE
    kept_pitches: jax.Array  # (notes or more,) MIDI numbers; or FREE


def by_corpus(rules: Rules, now: Now) -> Allowed:
    """Allow the pitches and durations that the training melodies use."""
    return Allowed(rules.pitches, rules.durations[now.span])


def by_key(rules: Rules, _: Now) -> Allowed:
    """Allow the pitch classes of the key."""
    return Allowed(rules.key, True)


def by_range(rules: Rules, _: Now) -> Allowed:
    """Allow the pitches within the range."""
    return Allowed(rules.range, True)


def by_values(rules: Rules, _: Now) -> Allowed:
    """Allow the note values asked for."""
    return Allowed(True, rules.values)


def by_length(rules: Rules, now: Now) -> Allowed:
    """Allow what leaves a time that can be filled exactly, with a note at the end."""
    after = now.left[:, None] - rules.ticks  # (rows, durations)
    span = now.span[:, None]
    fits = (after >= 0) & rules.fillable.at[span, after].get(mode="clip")
    # A hold may be the last event, too. How long its note is by then is not known here,
    # so the hold itself must be long enough.
    fits &= (after > 0) | (rules.ticks >= rules.last_ticks[span])
    rest = fits & (after > 0)
    hold = fits & now.sounding[:, None]
    ends = jnp.broadcast_to(rules.ticks == rules.ticks[0], fits.shape)
    may_end = rules.free & (now.notes > 0) & now.sounding
    pitch = (SYMBOLS != END) | may_end[:, None]
    return Allowed(pitch, jnp.stack([fits, rest, hold, fits, ends], axis=1))


def by_count(rules: Rules, now: Now) -> Allowed:
    """Allow what leaves the right number of notes in each bar possible."""
    after = jnp.maximum(now.left[:, None] - rules.ticks, 0)  # (rows, durations)
    masks = []  # of each kind, (rows, durations)
    lengthened = jnp.where(_closes(now), Sounds.CLOSING, Sounds.NOTE)
    for is_note, sounds in (
        (True, Sounds.NOTE),
        (False, Sounds.NOTHING),
        (False, lengthened[:, None]),
        (True, Sounds.CLOSING),
    ):
        ok, count = count_on(rules, now, is_note)
        table = rules.counted.at[now.span[:, None], after, sounds, count]
        masks.append(ok & table.get(mode="clip"))
    masks.append(jnp.ones_like(masks[0]))
    return Allowed(True, jnp.stack(masks, axis=1))


def count_on(
    rules: Rules, now: Now, note: jax.Array | bool
) -> tuple[jax.Array, jax.Array]:
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
    ok, begun = count_event(rules.counts, begun, now.bar[:, None], lines)
    return jnp.asarray(ok), begun


def by_end(rules: Rules, now: Now) -> Allowed:
    """Allow the last tick to a note of the right pitch class only."""
    goes_on = now.left[:, None] > rules.ticks  # (rows, durations)
    right = _closes(now)  # (rows,)
    hold = goes_on | right[:, None]
    anything = jnp.ones_like(goes_on)
    masks = [goes_on, anything, hold, anything, anything]
    pitch = (SYMBOLS != END) | right[:, None]
    pitch &= now.closing | ~IS_NOTE | (now.event != rules.last_kept)
    return Allowed(pitch, jnp.stack(masks, axis=1))


def by_kept(rules: Rules, now: Now) -> Allowed:
    """Allow only what a rewrite keeps, where it keeps something."""
    kind = _at(rules.kept_kinds, now.event)  # scalar: all rows keep the same rhythm
    pitch = (kind == FREE) | (jnp.where(IS_NOTE, 0, SYMBOLS) == kind)
    note = _at(rules.kept_pitches, now.notes)[:, None]  # (rows, 1)
    pitch &= (note == FREE) | ~IS_NOTE | (note == SYMBOLS)
    symbol = _at(rules.kept_durations, now.event)
    duration = (symbol == FREE) | (symbol == jnp.arange(len(rules.ticks)))
    return Allowed(pitch, duration)


def by_repeats(rules: Rules, now: Now) -> Allowed:
    """Allow no figure to come more often in a row than in the training melodies.

    It gives way where no other note is left.
    """
    too_long = now.repeats.runs >= rules.repeats  # (rows, figures)
    rows = jnp.arange(len(too_long))[:, None]
    again = jnp.zeros((len(too_long), PITCH_SYMBOLS), bool)
    # Where there is no note yet, nothing is too long.
    again = again.at[rows, now.repeats.latest].max(too_long)
    return Allowed(~again, True)


def by_rests(rules: Rules, now: Now) -> Allowed:
    """Allow no rest after a rest: in training, too, a silence is a single rest.

    It gives way where no note may come. On a grid of 16ths a silence is many rests.
    """
    one_step = len(rules.ticks) == 1
    after_rest = (now.event > 0) & ~now.sounding & (not one_step)
    return Allowed((SYMBOLS != REST) | ~after_rest[:, None], True)


def as_a_note(rules: Rules, now: Now, logits: jax.Array) -> jax.Array:
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
    kept = _at(rules.kept_pitches, now.notes)[:, None]  # (rows, 1)
    notes = logsumexp(jnp.where(IS_NOTE, logits, -jnp.inf), axis=1, keepdims=True)
    return jnp.where(kept == SYMBOLS, notes, logits)


RULES: dict[str, Callable[[Rules, Now], Allowed]] = {
    "corpus": by_corpus,
    "key": by_key,
    "range": by_range,
    "durations": by_values,
    "length": by_length,
    "density": by_count,
    "end": by_end,
    "kept": by_kept,
    "repeats": by_repeats,
    "rests": by_rests,
}
GIVE_WAY = ("repeats", "rests")  # not asked where they would leave no note


def allow(rules: Rules, now: Now) -> tuple[Masks, Masks]:
    """Ask every rule.

    Args:
        rules: The tables.
        now: Where each melody is.

    Returns:
        What all of them together allow, ``(rows, …)``; and what each allows, ``(rows,
        rules, …)``. A pitch symbol is allowed only where it has a duration, too.
    """
    found = [rule(rules, now) for rule in RULES.values()]
    rows, shape = len(now.notes), rules.durations.shape[1:]
    pitch = _stacked([one.pitch for one in found], (rows, PITCH_SYMBOLS))
    duration = _stacked([one.duration for one in found], (rows, *shape))
    kinds = kinds_of(now)[:, None]  # (rows, 1, symbols)
    hard = np.array([name not in GIVE_WAY for name in RULES])
    durations = jnp.all(duration[:, hard], axis=1)
    pitches = jnp.all(pitch[:, hard], axis=1) & _timed(durations[:, None], kinds)[:, 0]
    fewer = pitches & jnp.all(pitch[:, ~hard], axis=1)
    some = jnp.any(fewer & IS_NOTE, axis=1, keepdims=True)  # (rows, 1)
    together = Masks(jnp.where(some, fewer, pitches), durations)
    return together, Masks(pitch & _timed(duration, kinds), duration)


def _stacked(masks: Sequence[jax.Array | bool], shape: tuple[int, ...]) -> jax.Array:
    """Lay the masks of all rules beside one another, ``(rows, rules, …)``."""
    return jnp.stack([jnp.broadcast_to(mask, shape) for mask in masks], axis=1)


def kinds_of(now: Now) -> jax.Array:
    """Return the ``Kind`` of each pitch symbol, ``(rows, symbols)``."""
    special = np.where(SYMBOLS == END, Kind.END, SYMBOLS - REST + Kind.REST)
    notes = jnp.where(now.closing, Kind.CLOSING, Kind.NOTE)
    return jnp.where(IS_NOTE, notes, special)


def _closes(now: Now) -> jax.Array:
    """Say whether the latest note is one to end with, ``(rows,)``."""
    return jnp.take_along_axis(now.closing, now.latest[:, None], axis=1)[:, 0]


def _at(table: jax.Array, index: jax.Array) -> jax.Array:
    """Look an index up; beyond the end of a table lies its last entry."""
    return table.at[index].get(mode="clip")


def _timed(duration: jax.Array, kinds: jax.Array) -> jax.Array:
    """Find the symbols of these kinds that have any duration: ``(rows, …, symbols)``.

    Args:
        duration: ``(rows, …, kinds, durations)`` bool.
        kinds: ``(rows, …, symbols)``.
    """
    return jnp.take_along_axis(jnp.any(duration, axis=-1), kinds, axis=-1)
