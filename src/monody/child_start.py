"""What a child process does first: ``python -m monody.child_start FD SECONDS MODULE``.

It sees to it that the child ends with its parent, limits its processor time, and runs
the module in its place (``child_process`` is the parent's side).

The parent holds one end of a pipe, the lifeline, on which nothing is ever written; the
system closes it when the parent ends, even by ``kill -9``. Linux then kills the group
by itself, so that even a parser that never comes back to Python ends. Elsewhere, and
besides, a thread waits for that. Windows inherits no such pipe: there the thread hands
standard input on, which ends with the parent, too.
"""

from __future__ import annotations

import contextlib
import math
import os
import runpy
import signal
import sys
import threading
import time

try:
    import fcntl
    import resource
except ImportError:  # Windows
    fcntl = resource = None  # type: ignore[assignment]

_BYTES = 65536
_ORPHANED = 1  # exit status where there is no group to kill


def main() -> None:
    """Run a module that ends with the parent of this process."""
    lifeline, seconds, module, *arguments = sys.argv[1:]
    if float(seconds):
        allow_cpu_seconds(float(seconds))
    end_with_parent(int(lifeline))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def allow_cpu_seconds(seconds: float) -> None:
    """Allow this process some more processor time, from now on; Windows has no limit.

    Past the limit the system ends the process. It needs no parent for that, which may
    be stopped or busy.

    Args:
        seconds: Of processor time, rounded up to whole ones; infinity changes nothing.
    """
    if resource is None or math.isinf(seconds):
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds) + 1
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def end_with_parent(lifeline: int) -> None:
    """Make this process, and what it starts, end when its parent does.

    Args:
        lifeline: The inherited end of the parent's pipe; below 0 to watch standard
            input instead.
    """
    if lifeline < 0:
        source = os.dup(0)
        inner, outer = os.pipe()
        os.dup2(inner, 0)
        os.close(inner)
        _start(source, outer)
        return
    _kill_group_at_end(lifeline)
    _start(lifeline, None)


def _kill_group_at_end(lifeline: int) -> None:
    """Ask Linux to kill the group when the other end of a pipe closes."""
    if not hasattr(fcntl, "F_SETSIG") or os.getpgrp() != os.getpid():
        return  # the thread will do; and nobody else's group is killed
    with contextlib.suppress(OSError):  # some sandboxes refuse; the thread will do
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)


def _start(source: int, outer: int | None) -> None:
    arguments = (source, outer)
    threading.Thread(target=_end_at_end_of, args=arguments, daemon=True).start()


def _end_at_end_of(source: int, outer: int | None) -> None:
    """Hand on what comes until the parent is gone, then end the group.

    Args:
        source: What the parent writes to.
        outer: Where it is handed on to; ``None`` where nothing comes.
    """
    with contextlib.suppress(OSError):  # whoever reads may have closed
        while data := os.read(source, _BYTES):
            if outer is not None:
                os.write(outer, data)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(_ORPHANED)


if __name__ == "__main__":
    main()
