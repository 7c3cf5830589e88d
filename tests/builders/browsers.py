"""What a browser of a studio does, without a model to compose with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from monody.studio.folder import StudioFolder
from monody.studio.studio import Studio
from tests.builders.studios import Page


@contextmanager
def browser_of(studio: Studio) -> Iterator[TestClient]:
    """Ask a studio as its own page does."""
    with Page(studio).client as client:
        yield client


def studio_in(folder: Path) -> Studio:
    """Open a studio; nothing runs in it yet."""
    return Studio.of(StudioFolder(folder))


def dropped(files: Mapping[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """Return files as a browser sends them when they are dropped on the page."""
    return [("files", (name, data)) for name, data in files.items()]
