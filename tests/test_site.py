"""The site of the documentation, as `make docs` builds it: whole, and for everyone."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

import monody
from tests.builders.chromium import a_browser, faults

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SPANISH = DOCS / "es"
PAGES = [
    path.relative_to(SPANISH).as_posix() for path in sorted(SPANISH.rglob("*.md"))
]  # the same in both languages
pytestmark = pytest.mark.thorough


def _built(language: str, folder: Path) -> Path:
    """Build the site in a language, as ``make docs`` does; a warning is an error."""
    if not all(map(importlib.util.find_spec, ("sphinx", "furo", "myst_parser"))):
        pytest.skip("needs pip install '.[docs]'")
    source, also = (SPANISH, ["-t", "es"]) if language == "es" else (DOCS, [])
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning",
         "--conf-dir", str(DOCS), "-d", str(folder / "doctrees"), *also,
         str(source), str(folder / "site")],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "default", "MONODY_SITE": "https://m.org"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture(scope="module", params=["en", "es"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A language, and the site in it."""
    return request.param, _built(request.param, tmp_path_factory.mktemp("docs"))


def test_the_site_is_built_and_asks_no_other_host(site: tuple[str, Path]) -> None:
    _, folder = site
    tags = 'script|img|link(?! rel="canonical")|audio|iframe'
    loaded = rf"""<(?:{tags})[^>]*(?:src|href)=["']https?:"""
    for page in folder.rglob("*.html"):  # links lead there, nothing is loaded
        assert not re.search(loaded, page.read_text("utf-8")), page.name
    assert "--temperature" in (folder / "commands.html").read_text("utf-8")
    assert all(f"monody.{name}" in (folder / "api.html").read_text("utf-8")
               for name in monody.__all__)  # fmt: skip


def test_each_page_says_to_those_who_search_what_it_is(site: tuple[str, Path]) -> None:
    language, folder = site
    for name in PAGES:
        page = (folder / name).with_suffix(".html").read_text("utf-8")
        path = Path("es" if language == "es" else "", name).with_suffix(".html")
        assert f'<link rel="canonical" href="https://m.org/{path.as_posix()}"' in page
        assert len(re.findall('<meta name="description" content="[^"]', page)) == 1
        assert f'<html class="no-js" lang="{language}"' in page


def test_axe_finds_no_serious_fault_on_the_site(site: tuple[str, Path]) -> None:
    with a_browser() as browser:
        looks: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for look in looks:
            for width in (390, 1300):
                page = browser.new_page(viewport={"width": width, "height": 844})
                page.emulate_media(color_scheme=look)
                for name in ("index", "tutorial", "howto/index", "commands"):
                    page.goto((site[1] / f"{name}.html").as_uri())
                    assert faults(page) == [], (name, look, width)
                    wide = "document.documentElement.scrollWidth > innerWidth"
                    assert not page.evaluate(wide), (name, look, width)
                page.close()
