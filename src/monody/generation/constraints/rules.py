"""What may come next while a melody is written.

A rule is one small function in ``RULES``. It looks at its tables and at where the
melody stands, and says which pitch symbols are left, and which durations for each kind
of event; what all rules allow may be written. It runs inside the compiled loop: a rule
compares and looks up, it never asks Python.

The rules never lead into a dead end: what fills the time (``clock``) is worked out from
all durations that the others leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import logsumexp

from monody.generation.constraints.reachable import Counts, Kind, Sounds
from monody.generation.constraints.repetition import Repeats
from monody.models.events import END, PITCH_SYMBOLS, REST

FREE = -1  # in a table of what is kept: nothing is
SYMBOLS = np.arange(PITCH_SYMBOLS)
IS_NOTE = SYMBOLS < REST


class Allowed(NamedTuple):
    """What a rule leaves; a leading axis of rows may be missing."""

    pitch: Any  # (rows, 131) bool
    duration: Any  # (rows, kinds, durations) bool


class Now(NamedTuple):
    """Where each melody stands; ``(rows,)`` unless said otherwise."""

    event: Any  # scalar: events written so far
    notes: Any  # notes written so far
    left: Any  # ticks still to be filled
    position: Any  # ticks since the bar line
    bar: Any  # counted from where writing began
    bar_ticks: Any
    sounding: Any  # bool: whether a note sounds that a hold would lengthen
    latest: Any  # pitch of the latest note
    begun: Any  # notes begun in this bar
    clock: Any  # index of the melody's table in `Rules.counted`
    closing: Any  # (rows, 131) bool: notes that it may end with now
    repeats: Repeats


class Rules(NamedTuple):
    """The tables that rules look things up in."""

    ticks: Any  # (durations,) ticks of each duration symbol
    closing: Any  # (131,) bool: notes that a melody may end with at all
    last_ticks: Any  # (clocks,): the last event is not shorter
    free: Any  # scalar bool
    pitches: Any  # (131,) bool: those that the training melodies use
    durations: Any  # (clocks, kinds, durations) bool: those they use, or that fill
    key: Any  # (131,) bool
    range: Any  # (131,) bool
    values: Any  # (kinds, durations) bool
    fillable: Any  # (clocks, ticks left) bool
    counted: Any  # (clocks, ticks left, sounds, count) bool
    counts: Counts
    repeats: Any  # (figures,): see `usual_repeats`
    kept_kinds: Any  # (events or more,) pitch symbols: 0 for a note; or FREE
    kept_durations: Any  # (events or more,) duration symbols; or FREE
    last_kept: Any  # scalar: the event that is the last note; or FREE
    kept_pitches: Any  # (notes or more,) pitches; or FREE


def by_corpus(rules: Rules, now: Now) -> Allowed:
    """Allow the pitches and durations that the training melodies use."""
    return Allowed(rules.pitches, rules.durations[now.clock])


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
    """Allow what leaves a rest that can be filled exactly, a note at the end."""
    after = now.left[:, None] - rules.ticks
    clock = now.clock[:, None]
    fits = (after >= 0) & rules.fillable.at[clock, after].get(mode="clip")
    # A hold may be the last event, too; it does not know how long its note is by then.
    fits &= (after > 0) | (rules.ticks >= rules.last_ticks[clock])
    rest = fits & (after > 0)
    hold = fits & now.sounding[:, None]
    ends = jnp.broadcast_to(rules.ticks == rules.ticks[0], fits.shape)
    may_end = rules.free & (now.notes > 0) & now.sounding
    pitch = (SYMBOLS != END) | may_end[:, None]
    return Allowed(pitch, jnp.stack([fits, rest, hold, fits, ends], axis=1))


def by_count(rules: Rules, now: Now) -> Allowed:
    """Allow what leaves the right number of notes possible."""
    after = jnp.maximum(now.left[:, None] - rules.ticks, 0)
    masks = []
    held = jnp.where(_closes(now), Sounds.CLOSING, Sounds.NOTE)
    for is_note, sounds in (
        (True, Sounds.NOTE),
        (False, Sounds.NOTHING),
        (False, held[:, None]),
        (True, Sounds.CLOSING),
    ):
        ok, count = count_on(rules, now, is_note)
        table = rules.counted.at[now.clock[:, None], after, sounds, count]
        masks.append(ok & table.get(mode="clip"))
    masks.append(jnp.ones_like(masks[0]))
    return Allowed(True, jnp.stack(masks, axis=1))


def count_on(rules: Rules, now: Now, note: Any) -> tuple[Any, Any]:
    """Count on by an event of each duration.

    Args:
        rules: The tables.
        now: Where each melody stands.
        note: Whether the event is a note; ``(rows, 1)`` or one for all.

    Returns:
        Whether bars that are over have the notes that they should, and the notes begun
        in the bar afterwards, ``(rows, durations)``.
    """
    lines = (now.position[:, None] + rules.ticks) // now.bar_ticks[:, None]
    return rules.counts.go_on(now.begun[:, None] + note, now.bar[:, None], lines)


def by_end(rules: Rules, now: Now) -> Allowed:
    """Allow the last tick to a note of the right pitch class only."""
    goes_on = now.left[:, None] > rules.ticks
    right = _closes(now)
    hold = goes_on | right[:, None]
    anything = jnp.ones_like(goes_on)
    masks = [goes_on, anything, hold, anything, anything]
    pitch = (SYMBOLS != END) | right[:, None]
    pitch &= now.closing | ~IS_NOTE | (now.event != rules.last_kept)
    return Allowed(pitch, jnp.stack(masks, axis=1))


def by_kept(rules: Rules, now: Now) -> Allowed:
    """Allow what a rewrite keeps."""
    kind = _at(rules.kept_kinds, now.event)
    pitch = (kind == FREE) | (jnp.where(IS_NOTE, 0, SYMBOLS) == kind)
    wanted = _at(rules.kept_pitches, now.notes)[:, None]
    pitch &= (wanted == FREE) | ~IS_NOTE | (wanted == SYMBOLS)
    kept = _at(rules.kept_durations, now.event)
    return Allowed(pitch, (kept == FREE) | (kept == jnp.arange(len(rules.ticks))))


def by_repeats(rules: Rules, now: Now) -> Allowed:
    """Allow no figure to come more often on end than in the training melodies.

    It gives way where no other note is left.
    """
    too_long = now.repeats.runs >= rules.repeats  # (rows, figures)
    rows = jnp.arange(len(too_long))[:, None]
    again = jnp.zeros((len(too_long), PITCH_SYMBOLS), bool)
    # Where there is no note yet, nothing is too long.
    again = again.at[rows, now.repeats.latest].max(too_long)
    return Allowed(~again, True)


def by_rests(rules: Rules, now: Now) -> Allowed:
    """Allow no rest after a rest: one rest is all of a silence, in training, too.

    It gives way where no note may come. On a grid of 16ths a silence is many rests.
    """
    one_step = len(rules.ticks) == 1
    after_rest = (now.event > 0) & ~now.sounding & (not one_step)
    return Allowed((SYMBOLS != REST) | ~after_rest[:, None], True)


def as_a_note(rules: Rules, now: Now, logits: Any) -> Any:
    """Let a kept pitch be as likely as any note is.

    It is not for the pitch, which is kept, to say whether a note or a rest comes.

    Args:
        rules: The tables.
        now: Where each melody stands.
        logits: ``(rows, 131)``.
    """
    wanted = _at(rules.kept_pitches, now.notes)[:, None]
    notes = logsumexp(jnp.where(IS_NOTE, logits, -jnp.inf), axis=1, keepdims=True)
    return jnp.where(wanted == SYMBOLS, notes, logits)


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
GIVE_WAY = ("repeats", "rests")  # where no note is left


def allow(rules: Rules, now: Now) -> tuple[Allowed, Allowed]:
    """Ask every rule.

    Returns:
        What all of them allow; and what each leaves, ``(rows, rules, …)``: a pitch
        symbol only where it has a duration, too.
    """
    found = [rule(rules, now) for rule in RULES.values()]
    rows, shape = len(now.notes), rules.durations.shape[1:]
    pitch = _stacked([one.pitch for one in found], (rows, PITCH_SYMBOLS))
    duration = _stacked([one.duration for one in found], (rows, *shape))
    kinds = kinds_of(now)[:, None]
    hard = np.array([name not in GIVE_WAY for name in RULES])
    durations = jnp.all(duration[:, hard], axis=1)
    pitches = jnp.all(pitch[:, hard], axis=1) & _timed(durations[:, None], kinds)[:, 0]
    fewer = pitches & jnp.all(pitch[:, ~hard], axis=1)
    some = jnp.any(fewer & IS_NOTE, axis=1, keepdims=True)
    together = Allowed(jnp.where(some, fewer, pitches), durations)
    return together, Allowed(pitch & _timed(duration, kinds), duration)


def _stacked(masks: list[Any], shape: tuple[int, ...]) -> Any:
    """Lay the masks of all rules beside one another, ``(rows, rules, …)``."""
    return jnp.stack([jnp.broadcast_to(mask, shape) for mask in masks], axis=1)


def kinds_of(now: Now) -> Any:
    """Return the ``Kind`` of each pitch symbol, ``(rows, 131)``."""
    special = np.where(SYMBOLS == END, Kind.END, SYMBOLS - REST + Kind.REST)
    notes = jnp.where(now.closing, Kind.CLOSING, Kind.NOTE)
    return jnp.where(IS_NOTE, notes, special)


def _closes(now: Now) -> Any:
    """Say whether the latest note is one to end with, ``(rows,)``."""
    return jnp.take_along_axis(now.closing, now.latest[:, None], axis=1)[:, 0]


def _at(table: Any, index: Any) -> Any:
    return table.at[index].get(mode="clip")


def _timed(duration: Any, kinds: Any) -> Any:
    """Find the symbols of these kinds that have any duration: ``(rows, …, 131)``."""
    return jnp.take_along_axis(jnp.any(duration, axis=-1), kinds, axis=-1)
