"""What was deleted: it can be had back for some time, and then goes.

It goes when a studio is opened, never while one is open: what was deleted by mistake is
there at least as long as the page on which that was done.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from monody.files import make_folder
from monody.studio.folder import is_id

DAYS_KEPT = 30
_SECONDS_KEPT = DAYS_KEPT * 86_400


def is_over(path: Path) -> bool:
    """Tell whether something was deleted so long ago that it may go.

    Args:
        path: A file or folder that was changed last when it was deleted.
    """
    return path.stat().st_mtime + _SECONDS_KEPT < time.time()


class Bin:
    """A folder of what was deleted, each thing in a folder of its own.

    Args:
        folder: Made when it is needed.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.bin import Bin
        >>> from monody.studio.folder import new_id
        >>> tune, name, deleted = Path("tune.abc"), new_id(), Bin(Path("deleted"))
        >>> tune.touch()
        >>> deleted.put(name, [tune])
        >>> tune.exists(), deleted.take_out(name, [tune]), tune.exists()
        (False, True, True)
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, paths: Sequence[Path]) -> None:
        """Move files and folders here; those that are not there are passed over.

        Args:
            name: The id under which they can be had back.
            paths: All of different names; or the one folder that has this id as its
                name.

        Raises:
            OSError: If they cannot be moved.
        """
        gone = self._folder / name
        if [path.name for path in paths] == [name]:
            make_folder(self._folder)
            paths[0].rename(gone)
        else:
            make_folder(gone)
            for path in paths:
                if path.exists():
                    path.rename(gone / path.name)
        os.utime(gone)  # when it was deleted

    def take_out(self, name: str, paths: Sequence[Path]) -> bool:
        """Move back what was deleted.

        Args:
            name: The id under which it was put here.
            paths: As they were given to ``put``.

        Returns:
            Whether there was anything.

        Raises:
            OSError: If it cannot be moved.
        """
        gone = self._folder / name
        if not is_id(name) or not gone.is_dir():
            return False
        if [path.name for path in paths] == [name]:
            gone.rename(paths[0])
            return True
        for path in paths:
            if (gone / path.name).exists():
                (gone / path.name).rename(path)
        gone.rmdir()
        return True

    def listed(self) -> list[Path]:
        """Return the folders of what can be had back, what was deleted last first."""
        if not self._folder.is_dir():
            return []
        there = [path for path in self._folder.iterdir() if is_id(path.name)]
        return sorted(there, key=lambda path: path.stat().st_mtime, reverse=True)

    def over(self) -> Iterator[Path]:
        """Yield the folders of what was deleted long ago, and remove each after that.

        What the system does not let go of stays for the next time.
        """
        for gone in self.listed():
            if is_over(gone):
                yield gone
                shutil.rmtree(gone, ignore_errors=True)
