"""Where monody remembers: in the home, without one, and in a place that is named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monody.cache_folder import cache_folder, tidy_cache

SHOW = "from monody.cache_folder import cache_folder; print(cache_folder())"
STAY = f"""
import time
from monody.ending import taking_signals
with taking_signals():
    {SHOW.replace("print(cache_folder())", "print(cache_folder(), flush=True)")}
    time.sleep(60)
"""
IN_A_CHILD = (
    "import subprocess, sys; from monody.cache_folder import cache_folder; "
    "folder = cache_folder(); assert folder.is_dir(); (folder / 'kept').touch(); "
    f"subprocess.run([sys.executable, '-c', {SHOW!r}], check=True)"
)


def _places_of_users(monkeypatch: pytest.MonkeyPatch, home: Path | str) -> None:
    """Name another home, in the ways of all systems, and no cache."""
    for name in ("MONODY_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))


def test_it_is_in_the_home_and_asking_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _places_of_users(monkeypatch, tmp_path)
    assert cache_folder().is_relative_to(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_named_folder_is_taken_whatever_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONODY_CACHE", os.devnull)
    assert cache_folder() == Path(os.devnull)


def test_without_a_home_it_is_temporary_shared_with_children_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _places_of_users(monkeypatch, os.devnull)
    temporary, work = tmp_path / "tmp", tmp_path / "work"
    temporary.mkdir()
    work.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    done = subprocess.run(
        [sys.executable, "-P", "-c", IN_A_CHILD],
        cwd=work,
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(done.stdout.strip()).parent == temporary
    assert not [*temporary.iterdir(), *work.iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="it sends no signals to another process")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_without_a_home_a_stop_leaves_nothing_that_the_next_leaves_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _places_of_users(monkeypatch, os.devnull)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-P", "-c", STAY],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(getattr(signal, name))
    if name == "SIGKILL":
        assert [*tmp_path.iterdir()]
        subprocess.run([sys.executable, "-P", "-c", SHOW], check=True)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("place", ["", "corpora", "base-0123456789abcdef"])
def test_what_a_killed_command_left_anywhere_in_it_goes_at_the_next_start(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path))
    half = tmp_path / place / ".monody-0123456789abcdef"
    half.mkdir(parents=True)
    tidy_cache()
    assert not half.exists()
    assert half.parent.exists()


@pytest.fixture
def passing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], bool]]:
    """Tell whether the cache is a temporary folder; it is removed after the test."""
    _places_of_users(monkeypatch, tmp_path)
    monkeypatch.setattr("atexit.register", lambda *_, **__: None)
    folders: list[Path] = []

    def is_temporary() -> bool:
        folders.append(cache_folder())
        return folders[-1].is_dir() and not any(tmp_path.iterdir())

    yield is_temporary
    for folder in folders:
        folder.rmdir()
        os.environ.pop("MONODY_CACHE")


def test_a_home_that_may_only_be_read_is_no_place(
    passing: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write everywhere, and Windows has other rights: ask as if we might not.
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    assert passing()


def test_a_user_whom_the_system_does_not_know_gets_no_folder_named_tilde(
    passing: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Path("~/.cache/monody")  # as some versions of platformdirs answer
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: unknown)
    assert passing()


@pytest.mark.skipif(sys.platform != "linux", reason="other disks have UTF-8 names only")
def test_a_cache_whose_name_is_not_utf8_keeps_no_compilations(tmp_path: Path) -> None:
    named = os.fsencode(tmp_path) + b"/caf\xe9"
    code = "from monody.models.backend import keras; print(keras.ops.ones(3).sum())"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "MONODY_CACHE": os.fsdecode(named)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "3.0\n"
