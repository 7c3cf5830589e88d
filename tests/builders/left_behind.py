"""Processes that are killed at work, and systems that lack what others have."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import monody

SOURCES = Path(monody.__file__).parents[1]


def killed_at_work(code: str, folder: Path) -> None:
    """Run some code in a folder, and kill it once it has said that it is at work.

    Args:
        code: What prints a line when it is at work, and then waits on standard input.
        folder: Where it runs.
    """
    with at_work(code, folder):
        pass


@contextmanager
def at_work(code: str, folder: Path) -> Iterator[None]:
    """Let a process run some code in a folder meanwhile; it is killed in the end.

    Args:
        code: As for ``killed_at_work``.
        folder: Where it runs.
    """
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline(), "it has not come to its work"
        yield
        process.kill()
