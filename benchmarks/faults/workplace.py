"""A folder to do monody's work in, where what goes wrong can be seen.

It has tunes, a small experiment and a generated melody, a cache and a folder for
temporary files of its own. Commands run in it as a user runs them. For Linux: who is
still there is looked up in ``/proc``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "benchmarks")]

from tests.builders.midi_files import write_tunes  # noqa: E402

from monody.cache_folder import COMPILED  # noqa: E402
from monody.temporary import is_temporary  # noqa: E402

MARK = "MONODY_FAULTS"  # a variable by which a process and all that it started is found
GIVEN = ("midi", "many", "free", "given", "experiments/01")  # what the user has
LONGEST_SECONDS = 300.0  # of one command; after that it counts as hanging
FIRST = (
    "train midi --seed 1 --base none --rnn_size 8 --num_epochs 2 --no_page "
    "--experiment_dir experiments/01",
    "sample --seed 1 --num_files 1 --bars 8 --save_dir given",
)


def campaign_parser(about: str, times: int, what: str) -> argparse.ArgumentParser:
    """Return a parser of the options that all campaigns have.

    Args:
        about: The docstring of the script, whose first line its help says.
        times: How often, by default.
        what: What is done as often.
    """
    parser = argparse.ArgumentParser(description=about.split("\n")[0])
    parser.add_argument("--times", type=int, default=times, help=what)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compiled", type=Path, help="What JAX compiled before.")
    parser.add_argument("--src", type=Path, default=ROOT / "src")
    return parser


class Ended(NamedTuple):
    """How a command ended."""

    code: int  # of exit; negative for a signal that nobody took
    output: str
    errors: str

    @property
    def traceback(self) -> bool:
        """Whether Python's own words came out."""
        return any(
            word in self.output + self.errors
            for word in ("Traceback (most", "Exception ignored", "Fatal Python error")
        )


class Workplace:
    """The folder.

    Args:
        folder: Where it is made. It must not be there.
        src: The sources of monody.
        compiled: What JAX compiled in an earlier campaign, if that is to be used: a
            folder. What is compiled in this one is added to it.
    """

    def __init__(self, folder: Path, src: Path, compiled: Path | None = None) -> None:
        # Who is started in the background ignores Ctrl-C, and its children would.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup ignores
        self.folder, self.home = folder, folder / "home"
        self.cache, self.temporary = folder / "cache", folder / "tmp"
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(src), str(ROOT)]),
            "MONODY_CACHE": str(self.cache),
            "TMPDIR": str(self.temporary),
            # Else what is compiled is found only in a folder of the same name.
            "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
        }
        self.temporary.mkdir(parents=True)
        self._compiled = compiled
        if compiled and compiled.is_dir():
            shutil.copytree(compiled, self.cache / COMPILED)
        write_tunes(self.home / "midi", 12, bars=8)
        write_tunes(self.home / "many", 150, bars=8)
        write_tunes(self.home / "free/lieder", 16, bars=8)
        for command in FIRST:
            ended = self.run(monody(command))
            if ended.code:
                raise SystemExit(f"{command}: {ended}")
        self._given = self._sums()

    def start(
        self, program: Sequence[str], prepare: Callable[[], None] | None = None
    ) -> Running:
        """Start a program, in a session of its own.

        Args:
            program: Its arguments, Python aside.
            prepare: Called in the child before, such as to set a limit.
        """
        mark = secrets.token_hex(8)
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *program],
            cwd=self.home,
            env={**self.environment, MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=prepare,
        )
        return Running(process, mark)

    def run(self, program: Sequence[str]) -> Ended:
        """Run a program to its end."""
        return self.start(program).ended()

    def make_ready(self, program: Sequence[str]) -> None:
        """Run a program once, so that all that it needs is compiled."""
        self.run(program)
        self.tidy()
        self.forget()
        self.keep_compiled()

    def keep_compiled(self) -> None:
        """Put what was compiled to what was in earlier campaigns."""
        if self._compiled:
            shutil.copytree(self.cache / COMPILED, self._compiled, dirs_exist_ok=True)

    def tidy(self) -> None:
        """Remove all that commands wrote, except what they remember."""
        keep = {name.partition("/")[0] for name in GIVEN}
        for path in (*self.home.iterdir(), *self.temporary.iterdir()):
            if path.name not in keep or path.parent == self.temporary:
                _remove(path)
        for path in (self.home / "experiments").iterdir():
            if path.name != "01":
                _remove(path)

    def forget(self) -> None:
        """Remove what monody remembers, except what JAX compiled: that takes long."""
        for path in self.cache.iterdir():
            if path.name != COMPILED:
                _remove(path)

    def state(self) -> dict[str, tuple[int, int]]:
        """Return the size and the time of every file, to see whether any changed."""
        states = ((path, path.stat()) for path in self.folder.rglob("*"))
        return {
            str(path): (state.st_size, state.st_mtime_ns)
            for path, state in states
            if COMPILED not in path.parts
        }

    def temporary_files(self) -> list[str]:
        """Return what is on its way, and all in the folder for temporary files."""
        found = [path for path in self.folder.rglob("*") if is_temporary(path)]
        found += self.temporary.iterdir()
        return sorted({str(path.relative_to(self.folder)) for path in found})

    def harmed(self) -> list[str]:
        """Return the user's own files that are no longer what they were."""
        now = self._sums()
        return sorted(
            name for name, sum_ in self._given.items() if now.get(name) != sum_
        )

    def _sums(self) -> dict[str, str]:
        files = [p for name in GIVEN for p in sorted((self.home / name).rglob("*"))]
        return {
            str(path.relative_to(self.home)): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in files
            if path.is_file() and not _may_change(path)
        }


