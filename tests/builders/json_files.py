"""The JSON files of an experiment, as they are on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text("utf-8"))


def write_json(path: Path, values: object) -> None:
    """Write a JSON file, damaged on purpose or not."""
    path.write_text(json.dumps(values), "utf-8")
