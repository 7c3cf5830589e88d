"""Writing many melodies with all cores.

NumPy keeps one core busy, so where there is enough to do each core has a process of its
own. ``multiprocessing`` would run the user's script again in each (a five-line script
has no ``__main__`` guard). These children start clean and know only ``worker``.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from monody.child_process import ChildProcess, ChildProcesses
from monody.errors import MonodyError
from monody.generation.parts import Task
from monody.generation.writer import Draft

MODULE = "monody.generation.worker"
MAX_JOBS = 16


class MelodyWriter(Protocol):
    """What writes or rewrites melodies. It can be pickled if it can travel."""

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        """Write one melody for each task."""

    @property
    def memory_bytes(self) -> int:
        """Return what its model takes."""

    @property
    def can_travel(self) -> bool:
        """Whether a copy in another process would write the same."""

    @property
    def usual_ticks(self) -> int:
        """Return how long a melody is."""


def write_chunks(
    writer: MelodyWriter, chunks: Iterable[Sequence[Task]], jobs: int = 1
) -> Iterator[list[Draft]]:
    """Write melodies, chunk by chunk and in order.

    What comes of a task does not depend on the number of processes.

    Args:
        writer: Writes them.
        chunks: The tasks; each chunk is written together. No more of them are asked for
            than are soon written.
        jobs: Processes; with 1 the melodies are written in this one.

    Raises:
        MonodyError: If no melody can be all that is asked for, or a process dies.
    """
    if jobs <= 1:
        yield from map(writer.write, chunks)
        return
    with WriterPool(writer, min(jobs, MAX_JOBS)) as pool:
        yield from pool.write(chunks)


class WriterPool:
    """Processes that write melodies. Use as a context manager.

    Args:
        writer: What each process writes with.
        jobs: How many there are.
    """

    def __init__(self, writer: MelodyWriter, jobs: int) -> None:
        self._writer = pickle.dumps(writer)
        self._jobs = jobs
        self._local = threading.local()
        self._children = ChildProcesses()
        self._threads = ThreadPoolExecutor(jobs)

    def __enter__(self) -> WriterPool:
        return self

    def __exit__(self, *_: object) -> None:
        self._children.kill()
        self._threads.shutdown(cancel_futures=True)
        self._children.close()

    def write(self, chunks: Iterable[Sequence[Task]]) -> Iterator[list[Draft]]:
        """Write chunks of tasks, and yield their drafts in order.

        Raises:
            MonodyError: As `write_chunks` says.
        """
        remaining = iter(chunks)
        pending: deque[Future[list[Draft]]] = deque()
        while True:
            room = 2 * self._jobs - len(pending)
            for chunk in islice(remaining, room):
                pending.append(self._threads.submit(self._written, chunk))
            if not pending:
                return
            yield pending.popleft().result()

    def _written(self, chunk: Sequence[Task]) -> list[Draft]:
        """Let the child of this thread write a chunk."""
        try:
            child = self._child()
            pickle.dump(list(chunk), child.requests)
            child.requests.flush()
            drafts, error = pickle.load(child.answers)  # noqa: S301 - our own child
        except (OSError, EOFError, pickle.UnpicklingError) as gone:
            raise MonodyError(
                "a process that writes melodies has died, perhaps for want of memory: "
                "try again with fewer --num_files"
            ) from gone
        if error is not None:
            raise error
        written: list[Draft] = drafts
        return written

    def _child(self) -> ChildProcess:
        """Return the child of this thread, started when it is first needed."""
        child: ChildProcess | None = getattr(self._local, "child", None)
        if child is None:
            # What is pickled here must be found there.
            path = os.pathsep.join(filter(None, sys.path))
            child = ChildProcess(MODULE, environment={"PYTHONPATH": path})
            self._local.child = child
            self._children.add(child)
            child.requests.write(self._writer)
        return child
