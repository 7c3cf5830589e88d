"""A folder that is laid out is on the disk before it has its name."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from monody.files import SUMS_FILE, is_whole, laying_out, seal


def test_every_file_is_on_the_disk_before_the_folder_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made"
    sync, synced = os.fsync, set()

    def noting(file: int) -> None:
        assert not folder.exists()
        synced.add(os.fstat(file).st_ino)
        sync(file)

    monkeypatch.setattr(os, "fsync", noting)
    with laying_out(folder) as making:
        (making / "below").mkdir()
        for name in ("a", "below/b"):
            (making / name).write_text("something")
    inside = [folder, *folder.rglob("*")]
    files = [path for path in inside if stat.S_ISREG(path.stat().st_mode)]
    needed = files if os.name == "nt" else inside  # Windows keeps names by itself
    assert {path.stat().st_ino for path in needed} <= synced


def _sealed(folder: Path) -> Path:
    (folder / "below").mkdir(parents=True)
    (folder / "a").write_text("one")
    (folder / "below" / "b").write_text("two")
    seal(folder)
    return folder


def test_damage_below_is_noticed_and_later_files_do_not_matter(tmp_path: Path) -> None:
    folder = _sealed(tmp_path / "made")
    assert is_whole(folder)
    (folder / "later").touch()
    assert is_whole(folder)
    (folder / "below" / "b").write_text("twp")
    assert not is_whole(folder)
    (folder / "below" / "b").unlink()
    assert not is_whole(folder)


@pytest.mark.parametrize(
    "sums",
    ["", "[]", "{}", "null", "[" * 100_000, '{"../outside": 0}', '{"/dev/zero": 0}',
     '{"below": 0}', '{"a": null}', '{"a": "x"}'],
)  # fmt: skip
def test_odd_sums_make_nothing_whole_and_lead_nowhere(
    tmp_path: Path, sums: str
) -> None:
    folder = _sealed(tmp_path / "made")
    (tmp_path / "outside").touch()
    (folder / SUMS_FILE).write_text(sums)
    assert not is_whole(folder)


def test_the_sums_are_json(tmp_path: Path) -> None:
    sums = json.loads((_sealed(tmp_path / "made") / SUMS_FILE).read_text())
    assert list(sums) == ["a", "below/b"]
