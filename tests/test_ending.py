from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from monody import ending
from monody.ending import Stoppable, taking_signals

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="one process sends another no signals on Windows"
)
# What the main thread is in when the signal comes.
MOMENTS = {
    "Python": "time.sleep(60)",
    "a callback that loses exceptions": """
while True:
    try: time.sleep(60)
    except BaseException: pass
""",
    "C that never looks at signals": "hashlib.pbkdf2_hmac('md5', b'', b'', 2**31 - 1)",
    "an import": "sys.path.insert(0, 'modules'); import slow",
}
BEGIN = """
import hashlib, os, pathlib, sys, time
import monody.ending
from monody.ending import Stoppable, taking_signals, undo_at_end
"""


def _stop(program: str, number: int, folder: Path, times: int = 1) -> tuple[int, str]:
    """Run a program, send it signals once it says so; return its end and last words."""
    with subprocess.Popen(
        [sys.executable, "-c", BEGIN + program],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(times):
            process.stdout.readline()
            process.send_signal(number)
        said = process.communicate(timeout=60)[1]
    return process.returncode, said


def _in_block(block: str) -> str:
    """Return a program that takes signals, says that it does, and goes on."""
    lines = "\n".join(f"    {line}" for line in block.strip().splitlines())
    return f"with taking_signals():\n    print('begun', flush=True)\n{lines}\n"


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_ends_a_program_at_every_moment(moment: str, tmp_path: Path) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/slow.py").write_text("import time; time.sleep(60)")
    code, said = _stop(_in_block(MOMENTS[moment]), signal.SIGINT, tmp_path)
    assert (code, said) == (130, "stopped by Ctrl-C\n")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_signals_are_named(name: str, tmp_path: Path) -> None:
    number = getattr(signal, name)
    code, said = _stop(_in_block("time.sleep(60)"), number, tmp_path)
    assert (code, said) == (128 + number, f"stopped by {name}\n")


def test_windows_hears_signals_through_a_socket(tmp_path: Path) -> None:
    program = "os.name = 'nt'\n" + _in_block("time.sleep(60)")
    code, said = _stop(program, signal.SIGINT, tmp_path)
    assert (code, said) == (130, "stopped by Ctrl-C\n")


def test_what_is_half_done_is_undone(tmp_path: Path) -> None:
    program = """
draft, kept = pathlib.Path("draft"), pathlib.Path("kept")
take_back = undo_at_end(kept.unlink)
kept.touch()
take_back()
undo_at_end(lambda: 1 / 0)
undo_at_end(draft.unlink)
draft.touch()
with taking_signals():
    print("begun", flush=True)
    time.sleep(60)
"""
    assert _stop(program, signal.SIGINT, tmp_path)[0] == 130
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_nothing_is_begun_while_what_is_half_done_is_undone(tmp_path: Path) -> None:
    program = """
import threading
def begin_more():
    while True:
        take_back = undo_at_end(lambda: None)
        pathlib.Path("more").touch()
        pathlib.Path("more").unlink()
        take_back()
def undo():
    time.sleep(0.2)
    for path in pathlib.Path().iterdir():
        path.unlink()
    time.sleep(0.2)
threading.Thread(target=begin_more, daemon=True).start()
undo_at_end(undo)
""" + _in_block("time.sleep(60)")
    assert _stop(program, signal.SIGINT, tmp_path)[0] == 130
    assert not [*tmp_path.iterdir()]


STOPPABLE = """
with taking_signals():
    with Stoppable() as work:
        print("begun", flush=True)
        while not work.asked:
            time.sleep(0.01)
        print("asked", flush=True)
"""


def test_what_can_stop_by_itself_is_asked_to(tmp_path: Path) -> None:
    program = f"{STOPPABLE}    sys.exit(monody.ending.exit_code())"
    assert _stop(program, signal.SIGTERM, tmp_path) == (143, "")


def test_what_has_nothing_to_write_is_not_waited_for(tmp_path: Path) -> None:
    compiling = STOPPABLE.replace(
        "        print(", "        work.unsaved = False\n        print(", 1
    )
    program = f"monody.ending.GRACE_SECONDS = 600\n{compiling}        time.sleep(600)"
    code, said = _stop(program, signal.SIGTERM, tmp_path)
    assert (code, said) == (143, "stopped by SIGTERM\n")


STUBBORN = f"{STOPPABLE}        time.sleep(60)"


def test_what_was_asked_to_stop_and_does_not_is_ended(tmp_path: Path) -> None:
    program = f"monody.ending.GRACE_SECONDS = 0.05\n{STUBBORN}"
    code, said = _stop(program, signal.SIGINT, tmp_path)
    assert (code, said) == (130, "stopped by Ctrl-C\n")


def test_what_stopped_by_itself_is_not_ended_later_nor_told_twice(
    tmp_path: Path,
) -> None:
    begin = "monody.ending.GRACE_SECONDS = 0.05\n"
    tell = "assert monody.ending.may_tell()"
    over = f"{begin}{STOPPABLE}    {tell}\ntime.sleep(0.2)\nsys.exit(7)"
    assert _stop(over, signal.SIGHUP, tmp_path) == (7, "")
    told = f"{begin}{STOPPABLE}    {tell}\n    time.sleep(60)"
    assert _stop(told, signal.SIGHUP, tmp_path) == (129, "")


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    program = f"monody.ending.GRACE_SECONDS = 600\n{STUBBORN}"
    code, said = _stop(program, signal.SIGINT, tmp_path, times=2)
    assert (code, said) == (130, "stopped by Ctrl-C\n")


def test_a_signal_that_was_ignored_stays_ignored(tmp_path: Path) -> None:
    program = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
""" + _in_block("time.sleep(0.05); sys.exit(7)")
    assert _stop(program, signal.SIGHUP, tmp_path) == (7, "")


def test_a_signal_when_all_is_done_changes_nothing(tmp_path: Path) -> None:
    program = """
import atexit
def at_exit():
    print("leaving", flush=True)
    time.sleep(0.3)
atexit.register(at_exit)
with taking_signals():
    pass
"""
    assert _stop(program, signal.SIGINT, tmp_path) == (0, "")


def test_signals_are_given_back() -> None:
    with taking_signals():
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert signal.set_wakeup_fd(-1) == -1


def test_a_library_raises_at_the_second_ctrl_c() -> None:
    with Stoppable() as work:
        signal.raise_signal(signal.SIGINT)
        assert work.asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_library_puts_a_request_to_end_off_until_its_work_has_stopped(
    tmp_path: Path,
) -> None:
    program = """
with Stoppable() as work:
    print("begun", flush=True)
    while not work.asked:
        time.sleep(0.01)
    print("stopped", file=sys.stderr, flush=True)
print("never said", file=sys.stderr)
"""
    assert _stop(program, signal.SIGTERM, tmp_path) == (-signal.SIGTERM, "stopped\n")


def test_signals_are_left_alone_where_they_are_not_ours() -> None:
    def own(*_: Any) -> None: ...

    signal.signal(signal.SIGINT, own)
    try:
        with Stoppable():
            assert signal.getsignal(signal.SIGINT) is own
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_work_in_another_thread_hears_no_signal() -> None:
    seen: list[bool] = []

    def elsewhere() -> None:
        with Stoppable() as work:
            seen.append(work.asked)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [False]


def test_a_signal_that_comes_when_all_is_done_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = ending._Pipe.end

    def ends(pipe: ending._Pipe) -> None:
        end(pipe)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ending._Pipe, "end", ends)
    before = signal.getsignal(signal.SIGINT)
    with taking_signals():
        pass
    assert signal.getsignal(signal.SIGINT) is before


ABORTS = """
import ctypes, sys, threading
from monody.chatter import silence_native_code
from monody.ending import end_at_abort
print("said before")
silence_native_code()
end_at_abort("another is gone", 2)
print("said after")
ctypes.CDLL(None).puts(b"a page of JAX's own words")
threading.Thread(target=ctypes.CDLL(None).abort).start()
threading.Event().wait()
"""


@pytest.mark.skipif(os.name != "posix", reason="the C library is called by its name")
def test_where_a_library_gives_up_one_line_says_why() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ABORTS], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stdout == "said before\nsaid after\n"
    assert done.stderr == "another is gone\n"


# A library that takes its time when Python ends.
SLOW = "class Slow:\n    def __del__(self): time.sleep(600)\nslow = Slow()\n"


def _left(
    program: str, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    quick = f"{BEGIN}\nmonody.ending.leave_quickly()\nimport atexit\n{program}"
    return subprocess.run(
        [sys.executable, "-c", quick],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_program_that_is_over_leaves_what_libraries_do_last() -> None:
    ended = _left(f"""{SLOW}
atexit.register(print, "put away")
print("said")
monody.ending.over(3)
sys.exit(3)
""")
    assert (ended.returncode, ended.stdout) == (3, "said\nput away\n")


def test_one_that_failed_ends_as_python_does() -> None:
    ended = _left("raise ValueError('a fault of ours')")
    assert ended.returncode == 1
    assert "ValueError: a fault of ours" in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_what_it_could_not_say_is_told_by_python() -> None:
    with Path("/dev/full").open("w") as full:
        ended = _left("print('lost')\nmonody.ending.over(0)", full.fileno())
    assert ended.returncode != 0
    assert "No space left on device" in ended.stderr
