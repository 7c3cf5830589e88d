"""Stops commands at random moments and counts what is lost or left.

    python benchmarks/faults/interrupts.py [--times 100] [--seed 1] [--work sample]
        [--src src] [--compiled FOLDER]

Each command runs as a user runs it and gets SIGINT, SIGTERM, SIGHUP or SIGKILL in turn,
at a random moment between its beginning and its usual end: alone, as from ``kill``, or
with its whole group, as from a terminal. It begins once it takes signals: until then,
some hundredths of a second, it is Python that starts. Half of the stops meet an empty
cache. The page server is one of the works, ``studio`` (see ``studio_stops``).

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
from collections.abc import Callable
from pathlib import Path

from stops import PROMISED_SECONDS, SIGNALS, Stop, of_the_end, of_the_files, row
from studio_stops import STUDIO, StudioStops
from workplace import Ended, Workplace, campaign_parser
from works import OTHERS, WORKS, Made, Work, go_on

from header import print_header

ALL = {**WORKS, **OTHERS}


def main() -> None:
    """Stop commands, and print the table."""
    parser = campaign_parser(__doc__ or "", 100, "Stops of each work.")
    parser.add_argument("--minutes", type=float, default=math.inf, help="At most.")
    parser.add_argument("--work", choices=[*ALL, STUDIO], action="append")
    asked = parser.parse_args()
    print_header("keras", "jax", "numpy", "click")
    print("| stopped | stops | finished before | lost | said wrong | left | "
          "over 2 s | slowest, s |")  # fmt: skip
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    stops: dict[str, list[Stop]] = {name: [] for name in asked.work or [*WORKS, STUDIO]}
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory(prefix="monody-faults-") as folder:
        place = Workplace(Path(folder) / "place", asked.src.resolve(), asked.compiled)
        stop_one = {name: _stopping(name, place) for name in stops}
        for number in range(asked.times):
            for name, stop in stop_one.items():
                if time.monotonic() < until:
                    rng = random.Random(f"{asked.seed} {name} {number}")  # noqa: S311
                    by = SIGNALS[number % len(SIGNALS)]
                    stops[name].append(stop(by, rng, number))
                    _tell(name, number, stops[name][-1])
    for name, each in stops.items():
        print(row(name, each), flush=True)


def _tell(name: str, number: int, stop: Stop) -> None:
    """Tell of a stop at once, in a line that is told in full where there is a fault."""
    bad = stop.faults or stop.seconds > PROMISED_SECONDS
    times = round(stop.after, 2), round(stop.seconds, 2)
    told = stop if bad else (stop.by, *times, stop.said)
    print(name, number, told, file=sys.stderr, flush=True)


def _stopping(name: str, place: Workplace) -> Callable[[str, random.Random, int], Stop]:
    """Return what stops a work once, after it was seen undisturbed."""
    if name == STUDIO:
        return StudioStops(place).stopped
    work = ALL[name]
    seconds, made = _undisturbed(work, place)
    return lambda by, rng, _: _stopped(work, place, by, rng, seconds, made)


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
    faults += [*of_the_end(ended, by), *of_the_files(place, by)]
    said = ended.errors[-3000:] if faults else ""
    if place.state() != before:  # else there is nothing that could be lost
        then = go_on(work, place)
        later = _of_going_on(work, place, then, expected)
        faults += later
        said += then.errors[-3000:] if later else ""
    return Stop(by, after, seconds, ended.code == 0, faults, said)


def _of_going_on(
    work: Work, place: Workplace, then: Ended, expected: Made
) -> list[str]:
    """Say what is wrong after the user went on."""
    if then.code or then.traceback:
        return [f"lost: going on ended with {then.code}"]
    faults = of_the_files(place, "")
    made = work.made(place.home, then)
    if made != expected:
        others = [name for name in expected if made.get(name) != expected[name]]
        faults.append(f"lost: other {others}: {[made.get(name) for name in others]}")
    return faults


if __name__ == "__main__":
    main()
