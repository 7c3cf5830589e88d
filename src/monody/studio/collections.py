"""Collections: what a musician dropped, read in the background, and what was chosen.

A collection is a folder: ``files/`` as they were dropped, and ``collection.json`` with
its name and what was chosen of it. One that is deleted is moved away whole, and can be
had back. ``CollectionReader`` reads them; what was read once is known the next time
(``corpus.cache``).
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monody.clock import now
from monody.errors import MonodyError
from monody.files import make_folder
from monody.saved.damage import DamagedError
from monody.sentences import translated
from monody.studio.bin import Bin
from monody.studio.cards import MAX_NAME
from monody.studio.collection_files import CollectionReading
from monody.studio.collection_names import collection_name, free_name
from monody.studio.collection_reader import FILES, CollectionReader
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder, new_id
from monody.studio.records import SavedRecords
from monody.studio.saved_collection import FACTS, Collection, read_collection
from monody.studio.uploads import Upload
from monody.studio.words import _


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
        self._collections = SavedRecords(
            lambda name: folder.collections / name / FACTS,
            lambda path: read_collection(path.parent),
            lambda: _("There is no such collection any more: reload the page."),
        )
        self._reader = CollectionReader(self._folder, self._collections, changes)
        if self._folder.is_dir():
            self._collections.load(path.name for path in self._folder.iterdir())
        deque(self._deleted.over(), maxlen=0)

    @property
    def problems(self) -> list[str]:
        """A line for each folder that is no collection."""
        return self._collections.problems

    def close(self) -> None:
        """Read nothing more."""
        self._reader.close()

    def wait(self) -> None:
        """Wait until all is read that is to be read by now."""
        self._reader.wait()

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
        return self._reader.files(collection_id)

    def to_json(self) -> list[dict[str, Any]]:
        """Return every collection, as the page gets it."""
        return [self.one_json(one.id) for one in self.listed()]

    def one_json(self, collection_id: str) -> dict[str, Any]:
        """Return a collection, as the page gets it."""
        one = self.get(collection_id)
        reading = self._reader.progress(one.id)
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
            self._reader.keep(one)
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
        return self._reader.keep(replace(one, name=name.strip()[:MAX_NAME] or one.name))

    def delete(self, collection_id: str) -> None:
        """Move a collection away; ``restore`` brings it back."""
        with self._reader.lock:
            one = self.get(collection_id)
            self._deleted.put(one.id, [self._folder / one.id])
            self._collections.forget(one.id)
            self._reader.forget(one.id)
        self._changes.tell(collections=[one.id])

    def restore(self, collection_id: str) -> Collection:
        """Bring a collection back that was deleted.

        Raises:
            UnknownError: If none was.
        """
        with self._reader.lock:
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
        with self._reader.lock:
            one = self.get(collection_id)
            others = tuple(name for name in one.left_out if name != source)
            chosen = replace(one, left_out=(*others, source) if out else others)
        self._reader.choose(chosen, source)

    def take_line(self, collection_id: str, source: str, line: int | None) -> None:
        """Take one line of a file alone, or all that are melodies.

        Args:
            collection_id: Which collection.
            source: The file.
            line: From 1; ``None`` for all.

        Raises:
            MonodyError: If there is no such file, or no melody in the line.
        """
        with self._reader.lock:
            one = self.get(collection_id)
            lines = {name: n for name, n in one.lines.items() if name != source}
            if line is not None:
                lines[source] = line
        self._reader.choose(replace(one, lines=lines), source)

    def reading(self, collection_id: str) -> CollectionReading:
        """Return what was read, which is waited for.

        Raises:
            MonodyError: If there is no such collection, or it cannot be read.
        """
        return self._reader.reading(collection_id)

    def read(self, collection_id: str) -> Future[CollectionReading]:
        """Read a collection in the background, after those that wait already."""
        return self._reader.read(collection_id)

    def _name(self, named: str, upload: Upload) -> str:
        """Return what the musician calls a new collection, or a name made for it."""
        if named.strip():
            return named.strip()[:MAX_NAME]
        today = datetime.now().astimezone().date()
        made = collection_name(upload.files, today)[:MAX_NAME]
        return free_name(made, [one.name for one in self.listed()])


def _require_music(upload: Upload) -> None:
    if not upload.files:
        raise MonodyError(
            _(
                "there is no music file in it: drop MIDI, ABC, MusicXML, MuseScore or "
                "kern files, or a zip of them"
            )
        )
