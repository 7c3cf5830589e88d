"""A browser to open pages in, and what keeps people from using a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Start a headless Chromium: Playwright's own, or the machine's; else skip."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = own if Path(own).is_file() else next(
            filter(None, map(shutil.which, BROWSERS)), None
        )  # fmt: skip
        if found is None:
            pytest.skip(
                "no Chromium or Chrome: install one, such as by "
                "`python -m playwright install chromium`"
            )
        # Its sandbox refuses to run as root, as in a container.
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def faults(page: Page, *rules: str) -> list[str]:
    """Return what axe-core finds that keeps people from using a page.

    Args:
        page: As it is now.
        *rules: Names of the only rules to look at; by default all.
    """
    options: dict[str, object] = {
        "resultTypes": ["violations"],
        "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2, off by default
    }
    if rules:
        options["runOnly"] = rules
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{fault['id']}: {node['html']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
