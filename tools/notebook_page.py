"""A notebook as a page of the documentation: its words, its code, what came out.

A notebook holds no output, so that what it says of a version is not kept for another.
What came out when ``tools/notebook_media.py`` ran it lies in ``docs/media/notebooks``,
by the ids of the cells: a picture, or what was printed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
OUTPUTS = ROOT / "docs/media/notebooks"
# The picture of another host, which the site does not ask, and the link behind it.
BADGE = re.compile(r"\[!\[[^\]]+\]\(https?:[^)]+\)\]\([^)]+\)\n*")


def notebooks() -> list[Path]:
    """Return the notebooks."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def cells_of(name: str) -> list[dict[str, Any]]:
    """Return the cells of a notebook.

    Args:
        name: Its file, without the ending.
    """
    text = (NOTEBOOKS / f"{name}.ipynb").read_text("utf-8")
    cells: list[dict[str, Any]] = json.loads(text)["cells"]
    return cells


def page_of(name: str, media: str) -> str:
    """Return a notebook as Markdown, without its title, which the page has.

    Args:
        name: Its file, without the ending.
        media: Where the page finds what came out, such as ``media/notebooks``.
    """
    return "\n\n".join(part for cell in cells_of(name) for part in _parts(cell, media))


def _parts(cell: dict[str, Any], media: str) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield BADGE.sub("", re.sub(r"\A# .*\n+", "", source))
        return
    yield f"```python\n{source}\n```"
    if printed := printed_by(cell["id"]):
        yield f"```text\n{printed}\n```"
    if (OUTPUTS / f"{cell['id']}.svg").is_file():
        yield f"{{.drawn}}\n![The melody as a staff]({media}/{cell['id']}.svg)"
    if (OUTPUTS / f"{cell['id']}.png").is_file():
        yield f"{{.drawn}}\n![What the cell draws]({media}/{cell['id']}.png)"


def printed_by(cell: str) -> str:
    """Return what a cell printed when it was run for the documentation.

    Args:
        cell: Its id.
    """
    path = OUTPUTS / f"{cell}.txt"
    return path.read_text("utf-8").rstrip("\n") if path.is_file() else ""
