"""Stops commands at random moments and counts what they leave.

    python benchmarks/faults/interrupts.py [--times 100] [--seed 1] [--command sample]
        [--signal INT] [--src src]

Each command runs as a user runs it, in a folder of its own, and gets the signal at a
random moment between its beginning and its usual end: alone, as from ``kill``, or with
its whole group, as from a terminal. It begins once Python has started, which takes
some hundredths of a second that no program can do anything about.

A stop is as promised if the command ends within two seconds, with 128 and the number of
the signal as its exit code, and one line; or if it was finished by then (exit code 0).
Nothing may be left: no hidden or temporary file, no process. Prints a Markdown table
under a hardware and version header. For Linux: it looks into ``/proc``.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from tests.builders.midi_files import write_tunes  # noqa: E402

from header import print_header  # noqa: E402

COMMANDS = {
    "sample": "sample --seed 1 --num_files 40 --bars 32 --save_dir out",
    "train": "train midi --rnn_size 16 --num_epochs 9999 --patience 9999 --no_page",
    "fine-tune": "train midi --num_epochs 9999 --patience 9999 --no_page",
    "inspect": "inspect many --no_cache",
    "vary": "vary given/1.mid --temperature 0.8 --save_dir out",
    "evaluate": "evaluate --experiment_dir experiments/01",
}
MAX_SECONDS = (
    12.0  # after which a command that goes on for ever is stopped at the latest
)
PROMISED_SECONDS = 2.0
FIRST_SECONDS = 0.1  # of Python itself, before the first line of monody
MANY = 400  # files


class Stop(NamedTuple):
    """How a command ended."""

    fault: str  # empty if it is as promised
    seconds: float  # from the signal to the end
    finished: bool  # the signal came too late to stop anything
    at: float  # seconds, when the signal came
    said: str  # on the error stream


def main() -> None:
    """Stop commands, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--times", type=int, default=100, help="Stops of each command.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", choices=COMMANDS, action="append")
    parser.add_argument("--signal", choices=("INT", "TERM", "HUP"), default="INT")
    parser.add_argument("--src", type=Path, default=ROOT / "src")
    asked = parser.parse_args()
    print_header("keras", "jax", "numpy", "click")
    print(f"| SIG{asked.signal} | stopped | finished | slowest, s | faults |")
    print("|---|---:|---:|---:|---|")
    rng = random.Random(asked.seed)  # noqa: S311 - no secret
    number = signal.Signals[f"SIG{asked.signal}"]
    with tempfile.TemporaryDirectory(prefix="monody-faults-") as folder:
        home = Path(folder) / "home"
        environment = _make_home(home, asked.src.resolve())
        for name in asked.command or COMMANDS:
            usual = _usual_seconds(COMMANDS[name], home, environment)
            stops = []
            for _ in range(asked.times):
                after = rng.uniform(0, usual)
                alone = rng.random() < 0.5
                stop = _stopped(COMMANDS[name], home, environment, number, after, alone)
                stops.append(stop)
                if stop.fault:
                    print(name, stop, file=sys.stderr, flush=True)
            print(_row(name, stops), flush=True)


def _row(name: str, stops: list[Stop]) -> str:
    """Sum up the stops of a command."""
    faults = Counter(stop.fault for stop in stops if stop.fault)
    told = "; ".join(f"{count} × {fault}" for fault, count in faults.most_common())
    finished = sum(stop.finished for stop in stops)
    slowest = max(stop.seconds for stop in stops)
    return (
        f"| {name} | {len(stops) - finished} | {finished} | {slowest:.1f} | "
        f"{told or 'none'} |"
    )


