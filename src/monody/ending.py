"""Ending at once, at any moment, and leaving nothing behind.

Python answers Ctrl-C with an exception. Where a library is being imported or JAX
compiles, that exception comes late, gets lost in a callback or crashes the library. So
the command line lets a thread of its own take the signals. It undoes what is half done
and ends the process, whatever the main thread is in.

Work that can stop by itself, as a training does after its present step, says so
(``Stoppable``). It gets a moment; a second signal does not wait.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

TYPE_CHECKING = False  # typing would be imported for nothing
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

GRACE_SECONDS = 1.0  # for what stops by itself; all is to end within two
UNDO_SECONDS = 0.3  # that another thread may take to begin something, at most
# Those that this system has: Windows knows neither SIGHUP nor a SIGTERM from outside.
SIGNALS = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
_DEFAULTS = (signal.default_int_handler, signal.SIG_DFL)
_PASSED = b"\0"  # in the pipe of signals: whoever wrote it wants to know it was read
_CLEARED = b"\r\x1b[K\x1b[?25h"  # of a progress bar, and the cursor that it hid

_stopped_by = ["stopped by {name}"]  # in the language of the program
_half_done: dict[object, Callable[[], object]] = {}
_beginning = threading.RLock()  # taken for ever once all is undone: nothing begins then
_stoppable: list[Stoppable] = []
_by: list[int] = []  # the signals that came
_timers: list[threading.Timer] = []  # that end what does not stop by itself
_kept: list[object] = []  # what the C library may call
_over: list[int] = []  # the exit code, once the program has come to its end
_untold = [True]  # empty once it was said what ended the process


def undo_at_end(undo: Callable[[], object]) -> Callable[[], None]:
    """Say what is to be undone if a signal ends the process.

    Args:
        undo: Called then, from another thread. What it raises is passed over.

    Returns:
        What takes it back, once there is nothing to undo any more.

    Example:
        >>> from monody.ending import undo_at_end
        >>> take_back = undo_at_end(print)
        >>> take_back()
    """
    token = object()
    with _beginning:
        _half_done[token] = undo

    def take_back() -> None:
        _half_done.pop(token, None)

    return take_back


class Stoppable:
    """Work that looks at ``asked`` now and then, and stops soon after. A context.

    While it has nothing to write (``unsaved`` is false) it is not even asked: under the
    command line, the process ends at once.

    Under the command line it hears of the signals that ``taking_signals`` takes. In
    another program it takes those signals itself that the program leaves to Python: a
    second Ctrl-C then raises ``KeyboardInterrupt``, and a request to end the program
    ends it when the work has stopped.

    Example:
        >>> import signal
        >>> from monody.ending import Stoppable
        >>> with Stoppable() as work:
        ...     signal.raise_signal(signal.SIGINT)
        ...     work.asked
        True
    """

    def __init__(self) -> None:
        self.asked = False
        self.unsaved = True  # whether it has something to write before it stops
        self._number = 0  # of the signal
        self._before: dict[int, Any] = {}  # the handlers that were there

    def __enter__(self) -> Stoppable:
        _stoppable.append(self)
        with suppress(ValueError):  # not the main thread: no signal comes here
            for number in SIGNALS:
                before = signal.getsignal(number)
                if before in _DEFAULTS:
                    signal.signal(number, self._note)
                    self._before[number] = before
        return self

    def __exit__(self, *_: object) -> None:
        _stoppable.remove(self)
        self._give_back()
        if self._number and self._number != signal.SIGINT:
            signal.raise_signal(self._number)  # it was only put off

    def ask(self) -> None:
        """Ask the work to stop."""
        self.asked = True

    def _note(self, number: int, _frame: FrameType | None) -> None:
        """Take the first signal."""
        self._number = number
        self._give_back()
        self.ask()

    def _give_back(self) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)
        self._before.clear()


@contextmanager
def taking_signals() -> Iterator[None]:
    """Let signals end this process within two seconds, in whatever it is.

    For programs; a library leaves signals to the program that uses it. Those that are
    ignored, as under ``nohup``, or that the program handles itself, stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = _Signals()
    try:
        yield
    finally:
        # What was asked for is done: Python may put things away undisturbed.
        atexit.unregister(_ignore)
        atexit.register(_ignore)
        signals.give_back()


def exit_code() -> int:
    """Return what a process ends with that a signal asked to: 130 for Ctrl-C."""
    return 128 + (_by[0] if _by else signal.SIGINT)


def was_asked() -> bool:
    """Tell whether a signal asked this process to end."""
    return bool(_by)


def reason() -> str:
    """Say in words what asked the process to end: ``"stopped by Ctrl-C"``."""
    number = _by[0] if _by else signal.SIGINT
    name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
    return _stopped_by[0].format(name=name)


def say_reason_as(words: str) -> None:
    """Say what asked the process to end in the words of another language.

    Args:
        words: With ``{name}`` in place of the signal; plain ASCII.
    """
    _stopped_by[0] = words


def may_tell() -> bool:
    """Tell whether to say the reason: yes once, and then no more.

    Work that stops says it by itself, perhaps just when its time is over.
    """
    try:
        return _untold.pop()
    except IndexError:
        return False


def leave_quickly() -> None:
    """Let this process leave out what Python does last, once its program is over.

    Where a machine is busy, JAX takes five seconds to take itself apart, and no signal
    ends it then. What was written is closed by that time. To be called before anything
    is imported: what was registered first is done last.
    """
    atexit.register(_leave)


