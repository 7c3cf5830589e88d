"""A studio with a tiny model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monody.experiments.experiment import Experiment
from tests.builders.studios import Page, open_page


@pytest.fixture
def page(tmp_path: Path, trained: Experiment) -> Iterator[Page]:
    """A page of a new studio."""
    with open_page(tmp_path / "studio", trained) as page:
        yield page
