"""Melodies for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_STEP, Meter

meters = st.sampled_from(
    [(4, 4), (3, 4), (2, 4), (6, 8), (9, 8), (5, 4), (7, 8), (3, 32)]
)


@st.composite
def melodies(draw: st.DrawFn, unit: int = 1, longest: int = 500) -> Melody:
    """Any melody whose times are multiples of ``unit`` ticks."""
    parts = draw(
        st.lists(
            st.tuples(
                st.integers(0, 127),
                st.one_of(st.just(0), st.integers(0, longest // unit)),
                st.integers(1, longest // unit),
            ),
            min_size=1,
            max_size=30,
        )
    )
    notes, clock = [], 0
    for pitch, silence, duration in parts:
        start = clock + silence * unit
        notes.append((pitch, start, duration * unit))
        clock = start + duration * unit
    changes = draw(st.lists(st.tuples(st.integers(1, 900), meters), max_size=3))
    first = Meter(0, *draw(meters))
    later = {tick: Meter(tick, *meter) for tick, meter in changes}
    return Melody.from_notes(notes, meters=[first, *(later[t] for t in sorted(later))])


def step_melodies() -> st.SearchStrategy[Melody]:
    """Any melody on the grid of 16ths."""
    return melodies(unit=TICKS_PER_STEP)
