"""Many files: ``python benchmarks/reading_scale.py [--files 100000]``.

Writes a folder of small MIDI files, all different tunes, and runs ``monody inspect
FOLDER --html PAGE --json`` on it: without a cache, with an empty one, once more. The
memory of the process and all of its children is added up every 0.2 seconds: RSS, which
counts what they share more than once, and PSS, which shares it out. A quarter of the
files comes first, to show what grows. Linux only: it looks into ``/proc``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from monody.cache_folder import FOLDER_VARIABLE

FILES_IN_FOLDER = 1_000
NOTES = 60
STEPS = (-5, -4, -3, -2, -2, -1, -1, -1, 1, 1, 1, 2, 2, 3, 4, 5)  # of the scale
TICKS = (12, 24, 24, 24, 48, 48, 72, 96)  # 48 to the quarter
SCALE = tuple(12 * octave + degree for octave in range(11)
              for degree in (0, 2, 4, 5, 7, 9, 11))[:75]  # fmt: skip
SAMPLE_SECONDS = 0.2
MEGABYTE = 1e6


@dataclass(frozen=True)
class Peak:
    """The most memory that processes had together, in bytes."""

    rss: int = 0
    pss: int = 0
    parent_rss: int = 0

    def or_more(self, other: Peak) -> Peak:
        """Return the larger of each."""
        return Peak(
            max(self.rss, other.rss),
            max(self.pss, other.pss),
            max(self.parent_rss, other.parent_rss),
        )


def main() -> None:
    """Measure a quarter of the files, then all of them; print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    names = ("monody", "symusic", "numpy")
    print(f"{platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"Python {platform.python_version()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in names) + "\n")
    print("| files | run | seconds | files/s | peak PSS, MB | peak RSS, MB ", end="")
    print("| parent's RSS, MB | page, MB | JSON, MB |")
    print(f"|{'---|' * 9}", flush=True)
    with tempfile.TemporaryDirectory(prefix="scale-") as work:
        music = Path(work, "music")
        made = 0
        for count in (chosen.files // 4, chosen.files):
            make_files(music, range(made, count), chosen.seed)
            made = count
            time.sleep(3)  # younger files are not remembered as a corpus
            for run, options in (
                ("no cache", ["--no_cache"]),
                ("empty cache", []),
                ("again", []),
            ):
                print(_row(Path(work), music, count, run, options), flush=True)
            shutil.rmtree(Path(work, "cache"))


def _row(work: Path, music: Path, count: int, run: str, options: Sequence[str]) -> str:
    """Inspect the folder once; return the table's row."""
    page, report = work / "page.html", work / "report.json"
    command = [sys.executable, "-m", "monody", "inspect", str(music)]
    command += ["--html", str(page), "--json", *options]
    began = time.monotonic()
    with report.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own module, our own Python
            command,
            stdout=output,
            stderr=subprocess.DEVNULL,
            env={**os.environ, FOLDER_VARIABLE: str(work / "cache")},
        )
        peak = _watch(process)
    seconds = time.monotonic() - began
    if process.returncode != 0:
        raise SystemExit(f"monody inspect ended with {process.returncode}")
    files = json.loads(report.read_bytes())["files"]
    if len({file["path"] for file in files}) != count:
        raise SystemExit(f"{len(files)} verdicts on {count} files")
    return (
        f"| {count:,} | {run} | {seconds:.1f} | {count / seconds:.0f} "
        f"| {peak.pss / MEGABYTE:.0f} | {peak.rss / MEGABYTE:.0f} "
        f"| {peak.parent_rss / MEGABYTE:.0f} "
        f"| {page.stat().st_size / MEGABYTE:.1f} "
        f"| {report.stat().st_size / MEGABYTE:.1f} |"
    )


# --------------------------------------------------------------------- memory in use


def _watch(process: subprocess.Popen[bytes]) -> Peak:
    """Wait for a process; return the peak of it and all that it started."""
    peak = Peak()
    while process.poll() is None:
        peak = peak.or_more(_memory(process.pid))
        time.sleep(SAMPLE_SECONDS)
    return peak


def _memory(parent: int) -> Peak:
    """Add up the memory of a process and its descendants."""
    rss = pss = 0
    parents = _rss(parent)
    for pid in family(parent):
        own = _rss(pid)
        rss += own
        pss += _pss(pid) or own
    return Peak(rss, pss, parents)


def family(parent: int) -> list[int]:
    """List a process and its descendants."""
    found = [parent]
    for pid in found:
        try:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            for task in tasks:
                found += map(int, (task / "children").read_text().split())
        except OSError:  # it has just ended
            continue
    return found


def _rss(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _pss(pid: int) -> int:
    """Return the proportional share of memory; 0 where it cannot be read."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


# ------------------------------------------------------------------------- the files


def make_files(folder: Path, numbers: range, seed: int) -> None:
    """Write files, a thousand a folder, each of one random tune.

    Args:
        folder: Where to.
        numbers: Which; a file depends on its number and the seed alone.
        seed: Of all random choices.
    """
    for number in numbers:
        place = folder / f"{number // FILES_IN_FOLDER:04}"
        if number % FILES_IN_FOLDER == 0 or number == numbers.start:
            place.mkdir(parents=True, exist_ok=True)
        rng = random.Random(seed << 32 | number)  # noqa: S311 - not for secrets
        (place / f"{number:07}.mid").write_bytes(_tune(rng))


def _tune(rng: random.Random) -> bytes:
    """Return a MIDI file of one track: a random walk on the white keys."""
    events = bytearray(b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x04\x02\x18\x08")
    place = rng.randrange(30, 45)
    steps, ticks = rng.choices(STEPS, k=NOTES), rng.choices(TICKS, k=NOTES)
    for step, length in zip(steps, ticks, strict=True):
        place = min(max(place + step, 20), 55)
        pitch = SCALE[place]
        events += bytes((0, 0x90, pitch, 80, length, pitch, 0))  # off: running status
    events += b"\x00\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x30"
    return header + b"MTrk" + len(events).to_bytes(4, "big") + events


if __name__ == "__main__":
    main()
