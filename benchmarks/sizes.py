"""What a larger network brings: ``python benchmarks/sizes.py FOLDER... --minutes 60``.

A grid of network sizes and amounts of data, each trained for a share of the minutes,
one after the other, on the melodies of all folders together; held-out melodies are the
same for all. Dropout, batches and patience are the presets'; a training that stops by
itself keeps its figure. It prints bits per note by the minutes trained (the best so
far; compiling counts), the size that is best at each time and amount, and a curve
through the best

    bits = floor + a · melodies^-alpha + b · minutes^-beta

with the interval of 90 % of 400 fits: the misses drawn again, and the held-out figures
moved together by their own error. It is also fitted without the largest amount and the
latest time, which it then has to foresee. What lies beyond the grid is told with that
interval, and is no more than the curve's opinion.
"""

from __future__ import annotations

import argparse
import csv
import math
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

import monody
from header import print_header

SEED = 1
DRAWS = 400
BEYOND = ((10_000, 60.0), (30_000, 240.0), (100_000, 1440.0))  # melodies, minutes
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """A figure of one training at one time."""

    units: int
    melodies: int  # to learn from
    minutes: float
    bits: float  # held-out, best so far
    error: float  # standard error over the held-out melodies


def main() -> None:
    """Train the grid, print the tables and the curve, write the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--minutes", type=float, default=60.0, help="of all together")
    parser.add_argument("--units", type=int, nargs="+", default=[128, 256, 512])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.3, 1.0])
    parser.add_argument("--out", default="sizes.csv", help="the figures")
    parser.add_argument("--own_time", action="store_true", help="the processor's")
    arguments = parser.parse_args()
    print_header("monody", "keras", "jax")
    with tempfile.TemporaryDirectory() as scratch:
        folder = _together(arguments.folders, Path(scratch) / "files")
        points = _grid(folder, arguments, Path(scratch))
    _write(points, Path(arguments.out))
    _print_table(points)
    _print_curve(_best(points))


def _together(folders: Sequence[str], target: Path) -> Path:
    """Return one folder that names the files of all."""
    target.mkdir()
    for number, folder in enumerate(folders):
        shutil.copytree(folder, target / f"{number}-{Path(folder).name}")
    return target


def _grid(folder: Path, arguments: argparse.Namespace, scratch: Path) -> list[Point]:
    """Train each size on each amount, as long as the others."""
    corpus = monody.read_corpus(folder)
    count = len(arguments.units) * len(arguments.shares)
    minutes = arguments.minutes / count
    print(
        f"{len(corpus.melodies):,} melodies; {count} trainings, {minutes:.1f} min each"
    )
    points: list[Point] = []
    for share in arguments.shares:
        for units in arguments.units:
            target = scratch / f"{units}-{share}"
            with _clock(own=arguments.own_time):
                points += _trained(corpus, share, units, minutes, target)
            latest = points[-1]
            print(f"{latest.melodies:,} melodies, {units} units: {latest.bits:.3f}",
                  flush=True)  # fmt: skip
    return points


def _clock(*, own: bool) -> AbstractContextManager[object]:
    """Let a training count this process's time of the processor, or the clock's."""
    return patch("time.monotonic", process_time) if own else nullcontext()


def _trained(
    corpus: monody.Corpus, share: float, units: int, minutes: float, target: Path
) -> list[Point]:
    """Train once, on a share of the melodies to learn from."""
    whole = monody.split_corpus(corpus, SEED)
    order = np.random.default_rng(SEED).permutation(whole.train)
    some = sorted(order[: max(round(share * len(order)), 1)].tolist())
    split = replace(whole, train=tuple(some))  # held out is what always is
    settings = monody.TrainSettings(
        base="none", max_minutes=minutes, num_epochs=10_000, seed=SEED
    )
    with patch("monody.training.train.split_corpus", lambda *_: split):
        experiment = monody.train(
            corpus,
            settings,
            model=monody.ModelSettings(rnn_size=units),
            experiment_dir=target,
        )
    low, high = experiment.scores()["validation"].score.interval_95
    error = (high - low) / (2 * 1.96)
    melodies = len(some)
    clock, best, points = 0.0, math.inf, []
    for row in experiment.history():
        clock += row["seconds"] / 60
        best = min(best, row["val_bits_per_note"])
        points.append(Point(units, melodies, clock, best, error))
    return points


def _write(points: Iterable[Point], path: Path) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["units", "melodies", "minutes", "bits", "error"])
        table.writerows([vars(point).values() for point in points])


def _at(points: Iterable[Point], minutes: float) -> Point | None:
    """Return the last of one training's points up to a time."""
    before = [point for point in points if point.minutes <= minutes]
    return before[-1] if before else None


