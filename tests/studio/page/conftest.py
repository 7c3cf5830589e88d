"""One server and one browser for all tests of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from monody.experiments.experiment import Experiment
from tests.builders.chromium import a_browser
from tests.builders.studio_pages import PATIENCE, opened, served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    expect.set_options(timeout=PATIENCE)
    with a_browser() as browser:
        yield browser
    expect.set_options(timeout=None)


@pytest.fixture(scope="package")
def address(
    tmp_path_factory: pytest.TempPathFactory, trained: Experiment
) -> Iterator[str]:
    """Where a studio is served whose base model is a tiny one."""
    with served(tmp_path_factory.mktemp("studio"), trained) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page of that studio; it shows a melody at least."""
    with opened(browser, address) as page:
        yield page
