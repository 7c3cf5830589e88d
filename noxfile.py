"""Where people run monody: ``make test-everywhere``.

Each Python, with the lowest versions of what monody needs that ``pyproject.toml``
allows and with the newest, gets a wheel outside the checkout, and
``tests/test_everywhere.py`` runs there. A Python that this machine lacks is skipped,
and nox says so. For other systems it is checked that all that monody needs has wheels.

One of them: ``.venv/bin/nox --session "installed-3.13(lowest)"``.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
# Not Macs with processors of Intel: JAX has no wheels for them since 0.5.
SYSTEMS = ("windows", "aarch64-apple-darwin", "linux")
CHECK = "test_everywhere.py"

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = False  # in CI, too
nox.options.download_python = "never"
nox.options.reuse_venv = "yes"  # what is installed changes with pyproject.toml only


def _find_programs() -> None:
    """Let nox find the Pythons of pyenv, whose own commands know one at a time, and uv.

    That lies beside nox, in an environment that need not be active.
    """
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [str(folder) for folder in sorted(root.glob("versions/*/bin"))]
    beside = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"], beside])


_find_programs()


@nox.session(python=PYTHONS)
@nox.parametrize("versions", tuple(RESOLUTIONS), ids=tuple(RESOLUTIONS))
def installed(session: nox.Session, versions: str) -> None:
    """Run the program from its wheel, outside the checkout."""
    folder = Path(session.create_tmp()).resolve()
    needed = folder / "requirements.txt"
    _choose(session, RESOLUTIONS[versions], "--output-file", str(needed))
    session.install("--no-build", "--requirement", str(needed), "pytest")
    session.run_install("uv", "build", "--wheel", "--quiet", "--out-dir", str(folder))
    [wheel] = folder.glob("*.whl")
    session.install("--no-deps", "--reinstall-package", "monody", str(wheel))
    shutil.copy(Path("tests", CHECK), folder)
    session.chdir(folder)
    warnings, no_cache = ("-W", "error"), ("-p", "no:cacheprovider")
    session.run("python", "-P", "-m", "pytest", "-q", *warnings, *no_cache, CHECK)


@nox.session(python=False)
@nox.parametrize("system", SYSTEMS, ids=SYSTEMS)
def wheels(session: nox.Session, system: str) -> None:
    """Find wheels of all that monody needs, for each Python on another system."""
    for python in PYTHONS:
        for resolution in RESOLUTIONS.values():
            platform = ("--python-platform", system, "--python-version", python)
            _choose(session, resolution, *platform)


def _choose(session: nox.Session, resolution: str, *options: str) -> None:
    """Choose versions of what monody needs that have wheels.

    They are chosen for the project and not for its wheel, of which uv takes no more
    than the name as direct.
    """
    extras = ("--extra", "audio", "--extra", "picture", "--no-build")
    session.run(
        *("uv", "pip", "compile", "--quiet", "--no-header", *extras),
        *("--resolution", resolution, *options, "pyproject.toml"),
        external=True,
        silent=True,
    )
