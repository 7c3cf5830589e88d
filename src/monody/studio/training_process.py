"""The process of the training that runs: ordered, heard, and asked to stop."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

from monody.child_process import ChildProcess
from monody.studio.training_child import Order
from monody.studio.words import _

# For the child to write its checkpoint; it ends itself a moment before.
STOP_SECONDS = 1.3


class TrainingProcess:
    """Runs one training at a time.

    Args:
        module: What the process runs.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def run(
        self,
        order: Order,
        goes_on: Callable[[], bool],
        note: Callable[[Mapping[str, Any]], None],
    ) -> str:
        """Let a process train, and hear what it tells.

        Args:
            order: What is to be trained.
            goes_on: Asked before it begins: whether nobody has stopped it meanwhile.
            note: Called with each thing that the process tells.

        Returns:
            Why it failed; empty if it did not.

        Raises:
            MonodyError: If the process cannot be started.
            OSError: If it ends before it was told what to do.
        """
        with self._lock:
            if not goes_on():
                return ""
            child = self._child = ChildProcess(self._module)
        last: Mapping[str, Any] = {}
        try:
            child.requests.write(order.to_line())
            child.requests.flush()
            for line in child.answers:
                if not line.endswith(b"\n"):
                    break  # it was killed within a word
                last = json.loads(line)
                note(last)
        finally:
            with self._lock:
                self._child = None
            child.close()
        broke_off = _("It broke off; go on with it to try again.")
        return "" if last.get("over") else str(last.get("failed", broke_off))

    def stop(self) -> None:
        """Ask the process to write its checkpoint and end; if need be, end it."""
        with self._lock:
            child = self._child
        if child is None:
            return
        try:
            child.requests.write(b"stop\n")
            child.requests.flush()
            child.wait(STOP_SECONDS)
        except (OSError, ValueError):
            pass  # it has ended already
        child.kill()