def _make_home(home: Path, src: Path) -> dict[str, str]:
    """Make a folder with tunes, an experiment and a melody; return an environment."""
    write_tunes(home / "midi", 12, bars=8)
    write_tunes(home / "many", MANY, bars=8)
    temporary = home.parent / "tmp"
    temporary.mkdir()
    own = {
        "PYTHONPATH": str(src),
        "MONODY_CACHE": str(home.parent / "cache"),
        "TMPDIR": str(temporary),
    }
    environment = {**os.environ, **own}
    first = ("train midi --rnn_size 8 --num_epochs 1 --no_page", "sample --num_files 1")
    for command in first:
        _start(command, home, environment).communicate()
    shutil.move(home / "experiments/01/generated", home / "given")
    return environment


def _start(
    command: str, home: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start a command, in a session of its own."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "monody", *command.split()],
        cwd=home,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _usual_seconds(command: str, home: Path, environment: dict[str, str]) -> float:
    """Measure how long a command takes, when everything that is kept is there."""
    began = time.monotonic()
    process = _start(command, home, environment)
    try:
        process.communicate(timeout=MAX_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    took = time.monotonic() - began
    _tidy(home)
    return took


def _tidy(home: Path) -> None:
    """Remove what commands write, and what they left."""
    for path in home.iterdir():
        if path.name not in ("midi", "many", "given", "experiments"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (home / "experiments").iterdir():
        if path.name != "01":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (home.parent / "tmp").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _stopped(
    command: str,
    home: Path,
    environment: dict[str, str],
    number: int,
    after: float,
    alone: bool,
) -> Stop:
    """Start a command, stop it after some seconds, and look at what is left."""
    process = _start(command, home, environment)
    group = process.pid
    _wait_until_begun(process)
    time.sleep(after)
    if process.poll() is None:
        (os.kill if alone else os.killpg)(group, number)
    sent = time.monotonic()
    fault = ""
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        fault = "ignored"
    seconds = time.monotonic() - sent
    fault = fault or _fault_of(process.returncode, number, seconds)
    left = _processes_of(group)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    process.kill()
    said = process.communicate()[1]
    text = said.decode(errors="replace")
    finished = process.returncode == 0
    fault = fault or _said_fault(text, finished) or _left_fault(home, left)
    _tidy(home)
    return Stop(fault, seconds, finished, after, text[-3000:])


def _wait_until_begun(process: subprocess.Popen[bytes]) -> None:
    """Wait until a command takes signals: Python alone leaves SIGTERM to the system."""
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(status.split("SigCgt:")[1].split()[0], 16)
        if caught & 1 << signal.SIGTERM - 1:
            return
        time.sleep(0.001)


def _fault_of(code: int, number: int, seconds: float) -> str:
    """Say what is wrong with how a command ended."""
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    if code not in (0, 128 + number):
        return f"exit code {code}"
    return "slow" if seconds > PROMISED_SECONDS else ""


def _said_fault(text: str, finished: bool) -> str:
    """Say what is wrong with what came on the error stream."""
    if "Traceback" in text or "Exception ignored" in text:
        return "traceback"
    lines = len(text.strip().splitlines())
    return f"{lines} lines" if lines > (0 if finished else 1) else ""


def _left_fault(home: Path, processes: list[int]) -> str:
    """Say what is left that should not be."""
    if processes:
        return f"{len(processes)} processes left"
    hidden = [path for path in home.parent.rglob(".*") if ".lock" not in path.name]
    temporary = [*(home.parent / "tmp").iterdir()]
    if hidden or temporary:
        return f"left {sorted({path.name for path in hidden + temporary})}"
    return ""


def _processes_of(session: int) -> list[int]:
    """Find the processes of a session that are still there, zombies aside.

    A child that was told to end has a moment to do so.
    """
    for _ in range(20):
        found = [pid for pid in _pids() if _session_of(pid) == session]
        if not found:
            break
        time.sleep(0.05)
    return found


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _session_of(pid: int) -> int:
    """Return the session of a process that runs; 0 if it does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    state, _, _, session = stat.rpartition(")")[2].split()[:4]
    return 0 if state == "Z" else int(session)


if __name__ == "__main__":
    main()
