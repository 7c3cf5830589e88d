"""Files and folders that are written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from monody.errors import MonodyError
from monody.saved.damage import require_file
from monody.saved.plain_json import read_json
from monody.saved.values import table
from monody.temporary import (
    TemporaryFolder,
    is_temporary,
    move,
    temporary_file,
)
from monody.translation import marked

MAX_WINDOWS_PATH = 259  # characters, unless long paths were switched on
# As NumPy says that no more could be written, without a number.
_CUT_SHORT = re.compile(r"\d+ requested and \d+ written")


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


def replacing(path: Path, *, lasting: bool = True) -> AbstractContextManager[Path]:
    """Give a temporary path beside ``path`` that takes its place once written.

    If the block raises, ``path`` stays as it was and nothing is left behind. What a
    killed process left is removed by the next that writes to the folder.

    Args:
        path: The file.
        lasting: Whether to wait until the disk has it, so that a power cut cannot take
            it. What can be made again need not: ten such waits are a tenth of a second
            on good disks, and seconds on busy ones.

    Raises:
        OSError: If it cannot be written; it is told of ``path``.
    """
    return _writing(path, Path.replace, lasting=lasting)


def creating(path: Path) -> AbstractContextManager[Path]:
    """Give a temporary path that becomes ``path``, unless a file is there by then.

    Of two that write the same file at once, the second meets the first one's.

    Args:
        path: The file.

    Raises:
        FileExistsError: If there is one already.
        OSError: If it cannot be written; it is told of ``path``.

    Example:
        >>> from pathlib import Path
        >>> from monody.files import creating
        >>> for text in ("mine", "another's"):
        ...     with creating(Path("my.txt")) as temporary:
        ...         _ = temporary.write_text(text)
        Traceback (most recent call last):
        ...
        FileExistsError: [Errno 17] File exists: 'my.txt'
        >>> Path("my.txt").read_text()
        'mine'
    """
    return _writing(path, _move_to_free, lasting=True)


@contextmanager
def _writing(
    path: Path, act: Callable[[Path, Path], object], *, lasting: bool
) -> Iterator[Path]:
    """Give a temporary path, and move it once it is written."""
    with telling_of(path), temporary_file(path.parent, path.suffix) as temporary:
        yield temporary
        if lasting:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        move(act, temporary, path)


def _move_to_free(temporary: Path, path: Path) -> None:
    """Move a file to a name that is free, at one stroke."""
    try:
        path.hardlink_to(temporary)  # unlike a move, it never replaces
    except FileExistsError:
        raise
    except OSError:  # no hard links here, as on many sticks: the name is taken first
        path.open("xb").close()
        temporary.replace(path)


def is_full(error: OSError) -> bool:
    """Tell whether a disk, or what one may use of it, is full.

    Example:
        >>> from monody.files import is_full
        >>> is_full(OSError(28, "No space left on device")), is_full(OSError())
        (True, False)
    """
    # Windows has no word for a quota.
    return error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG)


def told(error: OSError) -> str:
    """Say in a line what the system refused, of which file, and what to do.

    Example:
        >>> from monody.files import told
        >>> told(OSError(28, "No space left on device", "tune.mid"))
        "no space left for 'tune.mid': make room there, or name a folder on another..."
        >>> told(OSError(13, "Permission denied", "tune.mid"))
        "cannot use 'tune.mid': Permission denied"
    """
    name = repr(str(error.filename)) if error.filename else None
    if is_full(error):
        where = name or marked("what is written")
        return marked(
            f"no space left for {where}: make room there, or name a folder on another "
            "disk"
        )
    if error.filename and _is_too_long_for_windows(error.filename):
        return marked(
            f"cannot use {name}: its whole path is longer than the {MAX_WINDOWS_PATH} "
            "characters that Windows takes: work in a folder with a shorter path"
        )
    why = error.strerror or str(error)
    return marked(f"cannot use {name}: {why}") if name else why


def _is_too_long_for_windows(name: str | bytes) -> bool:
    """Tell whether that is why: Windows says that there is no such file."""
    whole = os.path.abspath(os.fsdecode(name))  # noqa: PTH100
    return sys.platform == "win32" and len(whole) > MAX_WINDOWS_PATH


@contextmanager
def telling_of(path: Path) -> Iterator[None]:
    """Name the file that was meant where the system names a temporary one, or none.

    Args:
        path: What is being written.

    Raises:
        OSError: As the block does, with a file name.

    Example:
        >>> from pathlib import Path
        >>> from monody.files import telling_of
        >>> with telling_of(Path("tune.mid")):
        ...     raise OSError(28, "No space left on device")
        Traceback (most recent call last):
        ...
        OSError: [Errno 28] No space left on device: 'tune.mid'
    """
    try:
        yield
    except OSError as error:
        named = error.filename
        if named is not None and not _is_in_temporary(named):
            raise
        number, words = error.errno or errno.EIO, error.strerror or str(error)
        if _CUT_SHORT.search(words):
            number, words = errno.ENOSPC, os.strerror(errno.ENOSPC)
        raise OSError(number, words, str(path)) from error


def _is_in_temporary(path: str | bytes) -> bool:
    """Tell whether a file is on its way, or in a folder that is."""
    return any(map(is_temporary, Path(os.fsdecode(path)).parts))


@contextmanager
def laying_out(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``folder`` that becomes it once filled.

    If the block raises, nothing is left behind. A folder that is there by then, because
    another run was quicker, stays. The disk has what is in it before it has its name,
    so that a power cut leaves no folder of empty files.
    """
    making = TemporaryFolder(folder.parent)
    try:
        with telling_of(folder):
            yield making.path
            _sync(making.path)
            try:
                making.move_to(folder)
            except OSError:
                if not folder.is_dir():
                    raise
    finally:
        making.remove()


