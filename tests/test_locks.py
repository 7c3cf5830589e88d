"""Locks of folders: one at a time, and none outlives its process."""

from __future__ import annotations

import sys
import threading
from errno import EBADF, ENOLCK
from pathlib import Path

import filelock
import pytest

from monody.locks import LockedError, locked
from tests.builders.left_behind import at_work, killed_at_work

fcntl = pytest.importorskip("fcntl")  # Windows has none, which is tried here

HOLDS = """
from pathlib import Path
from monody.locks import locked
with locked(Path()):
    print("at work", flush=True)
    input()
"""


@pytest.fixture(params=["folders", "files", "network"], autouse=True)
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Systems that lock folders, those that do not, disks that do not."""
    if request.param == "files":  # as on Windows
        monkeypatch.setitem(sys.modules, "fcntl", None)
    if request.param == "network":
        flock = fcntl.flock

        def no_folders(file: int, how: int) -> None:
            if Path(f"/proc/self/fd/{file}").resolve().is_dir():
                raise OSError(EBADF, "Bad file descriptor")
            flock(file, how)

        monkeypatch.setattr(fcntl, "flock", no_folders)
    return str(request.param)


def test_one_at_a_time_holds_the_lock_of_a_folder(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(LockedError, match="another process is at work in"):
            locked(tmp_path).__enter__()
        (tmp_path / "other").mkdir()
        with locked(tmp_path / "other"):
            pass
    with locked(tmp_path):
        pass


def test_a_folder_is_the_same_by_every_name(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    with locked(tmp_path / "folder"), pytest.raises(LockedError):
        locked(tmp_path / "link").__enter__()
    with locked(tmp_path / "link"), pytest.raises(LockedError):
        locked(tmp_path / "link" / ".." / "folder").__enter__()


def test_who_may_wait_waits_for_its_turn(tmp_path: Path) -> None:
    order = []
    held, asked = threading.Event(), threading.Event()

    def first() -> None:
        with locked(tmp_path):
            held.set()
            asked.wait()
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    held.wait()
    asked.set()
    with locked(tmp_path, seconds=60):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_an_error_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        _ = 1 / 0
    with locked(tmp_path):
        pass


def test_a_folder_locked_by_a_process_is_free_once_that_is_killed(
    tmp_path: Path, system: str
) -> None:
    if system != "folders":
        pytest.skip("the other process is one of this system")
    with at_work(HOLDS, tmp_path), pytest.raises(LockedError):
        locked(tmp_path).__enter__()
    killed_at_work(HOLDS, tmp_path)
    with locked(tmp_path):
        pass


def test_locking_leaves_nothing_and_needs_no_right_to_write(
    tmp_path: Path, system: str
) -> None:
    if system != "folders":
        pytest.skip("a lock file is written")
    tmp_path.chmod(0o555)
    with locked(tmp_path):
        assert not list(tmp_path.iterdir())


def test_a_disk_without_any_locks_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_at_all(*_: object) -> None:
        raise OSError(ENOLCK, "No locks available")

    def not_here(*_: object, **__: object) -> None:
        raise NotImplementedError

    if sys.modules["fcntl"] is not None:
        monkeypatch.setattr(fcntl, "flock", none_at_all)
    monkeypatch.setattr(filelock.FileLock, "acquire", not_here)
    with locked(tmp_path), locked(tmp_path):
        pass
