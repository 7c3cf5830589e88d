"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monody.errors import MonodyError

MAX_SHOWN = 40  # characters of a file's name, in that of the file being written


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless it is there.

    Raises:
        MonodyError: If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MonodyError(
            f"cannot make the folder {str(path)!r}: {error.strerror}"
        ) from error


@contextmanager
def replacing(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a temporary path beside ``path`` that takes its place once written.

    If the block raises, ``path`` stays as it was and nothing is left behind.

    Args:
        path: The file.
        lasting: Whether to wait until the disk has it, so that a power cut cannot take
            it. What can be made again need not: ten such waits are a tenth of a second
            on good disks, and seconds on busy ones.
    """
    # The random part lets two processes write at once; the suffix stays the same for
    # writers that look at it, as Keras does.
    name = path.stem[:MAX_SHOWN]  # with what is added, no name may be too long
    temporary = path.with_name(f".{name}.{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        if lasting:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def laying_out(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``folder`` that becomes it once filled.

    If the block raises, nothing is left behind. A folder that is there by then, because
    another run was quicker, stays.
    """
    temporary = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file whole or not at all; see ``replacing``."""
    with replacing(path, lasting=lasting) as temporary:
        temporary.write_bytes(data)


def write_beside(path: Path, data: bytes) -> Path:
    """Write a file, whole or not at all, and over no other.

    Args:
        path: Its name. Where another file has it, a number makes it free: ``my-2.wav``.
        data: Its contents. A file that has just these is taken as written.

    Returns:
        The path.

    Example:
        >>> from pathlib import Path
        >>> from monody.files import write_beside
        >>> Path("my.abc").touch()
        >>> str(write_beside(Path("my.abc"), b"X:1"))
        'my-2.abc'
        >>> str(write_beside(Path("my.abc"), b"X:1"))
        'my-2.abc'
    """
    number, free = 1, path
    while os.path.lexists(free):
        alike = free.is_file() and free.stat().st_size == len(data)
        if alike and free.read_bytes() == data:
            return free
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    write_bytes(free, data)
    return free


def copy_file(source: Path, path: Path) -> None:
    """Copy a file whole or not at all."""
    with replacing(path) as temporary:
        shutil.copyfile(source, temporary)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file whole or not at all; what is no Unicode is spelt out."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, values: object) -> None:
    """Write a JSON file that people can read, whole or not at all."""
    write_text(path, json.dumps(values, indent=2) + "\n")


def last_names(path: str | os.PathLike[str]) -> str:
    """Return a path as it may be given away: its own name and that of its folder.

    Files that monody writes are shared. They name no folder above, and not the home
    folder, whose name is mostly that of the user.

    Args:
        path: A file or a folder; it need not be there.

    Example:
        >>> from monody.files import last_names
        >>> last_names("/srv/music/experiments/01/model.keras")
        '01/model.keras'
    """
    names = Path(os.path.normpath(Path(path).absolute())).parts[1:][-2:]
    home = _home_name()
    return "/".join(name for name in names if name.casefold() != home)


def _home_name() -> str | None:
    """Return the name of the user's home folder, if there is one."""
    try:
        return Path.home().name.casefold()
    except RuntimeError:  # nothing says where it is
        return None


FOLDER_VARIABLE = "MONODY_CACHE"


def cache_folder() -> Path:
    """Return where monody remembers what it read."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("monody", appauthor=False)


SUMS_FILE = "sums.json"


def seal(folder: Path) -> None:
    """Write down the checksums of a folder's files."""
    sums = {path.name: _sum(path) for path in sorted(folder.iterdir())}
    write_text(folder / SUMS_FILE, json.dumps(sums))


def is_whole(folder: Path) -> bool:
    """Tell whether a folder's files are what they were when it was sealed."""
    try:
        sums = json.loads((folder / SUMS_FILE).read_text("utf-8"))
        return all(_sum(folder / name) == value for name, value in sums.items())
    except (OSError, ValueError, AttributeError):
        return False


def _sum(path: Path) -> int:
    """Return a checksum of a file, read a mebibyte at a time."""
    total = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            total = zlib.crc32(part, total)
    return total


COMPILED = "compiled"  # what JAX compiled, see `backend`


LAID_OUT = "base-"  # the base model, see `base`
