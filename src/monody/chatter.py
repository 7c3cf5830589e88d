"""What libraries say to their developers, kept from the user of a command.

A warning of Keras about NumPy, a note of JAX that it sees no GPU: the user can do
nothing about them, and the one line that matters would be lost among them.
"""

from __future__ import annotations

import atexit
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

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


def _silence() -> None:
    os.environ.setdefault(_COMPILER, "3")  # fatal errors only; the user may say more
    warnings.showwarning = _say_nothing
    logging.lastResort = logging.NullHandler()


def _say_nothing(*_: object, **__: object) -> None:
    """Show no warning."""
