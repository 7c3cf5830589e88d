"""Gives fuzzed files to all that reads files, a thousand a second.

    python benchmarks/faults/inputs.py [--seconds 3600] [--seed 1] [--kind midi ...]
        [--data FOLDER ...]

Every kind of file has its turn: music as the child processes read it, passports,
settings, models, all parts of experiments, what is kept in caches. A file depends on
its kind, the seed and its number alone, so that what failed can be made again:

    python benchmarks/faults/inputs.py --kind midi --seed 1 --only 4711

What may come of a file is what it holds, or an error of monody's own that fits a line.
Any other exception is a fault, and so are a warning, a control character in what is
said, more than two seconds of the processor (twenty where a melody is made again), and
more memory than `MAX_MEGABYTES`. The first files of each fault are kept in `--keep`.
With `--data`, music is made of the files there, too, as `fuzz_reading.py` does. Prints
a Markdown table under a hardware and version header. For Linux: it sets limits.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from tests.builders.fuzzed import kinds  # noqa: E402
from tests.builders.midi_files import write_tunes  # noqa: E402
from tests.builders.watch import Kind, watched  # noqa: E402

import monody  # noqa: E402
from fuzz_originals import Originals  # noqa: E402
from header import print_header  # noqa: E402
from monody.experiments.experiment import Experiment  # noqa: E402
from monody.memory import address_space  # noqa: E402

TURN_SECONDS = 0.2  # of the processor, that a kind has before the next one
MAX_MEGABYTES = 512  # that a file may take, beyond what the process has
MAX_KEPT = 5  # files kept of one fault
# What `fuzz_originals` calls the kinds that real files are of.
ORIGINALS = {"midi": "midi", "abc": "abc", "musicxml": "musicxml", "mscx": "musescore",
             "krn": "kern"}  # fmt: skip
REAL = 0.5  # the share of music that is made of real files


@dataclass
class Tally:
    """What came of the files of a kind."""

    files: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_number: int = 0
    megabytes: float = 0.0  # the most that a file took
    faults: Counter[str] = field(default_factory=Counter)


class Campaign:
    """Makes files and gives them to their readers.

    Args:
        all_kinds: By name.
        asked: The options.
    """

    def __init__(self, all_kinds: dict[str, Kind], asked: argparse.Namespace) -> None:
        self._kinds = {n: k for n, k in all_kinds.items() if n in (asked.kind or [n])}
        self._seed, self._keep = asked.seed, asked.keep
        self._numbers = {name: count(asked.first) for name in self._kinds}
        real = [ORIGINALS[name] for name in self._kinds if name in ORIGINALS]
        folders = asked.data if real else []
        self._real = {kind: Originals(folders, kind) for kind in real if folders}
        self.tallies = {name: Tally() for name in self._kinds}

    def file(self, name: str, number: int) -> bytes:
        """Make a file: the same bytes each time."""
        rng = random.Random(f"{name}-{self._seed}-{number}")  # noqa: S311 - no secret
        real = self._real.get(ORIGINALS.get(name, ""))
        if real is not None and rng.random() < REAL:
            return real.file(self._seed, number)[1]
        return self._kinds[name].file(rng)

    def run(self, seconds: float) -> None:
        """Give each kind its turn until the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name in self._kinds:
                turn = time.process_time() + TURN_SECONDS
                while time.process_time() < turn:
                    self.try_one(name, next(self._numbers[name]))

    def try_one(self, name: str, number: int) -> None:
        """Make a file, give it to its readers, and note what came of it."""
        data, tally = self.file(name, number), self.tallies[name]
        before = _peak_megabytes()
        fault, seconds = watched(self._kinds[name], data)
        tally.megabytes = max(tally.megabytes, _peak_megabytes() - before)
        tally.files += 1
        tally.seconds += seconds
        if seconds > tally.slowest:
            tally.slowest, tally.slowest_number = seconds, number
        if fault:
            self._note(name, number, data, fault)

    def _note(self, name: str, number: int, data: bytes, fault: str) -> None:
        of_kind = fault[:100]
        faults = self.tallies[name].faults
        faults[of_kind] += 1
        if faults[of_kind] <= MAX_KEPT:
            print(f"FAULT {name} {number}: {fault}", file=sys.stderr, flush=True)
            self._keep.mkdir(parents=True, exist_ok=True)
            kept = self._keep / f"{number}-{name.replace('/', '-').replace(' ', '-')}"
            kept.write_bytes(data)


def _peak_megabytes() -> float:
    """Return the most memory that the process had at any time."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _limit_memory() -> None:
    """Let a file that asks for more memory than it may have fail with an error."""
    most = address_space() + MAX_MEGABYTES * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.RLIM_INFINITY))


def trained(folder: Path) -> Experiment:
    """Train a small network."""
    write_tunes(folder / "tunes", 20)
    return monody.train(
        monody.read_corpus(folder / "tunes"),
        monody.TrainSettings(num_epochs=2, batch_size=8, base="none"),
        model=monody.ModelSettings(rnn_size=12, num_layers=1),
        experiment_dir=folder / "01",
        message="a note to self",
    )


def print_table(campaign: Campaign) -> None:
    """Print what came of the files of each kind."""
    print("| files of | tried | a second | slowest, s | memory, MB | faults |")
    print("|---|---:|---:|---:|---:|---|")
    for name, tally in campaign.tallies.items():
        rate = tally.files / tally.seconds if tally.seconds else 0
        told = "; ".join(f"{n} × {text}" for text, n in tally.faults.most_common())
        print(
            f"| {name} | {tally.files:,} | {rate:,.0f} | {tally.slowest:.2f} | "
            f"{tally.megabytes:.0f} | {told or 'none'} |"
        )
    total = sum(tally.files for tally in campaign.tallies.values())
    print(f"| all | {total:,} | | | | |")


def main() -> None:
    """Fuzz until the time is over, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--kind", action="append", help="by default all")
    parser.add_argument("--data", nargs="*", default=[], type=Path, help="real files")
    parser.add_argument("--keep", type=Path, default=Path("fuzz_findings"))
    parser.add_argument("--experiment", type=Path, help="a small one, if there is one")
    parser.add_argument("--only", type=int, help="try this file of each kind")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="monody-inputs-", dir=_quick()) as name:
        os.environ["MONODY_CACHE"] = f"{name}/cache"
        experiment = Experiment(asked.experiment) if asked.experiment else None
        experiment = experiment or trained(Path(name))
        work = Path(name) / "work"
        work.mkdir()
        campaign = Campaign(kinds(experiment, work), asked)
        said = os.dup(1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # symusic warns from C++
        _limit_memory()
        if asked.only is not None:
            for kind in campaign.tallies:
                campaign.try_one(kind, asked.only)
        else:
            campaign.run(asked.seconds)
        sys.stdout.flush()
        os.dup2(said, 1)
    print_header("monody", "symusic", "numpy")
    print_table(campaign)


def _quick() -> str | None:
    """Return a folder in memory, where there is one."""
    shared = Path("/dev/shm")  # noqa: S108 - Linux's
    return str(shared) if shared.is_dir() else None


if __name__ == "__main__":
    main()
