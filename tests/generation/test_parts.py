"""The parts of long melodies: where they begin and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.generation.outlines import MelodyOutline
from monody.generation.parts import Task, parts_of
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.settings.sampling import SampleSettings
from tests.builders.decoding import style_of

STYLE = style_of([12, 24], [], [])  # of melodies of 8 bars, and of 16 at most
TASK = Task(0, 0, None)
WALTZ = Meter(0, 3, 4)


def _outline(position: int) -> MelodyOutline:
    return MelodyOutline(WALTZ, position, key=1, style=0, precedent=None)


@pytest.mark.parametrize("position", [0, 12, 36, 60])
@given(bars=st.integers(17, 90))
def test_parts_meet_on_bar_lines_where_notes_are_counted(
    position: int, bars: int
) -> None:
    settings = SampleSettings(bars=bars, density="3..6")
    parts = parts_of(TASK, _outline(position), settings, STYLE)
    assert len(parts) > 1
    begins = [part.outline.position + part.begins for part in parts]
    ends = [begin + part.ticks for begin, part in zip(begins, parts, strict=True)]
    assert begins[0] == position
    assert [end % 72 for end in ends] == [0] * len(parts)
    assert begins[1:] == ends[:-1]
    assert ends[-1] == 72 * (bars + (position >= 36))  # a pickup comes before them


@pytest.mark.parametrize("position", [0, 12, 36, 60])
@given(length=st.integers(17 * 12, 90 * 12))
def test_an_exact_length_is_kept_where_notes_are_counted(
    position: int, length: int
) -> None:
    settings = SampleSettings(file_length=length, density="3..6", pickup=True)
    parts = parts_of(TASK, _outline(position), settings, STYLE)
    assert sum(part.ticks for part in parts) == length * TICKS_PER_STEP
    assert all(part.ticks > 0 for part in parts)
    for part, after in pairwise(parts):
        end = part.outline.position + part.begins + part.ticks
        assert end == after.begins
        assert end % 72 == 0
