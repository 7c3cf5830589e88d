from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders.midi_files import write_tunes

NOISE = """
import io, logging, sys, warnings
from monody.chatter import libraries_silenced
with libraries_silenced():
    warnings.warn("one", DeprecationWarning)
    logging.getLogger("jax._src.xla_bridge").warning("two")
warnings.warn("shown")
class Unclosed:
    def __del__(self): warnings.warn("three", ResourceWarning)
kept = Unclosed()
"""


def test_what_libraries_warn_of_and_log_is_not_shown() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", NOISE], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines() if "Warning" in line] == [
        "<string>:7: UserWarning: shown"
    ]
    assert "two" not in done.stderr


@pytest.mark.parametrize("command", ["inspect midi", "train midi --num_epochs 1"])
def test_the_error_stream_of_a_command_is_clean(command: str, tmp_path: Path) -> None:
    write_tunes(tmp_path / "midi", 8, bars=4)
    small = ["--rnn_size", "4", "--no_page"] if command.startswith("train") else []
    done = subprocess.run(
        [sys.executable, "-m", "monody", *command.split(), *small],
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
