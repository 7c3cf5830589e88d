"""What in the cache folder is ours: folders with our mark. Nothing else is removed.

``MONODY_CACHE`` may name any folder, with anything in it. So every folder that monody
makes there carries a mark, and neither a name nor a file in it makes it ours. The mark
is a ``CACHEDIR.TAG`` (https://bford.info/cachedir/), by which programs that make
backups know that they may leave the folder out.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from monody.locks import NoLocksError, try_lock

MARK_FILE = "CACHEDIR.TAG"
MARK = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# monody made this folder, and `monody cache --clear` removes it.\n"
)
SECONDS_TO_REMOVE = 5.0  # that another process may take to remove a folder
_SECONDS_BETWEEN_TRIES = 0.02
_used: dict[Path, int] = {}  # folders, and the locks that say so


def mark(folder: Path) -> None:
    """Make a folder ours, with all that is in it.

    Args:
        folder: One that was just made.
    """
    (folder / MARK_FILE).write_bytes(MARK)


def is_ours(folder: Path) -> bool:
    """Tell whether a folder carries our mark. A link is not ours, of folder or mark.

    Example:
        >>> from pathlib import Path
        >>> from monody.ours import is_ours, mark
        >>> Path("base-line").mkdir()
        >>> is_ours(Path("base-line"))
        False
        >>> mark(Path("base-line"))
        >>> is_ours(Path("base-line"))
        True
    """
    path = folder / MARK_FILE
    if folder.is_symlink() or not _is_plain(path):
        return False
    with path.open("rb") as file:
        return file.read(len(MARK) + 1) == MARK


def claim(folder: Path) -> bool:
    """Make a folder that is ours, unless it is there already.

    Returns:
        Whether it may be written to: not where another's folder has its name, unless
        that one is empty.

    Raises:
        OSError: If it cannot be made, or not be looked into.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not is_ours(folder):
        if not _is_new(folder):
            return is_ours(folder)  # another run may have been quicker
        mark(folder)
    return True


def _is_new(folder: Path) -> bool:
    """Tell whether a folder is empty, or has a mark that a full disk left empty."""
    path = folder / MARK_FILE
    return all(
        file == path and _is_plain(file) and not file.stat().st_size
        for file in folder.iterdir()
    )


def _is_plain(path: Path) -> bool:
    """Tell whether a plain file is there itself.

    A link may lead to a file of the user's, and who opens a pipe waits for ever.
    """
    return path.is_file() and not path.is_symlink()


def use(folder: Path) -> bool:
    """Keep other processes from removing a folder, as long as this one runs.

    Args:
        folder: One that is ours. One that is just being removed is waited for.

    Returns:
        Whether it is there, and stays.

    Raises:
        OSError: If it cannot be looked into.

    Example:
        >>> from pathlib import Path
        >>> from monody.ours import use
        >>> use(Path("gone"))
        False
    """
    if folder in _used:
        return folder.is_dir()
    deadline = time.monotonic() + SECONDS_TO_REMOVE
    try:
        while (lock := try_lock(folder, shared=True)) is None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(_SECONDS_BETWEEN_TRIES)
        if not folder.is_dir() or not os.path.samestat(os.fstat(lock), folder.stat()):
            os.close(lock)
            return False  # it was removed before it was locked
    except FileNotFoundError:
        return False
    except NoLocksError:
        return True
    _used[folder] = lock
    return True


def remove(folder: Path) -> None:
    """Remove a folder if it is ours, and no other process uses it.

    Another run may read in it all the same. Memory-mapped files stay readable while
    they are used, except on Windows, which refuses to remove them; there a later run
    does.
    """
    lock = _used.pop(folder, None)
    if lock is not None:
        os.close(lock)
    if not is_ours(folder):
        return
    try:
        lock = try_lock(folder)
    except NoLocksError:
        _remove(folder)
    except FileNotFoundError:
        return  # another process was quicker
    else:
        if lock is not None:
            try:
                _remove(folder)
            finally:
                os.close(lock)


def _remove(folder: Path) -> None:
    # The mark goes last: what is left of a removal that is broken off is ours.
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != MARK_FILE:
            _unlink(path)
    shutil.rmtree(folder, ignore_errors=True)


def _unlink(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except PermissionError:
        return  # in use, on Windows


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that is ours; none of another's."""
    if is_ours(folder):
        yield from (path for path in folder.rglob("*") if path.is_file())
