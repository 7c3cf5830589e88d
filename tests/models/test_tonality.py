from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.models import numpy_ops
from monody.models.events import REST, START
from monody.models.tonality import SHARE_SCALE, count_notes, tonality

lines = st.lists(st.integers(40, 80) | st.just(REST), min_size=12, max_size=12)


def _tonality(pitches: list[int]) -> NDArray[np.float32]:
    """Describe a line after each of its symbols, the start first."""
    pitch = np.array([[START, *pitches]])
    latest, heard = [60], 60
    for symbol in pitches:
        heard = symbol if symbol < REST else heard
        latest.append(heard)
    counts = np.cumsum(count_notes(numpy_ops, pitch), axis=1)
    described: NDArray[np.float32] = tonality(numpy_ops, counts, np.array([latest]))[0]
    return described


def test_nothing_is_known_before_the_first_note() -> None:
    assert not _tonality([REST])[:2].any()


def test_the_shares_count_upward_from_the_latest_note() -> None:
    after = _tonality([60, 64, 67, 60])[-1]  # a C major triad, heard from C
    shares = after[:12] / SHARE_SCALE
    assert shares[[0, 4, 7]].tolist() == [0.5, 0.25, 0.25]
    assert shares.sum() == 1
    mean = (60 + 64 + 67 + 60) / 4
    assert np.isclose(after[12], (60 - mean) / 12)


@given(lines, st.integers(-20, 20))
def test_it_is_the_same_in_every_key(pitches: list[int], shift: int) -> None:
    moved = [pitch + shift if pitch < REST else pitch for pitch in pitches]
    assert np.allclose(_tonality(pitches), _tonality(moved), atol=1e-5)
