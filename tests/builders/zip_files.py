"""Zip archives with a member more or less."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TypeVar

Target = TypeVar("Target", Path, IO[bytes])


def rewritten(
    source: Path | IO[bytes], target: Target, changes: Mapping[str, bytes | None]
) -> Target:
    """Write an archive again, with some members changed or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = changes.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target
