"""Standard input and output where there are none, as in a service or without a console.

Python has nothing in their place then, and asking it whether it is a terminal is an
error. What is worse: the next file that is opened gets the number of standard output,
and what a library prints goes into that file.
"""

from __future__ import annotations

import os
import sys

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
