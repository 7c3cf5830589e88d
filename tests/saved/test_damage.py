from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.saved.damage import (
    MUCH,
    DamagedError,
    damage_in,
    parse_json,
    read_json,
    read_limited,
    require_no_holes,
)


@pytest.mark.parametrize("error", [ValueError, KeyError, RecursionError, EOFError])
def test_whatever_a_damaged_file_raises_is_one_error(error: type[Exception]) -> None:
    with pytest.raises(DamagedError, match="a file is damaged"), damage_in("a file"):
        raise error("odd")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        OSError(errno.EACCES, "Permission denied"),
        MemoryError(),
        MonodyError("of another version"),
    ],
)
def test_what_is_not_the_fault_of_the_file_passes(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, damage_in("a file"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000, b"9" * 5000]
)
def test_no_text_breaks_the_reader_of_json(text: bytes) -> None:
    with pytest.raises(DamagedError):
        parse_json(text, "a text")


def test_a_file_is_read_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[1]")
    assert read_json(path, 3) == [1]
    with pytest.raises(DamagedError, match=r"a\.json is larger than 2 bytes"):
        read_json(path, 2)
    with pytest.raises(FileNotFoundError):
        read_limited(tmp_path / "none", 9)
    with pytest.raises(DamagedError, match="is no file"):
        read_limited(tmp_path, 9)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_or_a_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(DamagedError, match="is no file"):
            read_limited(tmp_path / name, 9)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell")
def test_a_large_file_of_holes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "holes"
    with path.open("wb") as file:
        file.truncate(MUCH)
    with path.open("rb") as small:
        require_no_holes(small)
    with path.open("wb") as file:
        file.truncate(100 * MUCH)
    with path.open("rb") as large, pytest.raises(DamagedError, match="holes"):
        require_no_holes(large)
