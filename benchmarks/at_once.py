"""How long each command takes to its first visible output, and to its end.

    python benchmarks/at_once.py --old /tmp/old/src --forty FOLDER [--many]

Two source trees in one run, each command of the one beside the same of the other, at a
terminal (a pseudo-terminal of 80 columns). Cold: nothing was read, unpacked or compiled
before; the files themselves may be in the system's cache. Warm: the same again. The
commands before the training have 12 tunes of 8 bars, the training has the folder named.
With --many, also 1,000 files of 1,000 16ths, once each. Prints a Markdown table under a
hardware and version header.
"""

from __future__ import annotations

import argparse
import os
import pty
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from header import print_header

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.builders.midi_files import write_tunes  # noqa: E402

TUNES = 12
SAMPLE = "monody sample --seed 1"
# In the order of a first hour: each may need what those before it wrote.
COMMANDS = (
    "monody --help",
    "monody inspect midi",
    "monody inspect midi/tune-000.mid",
    f"{SAMPLE} --num_files 3 --bars 16 --save_dir a",
    f"{SAMPLE} --num_files 3 --bars 16 --save_dir b --no_page",
    f"{SAMPLE} --num_files 3 --bars 12 --meter 9/8 --key Em --density 3..6 --save_dir c"
    " --no_page",
    f"{SAMPLE} --num_files 1 --bars 16 --best_of 50 --save_dir d --no_page",
    f"{SAMPLE} --num_files 50 --bars 16 --save_dir e --no_page",
    f"{SAMPLE} --num_files 10 --file_length 1000 --save_dir f --no_page",
    "monody vary a/1.mid --temperature 0.8 --save_dir g",
    "monody vary a/1.mid --replace 5-8 --save_dir g",
    "monody again a/1.mid",
    "monody render midi/tune-000.mid",
    "monody train forty",
    "monody evaluate",
    "monody runs",
    f"{SAMPLE} --num_files 3 --bars 16",
    "monody cache",
)
MANY = f"{SAMPLE} --num_files 1000 --file_length 1000 --save_dir h --no_page"


class Took(NamedTuple):
    """Seconds of one command."""

    first: float  # to the first byte that a person sees
    whole: float
    failed: bool


def main() -> None:
    """Run every command in both trees, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--old", type=Path, required=True, help="A folder `src`.")
    parser.add_argument("--new", type=Path, default=ROOT / "src", help="Likewise.")
    parser.add_argument("--forty", type=Path, required=True, help="Files to train on.")
    parser.add_argument("--many", action="store_true", help="Also 1,000 long files.")
    arguments = parser.parse_args()
    trees = {"old": arguments.old.resolve(), "new": arguments.new.resolve()}
    print_header("click", "keras", "jax", "numpy", "rich")
    titles = [
        f"{tree} {state} {what}"
        for state in ("cold", "warm")
        for what in ("first", "whole")
        for tree in trees
    ]
    print(f"| command, seconds | {' | '.join(titles)} |")
    print(f"|---|{'---:|' * len(titles)}")
    with tempfile.TemporaryDirectory() as folder:
        homes = {tree: _home(Path(folder) / tree, arguments.forty) for tree in trees}
        for command in COMMANDS:
            cells = list(_cells(command, trees, homes))
            print(f"| `{command}` | {' | '.join(cells)} |", flush=True)
        if arguments.many:
            cells = list(_cells(MANY, trees, homes, times=1))
            print(f"| `{MANY}` | {' | '.join(cells)} | | | | |", flush=True)


def _home(folder: Path, forty: Path) -> Path:
    """Make a folder with tunes, in which nothing was run yet."""
    write_tunes(folder / "midi", TUNES, bars=8)
    shutil.copytree(forty, folder / "forty")
    return folder


def _cells(
    command: str, trees: dict[str, Path], homes: dict[str, Path], times: int = 2
) -> Iterator[str]:
    """Run a command cold and warm in each tree; yield the cells of its row."""
    for _ in range(times):
        took = [_run(command, source, homes[tree]) for tree, source in trees.items()]
        for figure in ("first", "whole"):
            for one in took:
                failed = " (failed)" if one.failed else ""
                yield f"{getattr(one, figure):.2f}{failed}"


def _run(command: str, source: Path, home: Path) -> Took:
    """Run a command at a terminal of its own."""
    _, *arguments = shlex.split(command)
    own = {"PYTHONPATH": str(source), "MONODY_CACHE": str(home / "cache")}
    environment = {**os.environ, **own, "COLUMNS": "80", "TERM": "xterm"}
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home)
        program = [sys.executable, "-m", "monody", *arguments]
        os.execve(sys.executable, program, environment)  # noqa: S606  # no shell
    first = None
    for _ in _said(terminal):
        first = first or time.perf_counter() - began
    _, status = os.waitpid(child, 0)
    whole = time.perf_counter() - began
    os.close(terminal)
    return Took(first or whole, whole, status != 0)


def _said(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows, as it comes."""
    try:
        while data := os.read(terminal, 65536):
            yield data
    except OSError:  # Linux says so that the other side is closed
        return


if __name__ == "__main__":
    main()
