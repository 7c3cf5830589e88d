from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.events import END, HOLD, PITCH_SYMBOLS, REST, Vocabulary
from monody.rules import (
    Rules,
    allowed_durations,
    allowed_pitches,
    fillable_lengths,
    make_rules,
    shortest_ticks,
)

some_ticks = st.sets(st.integers(1, 40), max_size=4)


@given(some_ticks, some_ticks, st.integers(0, 120))
def test_fillable_lengths_are_sums_with_a_note_at_the_end(
    notes: set[int], rests: set[int], length: int
) -> None:
    sums = {0}
    for total in range(1, length + 1):
        if any(total - ticks in sums for ticks in notes | rests):
            sums.add(total)
    expected = {0} | {n for n in range(length + 1) for d in notes if n - d in sums}
    found = set(np.flatnonzero(fillable_lengths(notes, rests, length)).tolist())
    assert found == expected


def test_the_longest_file_takes_no_time() -> None:
    assert fillable_lengths({5}, {1}, 600_000)[5:].all()


def _toy_rules() -> Rules:
    """Notes of 2 and 5 ticks, rests and holds of 3; length 10."""
    return Rules(
        ticks=jnp.array([2, 3, 5]),
        note_durations=jnp.array([True, False, True]),
        rest_durations=jnp.array([False, True, False]),
        hold_durations=jnp.array([False, True, False]),
        pitches=jnp.arange(PITCH_SYMBOLS) != END,
        fillable=jnp.array(fillable_lengths({2, 5}, {3}, 10)),
    )


def test_durations_leave_what_can_be_filled() -> None:
    left = jnp.array([10, 6, 5, 3, 2])
    sounding = jnp.array([True, True, False, True, True])
    notes, rests, holds = allowed_durations(_toy_rules(), left, sounding)
    # With a note at the end 0, 2, 4, 5, 6, 7, 8, 9 and 10 can be filled; 1, 3 cannot.
    assert np.asarray(notes).tolist() == [
        [True, False, True],  # 8 or 5 left
        [True, False, False],  # 4, but not 1
        [False, False, True],  # not 3, but 0
        [False, False, False],
        [True, False, False],
    ]
    # A rest of 3 leaves 7, not 3, 2; never 0, for the last event is a note.
    assert np.asarray(rests)[:, 1].tolist() == [True, False, True, False, False]
    assert np.asarray(holds)[:, 1].tolist() == [True, False, False, True, False]


def test_a_pitch_needs_an_allowed_duration() -> None:
    rules = _toy_rules()
    durations = allowed_durations(rules, jnp.array([10, 2]), jnp.array([True, True]))
    first, last = np.asarray(allowed_pitches(rules, *durations)).tolist()
    assert all(first[:REST])
    assert [first[REST], first[HOLD], first[END]] == [True, True, False]
    assert all(last[:REST])
    assert [last[REST], last[HOLD], last[END]] == [False, False, False]


@settings(max_examples=40)
@given(
    st.sets(st.integers(1, 96), min_size=1, max_size=4),
    some_ticks,
    some_ticks,
    st.integers(1, 40),
    st.integers(0, 2**32),
)
def test_the_rules_never_lead_into_a_dead_end(
    notes: set[int], rests: set[int], holds: set[int], steps: int, seed: int
) -> None:
    seen = {
        "note_ticks": sorted(notes),
        "rest_ticks": sorted(rests),
        "hold_ticks": sorted(holds),
        "pitch_range": [60, 72],
    }
    rules = make_rules(Vocabulary("notes"), seen, steps * 6)
    rng = np.random.default_rng(seed)
    left, sounding, events = steps * 6, False, 0
    while left > 0:
        kinds = allowed_durations(rules, jnp.array([left]), jnp.array([sounding]))
        symbols = np.flatnonzero(np.asarray(allowed_pitches(rules, *kinds))[0])
        pitch = int(rng.choice(symbols))
        assert 60 <= pitch <= 72 or pitch in (REST, HOLD)
        kind = {REST: 1, HOLD: 2}.get(pitch, 0)
        duration = int(rng.choice(np.flatnonzero(np.asarray(kinds[kind])[0])))
        left -= int(rules.ticks[duration])
        sounding, events = pitch != REST, events + 1
    assert left == 0
    assert sounding
    assert events <= steps * 6 // shortest_ticks(rules)
