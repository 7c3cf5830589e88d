from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.saved.arrays import array_bytes, map_array, parse_array
from monody.saved.damage import DamagedError
from tests.builders.damages import giant_array
from tests.builders.profile import examples


def _npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


ARRAYS = (
    np.arange(6, dtype=np.int32).reshape(3, 2),
    np.asfortranarray(np.arange(6.0).reshape(3, 2)),
    np.zeros((0, 3), np.float32),
    np.array(1.5, np.float32),
    np.array([(1, 2.0)], np.dtype([("a", "<i4"), ("b", "<f8")])),
)


@pytest.mark.parametrize("array", ARRAYS)
def test_an_array_is_read_as_it_was_written(array: Any) -> None:
    read = parse_array(_npy(array), "an array")
    assert (read.shape, read.dtype) == (array.shape, array.dtype)
    assert np.array_equal(read, array)
    assert len(_npy(array)) <= array_bytes(array.shape, array.dtype)


@settings(max_examples=examples(400))
@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 200))
def test_any_damage_is_one_error(place: int, byte: int, end: int) -> None:
    whole = bytearray(_npy(ARRAYS[0]))
    whole[min(place, len(whole) - 1)] = byte
    for data in (bytes(whole), bytes(whole[:end])):
        with contextlib.suppress(DamagedError):
            assert parse_array(data, "an array").size <= len(data)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    data = _npy(np.array([None, "pickled"], object))
    with pytest.raises(DamagedError):
        parse_array(data, "an array")
    (tmp_path / "a.npy").write_bytes(data)
    with pytest.raises(DamagedError):
        map_array(tmp_path / "a.npy", object)


def test_a_giant_shape_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(_npy(ARRAYS[0]))
    giant_array(path)
    with pytest.raises(DamagedError, match="not as long as it says"):
        parse_array(path.read_bytes(), "an array")
    with pytest.raises(DamagedError, match=r"a\.npy is damaged"):
        map_array(path, np.int32, (2,))


def test_a_header_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.npy"
    path.write_bytes(b"\x93NUMPY\x02\x00\xff\xff\xff\xff{")
    with pytest.raises(DamagedError, match="is of no known kind"):
        map_array(path, np.int32)


def test_a_header_that_would_take_seconds_is_not_read(tmp_path: Path) -> None:
    header, values = _npy(ARRAYS[0])[10:128], _npy(ARRAYS[0])[128:]
    header = header.rstrip(b"\n") + b" " * 8_000 + b"\0\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + values
    (tmp_path / "a.npy").write_bytes(data)
    for read in (lambda: parse_array(data, "a.npy"),
                 lambda: map_array(tmp_path / "a.npy", np.int32, (2,))):  # fmt: skip
        with pytest.raises(DamagedError, match=r"a\.npy has too long a header"):
            read()


def test_another_array_than_expected_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(_npy(ARRAYS[0]))
    assert map_array(path, np.int32, (2,)).tolist() == ARRAYS[0].tolist()
    for dtype, columns in ((np.int64, (2,)), (np.int32, (3,)), (np.int32, ())):
        with pytest.raises(DamagedError, match="is another"):
            map_array(path, dtype, columns)
    np.savez(tmp_path / "b.npy", ARRAYS[0])
    with pytest.raises(DamagedError):
        map_array(tmp_path / "b.npy.npz", np.int32, (2,))
