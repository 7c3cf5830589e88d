"""The READMEs are true: every command and program in them runs.

Most commands run in this process, with a small model in place of the base model: what
is compiled for one serves the others. Those that a new user runs first, the two classic
scripts and the program run as processes of their own, with the base model as it is.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.music.midi_file import write_midi
from tests.builders.documented import (
    QUICKER,
    ROOT,
    blocks,
    inline,
    lines,
    make_everything_small,
)
from tests.builders.midi_files import tune, write_tunes

FIRST = "monody sample --num_files 3 --bars 16"  # what a new user runs
ENGLISH, SPANISH = (ROOT / name for name in ("README.md", "README.es.md"))


def test_both_languages_show_the_same_commands() -> None:
    for language in ("bash", "python"):
        assert blocks(ENGLISH, language) == blocks(SPANISH, language)
    assert sorted(inline(ENGLISH)) == sorted(inline(SPANISH))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: the two scripts and some MIDI files."""
    folder = tmp_path_factory.mktemp("home")
    write_tunes(folder / "data/midi", 10, bars=4)  # about as long: compiled once
    write_midi(tune(0), folder / "my.mid")
    for script in ("train.py", "sample.py"):
        shutil.copy(ROOT / script, folder)
    return folder


@pytest.fixture
def small(trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny base model, networks of its size from nothing, and few public tunes."""
    make_everything_small(trained, tmp_path, monkeypatch)


def _run(command: list[str], folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"


@pytest.mark.usefixtures("small")
def test_the_commands_run_in_their_order(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = lines(ENGLISH)
    assert len(typed) >= 8
    assert FIRST in typed
    monkeypatch.chdir(home)
    for line in typed:
        command = shlex.split(line)
        if command[0] == "make":
            # The target exists; running it here would run the tests in the tests.
            _run(["make", "--dry-run", "--always-make", command[1]], ROOT)
        elif command[0] == "pip":
            assert command[1:] == ["install", "."]  # `make install` does no more
        elif line == FIRST:
            _run(command, home)
        elif command[0] == "python":
            monkeypatch.setattr(sys, "argv", command[1:])
            runpy.run_path(command[1], run_name="__main__")
        else:
            assert command[0] == "monody"
            main(command[1:])


@pytest.mark.usefixtures("small")
def test_the_table_s_commands_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = [shlex.split(line) for line in inline(ENGLISH)]
    assert len(commands) >= 8
    monkeypatch.chdir(home)
    for command in commands:
        short = QUICKER.get(command[1], [])
        if "--resume" in command:
            short = ["--num_epochs", "1", "--no_page"]  # nothing else may change
        elif "--help" in command:
            short = []
        elif "--form" in command:
            short = ["--num_files", "2"]  # the form says how many bars
        main([*command[1:], *short])


@pytest.mark.usefixtures("small")
def test_the_python_program_runs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [program] = blocks(ENGLISH, "python")
    monkeypatch.chdir(home)
    exec(compile(program, "README.md", "exec"), {"__name__": "__main__"})


@pytest.mark.thorough
def test_commands_and_program_run_with_the_base_as_it_is(
    tmp_path: Path,
) -> None:
    write_tunes(tmp_path / "data/midi", 10, bars=4)
    write_midi(tune(0), tmp_path / "my.mid")
    for script in ("train.py", "sample.py"):
        shutil.copy(ROOT / script, tmp_path)
    for line in lines(ENGLISH):
        if line.startswith(("monody", "python")):
            _run(shlex.split(line), tmp_path)
    [program] = blocks(ENGLISH, "python")
    _run([sys.executable, "-c", program], tmp_path)


README_FILES = (ENGLISH, SPANISH)
MEASURED = ("benchmarks/README.md", "docs/base-model.md")


@pytest.mark.parametrize("path", README_FILES, ids=lambda path: path.name)
def test_what_a_readme_links_to_is_there(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert len(targets) >= 8
    for target in targets:
        assert target.startswith("https:") or (ROOT / target).is_file(), target


@pytest.mark.parametrize("path", README_FILES, ids=lambda path: path.name)
def test_the_first_screen_shows_and_sounds_and_is_light(path: Path) -> None:
    first = path.read_text("utf-8").partition("```text")[0]
    [picture] = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", first)
    [sound] = re.findall(r"\(([^)]+\.wav)\)", first)
    assert (ROOT / picture).stat().st_size < 100_000
    assert (ROOT / sound).stat().st_size < 500_000
    assert len(blocks(path, "bash")[0].splitlines()) == 2
    assert len(first.splitlines()) < 24


@pytest.mark.parametrize("path", README_FILES, ids=lambda path: path.name)
def test_every_figure_with_a_decimal_was_measured(path: Path) -> None:
    prose = re.sub(
        r"```.*?```|`[^`]*`|\([^)]*\)", "", path.read_text("utf-8"), flags=re.DOTALL
    )
    point = "," if path == SPANISH else r"\."
    figures = re.findall(rf"(?<![\d.,])\d+{point}\d\d?(?![\d.,]?\d)", prose)
    figures = [figure.replace(",", ".") for figure in figures]
    measured = "".join((ROOT / name).read_text("utf-8") for name in MEASURED)
    assert len([figure for figure in figures if figure != "3.11"]) >= 11
    for figure in {*figures} - {"3.11"}:  # a version of Python
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", measured), figure


def test_the_table_of_bits_says_what_was_measured() -> None:
    rows = (ROOT / "benchmarks/README.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    quality = {row[0]: row for row in cells if len(row) == 8}
    tuned = {(row[0], row[1]): row for row in cells if len(row) == 9}
    dances, own = tuned["nottingham", "40"], tuned["essen_dev", "100"]
    fewer = tuned["essen_dev", "40"]
    alone = quality["nottingham"]
    text = ENGLISH.read_text("utf-8")
    assert (
        f"| {alone[1]} dance tunes, ten minutes | {alone[5]} | {alone[4][:4]} | |"
        in text
    )
    for name, row in (
        ("40 dance tunes", dances),
        ("100 folk songs", own),
        ("40 folk songs", fewer),
    ):
        assert f"| {name} | {row[5]} | {row[4]} | {row[6]} |" in text
    for figure in (alone[5], *dances[4:7], *own[4:7], *fewer[4:7]):
        assert figure.replace(".", ",") in SPANISH.read_text("utf-8")


def test_every_test_that_the_security_page_names_is_there() -> None:
    named = re.findall(r"`(tests/\S+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) >= 20
    assert [path for path in named if not (ROOT / path).is_file()] == []
