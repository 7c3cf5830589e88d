"""Studios to test with, whose base model is a tiny one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from monody.experiments.experiment import Experiment
from monody.studio.folder import StudioFolder
from monody.studio.key import cookie_of
from monody.studio.server import make_app
from monody.studio.studio import Studio

PORT = 8377
OWN = f"http://127.0.0.1:{PORT}"
# Two bars of a tune: rows of pitch, start and end.
PHRASE = [[60, 0, 24], [64, 24, 48], [67, 48, 72], [65, 72, 96], [60, 96, 192]]


class Page:
    """A page of a studio, as a browser has it open."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.client = TestClient(
            make_app(studio, PORT),
            base_url=OWN,
            headers={"Origin": OWN},
            cookies={cookie_of(PORT): studio.key.secret},
        )

    def get(self, path: str) -> Any:
        """Return the JSON of an address that answers."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **values: Any) -> Any:
        """Return what is answered to JSON values that are taken."""
        answer = self.client.post(path, json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def patch(self, path: str, **values: Any) -> Any:
        """Return what is answered to a change that is taken."""
        answer = self.client.patch(path, json=values)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, path: str, **values: Any) -> str:
        """Return the sentence that JSON values are refused with."""
        answer = self.client.post(path, json=values)
        assert 400 <= answer.status_code < 500, answer.text
        return str(answer.json()["error"])

    def phrase(self, notes: list[list[int]] = PHRASE, **values: Any) -> Any:
        """Keep a phrase, and return its card."""
        [card] = self.post("/api/phrases", notes=notes, **values)["cards"]
        return card


@contextmanager
def open_page(folder: Path, base: Experiment) -> Iterator[Page]:
    """Open a studio that composes with a tiny model."""
    studio = Studio.of(StudioFolder(folder))
    studio.composer.use_as_base(base)
    try:
        yield Page(studio)
    finally:
        studio.close()
