"""Files on their way: what is left of them goes, and nothing else does."""

from __future__ import annotations

import os
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from monody.temporary import TemporaryFolder, move, remove_abandoned, temporary_file
from tests.builders.left_behind import at_work, killed_at_work

WRITES = """
from pathlib import Path
from typing import Any
from monody.temporary import TemporaryFolder, temporary_file
folder = TemporaryFolder(Path())
(folder.path / "notes.npy").write_bytes(b"half of it")
with temporary_file(Path(), ".keras") as path:
    path.write_bytes(b"half of it")
    print("at work", flush=True)
    input()
"""
NAMED_LIKE_OURS = (
    ".monody-notes", ".monody-0123.mid", ".monody-0123456789abcdef",
    ".monody-0123456789ABCDEF.mid", "monody-0123456789abcdef.mid", ".monody.lock",
)  # fmt: skip


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system such as Windows."""
    monkeypatch.setitem(sys.modules, "fcntl", None)


def test_what_a_killed_process_left_goes_when_the_next_writes_there(
    tmp_path: Path,
) -> None:
    killed_at_work(WRITES, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    with temporary_file(tmp_path) as path:
        assert list(tmp_path.iterdir()) == [path]
    assert not list(tmp_path.iterdir())


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    with at_work(WRITES, tmp_path):
        before = set(tmp_path.iterdir())
        remove_abandoned(tmp_path)
        assert set(tmp_path.iterdir()) == before


def test_what_this_process_is_writing_stays(tmp_path: Path) -> None:
    folder = TemporaryFolder(tmp_path / "folder")
    with temporary_file(folder.path.parent) as path:
        # By another name, the folder is looked through once more.
        (tmp_path / "link").symlink_to("folder")
        remove_abandoned(tmp_path / "link")
        assert path.exists()
        assert folder.path.exists()
    folder.remove()
    assert not list((tmp_path / "folder").iterdir())


def test_only_names_that_are_ours_alone_are_removed(tmp_path: Path) -> None:
    for name in NAMED_LIKE_OURS[:2] + NAMED_LIKE_OURS[3:]:
        (tmp_path / name).write_bytes(b"mine")
    (tmp_path / ".monody-0123456789abcdee.mid").symlink_to(".monody-notes")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "precious").write_bytes(b"mine")
    (tmp_path / ".monody-fedcba9876543210").symlink_to("theirs")
    before = set(tmp_path.rglob("*"))
    remove_abandoned(tmp_path)
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("no_locks")
def test_where_nothing_can_be_locked_a_day_must_have_passed(tmp_path: Path) -> None:
    names = [".monody-0123456789abcdef.mid", ".monody-fedcba9876543210"]
    (tmp_path / names[0]).write_bytes(b"half")
    (tmp_path / names[1]).mkdir()
    (tmp_path / names[1] / "notes.npy").write_bytes(b"half")
    (tmp_path / "link").symlink_to(".")
    remove_abandoned(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, "link"]
    for name in names:
        two_days_ago = time.time() - 2 * 24 * 3600
        os.utime(tmp_path / name, (two_days_ago, two_days_ago))
    remove_abandoned(tmp_path / "link")
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_a_folder_that_is_not_there_has_nothing_to_remove(tmp_path: Path) -> None:
    remove_abandoned(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    remove_abandoned(tmp_path / "file")


@pytest.mark.parametrize("suffix", ["", ".npz", "." + "é" * 200])
def test_any_suffix_makes_a_name_that_a_disk_takes(tmp_path: Path, suffix: str) -> None:
    with temporary_file(tmp_path, suffix) as path:
        assert path.suffix == suffix[:16]


def test_a_thread_that_still_writes_keeps_no_folder_from_going(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = TemporaryFolder(tmp_path)
    (folder.path / "notes.npy").write_bytes(b"half of it")
    remove = os.rmdir

    def removed_late(*place: Any, **options: Any) -> None:
        with suppress(FileNotFoundError):
            (folder.path / "more.npy").touch()
        remove(*place, **options)

    monkeypatch.setattr(os, "rmdir", removed_late)
    folder.remove()
    assert not list(tmp_path.iterdir())


def test_a_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = TemporaryFolder(tmp_path, private=True)
    assert folder.path.stat().st_mode & 0o777 == 0o700
    folder.remove()


@pytest.mark.parametrize("system", ["win32", "linux"])
def test_windows_waits_while_another_program_looks_into_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("monody.temporary._SECONDS_BETWEEN_TRIES", 0)
    looked_into = [tmp_path / "a.mid", tmp_path / "a.mid"]

    def act(source: Path, target: Path) -> None:
        if looked_into:
            raise PermissionError(13, "open elsewhere", str(looked_into.pop()))
        source.rename(target)

    (tmp_path / "a.mid").touch()
    with nullcontext() if system == "win32" else pytest.raises(PermissionError):
        move(act, tmp_path / "a.mid", tmp_path / "b.mid")
    assert (tmp_path / "b.mid").exists() == (system == "win32")


def test_windows_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("monody.temporary._LOOKED_AT_SECONDS", 0)

    def refuse(*_: Path) -> None:
        raise PermissionError(13, "read-only", "a.mid")

    with pytest.raises(PermissionError, match="read-only"):
        move(refuse, tmp_path / "a.mid", tmp_path / "b.mid")
