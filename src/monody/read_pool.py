"""Child processes that read files: one that dies or hangs is replaced.

``multiprocessing`` would run the user's script again in each child (a five-line script
has no ``__main__`` guard) and loses a whole pool when one process dies. These children
start clean, know only ``read_worker``, and a death costs the one file that caused it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.melody_store import INFO, MelodyStore
from monody.settings import ReadSettings

MAX_CHUNK = 16  # files sent to a child at a time, so that it never waits for the parent
WATCH_SECONDS = 0.1


@dataclass(frozen=True)
class FileReading:
    """What came out of one file."""

    path: Path
    melodies: MelodyStore
    left_out: str  # what was left out, and why
    repairs: tuple[str, ...] = ()  # what was wrong with the file, and done


class ReadPool:
    """A pool of reading processes. Use as a context manager.

    Args:
        settings: How to read, in ``n_jobs`` processes, ``max_files_in_ram`` at a time.
        module: The module that the children run, which tests replace.
    """

    def __init__(
        self, settings: ReadSettings, module: str = "monody.read_worker"
    ) -> None:
        self._settings = settings
        self._module = module
        self._jobs = settings.n_jobs or os.cpu_count() or 1
        self._local = threading.local()
        self._children: list[_Child] = []
        self._closed = threading.Event()
        self._threads = ThreadPoolExecutor(self._jobs)
        self._watchdog = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ReadPool:
        self._watchdog.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        for child in list(self._children):
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        self._watchdog.join()
        for child in self._children:
            child.close()

    def read(self, paths: Sequence[Path]) -> Iterator[FileReading]:
        """Read files; results come in the order of ``paths``."""
        in_ram = self._settings.max_files_in_ram
        size = max(1, min(MAX_CHUNK, in_ram // (2 * self._jobs)))
        chunks = [paths[i : i + size] for i in range(0, len(paths), size)]
        pending: deque[Future[list[FileReading]]] = deque()
        for chunk in chunks:
            pending.append(self._threads.submit(self._read_chunk, chunk))
            if len(pending) * size >= in_ram:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()

    def _read_chunk(self, paths: Sequence[Path]) -> list[FileReading]:
        """Read a few files in this thread's child; a file that kills it is named."""
        done: list[FileReading] = []
        while len(done) < len(paths) and not self._closed.is_set():
            child = self._child()
            done += child.read(paths[len(done) :])
            if len(done) < len(paths) and not self._closed.is_set():
                reason = child.obituary()
                done.append(FileReading(paths[len(done)], MelodyStore.of([]), reason))
        return done

    def _child(self) -> _Child:
        """Return this thread's living child, started if need be."""
        child: _Child | None = getattr(self._local, "child", None)
        if child is None or not child.alive:
            if child is not None:
                self._children.remove(child)
            child = _Child(self._module, self._settings)
            self._local.child = child
            self._children.append(child)
            child.wait_until_ready()
        return child

    def _watch(self) -> None:
        """Kill every child that is over its time."""
        while not self._closed.wait(WATCH_SECONDS):
            for child in list(self._children):
                child.stop_if_overdue()


class _Child:
    """One reading process."""

    def __init__(self, module: str, settings: ReadSettings) -> None:
        # -P: a json.py in the folder where monody is run must not be imported.
        program = [sys.executable, "-P", "-m", module]
        arguments = [*program, json.dumps(settings.to_json())]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, our own Python
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._requests = cast(BinaryIO, self._process.stdin)
        self._answers = cast(BinaryIO, self._process.stdout)
        self._module = module
        self._limit_seconds = settings.max_seconds_per_file
        self._deadline = float("inf")
        self._overdue = False
        self.alive = True

    def wait_until_ready(self) -> None:
        """Wait for the child's word that it has started.

        Raises:
            MonodyError: If it ends without it: no file is to blame for that.
        """
        if self._answers.readline() != b"ready\n":
            self.close()
            raise MonodyError(
                "a reading process did not start: run "
                f"`{sys.executable} -P -m {self._module} '{{}}'` to see why"
            )

    def read(self, paths: Sequence[Path]) -> list[FileReading]:
        """Read files until all are done or the process ends; return those done."""
        readings: list[FileReading] = []
        requests = "".join(json.dumps(os.fspath(path)) + "\n" for path in paths)
        try:
            self._start_clock()
            self._requests.write(requests.encode())
            self._requests.flush()
            for path in paths:
                readings.append(self._answer(path))
                self._start_clock()
        except (EOFError, OSError, ValueError):
            # The pipe broke, or what came is no answer: this process is done for.
            self._deadline = float("inf")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)  # it may say itself how it ended
            self.close()
        self._deadline = float("inf")
        return readings

    def _start_clock(self) -> None:
        self._deadline = time.monotonic() + self._limit_seconds

    def _answer(self, path: Path) -> FileReading:
        """Wait for the answer to one request."""
        header = json.loads(self._answers.readline() or b"null")
        if header is None:
            raise EOFError
        arrays: list[NDArray[Any]] = []
        layouts = ((np.dtype(np.int32), 3), (np.dtype(np.int32), 3), (INFO, 1))
        for count, (dtype, width) in zip(header["counts"], layouts, strict=True):
            data = self._answers.read(count * width * dtype.itemsize)
            array = np.frombuffer(data, dtype)
            arrays.append(array.reshape(-1, 3) if width == 3 else array)
        notes, meters, info = arrays
        store = MelodyStore(notes, meters, info, [""])
        return FileReading(path, store, header["left_out"], tuple(header["repairs"]))

    def stop_if_overdue(self) -> None:
        """End the process if its present file takes too long."""
        if time.monotonic() > self._deadline:
            self._overdue = True
            self.kill()

    def kill(self) -> None:
        """End the process; whoever waits for its answer then sees the pipe's end."""
        self._process.kill()

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self.alive = False
        self.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):  # a broken pipe closes with an error
                pipe.close()

    def obituary(self) -> str:
        """Say why the process ended: the verdict of the file that it was reading."""
        if self._overdue:
            return f"took longer than {self._limit_seconds:g} s to read"
        return f"the parser died on it (exit status {self._process.returncode})"