def _sync(folder: Path) -> None:
    """Wait until the disk has every file in a folder, and their names."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        elif path.is_dir() and os.name != "nt":  # Windows keeps names by itself
            opened = os.open(path, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


def write_bytes(path: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file whole or not at all; see ``replacing``."""
    with replacing(path, lasting=lasting) as temporary:
        temporary.write_bytes(data)


def write_new(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and over no other; see ``creating``."""
    with creating(path) as temporary:
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
    while True:
        if not os.path.lexists(free):
            with suppress(FileExistsError):  # another process was quicker
                write_new(free, data)
                return free
        alike = free.is_file() and free.stat().st_size == len(data)
        if alike and free.read_bytes() == data:
            return free
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")


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


def write_pieces(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file whole or not at all, piece by piece: it may be a large one.

    Args:
        path: The file.
        pieces: Of plain ASCII.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="ascii") as file:
        file.writelines(pieces)


def list_json(values: Iterable[object]) -> Iterator[str]:
    """Yield the pieces of a JSON list, a value a line.

    Example:
        >>> from monody.files import list_json
        >>> print("".join(list_json([{"a": 1}, None])))
        [
          {"a": 1},
          null
        ]
        >>> print("".join(list_json([])))
        []
    """
    separator = "[\n  "
    for value in values:
        yield separator + json.dumps(value)
        separator = ",\n  "
    yield "[]" if separator.startswith("[") else "\n]"


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


SUMS_FILE = "sums.json"


def seal(folder: Path) -> None:
    """Write down the checksums of a folder's files, those in its folders included."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = {path.relative_to(folder).as_posix(): _sum(path) for path in files}
    write_text(folder / SUMS_FILE, json.dumps(sums))


def is_whole(folder: Path) -> bool:
    """Tell whether a folder's files are what they were when it was sealed.

    Files that came later do not matter. Who made the folder is not asked: the sums
    tell damage, and not where a file is from.
    """
    try:
        sums = table(read_json(folder / SUMS_FILE))
        return bool(sums) and all(
            _is_within(name) and _sum(folder / name) == value
            for name, value in sums.items()
        )
    except (OSError, ValueError):  # damage, and a name that is none on any disk
        return False


def _is_within(name: str) -> bool:
    """Tell whether a name in a file leads nowhere but below its folder."""
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts


def _sum(path: Path) -> int:
    """Return a checksum of a file, read a mebibyte at a time."""
    require_file(path)
    total = 0
    with path.open("rb") as file:
        while part := file.read(2**20):
            total = zlib.crc32(part, total)
    return total
