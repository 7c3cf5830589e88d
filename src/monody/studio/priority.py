"""Work that gives way: to the studio's own answers, and to all other programs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

NICENESS = 10  # of 19; what is left is used whole
# Linux shares the processor between sessions first, and only then by niceness.
AUTOGROUP = Path("/proc/self/autogroup")
_BELOW_NORMAL = 0x4000  # of Windows


def give_way() -> None:
    """Lower the priority of this process, and of all that it starts from now on."""
    if hasattr(os, "nice"):
        os.nice(max(NICENESS - os.nice(0), 0))  # it is not lowered twice
        with suppress(OSError):  # no Linux, or one that does not share like this
            AUTOGROUP.write_text(str(NICENESS))
    elif sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
