"""Locks that the system holds: they end with the process, however that ends.

Linux and macOS lock an open file or folder itself, which leaves nothing on the disk and
needs no right to write. Windows has no such lock on folders, and some network disks
have none: there a lock file in the folder is locked in its place.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from monody.errors import MonodyError

LOCK_FILE = ".monody.lock"  # where a folder itself cannot be locked
_SECONDS_BETWEEN_TRIES = 0.02
# What a disk answers that cannot lock what was opened.
_NO_LOCKS = (errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP)


class LockedError(MonodyError):
    """Another process, or another part of this one, holds the lock."""


class NoLocksError(Exception):
    """The system, or the disk, cannot lock this."""


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock a file or a folder until its descriptor is closed.

    Args:
        path: What is there. A link is not followed.
        shared: Whether others may hold it, too, who share it as well.

    Returns:
        The descriptor, to be closed; ``None`` if another holds the lock.

    Raises:
        NoLocksError: If it cannot be locked here.
        OSError: If it cannot be opened.

    Example:
        >>> import os
        >>> from pathlib import Path
        >>> from monody.locks import try_lock
        >>> lock = try_lock(Path())
        >>> try_lock(Path()) is None
        True
        >>> os.close(lock)
    """
    try:
        import fcntl
    except ImportError as error:
        raise NoLocksError from error
    # Nothing waits: not for a lock, nor for whoever would write to a named pipe.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            return None
        if error.errno in _NO_LOCKS:
            raise NoLocksError from error
        raise
    return descriptor


@contextmanager
def locked(folder: Path, seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of a folder. It keeps out only those who ask for it, too.

    Args:
        folder: It must be there.
        seconds: How long to wait while another holds it.

    Raises:
        LockedError: If another still holds it.
        OSError: If the folder cannot be opened.

    Example:
        >>> from pathlib import Path
        >>> from monody.locks import locked
        >>> with locked(Path()), locked(Path()):
        ...     pass
        Traceback (most recent call last):
        ...
        monody.locks.LockedError: another process is at work in '.'
    """
    release = _lock(folder, time.monotonic() + seconds)
    try:
        yield
    finally:
        release()


def _lock(folder: Path, deadline: float) -> Callable[[], object]:
    """Lock a folder, before a moment of ``time.monotonic``; return what unlocks it."""
    try:
        while (lock := try_lock(folder.resolve())) is None:
            if time.monotonic() >= deadline:
                raise _held(folder)
            time.sleep(_SECONDS_BETWEEN_TRIES)
    except NoLocksError:
        return _lock_file(folder, deadline)
    return partial(os.close, lock)


def _lock_file(folder: Path, deadline: float) -> Callable[[], object]:
    """Lock a file in a folder. One that a killed process left is not locked."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK_FILE)
    try:
        lock.acquire(timeout=max(deadline - time.monotonic(), 0))
    except Timeout as error:
        raise _held(folder) from error
    except NotImplementedError:
        # A disk without any locks: nobody can be kept out, and who is alone should not.
        return lambda: None
    return lock.release


def _held(folder: Path) -> LockedError:
    return LockedError(f"another process is at work in {str(folder)!r}")
