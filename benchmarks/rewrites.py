"""How replaced bars read to the model: ``python benchmarks/rewrites.py EXPERIMENT...``.

Bars 5 to 8 of held-out melodies are replaced, 100 times for each experiment: where it
has fewer melodies that long, each is taken again with another seed. Then the model
says how surprising it finds the melody from bar 5 on, the bars that follow counted in:

- as it was;
- with the bars that ``monody vary --replace 5-8`` writes;
- with bars that the model writes without looking ahead;
- with notes drawn at random from the melody's pitches and durations, which fill the
  same time exactly.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from header import print_header
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.constraints.reachable import Durations, fillable_lengths
from monody.generation.infill import Gap, filled, gap_of
from monody.generation.parts import Task
from monody.generation.rescoring import rescore
from monody.generation.rewrite import Rewrite, Rewriter, RewriteRecord
from monody.models.events import decode
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.settings.sampling import SampleSettings

CASES = 100
BARS = (5, 8)
ONE = Task(0, 0, None)
WAYS = ("as it was", "rewritten", "not looking ahead", "random")


def main() -> None:
    """Measure every experiment, print the tables."""
    print_header("monody", "numpy", "jax")
    print("| experiment | melodies | bars 5-8 | bits a note from bar 5 on "
          "| of these, the bars after | below random | s a rewrite |")  # fmt: skip
    print("|---" * 7 + "|")
    for name in sys.argv[1:]:
        for row in _rows(Path(name)):
            print(row, flush=True)


def _rows(folder: Path) -> list[str]:
    """Return the rows of one experiment."""
    experiment = Experiment.open(folder)
    model = experiment.load()
    melodies = [
        melody for melody in experiment.held_out_melodies() or () if _gap(melody)
    ]
    made = [_case(model, melodies[seed % len(melodies)], seed) for seed in range(CASES)]
    cases, seconds = zip(*made, strict=True)
    bits = np.array(cases)  # (cases, all or after, ways)
    from_gap, after = bits.mean(axis=0)
    below = (bits[:, 0] < bits[:, 0, -1:]).sum(axis=0)
    head = f"| {folder.name} | {min(len(melodies), CASES)}"
    return [
        f"{head} | {way} | {from_gap[i]:.2f} | {after[i]:.2f} "
        f"| {f'{below[i]} of {CASES}' if way != 'random' else ''} "
        f"| {f'{np.median(seconds):.2f}' if way == 'rewritten' else ''} |"
        for i, way in enumerate(WAYS)
    ]


def _gap(melody: Melody) -> Gap | None:
    """Return the time that the bars leave, if the melody goes on after them."""
    try:
        gap = gap_of(melody, *BARS)
    except MonodyError:
        return None
    return gap if gap.end < melody.end else None


def _case(
    model: TrainedModel, melody: Melody, seed: int
) -> tuple[list[list[float]], float]:
    """Return the bits a note of each of ``WAYS``, and the seconds of the rewrite.

    The bits are those from the gap on, and those after it.
    """
    settings = SampleSettings(seed=seed)
    rewriter = Rewriter(model, settings, RewriteRecord(Rewrite(replace=BARS), melody))
    began = time.perf_counter()
    new = rewriter.write([ONE])[0].melody
    seconds = time.perf_counter() - began
    gap = gap_of(melody, *BARS)
    blind = rewriter._fillings(ONE, gap)[0]
    aimless = random_filling(melody, gap, np.random.default_rng(seed))
    ways = [
        melody,
        new,
        filled(melody, gap, decode(blind.events, model.vocabulary)),
        filled(melody, gap, aimless),
    ]
    return [_bits_per_note(model, ways, tick) for tick in gap], seconds


def _bits_per_note(
    model: TrainedModel, ways: Sequence[Melody], tick: int
) -> list[float]:
    """Return the bits of what begins at a tick or later, by its notes."""
    return [
        bits / int(np.count_nonzero(way.starts >= tick))
        for way, bits in zip(ways, rescore(model, ways, tick), strict=True)
    ]


def random_filling(melody: Melody, gap: Gap, rng: np.random.Generator) -> Melody:
    """Fill a gap with notes drawn from a melody's pitches and durations."""
    values = frozenset(melody.durations.tolist())
    length = gap.end - gap.start
    fillable = fillable_lengths(Durations(values, frozenset(), frozenset()), length)
    notes: list[tuple[int, int, int]] = []
    clock = 0
    while clock < length:
        left = length - clock
        fits = [t for t in sorted(values) if t <= left and fillable[left - t]]
        ticks = int(rng.choice(fits or [left]))
        notes.append((int(rng.choice(melody.pitches)), clock, ticks))
        clock += ticks
    return Melody.from_notes(notes)


if __name__ == "__main__":
    main()
