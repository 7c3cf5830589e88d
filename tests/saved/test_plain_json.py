from __future__ import annotations

import contextlib
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from monody.saved.damage import DamagedError
from monody.saved.plain_json import FREE_MARKS, parse_json, read_json


@pytest.mark.parametrize(
    "text", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": ' * 100_000, b"9" * 5000]
)
def test_no_text_breaks_the_reader_of_json(text: bytes) -> None:
    with pytest.raises(DamagedError, match="a text"):
        parse_json(text, "a text")


@pytest.mark.parametrize(
    "part", ["[],", "{},", "[[[]]],", '{"":1},', '"",', "1,", '{"a":{}},']
)
@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "text"])
def test_memory_is_in_proportion_to_the_text(part: str, kind: str) -> None:
    """As Python reads it, 31 MB of ``[],`` take 900."""
    text = f"[{part * (2_000_000 // len(part))}0]"
    data = text if kind == "text" else text.encode(kind)
    tracemalloc.start()
    try:
        with contextlib.suppress(DamagedError):
            parse_json(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(data)


def test_as_many_values_as_monody_writes_are_read() -> None:
    melody = {"file": "1.mid", "settings": {"key": None, "bars": 16}, "seed": 3}
    many = json.dumps([melody] * 70_000, indent=2)
    assert many.count(",") > FREE_MARKS
    assert len(parse_json(many)) == 70_000
    notes = json.dumps([[60, 0, 24]] * 10_000, separators=(",", ":"))  # of a passport
    assert len(parse_json(notes)) == 10_000


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
