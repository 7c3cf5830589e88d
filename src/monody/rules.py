"""What may come next while a melody is written.

Tables, looked up inside the compiled loop:

- only pitches and durations that the training melodies use, and 16ths where these
  cannot fill the length asked for;
- a duration is allowed if what is left after it can still be filled exactly and end
  with a note, so that the last note ends on the last tick.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from monody.events import HOLD, PITCH_SYMBOLS, REST, Vocabulary
from monody.melody import TICKS_PER_STEP


class Rules(NamedTuple):
    """The tables that masks are looked up in."""

    ticks: Any  # (durations,) ticks of each duration symbol
    note_durations: Any  # (durations,) bool: used by notes
    rest_durations: Any  # (durations,) bool: used by rests
    hold_durations: Any  # (durations,) bool: used by holds
    pitches: Any  # (131,) bool: symbols that may be written at all
    fillable: Any  # (length + 1 or more,) bool: lengths that can be filled, note last


def make_rules(
    vocabulary: Vocabulary, seen: dict[str, list[int]], length_ticks: int
) -> Rules:
    """Make the tables.

    Args:
        vocabulary: The symbols.
        seen: What the training melodies use: ``note_ticks``, ``rest_ticks``,
            ``hold_ticks`` and ``pitch_range``.
        length_ticks: Length of the melodies to write, a multiple of a 16th.
    """
    notes, rests = set(seen["note_ticks"]), set(seen["rest_ticks"])
    fillable = fillable_lengths(notes, rests, length_ticks)
    if not fillable[length_ticks]:
        notes.add(TICKS_PER_STEP)
        fillable = fillable_lengths(notes, rests, length_ticks)
    # Tables of few different sizes: each is compiled once.
    fillable = np.pad(fillable, (0, power_of_two(len(fillable)) - len(fillable)))
    ticks = np.array(vocabulary.durations)
    low, high = seen["pitch_range"]
    symbols = np.arange(PITCH_SYMBOLS)
    in_range = (symbols >= low) & (symbols <= high)
    return Rules(
        ticks=jnp.array(ticks),
        note_durations=jnp.array(np.isin(ticks, list(notes))),
        rest_durations=jnp.array(np.isin(ticks, list(rests))),
        hold_durations=jnp.array(np.isin(ticks, seen["hold_ticks"])),
        pitches=jnp.array(in_range | np.isin(symbols, [REST, HOLD])),
        fillable=jnp.array(fillable),
    )


def power_of_two(number: int) -> int:
    """Return the next power of two, 64 at least: ``power_of_two(65) == 128``."""
    return max(64, 1 << (number - 1).bit_length())


def fillable_lengths(
    notes: set[int], rests: set[int], length_ticks: int
) -> NDArray[np.bool_]:
    """Find the lengths that notes and rests can fill exactly, a note at the end.

    ``fillable_lengths({2}, {3}, 5)`` is true at 0, 2, 4 and 5 (a rest, then a note).

    Args:
        notes: Ticks that a note may have.
        rests: Ticks that a rest may have.
        length_ticks: The longest length asked about.

    Returns:
        ``(length_ticks + 1,)``.
    """
    everything = (1 << (length_ticks + 1)) - 1
    sums = 1  # bit n is set if events of any kind can add up to n ticks
    for ticks in sorted(notes | rests):
        step = ticks
        while step <= length_ticks:  # 1, 2, 4, … of them more
            sums |= (sums << step) & everything
            step *= 2
    ending = 1
    for ticks in notes:
        ending |= (sums << ticks) & everything
    bits = f"{ending:b}"[::-1].ljust(length_ticks + 1, "0")
    return np.array([bit == "1" for bit in bits])


def shortest_ticks(rules: Rules) -> int:
    """Return the ticks of the shortest event that the rules allow."""
    tables = (rules.note_durations, rules.rest_durations, rules.hold_durations)
    used = np.any([np.asarray(table) for table in tables], axis=0)
    return int(np.asarray(rules.ticks)[used].min())


def allowed_durations(
    rules: Rules, left: jax.Array, sounding: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Find the durations that a note, a rest and a hold may have.

    Args:
        rules: The tables.
        left: ``(rows,)`` ticks still to be filled.
        sounding: ``(rows,)`` whether there is a note to hold.

    Returns:
        For each of the three ``(rows, durations)``.
    """
    after = left[:, None] - rules.ticks
    fits = (after >= 0) & rules.fillable[jnp.maximum(after, 0)]
    notes = fits & rules.note_durations
    rests = fits & rules.rest_durations & (after > 0)
    holds = fits & rules.hold_durations & sounding[:, None]
    return notes, rests, holds


def allowed_pitches(
    rules: Rules, notes: jax.Array, rests: jax.Array, holds: jax.Array
) -> jax.Array:
    """Find the pitch symbols that have an allowed duration, ``(rows, 131)``."""
    symbols = jnp.arange(PITCH_SYMBOLS)
    kinds = (
        (symbols < REST, notes),
        (symbols == REST, rests),
        (symbols == HOLD, holds),
    )
    may = [is_kind & jnp.any(kind, axis=1)[:, None] for is_kind, kind in kinds]
    allowed: jax.Array = rules.pitches & (may[0] | may[1] | may[2])
    return allowed
