from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.models import numpy_ops
from monody.models.backend import keras
from monody.models.events import REST, START
from monody.models.outline import TONIC_SYMBOLS, moved_tonic
from monody.models.tonality import (
    SHARE_SCALE,
    by_degree,
    count_notes,
    degree_symbol,
    tonality,
)

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


notes = st.integers(0, 127)
tonics = st.integers(0, TONIC_SYMBOLS - 1)


def _degree(note: int, tonic: int) -> int:
    return int(degree_symbol(numpy_ops, np.array([[note]]), np.array([[tonic]]))[0, 0])


@pytest.mark.parametrize(
    ("note", "tonic", "degree"),
    [
        (60, 1, 1),  # C in C major
        (72, 1, 1),
        (67, 1, 8),  # a fifth above
        (59, 1, 12),  # the leading note
        (62, 3, 1),  # D in D major
        (60, 3, 11),
        (69, 22, 13),  # A in A minor
        (60, 22, 16),  # its third
        (60, 0, 0),
    ],
)
def test_degrees_are_counted_up_from_the_tonic(
    note: int, tonic: int, degree: int
) -> None:
    assert _degree(note, tonic) == degree


@given(notes, tonics, st.integers(-12, 12))
def test_a_degree_is_the_same_in_every_key(note: int, tonic: int, shift: int) -> None:
    there = _degree(note + shift, moved_tonic(tonic, shift))
    assert there == _degree(note, tonic)


@given(tonics)
def test_each_note_has_what_its_degree_has(tonic: int) -> None:
    of_degree = np.arange(1.0, 13)[None, None]
    found = by_degree(numpy_ops, of_degree, np.array([[tonic]]))[0, 0]
    symbols = [_degree(note, tonic) for note in range(128)]
    expected = [(symbol - 1) % 12 + 1 if symbol else 0 for symbol in symbols]
    assert found.tolist() == expected


def test_degrees_are_the_same_in_keras() -> None:
    rng = np.random.default_rng(0)
    latest = rng.integers(0, 128, (3, 40), np.int32)
    tonic = rng.integers(0, TONIC_SYMBOLS, (3, 40), np.int32)
    of_degree = rng.normal(size=(3, 40, 12)).astype(np.float32)
    for one, two in (
        (degree_symbol(ops, latest, tonic) for ops in (numpy_ops, keras.ops)),
        (by_degree(ops, of_degree, tonic) for ops in (numpy_ops, keras.ops)),
    ):
        assert np.array_equal(np.asarray(one), np.asarray(two))
