"""What libraries say to their developers, kept from the user of a command.

A warning of Keras about NumPy, a note of JAX that it sees no GPU: the user can do
nothing about them, and the one line that matters would be lost among them.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_COMPILER = "TF_CPP_MIN_LOG_LEVEL"  # JAX's, which is written in C++


@contextmanager
def libraries_silenced() -> Iterator[None]:
    """Keep warnings and logs of libraries from the error stream. For programs.

    Warnings that are made errors (``python -W error``) still are.

    Example:
        >>> import logging
        >>> from monody.chatter import libraries_silenced
        >>> with libraries_silenced():
        ...     logging.getLogger("a library").warning("of no use to you")
    """
    before = warnings.showwarning, logging.lastResort
    _silence()
    try:
        yield
    finally:
        warnings.showwarning, logging.lastResort = before
        # What Python finds unclosed when it ends is no matter of the user's, either.
        atexit.unregister(warnings.simplefilter)
        atexit.register(warnings.simplefilter, "ignore")


def silence_native_code() -> None:
    """Keep what code in C++ writes from the terminal until this process ends.

    Python's own streams go on where they went. For programs that several processes of
    JAX train in: its libraries write whom they reach, and a page where they do not.
    """
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        with suppress(OSError, ValueError, AttributeError):  # closed, or no file
            if stream.fileno() != number:
                continue
            stream.flush()
            own = open(  # noqa: PTH123, SIM115 - of a number; open as long as we are
                os.dup(number),
                "w",
                encoding=stream.encoding,
                errors=stream.errors,
                buffering=1,
            )
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, number)
            os.close(nowhere)
            setattr(sys, name, own)
            setattr(sys, f"__{name}__", own)


def _silence() -> None:
    os.environ.setdefault(_COMPILER, "3")  # fatal errors only; the user may say more
    warnings.showwarning = _say_nothing
    logging.lastResort = logging.NullHandler()


def _say_nothing(*_: object, **__: object) -> None:
    """Show no warning."""
