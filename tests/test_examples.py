"""The examples in docstrings are run, and nothing public is without one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import shutil
from pathlib import Path

import pytest

import monody
from monody.experiments.experiment import Experiment

OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# An exception, whose whole meaning is its message, and data that others return.
MODULES = [
    module.name
    for module in pkgutil.walk_packages(monody.__path__, "monody.")
    if not module.name.endswith("__main__")
]


@pytest.fixture(scope="module")
def workplace(
    tunes: Path, trained: Experiment, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with MIDI files and an experiment, as the examples expect it."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(tunes, folder / "data" / "midi")
    shutil.copytree(trained.folder, folder / "experiments" / "01")
    return folder


def examples_of(module: str) -> list[doctest.DocTest]:
    """Find the examples in the docstrings of a module."""
    found = doctest.DocTestFinder().find(importlib.import_module(module))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("module", MODULES)
def test_examples_say_the_truth(
    module: str, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workplace)
    for example in examples_of(module):
        example.globs = {"__name__": "__main__"}
        told: list[str] = []
        doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=told.append)
        assert not told, "".join(told)


def test_every_public_function_has_an_example() -> None:
    for name in monody.__all__:
        public = getattr(monody, name)
        if inspect.isfunction(public):
            assert "Example:" in (public.__doc__ or ""), name
