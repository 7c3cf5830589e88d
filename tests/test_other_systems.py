"""Whole commands on a system without what only Linux has, pretended here."""

from __future__ import annotations

import errno
import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from monody.cli import failures
from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.files import told
from tests.builders import windows
from tests.builders.browsers import dropped
from tests.builders.studios import open_page

# The network of the other tests, compiled once for all.
SMALL = [
    *("--base", "none", "--rnn_size", "12", "--num_layers", "2"),
    *("--batch_size", "8", "--seed", "3"),
]
ROOT = Path(__file__).parents[1]  # where children find `tests`
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="what is open is read from /proc"
)


@pytest.fixture
def on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a new folder, on such a system, in this process and its children."""
    site = tmp_path / "site"
    windows.write_site(site)
    for folder in (ROOT, site):
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("SYSTEMROOT", str(site))
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    gc.collect()  # what other tests left open
    for change in windows.changes(
        monkeypatch.setattr, monkeypatch.delattr, monkeypatch.setitem
    ):
        change()


@pytest.mark.usefixtures("on_windows")
def test_the_pretence_refuses_what_windows_does() -> None:
    path = Path("tune.mid")
    path.write_bytes(b"MThd")
    with path.open("rb"):
        for act in (path.unlink, lambda: path.replace("other.mid")):
            with pytest.raises(PermissionError, match="open here"):
                act()
    for name in ("what?", "aux.mid", "end."):
        with pytest.raises(OSError, match="Invalid argument"):
            Path(name).write_bytes(b"")
    with pytest.raises(PermissionError):
        os.open(".", os.O_RDONLY)
    path.replace("other.mid")


@pytest.mark.usefixtures("on_windows")
def test_a_day_of_commands(tunes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(tunes, "tunes")
    for command in (
        ["inspect", "tunes", "--html", "report.html"],
        ["inspect", "tunes"],  # from the cache
        ["train", "tunes", "--num_epochs", "2", "--no_page", *SMALL],
        ["train", "--resume", "--num_epochs", "3"],  # over what it wrote
        ["runs"],
        ["evaluate"],
        ["sample", "--num_files", "2", "--bars", "2"],
        ["sample", "--num_files", "2", "--bars", "2"],  # the page and the manifest
        ["again", "experiments/01/generated/1.mid"],
        ["vary", "experiments/01/generated/1.mid", "--keep", "rhythm"],
        ["render", "experiments/01/generated/1.mid"],
        ["cache"],
        ["cache", "--clear"],
    ):
        main(command)
        gc.collect()  # as where a process ends
        assert "Traceback" not in capsys.readouterr().err
    assert len(list(Experiment.open().generated.glob("?.mid"))) == 4


@pytest.mark.usefixtures("on_windows")
def test_a_day_in_the_studio(tunes: Path, trained: Experiment) -> None:
    """What is open elsewhere in the studio is not in the way of what is deleted."""
    files = {f"airs/{path.name}": path.read_bytes() for path in tunes.glob("*.mid")}
    with open_page(Path("studio"), trained) as page:
        made = page.client.post("/api/collections", files=dropped(files)).json()
        one = f"/api/collections/{made['collection']['id']}"
        rows = page.get(f"{one}/files")
        assert len(rows) == len(files)
        page.post(f"{one}/leave_out", source=rows[0]["source"], out=True)
        page.post(f"{one}/hear", source=rows[1]["source"])
        again = page.client.post(f"{one}/files", files=dropped(files)).json()
        assert again["added"] == 0
        card = f"/api/cards/{page.phrase()['id']}"
        page.patch(card, name="con: what?", heart=True)
        page.patch(card, deleted=True)
        assert page.client.delete(one).status_code == 200
        for address in (card, one):
            page.patch(address, deleted=False)
        assert len(page.get(f"{one}/files")) == len(files)
    with open_page(Path("studio"), trained) as page:  # closed and opened again
        assert page.patch(card, heart=False)["name"] == "con: what?"


@pytest.mark.usefixtures("on_windows")
def test_children_pretend_too() -> None:
    code = "import os, sys; sys.exit(hasattr(os, 'killpg'))"
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_windows_reads_patterns_as_shells_elsewhere_do(
    tmp_path: Path, tunes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tunes, tmp_path / "tunes")
    monkeypatch.chdir(tmp_path)
    windows_here = SimpleNamespace(platform="win32", exit=sys.exit)
    monkeypatch.setattr(failures, "sys", windows_here)
    main(["render", "tunes/*.mid", "--to", "abc", "--save_dir", "out"])
    names = {path.stem for path in Path("tunes").glob("*.mid")}
    assert {path.stem for path in Path("out").glob("*.abc")} == names
    with pytest.raises(SystemExit):
        main(["render", "nothing*.mid"])  # as it was typed


def test_windows_says_that_a_path_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    error = FileNotFoundError(errno.ENOENT, "No such file or directory", "a" * 300)
    assert "No such file" in told(error)
    monkeypatch.setattr(sys, "platform", "win32")
    assert "longer than the 259 characters" in told(error)
    short = FileNotFoundError(errno.ENOENT, "No such file or directory", "a.mid")
    assert "No such file" in told(short)
