"""The watch over fuzzed files: what may come of one, and what is a fault."""

from __future__ import annotations

import contextlib
import random
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

from monody.cli.failures import MAX_LINE, one_line
from monody.errors import MonodyError
from tests.builders.mutations import mutated

Use = Callable[[bytes], object]


class Kind(NamedTuple):
    """A kind of file.

    Args:
        originals: Whole files of it.
        use: Gives a file to all that reads it.
        max_seconds: Of the processor, that a file may take.
    """

    originals: tuple[bytes, ...]
    use: Use
    max_seconds: float = 2.0

    def file(self, rng: random.Random) -> bytes:
        """Make a fuzzed file."""
        return mutated(rng.choice(self.originals), rng.choice(self.originals), rng)


class TimeIsUpError(BaseException):
    """A file took longer than it may; nothing that it meets on its way catches it."""


class FaultError(Exception):
    """What was read of a file is not what may be."""


def check_said(text: str) -> None:
    """Raise a `FaultError` if a message is no line that a terminal can show."""
    if len(text) > MAX_LINE:
        raise FaultError(f"a message of {len(text):,} characters")
    if not text.isprintable():
        raise FaultError(f"a message with control characters: {ascii(text)[:200]}")


def sentence_or_nothing(read: Callable[[], object]) -> None:
    """Read something; an error of ours is as good, if it fits a line."""
    try:
        read()
    except MonodyError as error:
        check_said(one_line(str(error)))


def watched(kind: Kind, data: bytes, patience: float = 1) -> tuple[str, float]:
    """Give a file to its readers.

    Args:
        kind: What kind of file it is.
        data: The file.
        patience: How many times as long as it may take is no fault yet.

    Returns:
        What is wrong, empty if nothing is; and the seconds of the processor it took.
    """
    began, most = time.process_time(), patience * kind.max_seconds
    fault = ""
    try:
        with warnings.catch_warnings(), _at_most(2 * most):
            warnings.simplefilter("error")
            kind.use(data)
    except MonodyError as error:
        fault = _said_fault(one_line(str(error)))
    except TimeIsUpError:
        fault = "time: " + _place(1)
    except FaultError as error:
        fault = str(error)
    except Exception as error:
        fault = f"{type(error).__name__}: {error} {_place(2)}"
    seconds = time.process_time() - began
    if seconds > most and not fault:
        fault = "time"
    return fault, seconds


def _said_fault(text: str) -> str:
    try:
        check_said(text)
    except FaultError as error:
        return str(error)
    return ""


def _place(frames: int) -> str:
    """Say where the error came up that is handled."""
    lines = traceback.format_exc(limit=-frames).splitlines()
    return " / ".join(line.strip() for line in lines if "File" in line)


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise a `TimeIsUpError` after so much of the processor; Windows cannot."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, _time_is_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _time_is_up(*_: object) -> None:
    raise TimeIsUpError
