"""Commands where standard input, output or errors are closed, or lack letters."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.experiments.experiment import Experiment

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes them")


def _run(closed: str, *command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with what is named in a shell's words closed."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_folder_is_inspected(closed: str, tunes: Path, tmp_path: Path) -> None:
    command = ("-P", "-m", "monody", "inspect", str(tunes), "--html", "report.html")
    done = _run(closed, *command, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    page = (tmp_path / "report.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")


def test_a_mistake_is_still_a_mistake(tmp_path: Path) -> None:
    command = ("-P", "-m", "monody", "inspect", "nothing")
    assert _run("<&- >&- 2>&-", *command, folder=tmp_path).returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is always full")
@pytest.mark.parametrize("mistake", ["inspect nothing", "inspect --nonsense"])
def test_a_mistake_that_cannot_be_told_is_still_one(
    mistake: str, tmp_path: Path
) -> None:
    command = ("-P", "-m", "monody", *mistake.split())
    assert _run("2>/dev/full", *command, folder=tmp_path).returncode == 2


PRINTS = """
import os
from monody.cli.streams import open_closed_streams
open_closed_streams()
with open("tune.mid", "wb") as file:
    os.system("echo of a library; echo of a library >&2")
"""


def test_what_is_printed_goes_into_no_file(tmp_path: Path) -> None:
    done = _run("<&- >&- 2>&-", "-P", "-c", PRINTS, folder=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "tune.mid").read_bytes() == b""


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_letters_that_the_output_lacks_are_spelt_out(
    encoding: str,
    trained: Experiment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for number in ("01", "02"):
        shutil.copytree(trained.folder, tmp_path / "experiments" / number)
    note = tmp_path / "experiments" / "02" / "message.txt"
    note.write_text("slow \N{RIGHTWARDS ARROW} airs", "utf-8")
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    done = _run("", "-P", "-m", "monody", "runs", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert r"slow \u2192 airs" in done.stdout


@pytest.mark.parametrize("columns", ["0", "000", "-5", "wide", "9" * 30, "²"])
def test_a_width_that_is_none_is_passed_over(
    columns: str,
    tunes: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    main(["inspect", str(tunes)])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
