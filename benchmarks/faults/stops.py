"""What came of a stop, what is wrong with it, and the table of all."""

from __future__ import annotations

import signal
from collections import Counter
from typing import NamedTuple

from workplace import Ended, Workplace
from works import halves

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGKILL")
PROMISED_SECONDS = 2.0


class Stop(NamedTuple):
    """How a command ended, and what came after."""

    by: str  # the signal
    after: float  # seconds from the beginning
    seconds: float  # from the signal to the end
    finished: bool  # the signal came too late to stop anything
    faults: list[str]  # each begins with its kind and a colon
    said: str


def of_the_end(ended: Ended, by: str) -> list[str]:
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


def of_the_files(place: Workplace, by: str) -> list[str]:
    """Say which files are half, harmed or left."""
    faults = [f"lost: half of {name}" for name in halves(place.home)]
    faults += [f"lost: {name} of the user" for name in place.harmed()]
    if by != "SIGKILL":
        faults += [f"left: {name}" for name in place.temporary_files()]
    return faults


def row(name: str, stops: list[Stop]) -> str:
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
