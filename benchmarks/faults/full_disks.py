"""Fills the disk, or lets files grow no further, while commands write.

    python benchmarks/faults/full_disks.py [--times 50] [--seed 1] [--work sample]
        [--src src] [--compiled FOLDER]

For Linux, as root: the disks are tmpfs. In turn, each command meets one of these, with
room for a random part of what it writes: the disk is full; only that of the cache, or
of temporary files, is; no file may be longer than so and so many bytes (a quota).

As promised is either one line that names the file and the way out, with exit code 2; or
the whole work, where only what is remembered had no room. No file may be half, no
temporary file left and nothing of the user's changed. Then there is room again, and the
user goes on: what was made in the end is what an undisturbed command makes. Prints a
Markdown table under a hardware and version header.
"""

from __future__ import annotations

import math
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

from workplace import Ended, Workplace, campaign_parser
from works import OTHERS, WORKS, Made, Work, go_on, halves

from header import print_header
from monody.cache_folder import COMPILED

ALL = {**WORKS, **OTHERS}
DISK = 2**28  # bytes
PAGE = 4096  # bytes: the smallest room
SENTENCES = ("no space left for ", "cannot ")  # one of these is in the line
EXIT_USER_ERROR = 2


class Usual(NamedTuple):
    """What a command does when nothing is in its way."""

    written: int  # that it writes, all files together
    longest: int  # bytes of its longest file
    made: Made


class Trial(NamedTuple):
    """What came of a full disk."""

    kind: str
    room: int  # bytes
    code: int
    faults: list[str]  # each begins with its kind and a colon
    said: str


def main() -> None:
    """Fill disks, and print the table."""
    parser = campaign_parser(__doc__ or "", 50, "Full disks in all.")
    parser.add_argument("--minutes", type=float, default=math.inf, help="At most.")
    parser.add_argument("--work", choices=ALL, action="append")
    asked = parser.parse_args()
    print_header("keras", "jax", "numpy", "click")
    trials: list[Trial] = []
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory(prefix="monody-faults-") as folder:
        disk = Path(folder) / "disk"
        disk.mkdir()
        with mounted(disk, DISK):
            place = Workplace(disk / "place", asked.src.resolve(), asked.compiled)
            usual: dict[str, Usual] = {}
            for number in range(asked.times):
                if time.monotonic() > until:
                    break
                rng = random.Random(f"{asked.seed} {number}")  # noqa: S311
                name = [*(asked.work or ALL)][number % len(asked.work or ALL)]
                if name not in usual:
                    usual[name] = _undisturbed(ALL[name], place)
                trial = _tried(ALL[name], place, usual[name], rng)
                trials.append(trial)
                print(number, name, trial, file=sys.stderr, flush=True)
    _print_table(trials)


def _print_table(trials: list[Trial]) -> None:
    print("| full | times | refused in a line | done without | lost | said wrong | "
          "left |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind in (*KINDS, QUOTA):
        these = [trial for trial in trials if trial.kind == kind]
        faults = Counter(
            what
            for trial in these
            for what in {each.partition(":")[0] for each in trial.faults}
        )
        figures = (
            len(these),
            sum(trial.code == 2 for trial in these),
            sum(trial.code == 0 for trial in these),
            *(faults[what] for what in ("lost", "said", "left")),
        )
        print(f"| {kind} | {' | '.join(map(str, figures))} |", flush=True)


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    """Put a disk of some bytes in the place of a folder."""
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(["mount", *options], check=True)  # noqa: S603, S607
    try:
        yield
    finally:
        # Lazily: a process may still be ending.
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S603, S607


@contextmanager
def _disk(place: Workplace, room: int) -> Iterator[None]:
    """Fill the disk of the place, but for some bytes."""
    filler = place.folder.parent / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(filler)
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - room)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _cache(place: Workplace, room: int) -> Iterator[None]:
    """Give the cache a disk of its own, with what was compiled: that takes long."""
    compiled = place.cache / COMPILED
    kept = place.folder.parent / "compilations"
    shutil.copytree(compiled, kept)
    size = sum(path.stat().st_blocks * 512 for path in kept.rglob("*"))
    with mounted(place.cache, size + PAGE * len([*kept.rglob("*")]) + room):
        shutil.copytree(kept, compiled)
        shutil.rmtree(kept)
        yield


def _temporary(place: Workplace, room: int) -> AbstractContextManager[None]:
    """Give temporary files a disk of their own."""
    return mounted(place.temporary, room)


KINDS = {
    "the disk": _disk,
    "the cache's": _cache,
    "that of temporary files": _temporary,
}
QUOTA = "a quota on a file"


def _undisturbed(work: Work, place: Workplace) -> Usual:
    """Return what a command writes, and what comes of it."""
    place.make_ready(work.program)
    before = place.state()
    ended = place.run(work.program)
    written = [
        size
        for name, (size, time_) in place.state().items()
        if before.get(name) != (size, time_)
    ]
    if ended.code:
        raise SystemExit(f"{work.program}: {ended}")
    return Usual(sum(written), max(written), work.made(place.home, ended))


def _tried(work: Work, place: Workplace, usual: Usual, rng: random.Random) -> Trial:
    """Let a command meet a full disk, look at what is left, and go on."""
    place.tidy()
    if rng.random() < 0.7:
        place.forget()
    kind = rng.choice([*KINDS, *KINDS, QUOTA])
    room = rng.randrange(usual.longest if kind == QUOTA else usual.written)
    room = max(PAGE, room // PAGE * PAGE)
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (room, -1))
    full = nullcontext() if kind == QUOTA else KINDS[kind](place, room)
    with full:
        running = place.start(work.program, limit if kind == QUOTA else None)
        ended = running.ended()
        left = running.left()
        running.kill_left(left)
        faults = [f"left: {len(left)} processes"] if left else []
        faults += [*_of_the_end(ended), *_of_the_files(place)]
    said = ended.errors[-3000:]
    then = go_on(work, place) if ended.code else ended
    if then.code or then.traceback:
        faults.append(f"lost: going on ended with {then.code}: {then.errors[-3000:]}")
    else:
        made = work.made(place.home, then)
        others = [n for n in usual.made if made.get(n) != usual.made[n]]
        faults += [f"lost: other {others}"] if others else []
        faults += _of_the_files(place)
    return Trial(kind, room, ended.code, faults, said)


def _of_the_end(ended: Ended) -> list[str]:
    """Say what is wrong with how a command ended."""
    if ended.traceback:
        return ["said: traceback"]
    lines = ended.errors.strip().splitlines()
    if ended.code == 0:
        return []
    if ended.code != EXIT_USER_ERROR:
        return [f"said: exit code {ended.code}"]
    if len(lines) != 1 or not any(words in lines[0] for words in SENTENCES):
        return [f"said: {lines}"]
    return []


def _of_the_files(place: Workplace) -> list[str]:
    """Say which files are half, harmed or left."""
    return [
        *(f"lost: half of {name}" for name in halves(place.home)),
        *(f"lost: {name} of the user" for name in place.harmed()),
        *(f"left: {name}" for name in place.temporary_files()),
    ]


if __name__ == "__main__":
    main()
