from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from monody.reading.find import find_files
from monody.reading.worker import Reader
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import write_tunes


def test_a_folder_that_goes_while_it_is_listed_gets_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tunes(tmp_path / "a", 1)
    write_tunes(tmp_path / "b", 1)
    stat = os.stat

    def gone(path: Any, **options: Any) -> os.stat_result:
        if Path(path) == tmp_path / "a":
            raise OSError(errno.ESTALE, "Stale file handle", str(path))
        return stat(path, **options)

    monkeypatch.setattr("monody.reading.find.os.stat", gone)
    assert find_files(tmp_path).names == ["b/tune-000.mid", "a"]


@pytest.mark.parametrize(("times", "read"), [(1, True), (2, False)])
def test_a_stale_file_is_opened_once_more_and_never_remembered(
    times: int, read: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tunes(tmp_path, 1)
    reader = Reader(ReadSettings(), None, "common")
    whole, left = reader._bytes, [times]

    def stale(path: str, member: int) -> tuple[bytes, str]:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.ESTALE, "Stale file handle")
        return whole(path, member)

    monkeypatch.setattr(reader, "_bytes", stale)
    [key] = (found := reader.read([(str(tmp_path / "tune-000.mid"), -1)])).keys
    assert bool(len(found.melodies)) == read
    assert (key is not None) == read


def test_the_listing_is_the_same_wherever_the_files_lie(tmp_path: Path) -> None:
    for place in ("here", "there"):
        write_tunes(tmp_path / place / "deep", 2)
    here, there = (find_files(tmp_path / place) for place in ("here", "there"))
    assert here.listing == there.listing
    assert here.digest != there.digest
    (tmp_path / "there" / "deep" / "tune-001.mid").write_bytes(b"another size")
    assert find_files(tmp_path / "there").listing != here.listing
