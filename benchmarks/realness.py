"""Do melodies that monody writes hold together? Beside real ones, and by two judges.

    pip install scikit-learn                          the stronger judge needs it
    python benchmarks/realness.py EXPERIMENT FOLDER   FOLDER holds real melodies

It writes melodies of 16 bars (``--generated FOLDER`` reads them instead) and prints,
beside two sets of real ones of that length: what a musician would count (how they end,
phrases, repetition, leaps, rhythm), and how often a classifier is right that is asked
whether a melody is generated or real; 50 % is perfect. One classifier is the one of
`monody evaluate --music`; the other is made of boosted trees on many more features.

Real melodies that the experiment was trained on are left out. Where too few real ones
are of 16 bars exactly, longer ones are cut to their first 16; then what is said of last
notes comes from whole melodies of any length, and the judges do not look at endings.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

import monody
from header import print_header
from monody.experiments.experiment import Experiment
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import bar_lines
from realness_features import strong_features
from realness_figures import common_lengths, figures
from realness_layout import Floats

__all__ = [
    "RealMelodies", "figures", "judgements", "of_like_meters", "real_melodies",
    "scorecard_told_apart", "strong_features", "told_apart", "trained_on",
]  # fmt: skip

BARS = 16
FOLDS = 5
REPEATS = 3  # of the cross-validation, each with other folds
LEAST_BARS = 8  # of a whole melody whose last note counts
LEAST_NOTES = 8

Judge = Callable[[Iterable[Melody], Iterable[Melody], int], float]


@dataclass(frozen=True)
class RealMelodies:
    """Two sets of real melodies that share none, and those with their own endings."""

    real: MelodyStore  # compared with
    other: MelodyStore  # compared with ``real``, as the generated ones are
    real_whole: MelodyStore  # whole melodies, for the last notes
    other_whole: MelodyStore
    are_whole: bool  # whether ``real`` and ``other`` are melodies of that very length
    lengths: frozenset[int]  # ticks that are common in the whole folder


def real_melodies(
    folder: str | Path,
    bars: int = BARS,
    seed: int = 1,
    count: int = 200,
    leave_out: Iterable[Melody] = (),
) -> RealMelodies:
    """Read a folder and draw real melodies of one length, twice.

    Args:
        folder: Music files.
        bars: Length; a pickup comes on top.
        seed: Decides which are drawn.
        count: Melodies on each side, at most.
        leave_out: Melodies that count in no key, such as ``trained_on``'s.

    Returns:
        Both halves. They are whole melodies of exactly these bars if ``2 * count`` of
        them are there; else longer ones are cut.
    """
    seen = {_tune(melody) for melody in leave_out}
    fresh: list[Melody] = []
    corpus = monody.read_corpus(folder).melodies
    for melody in corpus:
        if len(melody) >= LEAST_NOTES and _tune(melody) not in seen:
            seen.add(_tune(melody))
            fresh.append(melody)
    rng = np.random.default_rng(seed)
    fresh = [fresh[index] for index in rng.permutation(len(fresh))]
    exact = [melody for melody in fresh if _bar_count(melody) == bars]
    whole = len(exact) >= 2 * count
    if whole:
        pool = exact
    else:
        long = [melody for melody in fresh if _bar_count(melody) >= bars]
        pool = [_first_bars(melody, bars) for melody in long]
    each = min(count, len(pool) // 2)
    ends = exact if whole else [one for one in fresh if _bar_count(one) >= LEAST_BARS]
    each_end = min(count, len(ends) // 2) if whole else len(ends) // 2
    return RealMelodies(
        MelodyStore.of(pool[:each]),
        MelodyStore.of(pool[each : 2 * each]),
        MelodyStore.of(ends[:each_end]),
        MelodyStore.of(ends[each_end : 2 * each_end]),
        whole,
        common_lengths(corpus),
    )


def trained_on(experiment: Experiment) -> list[Melody]:
    """Return what an experiment learnt from; nothing where it does not hold it."""
    try:
        return list(experiment.side("train"))
    except monody.MonodyError:
        return []


def told_apart(
    generated: Iterable[Melody],
    real: Iterable[Melody],
    seed: int = 1,
    endings: bool = True,
) -> float:
    """Return how often boosted trees tell generated melodies from real ones, 0-1.

    Equal numbers are drawn; the figure is the mean of three cross-validations in five
    folds. 0.5 is chance.

    Args:
        generated: Melodies.
        real: Others.
        seed: Decides what is drawn, and the folds.
        endings: Whether the last bars count.
    """
    sides = [strong_features(side, endings) for side in (generated, real)]
    each = min(map(len, sides))
    accuracies = []
    for repeat in range(REPEATS):
        rng = np.random.default_rng([seed, repeat])
        drawn = [side[rng.permutation(len(side))[:each]] for side in sides]
        accuracies.append(_cross_validated(np.concatenate(drawn), repeat))
    return float(np.mean(accuracies))


def _cross_validated(vectors: Floats, seed: int) -> float:
    """Return the share that is told rightly; half are generated, and come first."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    each = len(vectors) // 2
    label = np.repeat([1, 0], each)
    fold = np.tile(np.arange(each) % FOLDS, 2)
    right = 0
    with threadpool_limits(1):
        for held_out in range(FOLDS):
            test = fold == held_out
            trees = HistGradientBoostingClassifier(
                learning_rate=0.06, max_iter=150, max_leaf_nodes=6, min_samples_leaf=8,
                l2_regularization=1.0, max_features=0.3, early_stopping=False,
                random_state=seed,
            )  # fmt: skip
            known = np.isfinite(vectors[~test]).any(axis=0)
            trees.fit(vectors[~test][:, known], label[~test])
            told = trees.predict(vectors[test][:, known])
            right += int((told == label[test]).sum())
    return right / len(label)


