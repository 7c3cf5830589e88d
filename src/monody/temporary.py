"""Files and folders on their way: written under a name of their own, then moved.

Each is locked while it is written. One that can be locked was left by a process that
was killed, and whoever writes next to the same folder removes it. The name is ours
alone, so nothing else is ever removed.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from monody.ending import undo_at_end
from monody.locks import NoLocksError, try_lock

_START = ".monody-"
_NAME = re.compile(rf"{re.escape(_START)}[0-9a-f]{{16}}(\..*)?", re.DOTALL)
_MAX_SUFFIX = 16  # characters: with a long one, no disk would take the name
# Where nothing can be locked: after this a process that wrote counts as killed.
_FORGOTTEN_SECONDS = 24 * 3600.0
# So long a program that looks for viruses may keep what was just written, on Windows.
_LOOKED_AT_SECONDS = 2.0
_SECONDS_BETWEEN_TRIES = 0.02
_looked_through: set[Path] = set()  # folders, by this process


@contextmanager
def temporary_file(folder: Path, suffix: str = "") -> Iterator[Path]:
    """Make an empty file under a name of its own; it is removed unless it was moved.

    Args:
        folder: Where to. It must be there.
        suffix: What its name ends in, for writers that look at it, as Keras does.

    Raises:
        OSError: If it cannot be made.

    Example:
        >>> from pathlib import Path
        >>> from monody.temporary import temporary_file
        >>> with temporary_file(Path(), ".txt") as path:
        ...     _ = path.write_text("whole")
        ...     _ = path.replace("note.txt")
        >>> path.exists(), Path("note.txt").read_text()
        (False, 'whole')
    """
    remove_abandoned(folder)
    path, lock, take_back = _made(folder, suffix, _make_file)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)
        _unlock(lock)
        take_back()


class TemporaryFolder:
    """A folder under a name of its own.

    Args:
        parent: Where it is made; made itself if it is not there.
        private: Whether it is closed to other users.

    Raises:
        OSError: If it cannot be made.

    Example:
        >>> from pathlib import Path
        >>> from monody.temporary import TemporaryFolder
        >>> folder = TemporaryFolder(Path("drafts"))
        >>> folder.path.is_dir()
        True
        >>> folder.remove()
        >>> list(Path("drafts").iterdir())
        []
    """

    def __init__(self, parent: Path, *, private: bool = False) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(parent)
        mode = 0o700 if private else 0o777
        self.path, self._lock, self._take_back = _made(
            parent, "", lambda path: path.mkdir(mode)
        )

    def move_to(self, path: Path) -> None:
        """Give it its lasting name.

        Raises:
            OSError: If it cannot be moved there: another folder has the name.
        """
        move(Path.rename, self.path, path)
        self.remove()

    def remove(self) -> None:
        """Remove it, unless it was moved."""
        with suppress(OSError):
            _remove(self.path)
        _unlock(self._lock)
        self._lock = None
        self._take_back()


def move(act: Callable[[Path, Path], object], source: Path, target: Path) -> None:
    """Move a file or a folder, as soon as nobody looks into it.

    Windows moves nothing that is open, and a program that looks for viruses or makes an
    index opens what was just written, for a moment. Elsewhere nothing is waited for.

    Args:
        act: Such as ``Path.replace``.
        source: What is moved.
        target: Its new path.

    Raises:
        OSError: If it cannot be moved.

    Example:
        >>> from pathlib import Path
        >>> from monody.temporary import move
        >>> Path("a.mid").touch()
        >>> move(Path.replace, Path("a.mid"), Path("b.mid"))
        >>> Path("b.mid").exists()
        True
    """
    deadline = time.monotonic() + _LOOKED_AT_SECONDS
    while True:
        try:
            act(source, target)
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() >= deadline:
                raise
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def is_temporary(path: str | bytes | os.PathLike[str]) -> bool:
    """Tell by its name whether a file or folder is on its way.

    Example:
        >>> from monody.temporary import is_temporary
        >>> is_temporary("tunes/.monody-0123456789abcdef.mid"), is_temporary("1.mid")
        (True, False)
    """
    return _NAME.fullmatch(Path(os.fsdecode(path)).name) is not None


def _made(
    folder: Path, suffix: str, make: Callable[[Path], None]
) -> tuple[Path, int | None, Callable[[], None]]:
    """Make something under a new name, and lock it where that can be.

    Returns:
        Its path, its lock, and what to call when it was moved or removed: until then a
        signal that ends the process removes it.
    """
    while True:
        path = folder / f"{_START}{secrets.token_hex(8)}{suffix[:_MAX_SUFFIX]}"
        take_back = undo_at_end(partial(_remove, path))
        try:
            make(path)
        except BaseException:
            take_back()
            raise
        try:
            lock = try_lock(path)
        except FileNotFoundError:
            take_back()
            continue  # who looks for what was abandoned was here before the lock was
        except NoLocksError:
            return path, None, take_back
        if lock is not None and path.exists():
            return path, lock, take_back
        take_back()
        _unlock(lock)


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    # Another thread may still write there. It finds no such folder any more, instead of
    # putting something into one that is being emptied. Windows may refuse.
    with suppress(OSError):
        path = path.rename(path.with_name(f"{_START}{secrets.token_hex(8)}"))
    shutil.rmtree(path, ignore_errors=True)


def _make_file(path: Path) -> None:
    path.open("xb").close()


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def remove_abandoned(folder: Path) -> None:
    """Remove what processes that were killed left in a folder.

    It looks once: while this process runs, that is enough.

    Args:
        folder: It need not be there.

    Example:
        >>> from pathlib import Path
        >>> from monody.temporary import remove_abandoned
        >>> Path("left").mkdir()
        >>> Path("left/.monody-0123456789abcdef.mid").touch()
        >>> remove_abandoned(Path("left"))
        >>> list(Path("left").iterdir())
        []
    """
    place = folder.absolute()
    if place in _looked_through:
        return
    _looked_through.add(place)
    # Whoever writes to the folder tells that it is closed, or not there. What cannot be
    # removed is another user's.
    with suppress(OSError):
        for path in place.iterdir():
            if is_temporary(path):
                with suppress(OSError):
                    _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    """Remove a file or folder, unless a process is writing it."""
    lock = None
    try:
        lock = try_lock(path)
        abandoned = lock is not None
    except NoLocksError:
        abandoned = time.time() - path.lstat().st_mtime > _FORGOTTEN_SECONDS
    try:
        if abandoned:
            _remove(path)
    finally:
        _unlock(lock)
