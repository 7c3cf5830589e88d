"""Standard input and output as they may be: closed, or without letters for all names.

In a service or without a console Python has nothing in their place, and asking it
whether it is a terminal is an error. What is worse: the next file that is opened gets
the number of standard output, and what a library prints goes into that file.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress

TYPE_CHECKING = False  # typing would be imported before signals are taken
if TYPE_CHECKING:
    from typing import TextIO

WIDTH = "COLUMNS"  # the variable that names the width of the terminal
MAX_DIGITS = 4
_STREAMS = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_closed_streams() -> None:
    """Let standard input and output that are closed lead nowhere.

    Example:
        >>> from monody.cli.streams import open_closed_streams
        >>> open_closed_streams()  # here they are open
    """
    for number, (name, mode) in enumerate(_STREAMS.items()):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free
            os.set_inheritable(null, True)  # our children have them, too
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def spell_what_cannot_be_encoded() -> None:
    r"""Let output spell out the letters that its encoding lacks, as in ``\u2192``.

    Files of Windows have cp1252, and an old locale ASCII. A note to self, a title or
    the name of a file may have any letter, and would be an error there.

    Example:
        >>> from monody.cli.streams import spell_what_cannot_be_encoded
        >>> spell_what_cannot_be_encoded()
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def lead_nowhere(stream: TextIO) -> None:
    """Let a stream that could not be written to lead nowhere.

    Python writes what is left in it when it ends, and an error then takes the place of
    the exit code.

    Args:
        stream: Standard output, or that of errors.

    Example:
        >>> from pathlib import Path
        >>> from monody.cli.streams import lead_nowhere
        >>> with Path("said.txt").open("w") as stream:
        ...     lead_nowhere(stream)
        ...     _ = stream.write("nobody reads it")
        >>> Path("said.txt").read_text()
        ''
    """
    with suppress(OSError, ValueError):  # no file at all, as in a program that tests
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def forget_odd_width() -> None:
    """Forget a width of the terminal that is none; who lays out tables divides by it.

    Example:
        >>> from monody.cli.streams import forget_odd_width
        >>> forget_odd_width()
    """
    columns = os.environ.get(WIDTH, "")
    is_number = columns.isascii() and columns.isdecimal() and len(columns) <= MAX_DIGITS
    if not is_number or not int(columns):
        os.environ.pop(WIDTH, None)
