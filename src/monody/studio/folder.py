"""The studio's folder: where things lie, what they are called, and who is at work.

collections/ID/  files as they were dropped
models/ID/       an experiment each
trainings/ID.*   what is and was trained
melodies/ID.*    a card each: a MIDI file, and what is known of it
deleted/         collections and trainings that were deleted, whole
sounds/          what was played lately; gone at the next start
studio.json      where the server is, while there is one
key              who has it may ask the server

Other users of the machine cannot look into it.

Names are made here and never from what a stranger calls a file: no name leads out of
the folder.
"""

from __future__ import annotations

import os
import re
import secrets
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monody.ending import undo_at_end
from monody.errors import MonodyError
from monody.files import make_folder, write_json
from monody.locks import LockedError, locked
from monody.saved.damage import DamagedError
from monody.saved.plain_json import read_json
from monody.saved.values import table, text
from monody.temporary import remove_abandoned

FOLDER_VARIABLE = "MONODY_STUDIO"
ADDRESS_FILE = "studio.json"
KEY_FILE = "key"
NOBODYS = frozenset(("lost+found", "desktop.ini", "Thumbs.db"))  # systems put them
SECONDS_BETWEEN_LOOKS = 0.05
ID_LENGTH = 12
PRIVATE = 0o700
_LETTERS = string.ascii_lowercase + string.digits
_ID = re.compile(rf"[a-z0-9]{{{ID_LENGTH}}}")
# Names of sounds: of melodies, as `sounds` has them and had them, and of notes.
_SOUND = re.compile(
    rf"([0-9a-f]{{32}}|[a-z0-9]{{{ID_LENGTH}}}-[0-9a-f]{{16}}|voice-\d+-\d+)\.wav"
)
_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}/")


def new_id() -> str:
    """Return a name that nobody can guess, and that every disk takes.

    Example:
        >>> from monody.studio.folder import new_id
        >>> len(new_id())
        12
    """
    return "".join(secrets.choice(_LETTERS) for _ in range(ID_LENGTH))


def is_id(name: str) -> bool:
    """Tell whether a text is such a name.

    Example:
        >>> from monody.studio.folder import is_id, new_id
        >>> is_id(new_id()), is_id("../../passwd")
        (True, False)
    """
    return _ID.fullmatch(name) is not None


class TakenError(MonodyError):
    """Another studio is open on the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another monody studio is open on {str(folder)!r}: close it, or name "
            "another folder with --studio_dir"
        )


class StudioFolder:
    """The folder of a studio.

    Args:
        path: Made when it is opened, if it is not there.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.folder import StudioFolder
        >>> StudioFolder(Path("studio")).melodies.as_posix()
        'studio/melodies'
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.collections = path / "collections"
        self.models = path / "models"
        self.trainings = path / "trainings"
        self.melodies = path / "melodies"
        self.deleted = path / "deleted"  # collections and trainings, whole
        self.sounds = path / "sounds"

    @classmethod
    def named(cls, path: str | os.PathLike[str] | None = None) -> StudioFolder:
        """Return the folder that is named, here or by ``MONODY_STUDIO``, or the usual.

        Args:
            path: Where; by default where the system keeps a program's data.
        """
        named = path or os.environ.get(FOLDER_VARIABLE)
        if named:
            return cls(Path(named))
        from platformdirs import user_data_path

        return cls(user_data_path("monody", appauthor=False) / "studio")

    def make(self) -> None:
        """Make what is not there yet, and close it to other users.

        Raises:
            MonodyError: If it cannot be made, or has files of the user's: they would be
                closed to others, and what lies in ``deleted`` would go.
        """
        make_folder(self.path)
        self._require_own()
        # Disks that know no owners, such as USB sticks, refuse; so does another's
        # folder, which others could always look into.
        with suppress(OSError):
            self.path.chmod(PRIVATE)
        for part in self._parts():
            make_folder(part)

    def _require_own(self) -> None:
        """Make sure that the folder is a studio's, or has nothing that shows."""
        if (self.path / KEY_FILE).is_file():
            return
        own = {path.name for path in self._parts()} | {ADDRESS_FILE}
        shown = {path.name for path in self.path.iterdir() if path.name[0] != "."}
        if others := sorted(shown - own - NOBODYS):
            raise MonodyError(
                f"{str(self.path)!r} is no studio, and has files of its own, such as "
                f"{others[0]!r}: name a new folder, or an empty one, with --studio_dir"
            )

    def _parts(self) -> tuple[Path, ...]:
        parts = (self.collections, self.models, self.trainings, self.melodies)
        return (*parts, self.deleted, self.sounds)

    def clear_sounds(self) -> None:
        """Remove the sounds that an earlier server made; they can be made again.

        The folder may be one that the user had, with sounds of the user's own.
        """
        for path in self.sounds.glob("*.wav"):
            if _SOUND.fullmatch(path.name):
                path.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder, and keep every other studio out of it.

        Raises:
            TakenError: If another one is open.
            MonodyError: If it cannot be made.
        """
        self.make()
        try:
            with locked(self.path):
                self._forget()  # of a server that was killed, as what follows
                for folder in (self.path, *self._parts()):
                    remove_abandoned(folder)
                yield
        except LockedError as error:
            raise TakenError(self.path) from error

    @contextmanager
    def open_at(self, address: str) -> Iterator[None]:
        """Say where the server is, as long as it is there.

        Args:
            address: Such as ``http://127.0.0.1:8123/``.
        """
        write_json(self.path / ADDRESS_FILE, {"address": address})
        take_back = undo_at_end(self._forget)
        try:
            yield
        finally:
            take_back()
            self._forget()

    def _forget(self) -> None:
        (self.path / ADDRESS_FILE).unlink(missing_ok=True)

    def address_soon(self, seconds: float) -> str | None:
        """Return where the server says that it is; one that begins is waited for.

        Args:
            seconds: How long, at most.
        """
        deadline = time.monotonic() + seconds
        while (address := self.address()) is None and time.monotonic() < deadline:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return address

    def address(self) -> str | None:
        """Return where the server says that it is, if it does."""
        try:
            said = text(table(read_json(self.path / ADDRESS_FILE)).get("address"))
        except (OSError, DamagedError):
            return None
        return said if _ADDRESS.fullmatch(said) else None
