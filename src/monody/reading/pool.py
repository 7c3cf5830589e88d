"""Child processes that read files: one that dies or hangs is replaced.

``multiprocessing`` would run the user's script again in each child (a five-line script
has no ``__main__`` guard) and loses a whole pool when one process dies. These children
start clean, know only ``worker``, and a death costs the one file that caused it. Where
someone else ended a child, the file is tried once more, and never blamed.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, NamedTuple, TypeVar

from monody.child_process import ChildProcess, ChildProcesses
from monody.cores import usable_cores
from monody.errors import MonodyError
from monody.memory import MIB, VARIABLE, allowed_bytes, processes
from monody.reading import protocol
from monody.reading.overview import Overview
from monody.reading.protocol import FilesRead
from monody.reading.reasons import MAX_READING_BYTES, Reason, too_much_memory
from monody.settings.reading import ReadSettings

Answer = TypeVar("Answer")

MAX_CHUNK = 64  # files sent to a child at a time, so that it never waits for the parent
WATCH_SECONDS = 0.1  # between two looks at the time of the children
MAX_JOBS = 8  # more readers than one parent can listen to only cost memory
CHILD_BYTES, OWN_BYTES = 96 * MIB, 96 * MIB  # of a reader at least, and of its parent
START_SECONDS = 20.0  # of processor time, until a child has imported what it needs
LAST_WORDS_SECONDS = 1.0  # for a child whose pipe broke to say how it ended


@dataclass(frozen=True)
class Source:
    """Something to read: a file, or a member of an archive.

    Example:
        >>> from monody.reading.pool import Source
        >>> Source("tune.mid", "data/midi/tune.mid").member
        -1
    """

    name: str  # what the user calls it
    path: str
    member: int = -1  # its place in the archive at ``path``


_Answer = tuple[Sequence[Source], FilesRead]


class ReadPool:
    """A pool of reading processes. Use as a context manager.

    Args:
        settings: How to read, in ``n_jobs`` processes, ``max_files_in_ram`` at a time.
        cache: The database of what was read before, and what its keys have in common
            (``cache.common_key``); empty to remember nothing. Without a name for the
            database, readings get their keys, and none is known.
        module: The module that the children run, which tests replace.
    """

    def __init__(
        self,
        settings: ReadSettings,
        cache: Sequence[str] = (),
        module: str = "monody.reading.worker",
    ) -> None:
        self._settings = settings
        self._arguments = [json.dumps(settings.to_json()), *cache]
        self._module = module
        most = settings.n_jobs or min(usable_cores(), MAX_JOBS)
        self._jobs = processes(most, CHILD_BYTES, OWN_BYTES)
        share = max(allowed_bytes() - OWN_BYTES, CHILD_BYTES) // self._jobs
        self._limits = _Limits(
            settings.max_seconds_per_file, min(share, MAX_READING_BYTES)
        )
        self._environment = {VARIABLE: str(share)}
        self._local = threading.local()
        self._children: list[_Child] = []
        self._processes = ChildProcesses()
        self._closed = threading.Event()
        self._threads = ThreadPoolExecutor(self._jobs)
        self._watchdog = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ReadPool:
        self._watchdog.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._processes.kill()
        self._threads.shutdown(cancel_futures=True)
        self._watchdog.join()
        self._processes.close()

    def read(self, sources: Iterable[Source]) -> Iterator[_Answer]:
        """Read files.

        Args:
            sources: The files, which may be more than fit in memory.

        Yields:
            Some of the files, in their order, and what came out of them.

        Raises:
            MonodyError: If a child does not start.
        """
        in_ram = self._settings.max_files_in_ram
        size = max(1, min(MAX_CHUNK, in_ram // (2 * self._jobs)))
        pending: deque[Future[list[_Answer]]] = deque()
        for chunk in _batched(sources, size):
            pending.append(self._threads.submit(self._read_chunk, chunk))
            if len(pending) * size >= in_ram:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()

    def members(self, path: str) -> list[tuple[int, str]] | Reason:
        """List the music files in an archive.

        Args:
            path: The archive.

        Returns:
            The place and the name of each. Where there are none, reading the archive as
            a file says why. If listing it kills the child, the reason.

        Raises:
            MonodyError: If the child does not start.
        """
        return self._threads.submit(self._list, path).result()

    def overview(self, source: Source, max_pieces: int = 0) -> Overview | Reason:
        """Describe what is in a file.

        Args:
            source: The file.
            max_pieces: How many tunes of a tune book to describe; 0 is all.

        Returns:
            The overview; the reason where the file cannot be read.

        Raises:
            MonodyError: If the child does not start.
        """
        return self._threads.submit(self._describe, source, max_pieces).result()

    def _describe(self, source: Source, max_pieces: int) -> Overview | Reason:
        return self._asked(lambda child: child.overview(source, max_pieces))

    def _list(self, path: str) -> list[tuple[int, str]] | Reason:
        return self._asked(lambda child: child.members(path))

    def _asked(self, ask: Callable[[_Child], Answer | None]) -> Answer | Reason:
        """Ask this thread's child about one file; why it ended, if it does over it.

        A file whose child someone else ended is given to another child, once.
        """
        child = self._child()
        answer = ask(child)
        if answer is None and child.was_killed and not self._closed.is_set():
            child = self._child()
            answer = ask(child)
        return child.obituary() if answer is None else answer

    def _read_chunk(self, sources: Sequence[Source]) -> list[_Answer]:
        """Read files in this thread's child; a file that kills it is named.

        Which of several it was is found by reading each of them alone.
        """
        if self._closed.is_set():
            return []
        if len(sources) == 1:
            read = self._asked(lambda child: child.read(sources))
            alone = FilesRead.failed(read) if isinstance(read, Reason) else read
            return [(sources, alone)]
        together = self._child().read(sources)
        if together is not None:
            return [(sources, together)]
        return [one for source in sources for one in self._read_chunk([source])]

    def _child(self) -> _Child:
        """Return this thread's living child, started if need be."""
        child: _Child | None = getattr(self._local, "child", None)
        if child is None or not child.alive:
            if child is not None:
                self._children.remove(child)
                self._processes.remove(child.process)
                self._local.child = None
            child = _Child(
                self._module, self._arguments, self._limits, self._environment
            )
            self._local.child = child
            self._children.append(child)
            self._processes.add(child.process)
            child.wait_until_ready(self._closed)
        return child

    def _watch(self) -> None:
        """Kill every child that is over its time."""
        while not self._closed.wait(WATCH_SECONDS):
            for child in list(self._children):
                child.stop_if_overdue()