def scorecard_told_apart(
    generated: Iterable[Melody], real: Iterable[Melody], seed: int = 1
) -> float:
    """Return the accuracy of the classifier of `monody evaluate --music`, 0-1."""
    found = monody.compare(MelodyStore.of(generated), MelodyStore.of(real), seed)
    return found.classifier_accuracy or float("nan")


def _tune(melody: Melody) -> bytes:
    """Return the notes whatever the key, to know a tune by."""
    notes = melody.notes - np.array([melody.notes[0, 0], melody.notes[0, 1], 0])
    return notes.astype(np.int32).tobytes() if len(melody) else b""


def _bar_count(melody: Melody) -> int:
    """Return the bars that a melody fills or begins, without that of a pickup."""
    return len(bar_lines(melody.meters, melody.end - 1)) - _has_pickup(melody)


def _has_pickup(melody: Melody) -> bool:
    return bool(2 * int(melody.starts[0]) >= melody.meters[0].bar_ticks)


def _first_bars(melody: Melody, bars: int) -> Melody:
    """Cut off a melody of so many bars or more, after them and its pickup."""
    lines = np.append(bar_lines(melody.meters, melody.end - 1), melody.end)
    return melody.between(0, int(lines[bars + _has_pickup(melody)]))


def main() -> None:
    """Write or read melodies, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("experiment", metavar="EXPERIMENT")
    parser.add_argument("real", metavar="REAL_FOLDER")
    parser.add_argument("--melodies", type=int, default=200, help="on each side")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--style", metavar="NAME", help="of an experiment that has some"
    )
    parser.add_argument("--generated", metavar="FOLDER", help="read these instead")
    parser.add_argument("--save", metavar="FOLDER", help="write those made, as MIDI")
    arguments = parser.parse_args()
    print_header("monody", "scikit-learn")
    experiment = monody.open_experiment(arguments.experiment)
    generated = _generated(experiment, arguments)
    sides = real_melodies(
        arguments.real, BARS, arguments.seed, arguments.melodies, trained_on(experiment)
    )
    _print_table(generated, sides, arguments.seed)


def _generated(experiment: Experiment, arguments: argparse.Namespace) -> list[Melody]:
    """Return the melodies to judge: read, or written by the experiment."""
    if arguments.generated:
        return list(monody.read_corpus(arguments.generated).melodies)
    settings = monody.SampleSettings(
        num_files=arguments.melodies,
        bars=BARS,
        seed=arguments.seed,
        style=arguments.style,
    )
    generation = monody.generate(experiment, settings)
    if arguments.save:
        generation.save(arguments.save)
    return list(generation.melodies)


def of_like_meters(
    generated: Iterable[Melody], real: Iterable[Melody]
) -> tuple[list[Melody], list[Melody]]:
    """Keep as many of each meter on both sides, the first ones.

    What is left to tell them apart by is not that one side has more waltzes.
    """
    by_meter: list[dict[str, list[Melody]]] = []
    for side in (generated, real):
        groups: dict[str, list[Melody]] = {}
        for melody in side:
            groups.setdefault(str(melody.meters[0]), []).append(melody)
        by_meter.append(groups)
    ours, theirs = by_meter
    kept: tuple[list[Melody], list[Melody]] = ([], [])
    for meter in ours.keys() & theirs.keys():
        count = min(len(ours[meter]), len(theirs[meter]))
        kept[0].extend(ours[meter][:count])
        kept[1].extend(theirs[meter][:count])
    return kept


def judgements(
    generated: Iterable[Melody], sides: RealMelodies, seed: int = 1
) -> dict[str, tuple[float, float]]:
    """Return how often each judge is right: of generated ones, and of other real ones.

    Without endings the last bars are cut off, which may be all that the trees need. Of
    like meters, both sides have as many melodies of each meter.
    """
    found = {}
    for name, judge in _JUDGES.items():
        if name != "trees" or sides.are_whole:
            ours = judge(generated, sides.real, seed)
            found[name] = ours, judge(sides.other, sides.real, seed)
    trees = _JUDGES["trees, without endings"]
    ours = trees(*of_like_meters(generated, sides.real), seed)
    theirs = trees(*of_like_meters(sides.other, sides.real), seed)
    found["trees, without endings, of like meters"] = ours, theirs
    return found


_JUDGES: dict[str, Judge] = {
    "scorecard": scorecard_told_apart,
    "trees": told_apart,
    "trees, without endings": partial(told_apart, endings=False),
}


def _print_table(generated: list[Melody], sides: RealMelodies, seed: int) -> None:
    kind = f"whole, of {BARS} bars"
    if not sides.are_whole:
        kind = (
            f"cut to {BARS} bars; last notes of {len(sides.real_whole)} and "
            f"{len(sides.other_whole)} whole ones"
        )
    print(
        f"{len(generated)} generated melodies beside {len(sides.real)} and "
        f"{len(sides.other)} real ones, {kind}\n"
    )
    columns = [
        figures(generated, None, sides.lengths),
        figures(sides.real, sides.real_whole, sides.lengths),
        figures(sides.other, sides.other_whole, sides.lengths),
    ]
    print("| figure | generated | real | other real |\n|---|---|---|---|")
    for name in columns[0]:
        cells = " | ".join(_cell(name, column[name]) for column in columns)
        print(f"| {name} | {cells} |")
    for judge, (ours, theirs) in judgements(generated, sides, seed).items():
        print(f"| told apart: {judge} | {ours:.1%} | | {theirs:.1%} |", flush=True)


def _cell(name: str, value: float) -> str:
    """Write a figure: shares in per cent, all others as they are."""
    numbers = ("range in", "for 100 notes", "notes a bar", "median length")
    return f"{value:.2f}" if any(map(name.__contains__, numbers)) else f"{value:.1%}"


if __name__ == "__main__":
    main()
