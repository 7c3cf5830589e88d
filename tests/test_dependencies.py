"""No version of a dependency with a known hole is let in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"

# The last version with each hole.
HOLES = {
    "CVE-2026-1669, files of the machine read into weights": ("keras", "3.13.1"),
    "CVE-2026-0897, giant shapes": ("keras", "3.13.0"),
    "CVE-2026-1462, code in a file that safe_mode lets pass": ("keras", "3.13.1"),
    "GHSA-hqp4-2352-xf5r, archives unpacked elsewhere": ("keras", "3.13.2"),
    "keras#23010, archives that unpack without end": ("keras", "3.14.1"),
    "CVE-2025-27516, a way out of the sandbox": ("jinja2", "3.1.5"),
    "CVE-2025-68146, a link followed when a lock is made": ("filelock", "3.20.0"),
    "CVE-2026-22701, the same of soft locks": ("filelock", "3.20.2"),
    "CVE-2025-62727, ranges of a file that take the square": ("starlette", "0.49.0"),
    "CVE-2025-54121, uploads that stop the server": ("starlette", "0.47.1"),
    "CVE-2024-53981, junk around a form": ("python-multipart", "0.0.17"),
    "CVE-2026-48710, a path in the name of the host": ("starlette", "1.0.0"),
    "CVE-2026-48818, files of other machines on Windows": ("starlette", "1.0.1"),
    "CVE-2026-54282, a path that changes the host": ("starlette", "1.2.1"),
    "CVE-2026-54283, forms without their limits": ("starlette", "1.3.0"),
    "CVE-2026-40347, junk around a form, once more": ("python-multipart", "0.0.25"),
    "CVE-2026-42561, parts with headers without end": ("python-multipart", "0.0.26"),
    "CVE-2026-24486, an upload written elsewhere": ("python-multipart", "0.0.21"),
}


@pytest.mark.parametrize("hole", HOLES)
def test_a_version_with_a_hole_is_not_let_in(hole: str) -> None:
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    needs = [*project["dependencies"], *(need for extra in extras for need in extra)]
    named = {need.name: need for need in map(Requirement, needs)}
    package, version = HOLES[hole]
    assert not named[package].specifier.contains(version)
