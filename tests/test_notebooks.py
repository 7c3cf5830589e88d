"""The notebooks run from a clean start, with small settings; they hold no output.

They run on ``make thorough`` and CI, where nbclient and ipykernel are installed
(``pip install '.[notebooks]'``).
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.builders.profile import THOROUGH

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
# What makes them small: each must be in its notebook.
SMALL = {
    "first_melodies": {"NUM_EPOCHS = 200": "NUM_EPOCHS = 1", "[:40]": "[:12]"},
    "network_taken_apart": {
        "TUNES, EPOCHS, UNITS = 120, 12, 48": "TUNES, EPOCHS, UNITS = 12, 1, 12",
        '    "half the units": {"rnn_size": UNITS // 2},\n': "",
        '    "two layers": {"num_layers": 2},\n': "",
    },
}
SECONDS = 300  # that a cell may take on a busy machine


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return found


def test_there_are_a_first_one_and_one_for_students() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(SMALL)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_in_colab_and_has_no_output(path: Path) -> None:
    cells = cells_of(path)
    assert path.stat().st_size < 40_000
    assert f"notebooks/{path.name})" in "".join(cells[0]["source"])
    assert "colab.research.google.com" in "".join(cells[0]["source"])
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert '"pip", "install"' in "".join(code[0]["source"])
    for cell in code:
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_makes_a_notebook_small_is_in_it(path: Path) -> None:
    text = "\n".join("".join(cell["source"]) for cell in cells_of(path))
    for large in SMALL[path.stem]:
        assert large in text


@pytest.mark.skipif(not THOROUGH, reason="make thorough, or CI, runs it")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ipykernel", reason="pip install '.[notebooks]'")
    client = pytest.importorskip("nbclient", reason="pip install '.[notebooks]'")
    nbformat = pytest.importorskip("nbformat", reason="pip install '.[notebooks]'")
    monkeypatch.setenv("MPLBACKEND", "agg")
    # What is learnt does not matter here, and most of the time is compiling.
    monkeypatch.setenv("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(_paths()))
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for large, little in SMALL[path.stem].items():
            cell.source = cell.source.replace(large, little)
    client.NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    html = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    assert any("<audio" in one for one in html)
    assert all(len(one) < 6_000_000 for one in html)
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", "".join(html))


def _paths() -> list[str]:
    """Return where this monody lies, for the kernel to find the same one."""
    import monody

    return [str(Path(monody.__file__).parent.parent)]
