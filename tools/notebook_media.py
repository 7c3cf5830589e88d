"""What comes out of the notebooks, for their pages in the documentation.

    python -m tools.notebook_media
    python -m tools.notebook_media first_melodies

It runs each notebook as it is, or those that are named, and writes what its cells print
and draw into ``docs/media/notebooks``. Both take some ten minutes; only the first one
shows what monody writes. Of melodies it keeps the first staff.
It needs ``pip install '.[notebooks]'`` and Pillow, which matplotlib brings.
"""

from __future__ import annotations

import base64
import io
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

from tools.notebook_page import OUTPUTS, notebooks

COLOURS = 64  # of a picture: a diagram has few
STAFF = re.compile(r'src="data:image/svg\+xml;base64,([^"]+)"')
MAX_LINES = 40  # that a cell printed


def main(names: Sequence[str] = ()) -> None:
    """Write what comes out of the notebooks with these names, or of every one."""
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    for path in notebooks():
        if names and path.stem not in names:
            continue
        cells = _run(path)
        for cell in cells:
            for old in OUTPUTS.glob(f"{cell['id']}.*"):
                old.unlink()
            for output in cell.get("outputs", []):
                _keep(cell["id"], output)


def _run(path: Path) -> list[Any]:
    """Run a notebook in a new folder, and return its cells."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MONODY_LANG"] = "en"
        NotebookClient(
            notebook, timeout=3600, resources={"metadata": {"path": folder}}
        ).execute()
    return list(notebook.cells)


def _keep(cell: str, output: dict[str, Any]) -> None:
    """Write what is worth showing of an output."""
    data = output.get("data", {})
    if "image/png" in data:
        picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
        small = picture.convert("RGB").quantize(COLOURS)
        small.save(OUTPUTS / f"{cell}.png", optimize=True)
    elif staff := STAFF.search(data.get("text/html", "")):
        (OUTPUTS / f"{cell}.svg").write_bytes(base64.b64decode(staff[1]))
    elif output.get("name") == "stdout" or "text/plain" in data:
        text = output.get("text") or data["text/plain"]
        lines = text.rstrip("\n").splitlines()[:MAX_LINES]
        with (OUTPUTS / f"{cell}.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    main(sys.argv[1:])
