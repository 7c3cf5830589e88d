from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from monody import child_process, child_start
from monody.child_process import ChildProcess, ChildProcesses
from monody.errors import MonodyError

STUBBORN = "tests.builders.stubborn"
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the system's own way")

_PARENT = f"""
import sys, time
from monody import child_process
if sys.argv[1] == "as on Windows":
    child_process._lifeline = lambda: (-1, -1)
child = child_process.ChildProcess({STUBBORN!r}, [sys.argv[2]])
sys.stdout.buffer.write(child.answers.readline())
sys.stdout.flush()
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _children_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def _killed(system: str, child: str, *, by: int = signal.SIGKILL) -> None:
    """Kill a parent, and wait until what it started has ended as well."""
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, system, child],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert parent.stdout
    assert parent.stderr
    assert parent.stdout.readline() == b"ready\n"
    parent.send_signal(by)
    parent.wait()
    # All that live hold it open: this is the end of the last of them.
    parent.stderr.read()
    parent.stdout.close()
    parent.stderr.close()


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_child_and_what_it_started_end_with_the_parent(by: int) -> None:
    _killed("as it is", "sleeps", by=by)


@ON_LINUX
def test_even_one_that_never_comes_back_to_python_ends_with_the_parent() -> None:
    _killed("as it is", "spins")


def test_where_no_pipe_is_inherited_standard_input_tells_of_the_parent_s_end() -> None:
    _killed("as on Windows", "sleeps")


def test_a_child_that_watches_standard_input_still_gets_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child_process, "_lifeline", lambda: (-1, -1))
    child = ChildProcess("tests.builders.hanging_worker")
    assert child.answers.readline() == b"ready\n"
    child.requests.write(b'[["good", -1]]\n')
    child.requests.flush()
    assert child.answers.readline() == b".\n"
    child.close()


def test_where_the_system_does_not_kill_the_group_a_thread_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(child_start, "fcntl", object())  # as on macOS: no F_SETSIG
    monkeypatch.setattr(child_start, "_start", lambda *_: asked.append("a thread"))
    child_start.end_with_parent(0)
    assert asked == ["a thread"]


def test_closing_a_child_ends_what_it_started() -> None:
    child = ChildProcess(STUBBORN, ["sleeps"])
    assert child.answers.readline() == b"ready\n"
    child.kill()
    assert child.answers.read() == b""  # once the grandchild is gone, too
    child.close()
    assert child.poll() == -signal.SIGKILL
    assert not child.was_killed  # by anybody else


def test_without_groups_the_tree_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    child = ChildProcess(STUBBORN, ["sleeps"])
    child.answers.readline()
    commands: list[list[str]] = []
    with monkeypatch.context() as windows:
        windows.delattr(os, "killpg")
        windows.setattr(subprocess, "run", lambda it, **_: commands.append(it))
        windows.setenv("SYSTEMROOT", "/windows")
        child.kill()
    os.killpg(child.pid, signal.SIGKILL)
    child.close()
    # By its mere name a program would run that lies where monody is run.
    program = "/windows/System32/taskkill.exe"
    assert commands == [[program, "/F", "/T", "/PID", str(child.pid)]]


def test_where_nothing_ends_a_tree_the_child_at_least_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = ChildProcess(STUBBORN, ["sleeps"])
    child.answers.readline()
    with monkeypatch.context() as windows:
        windows.delattr(os, "killpg")
        windows.setenv("SYSTEMROOT", str(tmp_path))
        child.kill()
    child.wait(60)
    assert child.poll() == -signal.SIGKILL
    os.killpg(child.pid, signal.SIGKILL)
    child.close()


def test_who_was_killed_by_others_is_told_from_who_died() -> None:
    killed, died = ChildProcess(STUBBORN, ["sleeps"]), ChildProcess("this")
    killed.answers.readline()
    os.kill(killed.pid, signal.SIGKILL)
    for child in (killed, died):
        child.wait(30)
        child.close()
    assert killed.was_killed
    assert not died.was_killed


def test_a_child_of_an_ended_pool_is_ended_as_it_comes() -> None:
    children = ChildProcesses()
    children.kill()
    late = ChildProcess(STUBBORN, ["sleeps"])
    children.add(late)
    late.wait(30)
    assert late.poll() == -signal.SIGKILL
    children.close()


def test_ctrl_c_is_the_parent_s_to_answer() -> None:
    child = ChildProcess(STUBBORN, ["sleeps"])
    assert os.getpgid(child.pid) == child.pid != os.getpgrp()
    child.close()


def test_a_child_has_a_limit_of_processor_time() -> None:
    resource = pytest.importorskip("resource")
    child = ChildProcess(STUBBORN, ["sleeps"], cpu_seconds=100)
    child.answers.readline()
    limit, _ = resource.prlimit(child.pid, resource.RLIMIT_CPU)
    child.close()
    assert 100 <= limit <= 110


def test_the_limit_of_processor_time_ends_a_child() -> None:
    child = ChildProcess(STUBBORN, ["spins"], cpu_seconds=0.01)
    child.wait(60)
    assert child.used_its_time
    child.close()


def test_without_such_limits_nothing_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(child_start, "resource", None)
    child_start.allow_cpu_seconds(0)


def test_a_json_py_where_monody_runs_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(77)")
    monkeypatch.chdir(tmp_path)
    child = ChildProcess("json.tool")
    child.requests.write(b"{}")
    child.requests.close()
    assert child.answers.read() == b"{}\n"
    child.close()


def test_a_system_that_starts_no_more_processes_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", full)
    with pytest.raises(MonodyError, match="cannot be started: Resource temporarily"):
        ChildProcess("this")


def test_a_child_does_not_hear_ctrl_c_on_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There it goes to every process of a console, but for those of other groups."""
    told: dict[str, object] = {}

    def note(*_: object, **how: object) -> None:
        told.update(how)
        raise OSError(errno.EAGAIN, "enough is known")

    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200, raising=False)
    monkeypatch.setattr(subprocess, "Popen", note)
    with pytest.raises(MonodyError, match="enough is known"):
        ChildProcess("this")
    assert told["creationflags"] == 0x200
