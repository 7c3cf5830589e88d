from __future__ import annotations

import os
from pathlib import Path

import pytest

from monody.saved.damage import DamagedError
from monody.saved.plain_json import parse_json, read_json


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000, b"9" * 5000]
)
def test_no_text_breaks_the_reader_of_json(text: bytes) -> None:
    with pytest.raises(DamagedError, match="a text"):
        parse_json(text, "a text")


def test_a_file_is_read_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[1]")
    assert read_json(path, 3) == [1]
    with pytest.raises(DamagedError, match=r"a\.json' is larger than 0.000002 MB"):
        read_json(path, 2)
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "none", 9)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_pipe_or_a_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(DamagedError, match="is a device, a pipe or the like"):
            read_json(tmp_path / name, 9)
