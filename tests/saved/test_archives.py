from __future__ import annotations

import contextlib
import io
import zipfile

import numpy as np
import pytest

from monody.saved import archives
from monody.saved.archives import SavedArchive
from monody.saved.damage import DamagedError


def _zip(
    *members: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED
) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file


def test_a_member_is_read_to_a_limit() -> None:
    archive = SavedArchive(_zip(("a", b"12345")), "it")
    assert archive.names == ("a",)
    assert archive.read("a", 5) == b"12345"
    with pytest.raises(DamagedError, match="larger than expected"):
        archive.read("a", 4)
    with pytest.raises(DamagedError, match="no item named 'b'"):
        archive.read("b", 5)


def test_what_is_packed_beyond_measure_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = _zip(("a", bytes(100_000)))
    assert len(SavedArchive(packed, "it").read("a", 2**20)) == 100_000
    monkeypatch.setattr(archives, "MUCH", 10_000)
    with pytest.raises(DamagedError, match="packed beyond measure"):
        SavedArchive(packed, "it").read("a", 2**20)


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_a_bound_are_refused(packing: int) -> None:
    archive = SavedArchive(_zip(("a", b"12345"), packing=packing), "it")
    with pytest.raises(DamagedError, match="packed otherwise"):
        archive.read("a", 5)


def test_two_members_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = _zip(("a", b"1"), ("a", b"2"))
    with pytest.raises(DamagedError, match="two members"):
        SavedArchive(twice, "it")


def test_a_directory_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    many = _zip(*((f"{number:0100}", b"") for number in range(2000)))
    assert len(SavedArchive(many, "it").names) == 2000
    monkeypatch.setattr(archives, "MAX_DIRECTORY_BYTES", 100_000)
    with pytest.raises(DamagedError, match="too many members"):
        SavedArchive(many, "it")


def test_every_changed_byte_is_noticed_or_does_not_matter() -> None:
    whole = _zip(("a", b"12345"), ("b", b"6")).getvalue()
    for place in range(len(whole)):
        for bit in (1, 16, 128):
            data = bytearray(whole)
            data[place] ^= bit
            with contextlib.suppress(DamagedError):
                assert SavedArchive(io.BytesIO(data), "it").read("a", 9) == b"12345"


def test_arrays_are_those_that_were_expected() -> None:
    file = io.BytesIO()
    np.savez(file, a=np.ones((3, 2), np.float32))
    archive = SavedArchive(file, "it")
    assert archive.array("a", (3, 2), np.float32).tolist() == [[1, 1]] * 3
    assert archive.stored_array("a", 1000).shape == (3, 2)
    for shape, dtype in (((3,), np.float32), ((2, 3), np.float32), ((3, 2), np.int32)):
        with pytest.raises(DamagedError):
            archive.array("a", shape, dtype)
    packed = io.BytesIO()
    np.savez_compressed(packed, a=np.ones((3, 2), np.float32))
    with pytest.raises(DamagedError, match="is packed"):
        SavedArchive(packed, "it").stored_array("a", 1000)