def _times(points: Iterable[Point]) -> list[float]:
    """Return times to tell the figures of: 1, 2, 4, … minutes, and the end."""
    end = max(point.minutes for point in points)
    return [2.0**n for n in range(-1, 12) if 2**n < end] + [end]


def _trainings(points: Iterable[Point]) -> dict[tuple[int, int], list[Point]]:
    found: dict[tuple[int, int], list[Point]] = {}
    for point in points:
        found.setdefault((point.melodies, point.units), []).append(point)
    return found


def _print_table(points: Sequence[Point]) -> None:
    times = _times(points)
    print("\n| melodies | units | " + " | ".join(f"{t:.1f} min" for t in times) + " |")
    print("|" + "---|" * (2 + len(times)))
    for (melodies, units), own in sorted(_trainings(points).items()):
        figures = [_at(own, time) for time in times]
        cells = [f"{each.bits:.3f}" if each else "" for each in figures]
        print(f"| {melodies:,} | {units} | " + " | ".join(cells) + " |")


def _best(points: Sequence[Point]) -> list[Point]:
    """Return the best size of each amount at each time."""
    own = _trainings(points)
    best = []
    for melodies in sorted({melodies for melodies, _ in own}):
        for time in _times(points):
            there = [_at(each, time) for (n, _), each in own.items() if n == melodies]
            known = [point for point in there if point is not None]
            if known:
                first = min(known, key=lambda point: point.bits)
                best.append(Point(first.units, melodies, time, first.bits, first.error))
    return best


def curve(parameters: Floats, melodies: Floats, minutes: Floats) -> Floats:
    """Return bits per note of the best size, ``(points,)``.

    Args:
        parameters: Logarithms of floor, a and b, then alpha and beta.
        melodies: To learn from.
        minutes: Trained.
    """
    floor, a, b = np.exp(parameters[:3])
    alpha, beta = parameters[3:]
    bits: Floats = floor + a * melodies**-alpha + b * minutes**-beta
    return bits


def fitted(melodies: Floats, minutes: Floats, bits: Floats) -> Floats:
    """Return the parameters of the curve through figures."""
    begin = np.array([math.log(max(bits.min() / 2, 0.1)), 1.0, 0.0, 0.3, 0.5])
    found = least_squares(
        lambda p: curve(p, melodies, minutes) - bits,
        begin,
        bounds=([-5, -8, -8, 0.01, 0.01], [2, 8, 8, 3, 3]),
        loss="soft_l1",
        f_scale=0.05,
    )
    parameters: Floats = found.x
    return parameters


def _print_curve(best: Sequence[Point]) -> None:
    """Fit the curve, print it with what it says beyond the grid, and its interval."""
    melodies, minutes, bits, errors = (
        np.array([getattr(point, name) for point in best], float)
        for name in ("melodies", "minutes", "bits", "error")
    )
    print("\n| melodies | minutes | best size | bits |\n|---|---|---|---|")
    for point in best:
        print(f"| {point.melodies:,} | {point.minutes:.1f} | {point.units} "
              f"| {point.bits:.3f} |")  # fmt: skip
    own = fitted(melodies, minutes, bits)
    left = bits - curve(own, melodies, minutes)
    rng = np.random.default_rng(SEED)
    # One draw for all: the held-out melodies are the same, so their errors go together.
    draws = [
        fitted(
            melodies,
            minutes,
            curve(own, melodies, minutes)
            + rng.choice(left, len(left))
            + rng.normal() * errors,
        )
        for _ in range(DRAWS)
    ]
    floor, a, b = np.exp(own[:3])
    print(f"\nbits = {floor:.3f} + {a:.3f} · melodies^-{own[3]:.2f} + {b:.3f} · "
          f"minutes^-{own[4]:.2f}; largest miss {np.abs(left).max():.3f}")  # fmt: skip
    inside = (melodies < melodies.max()) & (minutes < minutes.max())
    if inside.sum() > len(own):
        blind = fitted(melodies[inside], minutes[inside], bits[inside])
        missed = (bits - curve(blind, melodies, minutes))[~inside]
        print(f"Fitted without the largest amount and the latest time it misses those "
              f"by {np.abs(missed).max():.3f} at most")  # fmt: skip
    print("\n| melodies | minutes | bits by the curve | 90 % |\n|---|---|---|---|")
    for beyond, time in BEYOND:
        there = np.array([float(beyond)]), np.array([time])
        said = np.array([curve(draw, *there)[0] for draw in draws])
        low, high = np.quantile(said, [0.05, 0.95])
        print(f"| {beyond:,} | {time:g} | {curve(own, *there)[0]:.3f} "
              f"| {low:.3f}..{high:.3f} |")  # fmt: skip


if __name__ == "__main__":
    main()
