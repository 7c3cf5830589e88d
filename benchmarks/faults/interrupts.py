"""Stops commands at random moments and counts what is lost or left.

    python benchmarks/faults/interrupts.py [--times 100] [--seed 1] [--work sample]
        [--src src] [--compiled FOLDER]

Each command runs as a user runs it and gets SIGINT, SIGTERM, SIGHUP or SIGKILL in turn,
at a random moment between its beginning and its usual end: alone, as from ``kill``, or
with its whole group, as from a terminal. It begins once it takes signals: until then,
some hundredths of a second, it is Python that starts. Half of the stops meet an empty
cache.

A stop is as promised if the command ends with 128 and the number of the signal, in one
line; or if it was finished by then. No process may be left, no temporary file (after
SIGKILL: none after the next command), no half file, and nothing that the user had may
be changed. Then the user goes on: resumes the training, or gives the command again.
What was made in the end is what an undisturbed command makes: the same melodies,
weights and figures, bit for bit. Prints a Markdown table under a hardware and version
header.
"""

from __future__ import annotations

import math
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from workplace import Ended, Workplace, campaign_parser
from works import OTHERS, WORKS, Made, Work, go_on, halves

from header import print_header

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
PROMISED_SECONDS = 2.0
ALL = {**WORKS, **OTHERS}


class Stop(NamedTuple):
    """How a command ended, and what came after."""

    by: str  # the signal
    after: float  # seconds from the beginning
    seconds: float  # from the signal to the end
    finished: bool  # the signal came too late to stop anything
    faults: list[str]  # each begins with its kind and a colon
    said: str


def main() -> None:
    """Stop commands, and print the table."""
    parser = campaign_parser(__doc__ or "", 100, "Stops of each work.")
    parser.add_argument("--minutes", type=float, default=math.inf, help="At most.")
    parser.add_argument("--work", choices=ALL, action="append")
    asked = parser.parse_args()
    print_header("keras", "jax", "numpy", "click")
    print("| stopped | stops | finished before | lost | said wrong | left | "
          "over 2 s | slowest, s |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    stops: dict[str, list[Stop]] = {name: [] for name in asked.work or WORKS}
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory(prefix="monody-faults-") as folder:
        place = Workplace(Path(folder) / "place", asked.src.resolve(), asked.compiled)
        usual = {name: _undisturbed(ALL[name], place) for name in stops}
        for number in range(asked.times):
            for name, (seconds, made) in usual.items():
                if time.monotonic() < until:
                    rng = random.Random(f"{asked.seed} {name} {number}")  # noqa: S311
                    by = SIGNALS[number % len(SIGNALS)]
                    stop = _stopped(ALL[name], place, by, rng, seconds, made)
                    stops[name].append(stop)
                    _tell(name, number, stop)
    for name, each in stops.items():
        print(_row(name, each), flush=True)


def _tell(name: str, number: int, stop: Stop) -> None:
    """Tell of a stop at once, in a line that is told in full where there is a fault."""
    bad = stop.faults or stop.seconds > PROMISED_SECONDS
    told = stop if bad else (stop.by, round(stop.after, 2), round(stop.seconds, 2))
    print(name, number, told, file=sys.stderr, flush=True)


def _undisturbed(work: Work, place: Workplace) -> tuple[float, Made]:
    """Return how long a work takes, and what it makes."""
    place.make_ready(work.program)
    began = time.monotonic()
    ended = place.run(work.program)
    seconds = time.monotonic() - began
    made = work.made(place.home, ended)
    print(
        f"{seconds:.1f} s undisturbed: {str(made)[:500]}", file=sys.stderr, flush=True
    )
    place.tidy()
    return seconds, made


def _stopped(
    work: Work,
    place: Workplace,
    by: str,
    rng: random.Random,
    usual: float,
    expected: Made,
) -> Stop:
    """Start a work, stop it after some seconds, look at what is left, and go on."""
    place.tidy()
    if rng.random() < 0.5:
        place.forget()
    after, alone = rng.uniform(0, usual), rng.random() < 0.5
    before = place.state()
    running = place.start(work.program)
    running.wait_until_begun()
    time.sleep(after)
    running.signal(signal.Signals[by], alone=alone)
    sent = time.monotonic()
    ended = running.ended(20)
    seconds = time.monotonic() - sent
    left = running.left()
    faults = [f"left: {len(left)} processes"] if left else []
    running.kill_left(left)
    faults += [*_of_the_end(ended, by), *_of_the_files(place, by)]
    said = ended.errors[-3000:] if faults else ""
    if place.state() != before:  # else there is nothing that could be lost
        then = go_on(work, place)
        later = _of_going_on(work, place, then, expected)
        faults += later
        said += then.errors[-3000:] if later else ""
    return Stop(by, after, seconds, ended.code == 0, faults, said)


def _of_the_end(ended: Ended, by: str) -> list[str]:
    """Say what is wrong with how a command ended."""
    number = signal.Signals[by]
    if ended.traceback:
        return ["said: traceback"]
    if ended.code not in (0, -number if by == "SIGKILL" else 128 + number):
        return [f"said: exit code {ended.code}"]
    # A training that stops by itself says so among its epochs.
    lines = [line for line in ended.output.splitlines() if "stopped by" in line]
    lines += ended.errors.strip().splitlines()
    told = int(ended.code != 0 and by != "SIGKILL")
    return [f"said: {lines}"] if len(lines) != told else []


def _of_the_files(place: Workplace, by: str) -> list[str]:
    """Say which files are half, harmed or left."""
    faults = [f"lost: half of {name}" for name in halves(place.home)]
    faults += [f"lost: {name} of the user" for name in place.harmed()]
    if by != "SIGKILL":
        faults += [f"left: {name}" for name in place.temporary_files()]
    return faults


def _of_going_on(
    work: Work, place: Workplace, then: Ended, expected: Made
) -> list[str]:
    """Say what is wrong after the user went on."""
    if then.code or then.traceback:
        return [f"lost: going on ended with {then.code}"]
    faults = _of_the_files(place, "")
    made = work.made(place.home, then)
    if made != expected:
        others = [name for name in expected if made.get(name) != expected[name]]
        faults.append(f"lost: other {others}: {[made.get(name) for name in others]}")
    return faults


def _row(name: str, stops: list[Stop]) -> str:
    """Sum up the stops of a work."""
    kinds = Counter(
        kind
        for stop in stops
        for kind in {each.partition(":")[0] for each in stop.faults}
    )
    slow = sum(stop.seconds > PROMISED_SECONDS for stop in stops)
    figures = (
        len(stops),
        sum(stop.finished for stop in stops),
        *(kinds[kind] for kind in ("lost", "said", "left")),
        slow,
        f"{max(stop.seconds for stop in stops):.1f}",
    )
    return f"| {name} | {' | '.join(map(str, figures))} |"


if __name__ == "__main__":
    main()