def _batched(sources: Iterable[Source], size: int) -> Iterator[list[Source]]:
    """Yield lists of ``size`` sources; the last may be shorter."""
    rest = iter(sources)
    while chunk := list(islice(rest, size)):
        yield chunk


class _Limits(NamedTuple):
    """What a reading process may take."""

    seconds: float  # of each file
    memory_bytes: int


class _Child:
    """One reading process."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        limits: _Limits,
        environment: Mapping[str, str],
    ) -> None:
        self.process = ChildProcess(
            module,
            arguments,
            cpu_seconds=START_SECONDS + limits.seconds,
            memory_bytes=limits.memory_bytes,
            environment={"OPENBLAS_NUM_THREADS": "1", **environment},
            quiet=True,
        )
        self._module = module
        self._limits = limits
        self._deadline = float("inf")
        self._overdue = False
        self.alive = True

    def wait_until_ready(self, closed: threading.Event) -> None:
        """Wait for the child's word that it has started.

        Args:
            closed: Set where it was ended on purpose.

        Raises:
            MonodyError: If it ends without it: no file is to blame for that.
        """
        if self.process.answers.readline() != protocol.READY and not closed.is_set():
            self.close()
            raise MonodyError(
                "a reading process did not start: run "
                f"`{sys.executable} -P -m {self._module} '{{}}'` to see why"
            )

    def read(self, sources: Sequence[Source]) -> FilesRead | None:
        """Read files; ``None`` if the process ends over it."""
        request = [(source.path, source.member) for source in sources]

        def receive(pipe: BinaryIO, alive: Callable[[], None]) -> FilesRead:
            read = protocol.receive_files(pipe, alive)
            if len(read.reports) != len(sources):
                raise ValueError("an answer for other files")
            return read

        return self._ask(request, receive)

    def members(self, path: str) -> list[tuple[int, str]] | None:
        """List an archive; ``None`` if the process ends over it."""
        return self._ask(path, protocol.receive_members)

    def overview(self, source: Source, max_pieces: int) -> Overview | Reason | None:
        """Describe a file; ``None`` if the process ends over it."""
        request: protocol.OverviewRequest = {
            "overview": (source.path, source.member),
            "max_pieces": max_pieces,
        }
        return self._ask(request, protocol.receive_overview)

    def _ask(
        self,
        request: protocol.Request,
        receive: Callable[[BinaryIO, Callable[[], None]], Answer],
    ) -> Answer | None:
        """Send a request and wait for its answer; ``None`` if the process ends."""
        self._start_clock()
        try:
            protocol.send_request(self.process.requests, request)
            return receive(self.process.answers, self._start_clock)
        except (EOFError, OSError, ValueError, KeyError, TypeError):
            # The pipe broke, or what came is no answer: this process is done for.
            self._deadline = float("inf")
            self.process.wait(LAST_WORDS_SECONDS)
            self.close()
            return None
        finally:
            self._deadline = float("inf")

    def _start_clock(self) -> None:
        self._deadline = time.monotonic() + self._limits.seconds

    def stop_if_overdue(self) -> None:
        """End the process if its present file takes too long."""
        if time.monotonic() > self._deadline:
            self._overdue = True
            self.process.kill()

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self.alive = False
        self.process.close()

    @property
    def was_killed(self) -> bool:
        """Whether neither its file nor this pool ended the process."""
        return self.process.was_killed and not self._overdue

    def obituary(self) -> Reason:
        """Say why the process ended: the verdict of the file that it was reading."""
        limit_seconds = self._limits.seconds
        if self.process.used_its_memory:
            return too_much_memory(self._limits.memory_bytes)
        if self._overdue or self.process.used_its_time:
            return Reason(
                f"took longer than {limit_seconds:g} s to read",
                "raise --max_seconds_per_file",
            )
        if self.was_killed:
            return Reason(
                "the process that read it was killed, perhaps for want of memory",
                "read it again, with fewer --n_jobs",
            )
        return Reason(
            f"the parser died on it (exit status {self.process.poll()})",
            "report it, with the file, to the authors of monody",
        )
