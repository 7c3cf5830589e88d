"""What is released: what the wheel and the sdist hold, and how they get out."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.plugin.interface import BuilderInterface
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from tools.address import UNKNOWN, put_address
from tools.pypi_readme import whole_links

from monody.translation import LANGUAGES

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
# What else lies beside the code, by its suffix.
KINDS = {".css", ".html", ".js", ".keras", ".mo", ".npz", ".py", ".typed", ".zip"}
KEPT = {".cff", ".md", ".py", ".toml"}  # of files at the top
MAX_WHEEL_BYTES = 20_000_000  # before it is packed; the base model is most of it

pytestmark = pytest.mark.skipif(
    not WORKFLOWS, reason="not in an sdist: the workflows are of the repository"
)


def _held(builder: type[BuilderInterface[Any, Any]]) -> dict[str, Path]:
    files = builder(str(ROOT)).recurse_included_files()
    return {Path(one.distribution_path).as_posix(): Path(one.path) for one in files}


@pytest.fixture(scope="module")
def wheel() -> dict[str, Path]:
    return _held(WheelBuilder)


def test_the_wheel_holds_the_package_and_nothing_else(wheel: dict[str, Path]) -> None:
    assert {name.partition("/")[0] for name in wheel} == {"monody"}
    assert {path.suffix for path in wheel.values()} <= KINDS
    assert not [name for name in wheel if "__pycache__" in name or "test" in name]
    assert sum(path.stat().st_size for path in wheel.values()) < MAX_WHEEL_BYTES


def test_the_wheel_holds_what_commands_need_beside_code(wheel: dict[str, Path]) -> None:
    kinds = Counter((Path(name).parts[1], path.suffix) for name, path in wheel.items())
    assert kinds["locale", ".mo"] == len(LANGUAGES) - 1
    assert kinds["experiments", ".keras"] == 1  # the base model
    for room, suffix in (("pages", ".html"), ("studio", ".html"), ("studio", ".js"),
                         ("studio", ".css")):  # fmt: skip
        assert kinds[room, suffix]
    assert {*(ROOT / "src/monody").rglob("*.py")} <= {*wheel.values()}


def test_the_sdist_holds_what_builds_and_tests_it() -> None:
    held = _held(SdistBuilder)
    tops = {name.partition("/")[0] for name in held}
    for top in ("src", "tests", "tools", "docs", "pyproject.toml", "README.md",
                "LICENSE", "CITATION.cff", "SECURITY.md"):  # fmt: skip
        assert top in tops
    assert not tops & {"data", "experiments", ".ci", ".venv"}
    # A page of the site shows it; the programs want what no sdist has.
    assert [name for name in held if name.startswith("benchmarks/")] == [
        "benchmarks/README.md"
    ]
    # No music of others: what tests read is made by their builders.
    music = (".mid", ".abc", ".xml", ".musicxml", ".krn", ".mscz", ".sf2")
    assert not [name for name in held
                if name.startswith("tests/") and name.endswith(music)]  # fmt: skip


def test_nothing_lies_about_in_the_repository() -> None:
    """What a program wrote while it was tried is easily committed with the rest."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a checkout of git")
    tops = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    folders = {"benchmarks", "docs", "examples", "notebooks", "src", "tests", "tools"}
    hidden = {".ci", ".dockerignore", ".github", ".gitignore"}
    files = tops - folders - hidden
    assert {name for name in files if Path(name).suffix not in KEPT} == {
        "Dockerfile", "LICENSE", "Makefile"
    }  # fmt: skip
    scripts = {"noxfile.py", "sample.py", "train.py"}
    assert {name for name in files if name.endswith(".py")} == scripts


def test_the_version_is_written_once_and_cited() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    cited = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {project['version']}\n" in cited
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"\n## {project['version']}" in changes


def test_the_address_is_put_where_it_belongs_at_once(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    with pytest.raises(ValueError, match="NAME/monody, not ''"):
        put_address("", tmp_path)
    changed = put_address("ada/monody", tmp_path)
    assert len(changed) == 2 + len([*(tmp_path / "notebooks").iterdir()])
    for path in changed:
        assert "ada/monody" in path.read_text("utf-8")
        assert UNKNOWN not in path.read_text("utf-8")
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"] == {"Repository": "https://github.com/ada/monody"}
    assert project["optional-dependencies"]
    with pytest.raises(ValueError, match="has an address already"):
        put_address("eve/monody", tmp_path)


def test_on_pypi_every_link_of_the_readme_leads_to_the_release() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    there = "https://github.com/ada/monody"
    whole = whole_links(text, there, "v1")
    links = re.findall(r"\]\(([^)\s]+)\)", whole)
    assert len(links) == len(re.findall(r"\]\(([^)\s]+)\)", text)) >= 20
    shown = [one for one in links if one.endswith((".png", ".wav"))]
    raw = "https://raw.githubusercontent.com/ada/monody/v1/"
    assert len(shown) == 2
    assert all(one.startswith(raw) for one in shown)
    own = {one for one in links if one.startswith(f"{there}/blob/v1/")}
    others = {one for one in links if f"]({one})" in text}  # were whole before
    assert all(one.startswith("https://") for one in others)
    assert {*links} == {*shown} | own | others
    assert len(own) >= 15
    assert whole_links(whole, there, "v1") == whole


def test_only_the_notebooks_name_an_address_that_is_not_known() -> None:
    names = ("*.md", "*.toml", "*.cff", "docs/**/*.md", ".github/**/*.yml")
    for path in (path for name in names for path in ROOT.glob(name)):
        if path.name != "CONTRIBUTING.md":
            assert "OWNER" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_known_code_with_few_rights(path: Path) -> None:
    text = path.read_text("utf-8")
    for action in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", action)
    checkouts = text.count("actions/checkout@")
    assert text.count("persist-credentials: false") == checkouts
    assert re.search(r"^permissions:(?: \{\}|\n  contents: read\n)", text, re.MULTILINE)
    assert "secrets." not in text
    assert not re.search(r"run:.*\$\{\{", text)  # a name is never made a command


def test_the_image_needs_no_network_and_no_root() -> None:
    last = (ROOT / "Dockerfile").read_text("utf-8").split("\nFROM ")[-1]
    assert "\nUSER 1000\n" in last
    assert not re.search(r"\b(?:pip|apt-get|curl|wget)\b", last)
