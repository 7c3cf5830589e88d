"""The names that dropped files get: they lead nowhere but down, on every system."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import PurePosixPath

from monody.file_names import (
    MAX_STEM_BYTES,
    folded,
    off_devices,
    portable_stem,
    seen_part,
)
from monody.reading.file_types import is_readable_name

MAX_FOLDERS = 8  # within each other; of more, the innermost count
MAX_FOLDER_BYTES = 100  # of the name of a folder
_BETWEEN = re.compile(r"[/\\]+")


def safe_name(sent: str) -> PurePosixPath | None:
    r"""Return the name that a file gets, made of the one that it was sent with.

    Args:
        sent: Anything; folders are divided by ``/`` or ``\``.

    Returns:
        A relative path that leads nowhere but down and that every system takes;
        ``None`` where the file is hidden, or none that is read.

    Example:
        >>> from monody.studio.upload_names import safe_name
        >>> str(safe_name("airs/slow/My Air.mid")), str(safe_name("../../aux.MID"))
        ('airs/slow/My Air.mid', '_aux.MID')
        >>> safe_name("airs/.hidden.mid"), safe_name("cover.png")
        (None, None)
    """
    composed = unicodedata.normalize("NFC", sent)  # macOS keeps accents apart
    parts = [part for part in _BETWEEN.split(composed) if part not in ("", ".", "..")]
    if not parts or any(part.startswith((".", "__MACOSX")) for part in parts):
        return None
    *folders, name = parts
    if not is_readable_name(name):
        return None
    stem, dot, suffix = name.rpartition(".")
    safe = [seen_part(folder, MAX_FOLDER_BYTES) for folder in folders[-MAX_FOLDERS:]]
    kept = [_no_file(off_devices(folder)) for folder in safe if folder]
    most = MAX_STEM_BYTES - len(suffix)
    return PurePosixPath(*kept, f"{portable_stem(stem, most)}{dot}{suffix}")


def _no_file(folder: str) -> str:
    """Return a name that no file gets here, so that a folder never meets one."""
    return folder.replace(".", "-") if is_readable_name(folder) else folder


def free_name(name: PurePosixPath, taken: set[str]) -> PurePosixPath:
    """Return a name that nothing has yet, numbered if need be.

    Args:
        name: The one that is wanted.
        taken: Those that are taken, ``folded``: some disks know no case.

    Example:
        >>> from pathlib import PurePosixPath
        >>> from monody.studio.upload_names import free_name
        >>> str(free_name(PurePosixPath("airs/A.mid"), {"airs/a.mid"}))
        'airs/A-2.mid'
    """
    return next(free for free in names_like(name) if folded(str(free)) not in taken)


def names_like(name: PurePosixPath) -> Iterator[PurePosixPath]:
    """Yield a name, and then the same with numbers, from 2 on.

    Example:
        >>> from itertools import islice
        >>> from pathlib import PurePosixPath
        >>> from monody.studio.upload_names import names_like
        >>> [str(each) for each in islice(names_like(PurePosixPath("airs/a.mid")), 3)]
        ['airs/a.mid', 'airs/a-2.mid', 'airs/a-3.mid']
    """
    yield name
    for number in count(2):
        yield name.with_name(f"{name.stem}-{number}{name.suffix}")
