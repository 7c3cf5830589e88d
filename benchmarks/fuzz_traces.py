"""What reading may leave behind: processes, and files in the temporary folder.

The machine has other users, so what is ours is marked: a variable in the environment
that all processes inherit, however far they have gone, and a temporary folder of our
own.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

MARK = "MONODY_FUZZ"
_PROCESSES = Path("/proc")


def mark_traces() -> Path:
    """Mark this process and its children; return their own temporary folder.

    Where the system's is meant, it is found in ``tempfile`` and the environment.
    """
    folder = Path(tempfile.mkdtemp(prefix="monody-fuzz-"))
    os.environ[MARK] = str(os.getpid())
    os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    return folder


def processes_left() -> list[str]:
    """Describe the processes that we or our children started and that still run.

    Where there is no ``/proc``, as on macOS, none is seen.
    """
    left: list[str] = []
    for folder in _PROCESSES.glob("[0-9]*"):
        if folder.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):  # it has ended, or is another user's
            if _is_zombie(folder) or _is_marked(folder):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                left.append(command.decode(errors="replace")[:200] or "a zombie")
    return left


def _is_marked(folder: Path) -> bool:
    """Tell whether a process inherited our mark."""
    own = f"{MARK}={os.getpid()}".encode()
    return own in (folder / "environ").read_bytes().split(b"\0")


def _is_zombie(folder: Path) -> bool:
    """Tell whether a process is our child and has ended unseen."""
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return fields[0] == "Z" and fields[1] == str(os.getpid())
