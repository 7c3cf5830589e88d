"""The house: what is public agrees with itself, and rooms keep their secrets."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import monody

PACKAGE = Path(monody.__file__).parent


def _imports(path: Path) -> list[ast.ImportFrom]:
    """List what a module imports from monody."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return [node for node in imports if (node.module or "").startswith("monody")]


def test_facade_type_stubs_and_all_agree() -> None:
    stubs = {
        alias.name: (node.module or "").removeprefix("monody.")
        for node in _imports(PACKAGE / "__init__.py")
        for alias in node.names
        if alias.asname is None  # else for its own use
    }
    homes = {name: room for room, names in monody._HOMES.items() for name in names}
    assert stubs == homes
    assert sorted([*homes, "__version__"]) == sorted(monody.__all__) == dir(monody)
    for name, home in homes.items():
        module = importlib.import_module(f"monody.{home}")
        assert getattr(monody, name) is getattr(module, name)
    assert monody.__version__


def test_importing_monody_brings_nothing_heavy() -> None:
    heavy = "{'keras', 'jax', 'numpy', 'symusic', 'rich', 'click', 'jinja2'}"
    code = (
        f"import sys, monody; print(dir(monody)); assert not {heavy} & {{*sys.modules}}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_every_room_says_what_lives_in_it() -> None:
    for folder in [PACKAGE, *PACKAGE.rglob("*/")]:
        if not list(folder.glob("*.py")):
            continue
        tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
        assert ast.get_docstring(tree), folder
        if folder != PACKAGE:
            assert len(tree.body) == 1, f"{folder}: a room's __init__ is its docstring"


def test_no_name_with_an_underscore_leaves_its_room() -> None:
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts[0]
        for node in _imports(path):
            room = (node.module or "").split(".")[1:2]
            private = [alias.name for alias in node.names if alias.name[0] == "_"]
            assert room == [own] or not private, f"{path}: {private}"


def test_tests_mirror_the_rooms() -> None:
    tests = Path(__file__).parent
    rooms = {
        path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()
    }
    folders = {
        path.name for path in tests.iterdir() if (path / "__init__.py").is_file()
    }
    assert folders == rooms | {"builders"}
    for path in tests.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "tests"
            ):
                assert (node.module or "").startswith("tests.builders"), path
