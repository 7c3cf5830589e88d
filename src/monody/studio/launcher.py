"""An entry in the menu of programs, so that a studio opens without a terminal.

It is one small file. It opens a window in which the server runs: closing that ends it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from monody.errors import MonodyError
from monody.files import make_folder, replacing

MARK = "written by monody studio --add_launcher"
NAME = "monody studio"
MAX_BYTES = 2**16  # a launcher of ours has some hundreds
EXECUTABLE = 0o755


class Launcher(NamedTuple):
    """A file that starts the studio, for one system."""

    path: Path
    text: str


def add_launcher(launcher: Launcher) -> Path:
    """Write a launcher, whole or not at all, and over none but our own.

    Args:
        launcher: From ``launcher_of``.

    Returns:
        Where it is.

    Raises:
        MonodyError: If a file of another program is there.
        OSError: If it cannot be written.

    Example:
        >>> from pathlib import Path
        >>> from monody.studio.launcher import add_launcher, launcher_of
        >>> home = Path("home")
        >>> launcher = launcher_of(["python", "-m", "monody"], "linux", home, {})
        >>> add_launcher(launcher).name
        'monody-studio.desktop'
    """
    path = launcher.path
    if os.path.lexists(path) and not _is_ours(path):
        raise MonodyError(
            f"{str(path)!r} is not of monody, and would be replaced: move it away first"
        )
    make_folder(path.parent)
    with replacing(path) as temporary:
        temporary.write_bytes(os.fsencode(launcher.text))  # with paths as they are
        temporary.chmod(EXECUTABLE)
    return path


def _is_ours(path: Path) -> bool:
    """Tell whether a launcher of monody's is there."""
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return False
    return MARK in path.read_text("utf-8", "replace")


def launcher_of(
    command: Sequence[str],
    system: str = sys.platform,
    home: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Launcher:
    """Return the launcher of a system.

    Args:
        command: What it runs: a program and its arguments.
        system: As ``sys.platform`` names it.
        home: Of the user.
        environment: Of the process: systems name folders there.

    Raises:
        MonodyError: If a part of the command cannot be written down there.
    """
    home = home or Path.home()
    if any("\n" in part or "\r" in part for part in command):
        raise MonodyError("a launcher cannot hold a path with a line break in it")
    if system == "win32":
        folder = Path(environment.get("APPDATA") or home / "AppData/Roaming")
        programs = folder / "Microsoft/Windows/Start Menu/Programs"
        return Launcher(programs / f"{NAME}.cmd", _cmd(command))
    if system == "darwin":
        return Launcher(home / f"Applications/{NAME}.command", _command(command))
    data = Path(environment.get("XDG_DATA_HOME") or home / ".local/share")
    return Launcher(
        data / "applications/monody-studio.desktop", _desktop_entry(command)
    )


def _desktop_entry(command: Sequence[str]) -> str:
    """Return an entry of freedesktop.org's menus."""
    return "\n".join(
        [
            "[Desktop Entry]",
            f"# {MARK}",
            "Type=Application",
            f"Name={NAME}",
            "Comment=Train, compose, listen, change and keep melodies",
            "Comment[es]=Aprender, componer, escuchar, cambiar y guardar melodías",
            f"Exec={' '.join(map(_desktop_quoted, command))}",
            "Icon=audio-x-generic",
            "Terminal=true",
            "Categories=AudioVideo;Audio;Music;",
            "",
        ]
    )


def _desktop_quoted(part: str) -> str:
    r"""Quote a part of ``Exec``: once for the command, once for the file.

    Example:
        >>> from monody.studio.launcher import launcher_of
        >>> entry = launcher_of(["/opt/my $ign/100%"], "linux").text
        >>> print(next(line for line in entry.split("\n") if "Exec" in line))
        Exec="/opt/my \\$ign/100%%"
    """
    for sign in ("\\", '"', "`", "$"):
        part = part.replace(sign, f"\\{sign}")
    quoted = part.replace("\\", "\\\\").replace("%", "%%")
    return f'"{quoted}"'


def _command(command: Sequence[str]) -> str:
    """Return a script that macOS opens in a window of its own."""
    import shlex

    return f"#!/bin/sh\n# {MARK}\nexec {shlex.join(command)}\n"


def _cmd(command: Sequence[str]) -> str:
    """Return a script of Windows, which reads it as UTF-8 from its third line on."""
    parts = " ".join(f'"{part}"'.replace("%", "%%") for part in command)
    lines = ["@echo off", f"rem {MARK}", "chcp 65001 >nul", f"title {NAME}", parts]
    return "".join(f"{line}\r\n" for line in lines)
