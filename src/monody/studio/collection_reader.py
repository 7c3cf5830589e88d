"""The reading of collections: in the background, one after the other.

What was read is kept, and what a file's other lines are is read after it. What is
known of a collection is written down each time.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import monody
from monody.errors import MonodyError
from monody.files import told
from monody.studio.collection_files import CollectionReading
from monody.studio.events import Changes
from monody.studio.records import SavedRecords
from monody.studio.saved_collection import Collection
from monody.studio.words import _

FILES = "files"
SECONDS_BETWEEN = 0.25  # that the pages hear how far a reading is


class CollectionReader:
    """Reads the collections of a studio.

    Args:
        folder: Where they are.
        collections: What is known of them.
        changes: Told of every change.
    """

    def __init__(
        self, folder: Path, collections: SavedRecords[Collection], changes: Changes
    ) -> None:
        self._folder, self._collections, self._changes = folder, collections, changes
        self.lock = threading.RLock()  # of who reads a collection to change it
        self._readings: dict[str, CollectionReading] = {}
        self._progress: dict[str, tuple[int, int]] = {}
        self._told = 0.0
        self._waiting: dict[str, Future[CollectionReading]] = {}
        self._thread = ThreadPoolExecutor(1, "reader")

    def close(self) -> None:
        """Read nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def wait(self) -> None:
        """Wait until all is read that is to be read by now."""
        self._thread.submit(lambda: None).result()

    def progress(self, collection_id: str) -> tuple[int, int] | None:
        """Return how many files of how many are read; ``None`` if none is."""
        return self._progress.get(collection_id)

    def forget(self, collection_id: str) -> None:
        """Forget what was read of a collection."""
        self._readings.pop(collection_id, None)

    def files(self, collection_id: str) -> Path:
        """Return the folder of the files of a collection.

        Raises:
            UnknownError: If there is no such collection.
        """
        return self._folder / self._collections.get(collection_id).id / FILES

    def keep(self, one: Collection) -> Collection:
        """Write down what is known of a collection, and tell of it."""
        self._collections.keep(one)
        self._changes.tell(collections=[one.id])
        return one

    def reading(self, collection_id: str) -> CollectionReading:
        """Return what was read, which is waited for.

        Raises:
            MonodyError: If there is no such collection, or it cannot be read.
        """
        with self.lock:
            found = self._readings.get(self._collections.get(collection_id).id)
            waiting = self._waiting.get(collection_id)
        if found is not None and waiting is None:
            return found
        return (waiting or self.read(collection_id)).result()

    def read(self, collection_id: str) -> Future[CollectionReading]:
        """Read a collection in the background, after those that wait already."""
        with self.lock:
            self._progress[collection_id] = (0, 0)
            future = self._thread.submit(self._read, collection_id)
            self._waiting[collection_id] = future
        self._changes.tell(collections=[collection_id])
        self._thread.submit(self._read_lines, collection_id)
        return future

    def _read(self, collection_id: str) -> CollectionReading:
        """Read a collection, and note what came of it."""

        def progress(done: int, total: int) -> None:
            self._progress[collection_id] = (done, total)
            if time.monotonic() > self._told + SECONDS_BETWEEN:
                self._told = time.monotonic()
                self._changes.tell(collections=[collection_id])

        try:
            corpus = monody.read_corpus(self.files(collection_id), progress=progress)
            choices = self._collections.get(collection_id).choices
            return self._take(collection_id, CollectionReading.of(corpus, choices))
        except (MonodyError, OSError) as error:
            self._fail(collection_id, error)
            raise
        finally:
            with self.lock:
                self._progress.pop(collection_id, None)
                self._waiting.pop(collection_id, None)
            self._changes.tell(collections=[collection_id])

    def _read_lines(self, collection_id: str) -> None:
        """Read a collection once more, for the lines that could be chosen."""
        with self.lock:
            found = self._readings.get(collection_id)
        if found is None:
            return  # it could not be read, or is gone
        try:
            every_line = found.with_lines().every_line
        except (MonodyError, OSError) as error:
            self._fail(collection_id, error)
            return
        with self.lock:
            found = self._readings.get(collection_id)
            if found is not None:
                self._readings[collection_id] = replace(found, every_line=every_line)
        self._changes.tell(collections=[collection_id])

    def choose(self, chosen: Collection, source: str) -> None:
        """Choose among what was read, and keep what was chosen.

        Args:
            chosen: A collection, with what is chosen of it.
            source: The file that something is chosen of.

        Raises:
            MonodyError: If there is no such file, or no melody in the line.
        """
        found = self.reading(chosen.id)
        if all(report.name != source for report in found.corpus.verdicts.reports):
            raise MonodyError(_("There is no such file any more: reload the page."))
        reading = CollectionReading.of(found.corpus, chosen.choices, found.every_line)
        with self.lock:
            self._collections.get(chosen.id)
            self._collections.remember(chosen)
            self._take(chosen.id, reading)

    def _take(
        self, collection_id: str, reading: CollectionReading
    ) -> CollectionReading:
        """Take in what was read, and keep its figures."""
        counts = reading.counts()
        with self.lock:
            one = self._collections.get(collection_id)
            self._readings[collection_id] = reading
            self.keep(replace(one, counts=counts, problem=""))
        return reading

    def _fail(self, collection_id: str, error: MonodyError | OSError) -> None:
        """Keep why a collection could not be read, unless it is gone."""
        with self.lock:
            self._readings.pop(collection_id, None)
            one = self._collections.find(collection_id)
            if one is not None:
                problem = told(error) if isinstance(error, OSError) else str(error)
                self.keep(replace(one, problem=problem, counts={}))
