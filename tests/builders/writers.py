"""Writers that a child process can be given: they are pickled by their module."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from monody.errors import MonodyError
from monody.generation.parts import Task
from monody.generation.writer import Draft
from monody.music.melody import Melody


class Scribe:
    """Writes, for each task, as many notes as its index says."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task."""
        return [self._draft(task) for task in tasks]

    def _draft(self, task: Task) -> Draft:
        notes = [(60, 24 * number, 24) for number in range(task.index)]
        return Draft(task, Melody.from_notes(notes), 96, float(os.getpid()), {})

    memory_bytes = 0  # it has no model

    @property
    def can_travel(self) -> bool:
        return True

    @property
    def usual_ticks(self) -> int:
        """How long a melody is."""
        return 96


class Refuses(Scribe):
    """Says that no melody can be all that is asked for."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Raise an error."""
        raise MonodyError(f"no melody obeys all of {len(tasks)} rules")


class Dies(Scribe):
    """Ends its process, as a system does that is short of memory."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """End the process."""
        os._exit(9)


class Prints(Scribe):
    """Prints while it writes."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task."""
        sys.stdout.write("what a library may print")
        return super().write(tasks)
