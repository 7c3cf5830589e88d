"""Collections: what a musician dropped, read in the background, and what was chosen.

A collection is a folder: ``files/`` as they were dropped, and ``collection.json`` with
its name and what was chosen of it. One that is deleted is moved away whole, and can be
had back. One thread reads, a collection after the other; what was read once is known
the next time (``corpus.cache``).
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import monody
from monody.clock import now
from monody.errors import MonodyError
from monody.files import make_folder, told
from monody.saved.damage import DamagedError
from monody.sentences import translated
from monody.studio.bin import Bin
from monody.studio.cards import MAX_NAME
from monody.studio.collection_files import CollectionReading
from monody.studio.collection_names import collection_name, free_name
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder, new_id
from monody.studio.records import SavedRecords
from monody.studio.saved_collection import FACTS, Collection, read_collection
from monody.studio.uploads import Upload
from monody.studio.words import _

FILES = "files"
SECONDS_BETWEEN = 0.25  # that the pages hear how far a reading is


class CollectionLibrary:
    """The collections of a studio.

    Args:
        folder: Of the studio; it is made.
        changes: Told of every change.
    """

    def __init__(self, folder: StudioFolder, changes: Changes) -> None:
        self._folder = folder.collections
        self._deleted = Bin(folder.deleted / "collections")
        self._changes = changes
        self._lock = threading.RLock()
        self._readings: dict[str, CollectionReading] = {}
        self._progress: dict[str, tuple[int, int]] = {}
        self._told = 0.0
        self._waiting: dict[str, Future[CollectionReading]] = {}
        self._reader = ThreadPoolExecutor(1, "reader")
        self._collections = SavedRecords(
            lambda name: folder.collections / name / FACTS,
            lambda path: read_collection(path.parent),
            lambda: _("There is no such collection any more: reload the page."),
        )
        if self._folder.is_dir():
            self._collections.load(path.name for path in self._folder.iterdir())
        deque(self._deleted.over(), maxlen=0)

    @property
    def problems(self) -> list[str]:
        """A line for each folder that is no collection."""
        return self._collections.problems

    def close(self) -> None:
        """Read nothing more."""
        self._reader.shutdown(wait=False, cancel_futures=True)

    def wait(self) -> None:
        """Wait until all is read that is to be read by now."""
        self._reader.submit(lambda: None).result()

    def listed(self) -> list[Collection]:
        """Return the collections, the newest first."""
        return self._collections.listed()

    def get(self, collection_id: str) -> Collection:
        """Return a collection.

        Raises:
            UnknownError: If there is none.
        """
        return self._collections.get(collection_id)

    def files(self, collection_id: str) -> Path:
        """Return the folder of the files of a collection."""
        return self._folder / self.get(collection_id).id / FILES

    def to_json(self) -> list[dict[str, Any]]:
        """Return every collection, as the page gets it."""
        return [self.one_json(one.id) for one in self.listed()]

    def one_json(self, collection_id: str) -> dict[str, Any]:
        """Return a collection, as the page gets it."""
        one = self.get(collection_id)
        reading = self._progress.get(one.id)
        return {
            **dict.fromkeys(("files", "usable", "dropped", "duplicates", "bars"), 0),
            **one.counts,
            "id": one.id,
            "name": one.name,
            "created": one.created,
            "problem": translated(one.problem),
            "reading": reading and {"done": reading[0], "total": reading[1]},
        }

    def add(self, upload: Upload, name: str = "") -> Collection:
        """Make a collection of what came; it is read in the background.

        Args:
            upload: The files.
            name: What to call it; by default as the folder that was dropped, or by
                what its files share.

        Raises:
            MonodyError: If there is no file in it that is read.
            OSError: If it cannot be written.
        """
        _require_music(upload)
        one = Collection(new_id(), self._name(name, upload), now())
        folder = self._folder / one.id
        try:
            make_folder(folder / FILES)
            upload.move_into(folder / FILES)
            self._keep(one)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.read(one.id)
        return one

    def add_files(self, collection_id: str, upload: Upload) -> int:
        """Add files to a collection, and read it again.

        Returns:
            How many of them are new.

        Raises:
            MonodyError: If there is no such collection, or no file that is read.
            OSError: If they cannot be written.
        """
        _require_music(upload)
        added = upload.move_into(self.files(collection_id))
        self.read(collection_id)
        return added

    def rename(self, collection_id: str, name: str) -> Collection:
        """Give a collection another name; an empty one changes nothing."""
        one = self.get(collection_id)
        return self._keep(replace(one, name=name.strip()[:MAX_NAME] or one.name))

    def delete(self, collection_id: str) -> None:
        """Move a collection away; ``restore`` brings it back."""
        with self._lock:
            one = self.get(collection_id)
            self._deleted.put(one.id, [self._folder / one.id])
            self._collections.forget(one.id)
            self._readings.pop(one.id, None)
        self._changes.tell(collections=[one.id])

    def restore(self, collection_id: str) -> Collection:
        """Bring a collection back that was deleted.

        Raises:
            UnknownError: If none was.
        """
        with self._lock:
            folder = self._folder / collection_id
            if self._deleted.take_out(collection_id, [folder]):
                self._collections.remember(read_collection(folder))
        self._changes.tell(collections=[collection_id])
        return self.get(collection_id)

    def deleted(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the name of what can be had back, the last deleted first."""
        for gone in self._deleted.listed():
            with suppress(MonodyError, DamagedError, OSError):  # damaged, or just gone
                yield gone.name, read_collection(gone).name

    def leave_out(self, collection_id: str, source: str, *, out: bool) -> None:
        """Leave a file out of a collection, or take it in again.

        Raises:
            MonodyError: If there is no such file.
        """
        with self._lock:
            one = self.get(collection_id)
            others = tuple(name for name in one.left_out if name != source)
            chosen = replace(one, left_out=(*others, source) if out else others)
        self._choose(chosen, source)

    def take_line(self, collection_id: str, source: str, line: int | None) -> None:
        """Take one line of a file alone, or all that are melodies.

        Args:
            collection_id: Which collection.
            source: The file.
            line: From 1; ``None`` for all.

        Raises:
            MonodyError: If there is no such file, or no melody in the line.
        """
        with self._lock:
            one = self.get(collection_id)
            lines = {name: n for name, n in one.lines.items() if name != source}
            if line is not None:
                lines[source] = line
        self._choose(replace(one, lines=lines), source)

    def reading(self, collection_id: str) -> CollectionReading:
        """Return what was read, which is waited for.

        Raises:
            MonodyError: If there is no such collection, or it cannot be read.
        """
        with self._lock:
            found = self._readings.get(self.get(collection_id).id)
            waiting = self._waiting.get(collection_id)
        if found is not None and waiting is None:
            return found
        return (waiting or self.read(collection_id)).result()

    def read(self, collection_id: str) -> Future[CollectionReading]:
        """Read a collection in the background, after those that wait already."""
        with self._lock:
            self._progress[collection_id] = (0, 0)
            future = self._reader.submit(self._read, collection_id)
            self._waiting[collection_id] = future
        self._changes.tell(collections=[collection_id])
        self._reader.submit(self._read_lines, collection_id)
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
            choices = self.get(collection_id).choices
            return self._take(collection_id, CollectionReading.of(corpus, choices))
        except (MonodyError, OSError) as error:
            self._fail(collection_id, error)
            raise
        finally:
            with self._lock:
                self._progress.pop(collection_id, None)
                self._waiting.pop(collection_id, None)
            self._changes.tell(collections=[collection_id])

    def _read_lines(self, collection_id: str) -> None:
        """Read a collection once more, for the lines that could be chosen."""
        with self._lock:
            found = self._readings.get(collection_id)
        if found is None:
            return  # it could not be read, or is gone
        try:
            every_line = found.with_lines().every_line
        except (MonodyError, OSError) as error:
            self._fail(collection_id, error)
            return
        with self._lock:
            found = self._readings.get(collection_id)
            if found is not None:
                self._readings[collection_id] = replace(found, every_line=every_line)
        self._changes.tell(collections=[collection_id])

    def _choose(self, chosen: Collection, source: str) -> None:
        """Choose among what was read, and keep what was chosen."""
        found = self.reading(chosen.id)
        if all(report.name != source for report in found.corpus.verdicts.reports):
            raise MonodyError(_("There is no such file any more: reload the page."))
        reading = CollectionReading.of(found.corpus, chosen.choices, found.every_line)
        with self._lock:
            self.get(chosen.id)
            self._collections.remember(chosen)
            self._take(chosen.id, reading)

    def _take(
        self, collection_id: str, reading: CollectionReading
    ) -> CollectionReading:
        """Take in what was read, and keep its figures."""
        counts = reading.counts()
        with self._lock:
            one = self.get(collection_id)
            self._readings[collection_id] = reading
            self._keep(replace(one, counts=counts, problem=""))
        return reading

    def _fail(self, collection_id: str, error: MonodyError | OSError) -> None:
        """Keep why a collection could not be read, unless it is gone."""
        with self._lock:
            self._readings.pop(collection_id, None)
            one = self._collections.find(collection_id)
            if one is not None:
                problem = told(error) if isinstance(error, OSError) else str(error)
                self._keep(replace(one, problem=problem, counts={}))

    def _name(self, named: str, upload: Upload) -> str:
        """Return what the musician calls a new collection, or a name made for it."""
        if named.strip():
            return named.strip()[:MAX_NAME]
        today = datetime.now().astimezone().date()
        made = collection_name(upload.files, today)[:MAX_NAME]
        return free_name(made, [one.name for one in self.listed()])

    def _keep(self, one: Collection) -> Collection:
        """Write down what is known of a collection, and tell of it."""
        self._collections.keep(one)
        self._changes.tell(collections=[one.id])
        return one


def _require_music(upload: Upload) -> None:
    if not upload.files:
        raise MonodyError(
            _(
                "there is no music file in it: drop MIDI, ABC, MusicXML, MuseScore or "
                "kern files, or a zip of them"
            )
        )
