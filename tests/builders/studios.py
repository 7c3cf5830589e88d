"""A studio in a folder, and a browser that asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from monody.studio.folder import StudioFolder
from monody.studio.server import make_app
from monody.studio.studio import Studio

PORT = 8377


@contextmanager
def browser_of(studio: Studio) -> Iterator[TestClient]:
    """Ask a studio as its own page does."""
    address = f"http://127.0.0.1:{PORT}"
    app = make_app(studio, PORT)
    with TestClient(app, base_url=address, headers={"origin": address}) as client:
        yield client


def studio_in(folder: Path) -> Studio:
    """Open a studio; nothing runs in it yet."""
    return Studio.of(StudioFolder(folder))


def dropped(files: Mapping[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """Return files as a browser sends them when they are dropped on the page."""
    return [("files", (name, data)) for name, data in files.items()]
