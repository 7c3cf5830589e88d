"""Child processes that end with whatever they started, and with their parent.

A child leads a group of its own. It is ended as a group: processes that a parser or a
library started in it go, too. It does not hear Ctrl-C, which is its parent's to answer.
When its parent dies, however that happens, the child and its group die at once
(``child_start``, which runs in the child, sees to that).
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import BinaryIO, cast

from monody.errors import MonodyError
from monody.memory import limits_are_kept

# Signals that end a process from outside; what a parser does wrong has others.
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
_STARTER = "monody.child_start"
WATCH_SECONDS = 0.05  # between two looks at the memory of a child


class ChildProcess:
    r"""A module that runs in a process of its own.

    Args:
        module: What it runs, as ``python -m`` does.
        arguments: Of the module.
        cpu_seconds: The processor time that it may use before it asks for more
            (``child_start.allow_cpu_seconds``); 0 is any.
        memory_bytes: What it and all that it starts may take before it is ended, where
            the system does not see to that (``memory.keep_within``, which it calls
            itself); 0 is any.
        environment: Variables that differ from those of this process.
        quiet: Whether what it writes on standard error goes nowhere.

    Raises:
        MonodyError: If the system cannot start it.

    Example:
        >>> from monody.child_process import ChildProcess
        >>> child = ChildProcess("this")
        >>> child.answers.readline()
        b'The Zen of Python, by Tim Peters\n'
        >>> child.close()
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        cpu_seconds: float = 0.0,
        memory_bytes: int = 0,
        environment: Mapping[str, str] | None = None,
        quiet: bool = False,
    ) -> None:
        inherited, self._lifeline = _lifeline()
        # -P: a json.py in the folder where monody is run must not be imported.
        command = [sys.executable, "-P", "-m", _STARTER]
        command += [str(inherited), str(cpu_seconds), module, *arguments]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module and Python
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else None,
                env={**os.environ, **(environment or {})},
                pass_fds=(inherited,) if inherited >= 0 else (),
                start_new_session=True,  # without a meaning on Windows
                # What keeps Ctrl-C away there; no other system has it.
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            self._let_go(self._lifeline)
            raise MonodyError(
                f"a process cannot be started: {error.strerror}; end other programs, "
                "or try again later"
            ) from error
        finally:
            self._let_go(inherited)
        self._ending = threading.Lock()
        self._ended = False
        self._ended_here = False  # before it had ended itself
        self.used_its_memory = False  # and was ended for it
        self.requests = cast(BinaryIO, self._process.stdin)
        self.answers = cast(BinaryIO, self._process.stdout)
        if memory_bytes and not limits_are_kept():
            look = partial(self._look_at_memory, memory_bytes)
            threading.Thread(target=look, daemon=True).start()

    @staticmethod
    def _let_go(descriptor: int) -> None:
        if descriptor >= 0:
            os.close(descriptor)

    @property
    def pid(self) -> int:
        """Its number, which is also that of its group."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return its exit status, negative for a signal; ``None`` while it runs."""
        return self._process.poll()

    @property
    def was_killed(self) -> bool:
        """Whether someone else ended it: the user, or the system for want of memory."""
        return not self._ended_here and self.poll() in _negated(_FROM_OUTSIDE)

    @property
    def used_its_time(self) -> bool:
        """Whether the system ended it at the limit of its processor time."""
        return self.poll() in _negated(("SIGXCPU",))

    def _look_at_memory(self, most: int) -> None:
        """End it where it takes too much, as long as it runs."""
        import psutil  # only where it is needed

        with contextlib.suppress(psutil.Error):  # it has ended
            first = psutil.Process(self.pid)
            while self.poll() is None:
                # On Windows, what was started may be a mere launcher of Python.
                family = [first, *first.children(recursive=True)]
                if sum(one.memory_info().rss for one in family) > most:
                    self.used_its_memory = True
                    self.kill()
                time.sleep(WATCH_SECONDS)

    def wait(self, seconds: float) -> None:
        """Give it some time to end by itself."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def kill(self) -> None:
        """End it, and all that it started."""
        with self._ending:  # once: its number may be another's later
            if not self._ended:
                self._ended = True
                self._ended_here = self.poll() is None
                _end_tree(self._process)

    def close(self) -> None:
        """End it, and let go of its pipes."""
        self.kill()
        self._process.wait()
        self._let_go(self._lifeline)
        self._lifeline = -1
        for pipe in (self.requests, self.answers):
            with contextlib.suppress(OSError):  # a broken pipe closes with an error
                pipe.close()


class ChildProcesses:
    """The children of a pool, ended together.

    Once they were ended, a child that another thread is just starting is ended as well.

    Example:
        >>> from monody.child_process import ChildProcess, ChildProcesses
        >>> children = ChildProcesses()
        >>> children.add(ChildProcess("this"))
        >>> children.kill()
        >>> children.close()
    """

    def __init__(self) -> None:
        self._children: list[ChildProcess] = []
        self._adding = threading.Lock()
        self._ended = threading.Event()

    def __iter__(self) -> Iterator[ChildProcess]:
        return iter([*self._children])

    def __len__(self) -> int:
        return len(self._children)

    def add(self, child: ChildProcess) -> None:
        """Take a child in."""
        with self._adding:
            self._children.append(child)
            if self._ended.is_set():
                child.kill()

    def remove(self, child: ChildProcess) -> None:
        """Forget a child that was closed."""
        with self._adding:
            self._children.remove(child)

    def kill(self) -> None:
        """End all of them, those too that are still to come."""
        with self._adding:
            self._ended.set()
            for child in self._children:
                child.kill()

    def close(self) -> None:
        """End all of them, and let go of their pipes."""
        self.kill()
        for child in self._children:
            child.close()


def _lifeline() -> tuple[int, int]:
    """Make a pipe that closes when this process ends.

    Returns:
        The end that the child inherits and the one that is kept; -1 on Windows, where
        the child watches its standard input instead.
    """
    return os.pipe() if os.name == "posix" else (-1, -1)


def _negated(names: Iterable[str]) -> set[int]:
    """Return the exit statuses of signals, those that this system has."""
    return {-getattr(signal, name) for name in names if hasattr(signal, name)}


def _end_tree(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all have ended
            os.killpg(process.pid, signal.SIGKILL)
    else:  # Windows has no groups, but a program that ends a tree
        with contextlib.suppress(FileNotFoundError):  # a Windows without it
            subprocess.run(  # noqa: S603
                [_taskkill(), "/F", "/T", "/PID", str(process.pid)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
    process.kill()


def _taskkill() -> str:
    """Return where Windows keeps it.

    By its mere name one would run that was put into the folder where monody is run.
    """
    windows = os.environ.get("SYSTEMROOT", r"C:\Windows")
    return os.path.join(windows, "System32", "taskkill.exe")  # noqa: PTH118