def over(code: int) -> None:
    """Say that the program of this process is over.

    Args:
        code: What it ends with.
    """
    _over.append(code)


def _leave() -> None:
    """End at once, if the program came to its end and all that it said is out."""
    if not _over:
        return  # it failed: Python says how
    with suppress(OSError, ValueError):  # where it cannot be written, Python says so
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(_over[-1])


def end_at_abort(why: str, code: int) -> None:
    """Let a library that gives up end this process as everything else does.

    JAX calls ``abort`` where another process of a training is gone, after a page of its
    own words. Python hears of that too late, so the C library calls us. Where all were
    asked to end, that is the reason, though another was the first to go.

    Args:
        why: What is said then; plain ASCII.
        code: What the process ends with.
    """
    if os.name != "posix":
        return
    import ctypes  # it takes a while, and hardly anybody needs it

    def aborted(_number: int) -> None:
        end(exit_code() if _by else code, reason() if _by else why)

    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(aborted)
    _kept.append(handler)
    library = ctypes.CDLL(None)
    library.signal.argtypes = [ctypes.c_int, type(handler)]
    library.signal.restype = ctypes.c_void_p
    library.signal(signal.SIGABRT, handler)


def _ignore() -> None:
    """Ignore signals that come when all is done."""
    for number in SIGNALS:
        if signal.getsignal(number) in _DEFAULTS:
            signal.signal(number, signal.SIG_IGN)


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    """Take a signal, and do nothing."""


class _Signals:
    """Takes signals in a thread, to which Python's C code writes them at once."""

    def __init__(self) -> None:
        self._pipe = _Pipe() if os.name == "posix" else _SocketPipe()
        self._passed: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._wakeup = signal.set_wakeup_fd(
            self._pipe.descriptor, warn_on_full_buffer=False
        )
        self._before = {
            number: signal.signal(number, self._wait)
            for number in SIGNALS
            if signal.getsignal(number) in _DEFAULTS
        }

    def give_back(self) -> None:
        """Leave signals to whoever had them before.

        One that comes meanwhile is passed over: what was asked for is done.
        """
        for number in self._before:
            signal.signal(number, _pass_over)
        signal.set_wakeup_fd(self._wakeup)
        self._pipe.end()
        self._thread.join()
        for timer in _timers:
            timer.cancel()
        for past in (_timers, _by):
            past.clear()
        _untold[:] = [True]
        for number, before in self._before.items():
            signal.signal(number, before)

    def _wait(self, _number: int, _frame: FrameType | None) -> None:
        """Keep the main thread from going on until it is decided what to do."""
        self._pipe.write(_PASSED)
        self._passed.get()

    def _listen(self) -> None:
        """Read the signals, one byte each, until nobody writes any more."""
        while byte := self._pipe.read():
            if byte == _PASSED:
                self._passed.put(None)
            else:
                _answer(byte[0])
        self._pipe.close()


class _Pipe:
    """What Python's C code can write signals to."""

    def __init__(self) -> None:
        self._inbox, self.descriptor = os.pipe()
        os.set_blocking(self.descriptor, False)

    def read(self) -> bytes:
        """Wait for a byte; none comes once the other side has ended."""
        return os.read(self._inbox, 1)

    def write(self, byte: bytes) -> None:
        """Send a byte."""
        os.write(self.descriptor, byte)

    def end(self) -> None:
        """Close the side that is written to."""
        os.close(self.descriptor)

    def close(self) -> None:
        """Close the side that is read."""
        os.close(self._inbox)


class _SocketPipe:
    """The same for Windows, where signals can be written to sockets only."""

    def __init__(self) -> None:
        import socket  # it takes a while, and no other system needs it

        self._inbox, self._outbox = socket.socketpair()
        self._outbox.setblocking(False)
        self.descriptor = self._outbox.fileno()

    def read(self) -> bytes:
        """Wait for a byte; none comes once the other side has ended."""
        return self._inbox.recv(1)

    def write(self, byte: bytes) -> None:
        """Send a byte."""
        self._outbox.send(byte)

    def end(self) -> None:
        """Close the side that is written to."""
        self._outbox.close()

    def close(self) -> None:
        """Close the side that is read."""
        self._inbox.close()


def _answer(number: int) -> None:
    """Ask what can stop by itself to do so; if that takes too long, or again: end.

    What has nothing to write is not waited for: it may be compiling for minutes.
    """
    _by.append(number)
    if len(_by) > 1 or not any(work.unsaved for work in _stoppable):
        end(exit_code(), reason())
    for work in _stoppable:
        work.ask()
    timer = threading.Timer(GRACE_SECONDS, end, (exit_code(), reason()))
    timer.daemon = True
    _timers.append(timer)
    timer.start()


def end(code: int, why: str) -> None:
    """Undo what is half done, and end the process.

    Args:
        code: What it ends with.
        why: The reason, if the work has not said it by itself.
    """
    try:
        # In vain only where the thread that has it is the one that waits meanwhile.
        _beginning.acquire(timeout=UNDO_SECONDS)
        for undo in reversed([*_half_done.values()]):
            with suppress(Exception):
                undo()
        if may_tell():
            _tell(why)
    finally:
        os._exit(code)


def _tell(line: str) -> None:
    """Write a line past Python's streams, which another thread may hold."""
    if sys.__stderr__ is None:
        return
    with suppress(OSError, ValueError):  # closed: there is nobody to tell
        descriptor = sys.__stderr__.fileno()
        start = _CLEARED if os.isatty(descriptor) else b""
        os.write(descriptor, start + line.encode("ascii", "replace") + b"\n")
