"""Standard input and output as they may be: closed, or without letters for all names.

In a service or without a console Python has nothing in their place, and asking it
whether it is a terminal is an error. What is worse: the next file that is opened gets
the number of standard output, and what a library prints goes into that file.
"""

from __future__ import annotations

import io
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
