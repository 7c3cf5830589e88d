"""Windows, pretended: what it lacks is taken away, and what it refuses is refused.

A file that is open, or in memory, is not replaced, renamed or removed; a folder is not
opened; some names are refused. Elsewhere the system is as it is: its paths have slashes
and its processes end by signals.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

MODULES = ("fcntl", "grp", "pwd", "resource", "termios")
NAMES: dict[ModuleType, tuple[str, ...]] = {
    os: (
        *("fork", "getpgid", "getpgrp", "killpg", "setpgid", "setsid", "tcgetpgrp"),
        *("geteuid", "getuid", "sched_getaffinity", "statvfs"),
        *("O_DIRECTORY", "O_NOFOLLOW", "mkfifo", "posix_spawn"),
    ),
    signal: ("SIGALRM", "SIGHUP", "SIGPIPE", "SIGQUIT", "SIGXCPU", "setitimer"),
}
REFUSED = re.compile(
    r'.*[<>:"|?*\x00-\x1f].*|.*[. ]|(con|prn|aux|nul|com\d|lpt\d)(\..*)?',
    re.IGNORECASE | re.DOTALL,
)
# The library of locks asks which system it is on, and does here what Linux allows.
LOCK = re.compile(r"lock[^/]*$")
# Where Python finds these, it starts with them.
SITE = {
    "sitecustomize.py": "from tests.builders.windows import changes\n"
    "for change in changes(): change()\n",
    # taskkill /F /T /PID number
    "System32/taskkill.exe": "#!/bin/sh\n"
    'end() { for child in $(cat /proc/"$1"/task/*/children); do end "$child"; done\n'
    'kill -9 "$1"; }\n'
    'end "$4"\n',
}


def write_site(folder: Path) -> None:
    """Write what makes children pretend, too, and a program that Windows has."""
    (folder / "System32").mkdir(parents=True)
    for name, text in SITE.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o755)


def open_paths() -> Iterator[str]:
    """Yield the paths that this process has open, or in memory."""
    for number in Path("/proc/self/fd").iterdir():
        try:
            yield str(number.readlink())
        except OSError:
            continue  # it was that of the list
    with _really_open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        for line in maps:
            yield line.rstrip("\n").partition("/")[2].join(("/", ""))


def refuse_open(path: Any) -> None:
    """Refuse what is done to a file that is open, or to a folder with one."""
    whole = os.path.realpath(os.fsdecode(path))
    if LOCK.search(whole):
        return
    for found in open_paths():
        if found == whole or found.startswith(f"{whole}/"):
            raise PermissionError(errno.EACCES, f"open here: {found}", str(path))


def refuse_name(path: Any) -> None:
    """Refuse to make a file or folder of such a name."""
    if isinstance(path, int):
        return
    name = Path(os.fsdecode(path)).name
    if REFUSED.fullmatch(name) and name != "..":
        raise OSError(errno.EINVAL, "Invalid argument", str(path))


def _replace(source: Any, target: Any, **options: Any) -> None:
    for path in (source, target):
        refuse_open(path)
    refuse_name(target)
    if Path(target).is_dir():
        raise PermissionError(errno.EACCES, "it is a folder", str(target))
    _really_replace(source, target, **options)


def _rename(source: Any, target: Any, **options: Any) -> None:
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "File exists", str(target))
    refuse_open(source)
    refuse_name(target)
    _really_replace(source, target, **options)


def _unlink(path: Any, **options: Any) -> None:
    refuse_open(path)
    _really_unlink(path, **options)


def _mkdir(path: Any, *arguments: Any, **options: Any) -> None:
    refuse_name(path)
    _really_mkdir(path, *arguments, **options)


def _open(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
    if set(mode) & set("wxa"):
        refuse_name(file)
    return _really_open(file, mode, *arguments, **options)


def _os_open(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
    if Path(os.fsdecode(path)).is_dir():
        raise PermissionError(errno.EACCES, "it is a folder", str(path))
    if flags & os.O_CREAT:
        refuse_name(path)
    return _really_os_open(path, flags, *arguments, **options)


_really_open, _really_os_open, _really_mkdir = io.open, os.open, os.mkdir
_really_replace, _really_unlink = os.replace, os.unlink


def changes(
    put: Callable[[Any, str, Any], None] = setattr,
    remove: Callable[[Any, str], None] = delattr,
    put_item: Callable[[Any, str, Any], None] = dict.__setitem__,
) -> Iterator[Callable[[], None]]:
    """Yield what makes this system another one, to be called.

    Args:
        put: Gives an object an attribute.
        remove: Takes one away.
        put_item: Gives a dictionary an item.
    """
    for name in MODULES:
        yield partial(put_item, sys.modules, name, None)
    for module, names in NAMES.items():
        for name in names:
            if hasattr(module, name):
                yield partial(remove, module, name)
    for owner, name, value in (
        *((os, name, _unlink) for name in ("unlink", "remove")),
        *((owner, "open", _open) for owner in (builtins, io)),
        (os, "replace", _replace),
        (os, "rename", _rename),
        (os, "mkdir", _mkdir),
        (os, "open", _os_open),
        (shutil, "_use_fd_functions", False),  # it removes by path there
        (tempfile, "TemporaryFile", tempfile.NamedTemporaryFile),  # has a name there
    ):
        yield partial(put, owner, name, value)
