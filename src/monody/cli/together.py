"""A command that several processes run together, and that ends in all of them.

What ends one of them, another hears of from JAX. Then it ends, too, with one line that
says so, and at once: Python would wait for the process that is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from monody.chatter import silence_native_code
from monody.cli.failures import EXIT_USER_ERROR, PROGRAM, fail
from monody.ending import (
    end,
    end_at_abort,
    exit_code,
    may_tell,
    reason,
    was_asked,
)
from monody.errors import MonodyError
from monody.sentences import translated
from monody.settings.devices import DeviceSettings


@contextmanager
def together(devices: DeviceSettings) -> Iterator[bool]:
    """Be one of several processes within the block, where there are to be several.

    Args:
        devices: Whether there are, and which this is.

    Yields:
        Whether this is the first of them, or alone: the one that writes.
    """
    if devices.distributed is None:
        yield True
        return
    silence_native_code()

    from monody.models.processes import LOST, LostError, is_first, joined

    end_at_abort(f"{PROGRAM}: {translated(LOST)}", EXIT_USER_ERROR)
    try:
        with joined(devices):
            yield is_first()
    except MonodyError as error:
        if isinstance(error, LostError) and was_asked():
            end(exit_code(), reason())
        with suppress(SystemExit):
            if may_tell():
                fail(f"{PROGRAM}: {translated(str(error))}")
        end(EXIT_USER_ERROR, "")
