"""What commands print, put where the READMEs and the tutorial show it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path


def run(home: Path, command: str, language: str = "en") -> str:
    """Run a command of monody's in a folder, and return what it prints.

    Args:
        home: The folder.
        command: Without ``monody``; its words have no blanks but in double quotes.
        language: That it speaks. It plays with monody's own voices.
    """
    words = [sys.executable, "-m", "monody", *shlex.split(command)]
    spoken = {**os.environ, "MONODY_LANG": language, "MONODY_SOUND_BANK": "none"}
    return subprocess.run(  # noqa: S603 - our own
        words, cwd=home, check=True, env=spoken, text=True, stdout=subprocess.PIPE
    ).stdout


def show(page: Path, command: str, printed: str) -> None:
    """Put what a command printed into the block that follows it on a page.

    Args:
        page: In Markdown.
        command: The last line of the block of commands before it.
        printed: What it printed.

    Raises:
        ValueError: If the page does not show what the command prints.
    """
    after = re.compile(
        rf"(^{re.escape(command)}\n```\n\n```text\n).*?(?=^```$)",
        re.DOTALL | re.MULTILINE,
    )
    text, times = after.subn(
        lambda found: found[1] + printed, page.read_text("utf-8"), count=1
    )
    if not times:
        raise ValueError(f"{page} shows nothing that {command!r} prints")
    page.write_text(text, "utf-8")
