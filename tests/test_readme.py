"""The READMEs are true: every command and program in them runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monody.music.midi_file import write_midi
from tests.builders.midi_files import tune, write_tunes

ROOT = Path(__file__).parent.parent
QUICKER = {
    "train": ["--num_epochs", "1", "--base", "none", "--rnn_size", "16", "--no_page"],
    "sample": ["--file_length", "32"],
}
ENGLISH, SPANISH = (ROOT / name for name in ("README.md", "README.es.md"))


def _blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def _inline(path: Path) -> list[str]:
    return re.findall(r"`(monody [^`]+--?[^`]*)`", path.read_text("utf-8"))


def test_both_languages_show_the_same_commands() -> None:
    for language in ("bash", "python"):
        assert _blocks(ENGLISH, language) == _blocks(SPANISH, language)
    assert sorted(_inline(ENGLISH)) == sorted(_inline(SPANISH))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a user has it: the two scripts and some MIDI files."""
    folder = tmp_path_factory.mktemp("home")
    write_tunes(folder / "data/midi", 10, bars=4)  # about as long: compiled once
    write_midi(tune(0), folder / "my.mid")
    for script in ("train.py", "sample.py"):
        shutil.copy(ROOT / script, folder)
    return folder


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


def test_the_commands_run_in_their_order(home: Path) -> None:
    lines = [line for block in _blocks(ENGLISH, "bash") for line in block.splitlines()]
    assert len(lines) >= 8
    for line in lines:
        command = shlex.split(line)
        if command[0] == "make":
            # The target exists; running it here would run the tests in the tests.
            _run(["make", "--dry-run", "--always-make", command[1]], ROOT)
        elif command[0] == "source":
            assert command[1] == ".venv/bin/activate"
        else:
            _run(command, home)


def test_the_table_s_commands_run(home: Path) -> None:
    commands = [shlex.split(line) for line in _inline(ENGLISH)]
    assert len(commands) >= 8
    for command in commands:
        short = QUICKER.get(command[1], [])
        if "--resume" in command:
            short = ["--num_epochs", "1", "--no_page"]  # nothing else may change
        elif "--help" in command:
            short = []
        _run([*command, *short], home)


def test_the_python_program_runs(home: Path) -> None:
    [program] = _blocks(ENGLISH, "python")
    _run([sys.executable, "-c", program], home)
