"""Saved records: what is known of the cards, the collections and the trainings.

Each record is a JSON file of its own, and is kept in memory, too. What is damaged, or
of another version, costs itself only.

Who asks for a record never waits for the disk: on a busy one a file takes a tenth of a
second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from monody.errors import MonodyError
from monody.files import make_folder, write_json
from monody.saved.damage import DamagedError
from monody.studio.folder import is_id


class UnknownError(MonodyError):
    """What is asked for is not there."""


class SavedRecord(Protocol):
    """What is known of one thing."""

    @property
    def id(self) -> str:
        """Its name on the disk."""

    @property
    def created(self) -> str:
        """When it was made, in UTC, ISO 8601."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""


Record = TypeVar("Record", bound=SavedRecord)


class SavedRecords(Generic[Record]):
    """The records of one kind.

    Args:
        path_of: Where the record of an id lies.
        read: Reads one; a ``DamagedError``, ``MonodyError`` or ``OSError`` says why it
            cannot.
        missing: Says, in the language of who asks, that a record is not there any more.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.folder import new_id
        >>> from monody.studio.records import SavedRecords
        >>> from monody.studio.saved_training import Training, read_training
        >>> def missing():
        ...     return "There is no such training."
        >>> trainings = SavedRecords(
        ...     lambda one: Path(f"{one}.json"), read_training, missing
        ... )
        >>> one = Training(new_id(), new_id(), "Airs", "2026-01-01", "2026-01-01")
        >>> trainings.keep(one)
        >>> trainings.get(one.id) == one == read_training(Path(f"{one.id}.json"))
        True
    """

    def __init__(
        self,
        path_of: Callable[[str], Path],
        read: Callable[[Path], Record],
        missing: Callable[[], str],
    ) -> None:
        self.problems: list[str] = []  # a line for each file that is none
        self._path_of, self._read, self._missing = path_of, read, missing
        self._records: dict[str, Record] = {}
        self._looking = threading.Lock()
        self._writing = threading.Lock()  # one after the other, as they were asked for

    def __iter__(self) -> Iterator[Record]:
        with self._looking:
            return iter([*self._records.values()])

    def __contains__(self, record_id: object) -> bool:
        with self._looking:
            return record_id in self._records

    def load(self, names: Iterable[str]) -> None:
        """Read what is there.

        Args:
            names: Of files or folders; those that are no ids are passed over.
        """
        for name in sorted(names):
            if not is_id(name):
                continue
            path = self._path_of(name)
            try:
                one = self._read(path)
            except (OSError, DamagedError, MonodyError) as error:
                self.problems.append(f"{name}: {error}")
            else:
                self.remember(one)

    def listed(self) -> list[Record]:
        """Return all, the newest first."""
        return sorted(self, key=lambda one: (one.created, one.id), reverse=True)

    def find(self, record_id: str) -> Record | None:
        """Return a record, if it is there."""
        with self._looking:
            return self._records.get(record_id)

    def get(self, record_id: str) -> Record:
        """Return a record.

        Raises:
            UnknownError: If there is none.
        """
        found = self.find(record_id)
        if found is None:
            raise UnknownError(self._missing())
        return found

    def keep(self, record: Record) -> None:
        """Write a record down, whole or not at all, and remember it.

        Raises:
            OSError: If it cannot be written.
        """
        with self._writing:
            path = self._path_of(record.id)
            make_folder(path.parent)  # somebody may have tidied up meanwhile
            write_json(path, record.to_json())
            self.remember(record)

    def remember(self, record: Record) -> None:
        """Remember a record that is on the disk, or will be."""
        with self._looking:
            self._records[record.id] = record

    def forget(self, record_id: str) -> None:
        """Forget a record; its file is left alone."""
        with self._looking:
            self._records.pop(record_id, None)