class Running:
    """A program that runs.

    Args:
        process: Its process, which leads a group.
        mark: The value of ``MARK`` in its environment.
    """

    def __init__(self, process: subprocess.Popen[bytes], mark: str) -> None:
        self.process, self._mark = process, mark

    def wait_until_begun(self) -> None:
        """Wait until it takes signals: Python alone leaves SIGTERM to the system."""
        while self.process.poll() is None:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0] or "0", 16)
            if caught & 1 << signal.SIGTERM - 1:
                return
            time.sleep(0.001)

    def signal(self, number: int, *, alone: bool) -> None:
        """Send it a signal: alone, as ``kill`` does, or with its group, as Ctrl-C."""
        if self.process.poll() is None:
            (os.kill if alone else os.killpg)(self.process.pid, number)

    def ended(self, seconds: float = LONGEST_SECONDS) -> Ended:
        """Wait for its end; one that hangs is killed, and ends with -9."""
        try:
            output, errors = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill_left(self.left())
            output, errors = self.process.communicate()
        texts = (text.decode(errors="replace") for text in (output, errors))
        return Ended(self.process.returncode, *texts)

    def left(self, seconds: float = 1.0) -> list[int]:
        """Return the processes that are still there, after a moment to end."""
        until = time.monotonic() + seconds
        while (found := self._alive()) and time.monotonic() < until:
            time.sleep(0.02)
        return found

    def hurry(self) -> None:
        """Let what gives way to others take its turn as they do; only root may ask."""
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        for pid in self._alive():
            with suppress(OSError):  # it has ended
                for thread in Path(f"/proc/{pid}/task").iterdir():
                    os.setpriority(os.PRIO_PROCESS, int(thread.name), ours)

    def kill_left(self, pids: Sequence[int]) -> None:
        """End processes that were left."""
        for pid in pids:
            if pid in self._alive():
                os.kill(pid, signal.SIGKILL)

    def _alive(self) -> list[int]:
        mark = f"{MARK}={self._mark}".encode()
        numbers = [
            int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()
        ]
        return [pid for pid in numbers if mark in _environment(pid)]


def monody(command: str) -> list[str]:
    """Return the arguments of Python that run a command of monody."""
    return ["-m", "monody", *command.split()]


def _environment(pid: int) -> bytes:
    """Return the environment of a process that runs; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def _may_change(path: Path) -> bool:
    """Tell whether monody may change a file of an experiment: what it keeps there."""
    return "novelty" in str(path) or "generated" in path.parts


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
