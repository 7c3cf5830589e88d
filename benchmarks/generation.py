"""Generation, measured: ``python benchmarks/generation.py EXPERIMENT [EXPERIMENT...]``.

Three tables. The first two are of the first experiment, the last of all (whole
processes are in ``at_once.py``):

- one call for 1, 10 and ``--melodies`` files of 1,000 16ths: decoding alone, which is
  done in this process, and all of it, files written, with all cores;
- melodies of 16 bars over a grid of meters, keys, ranges and ends, each file read back
  with mido and checked for what was asked;
- first tries that failed, at temperature 1, from nothing and from primers.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import mido

import monody
from header import print_header
from monody.experiments.experiment import Experiment
from monody.generation.parts import Task
from monody.generation.writer import Writer
from monody.music.instrument_ranges import parse_range
from monody.music.scale import parse_scale
from monody.settings.sampling import SampleSettings

SEED = 1
LONG_16THS = 1000
BARS = 16
METERS = ("2/4", "3/4", "4/4", "6/8", "9/8", "5/4", "7/8")
KEYS = ("C major", "D dorian", "F# minor", "Bb mixolydian", "C,D,E,G,A")
RANGES = (None, "C4..C6", "flute")
ENDS = ("any", "tonic")
STARTS = ("nothing", "primer")


def main() -> None:
    """Measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT")
    parser.add_argument("--melodies", type=int, default=1000, help="of each row")
    arguments = parser.parse_args()
    experiments = [Experiment.open(name) for name in arguments.experiments]
    print_header("monody", "numpy")
    _print_calls(experiments[0], arguments.melodies)
    _print_grid(experiments[0], arguments.melodies)
    _print_failures(experiments, arguments.melodies)


def _print_table(*columns: str) -> None:
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)


# --- one call


def _print_calls(experiment: Experiment, most: int) -> None:
    _print_table("files in a call", "decoding s", "a file", "all s", "GB at most")
    for count in (1, 10, most):
        settings = SampleSettings(
            num_files=count, file_length=LONG_16THS, seed=SEED, start="nothing"
        )
        began = time.perf_counter()
        writer = Writer(experiment.load(), settings)
        writer.write([Task(index, 0, None) for index in range(count)])
        decoding = time.perf_counter() - began
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            monody.generate(experiment, settings).save(folder)
        seconds = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"| {count} | {decoding:.2f} | {decoding / count:.3f} ", end="")
        print(f"| {seconds:.2f} | {memory:.2f} |", flush=True)
    print()


# --- the grid


class _Heard(NamedTuple):
    """What another library finds in a file; times in ticks, 24 to the quarter."""

    pitches: list[int]
    end: float  # of the last note
    file_end: float
    meters: list[str]


def _print_grid(experiment: Experiment, melodies: int) -> None:
    grid = list(itertools.product(METERS, KEYS, RANGES, ENDS))
    each = -(-melodies // len(grid))
    found: dict[str, Counter[str]] = {meter: Counter() for meter in METERS}
    for number, (meter, key, range_, end) in enumerate(grid):
        settings = SampleSettings(
            num_files=each, bars=BARS, seed=SEED + number, meter=meter, key=key,
            range=range_, end=end, start=STARTS[number % len(STARTS)],
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            for path in monody.generate(experiment, settings).save(folder):
                broken = list(_broken(settings, _read(path)))
                found[meter].update(["files", *broken, *["bad"][: len(broken)]])
    checks = ("length", "meter", "key", "range", "end")
    _print_table("meter", "files", "wrong in any way", *checks)
    for meter, counts in found.items():
        columns = [counts[name] for name in ("files", "bad", *checks)]
        print(f"| {meter} | {' | '.join(map(str, columns))} |")
    print(flush=True)


def _broken(settings: SampleSettings, heard: _Heard) -> Iterator[str]:
    """Yield what a file should be and is not."""
    numerator, denominator = map(int, str(settings.meter).split("/"))
    ticks = BARS * 96 * numerator // denominator
    if not heard.pitches or not heard.end == heard.file_end == ticks:
        yield "length"
    if heard.meters != [settings.meter]:
        yield "meter"
    scale = parse_scale(str(settings.key))
    if not {pitch % 12 for pitch in heard.pitches} <= scale.pitch_classes:
        yield "key"
    low, high = parse_range(settings.range) if settings.range else (0, 127)
    if not all(low <= pitch <= high for pitch in heard.pitches):
        yield "range"
    if settings.end == "tonic" and heard.pitches[-1] % 12 != scale.tonic:
        yield "end"


def _read(path: Path) -> _Heard:
    """Read a file with mido."""
    file = mido.MidiFile(path)
    pitches: list[int] = []
    meters: list[str] = []
    end, file_end = 0.0, 0.0
    for track in file.tracks:
        clock = 0
        for message in track:
            clock += message.time
            if message.type == "time_signature":
                meters.append(f"{message.numerator}/{message.denominator}")
            elif message.type == "note_on" and message.velocity:
                pitches.append(message.note)
            elif message.type in ("note_off", "note_on"):
                end = max(end, clock * 24 / file.ticks_per_beat)
        file_end = max(file_end, clock * 24 / file.ticks_per_beat)
    return _Heard(pitches, end, file_end, meters)


# --- first tries


def _print_failures(experiments: list[Experiment], melodies: int) -> None:
    _print_table("experiment", "start", "length", "melodies", "first tries failed",
                 "of these", "failed every time", "s")  # fmt: skip
    lengths: tuple[dict[str, Any], ...] = ({"bars": BARS}, {"file_length": LONG_16THS})
    for experiment, start, length in itertools.product(experiments, STARTS, lengths):
        settings = SampleSettings(num_files=melodies, seed=SEED, start=start, **length)
        began = time.perf_counter()
        generation = monody.generate(experiment, settings)
        seconds = time.perf_counter() - began
        failed = generation.first_tries
        reasons = ", ".join(f"{why} {count}" for why, count in failed.items())
        left = sum(piece.failure is not None for piece in generation.generated)
        columns = [
            *(experiment.folder.name, start, _length_words(settings)),
            *(str(melodies), f"{sum(failed.values()) / melodies:.2%}"),
            *(reasons, str(left), f"{seconds:.1f}"),
        ]
        print(f"| {' | '.join(columns)} |", flush=True)


def _length_words(settings: SampleSettings) -> str:
    if settings.bars is not None:
        return f"{settings.bars} bars"
    return f"{settings.file_length} 16ths"


if __name__ == "__main__":
    main()
