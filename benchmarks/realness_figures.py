"""What a musician would count in melodies, as ``realness.py`` prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from monody.evaluation.features import MAJOR_SCALE
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_STEP
from realness_layout import Bar, Laid, laid_out

PHRASE_ENDS = (4, 8, 12)  # bars
LAGS = (1, 2, 4, 8)  # bars
LEAP, WIDE_LEAP, STEP = 5, 8, 2  # semitones
COMMON_SHARE = 0.005  # of the corpus's notes; rarer lengths are uncommon
LAST_LENGTHS = (
    0.5,
    1.0,
    2.0,
    3.0,
    4.0,
)  # quarters: the least of each bin but the first
TRIPLET_GRID = 3  # ticks: notes off it belong to triplets, or to no notation
HALF_BEAT = TICKS_PER_QUARTER // 2
WIDEST_TUPLET = 2 * TICKS_PER_QUARTER
FEW_NOTES = 4  # of four bars, too few to hear a key in
CLEARLY = 0.1  # of the time


def common_lengths(melodies: Iterable[Melody]) -> frozenset[int]:
    """Return the note lengths, in ticks, that are common in a corpus."""
    counts = Counter(
        ticks for melody in melodies for ticks in melody.durations.tolist()
    )
    least = COMMON_SHARE * sum(counts.values())
    return frozenset(ticks for ticks, count in counts.items() if count >= least)


def figures(
    melodies: Iterable[Melody],
    whole: Iterable[Melody] | None = None,
    lengths: frozenset[int] | None = None,
) -> dict[str, float]:
    """Measure what issue 18 names; shares are from 0 to 1, over all notes or bars.

    Args:
        melodies: Of one length.
        whole: Melodies with their own endings, for the figures of last notes; by
            default the same ones.
        lengths: The common note lengths of the corpus, in ticks; by default those that
            are common in ``melodies``.

    Returns:
        The figures by name.
    """
    melodies = list(melodies)
    laid = laid_out(melodies)
    ends = laid if whole is None else laid_out(whole)
    common = common_lengths(melodies) if lengths is None else lengths
    return {
        **_last_notes(ends),
        **_phrase_ends(laid),
        **_equal_bars(laid),
        **_leaps(laid),
        **_rhythm(laid, common),
        **_keys(laid),
        "begins with a pickup": _mean(one.has_pickup for one in laid),
        "begins on a bar line": _mean(one.positions[0] == 0 for one in laid),
        "changes its meter": _mean(len(one.melody.meters) > 1 for one in laid),
        "range in semitones": _mean(np.ptp(one.pitches) for one in laid),
        "notes a bar": _mean(len(one.pitches) / one.bar_count for one in laid),
    }


def _mean(values: Iterable[float | bool | np.generic]) -> float:
    """Return the mean; ``nan`` without values."""
    numbers = [float(value) for value in values]
    return float(np.mean(numbers)) if numbers else float("nan")


def _last_notes(laid: list[Laid]) -> dict[str, float]:
    """Describe the last notes: place, length, scale step, and how they are reached."""
    quarters = [int(one.positions[-1]) // TICKS_PER_QUARTER for one in laid]
    beats = np.array([one.end_beats for one in laid])
    bins = np.searchsorted(LAST_LENGTHS, beats, side="right")
    found = {"last note on a bar line": _mean(one.positions[-1] == 0 for one in laid)}
    for place in range(4):
        name = f"last note in quarter {place + 1} of its bar"
        found[name] = _mean(min(quarter, 3) == place for quarter in quarters)
    found["last note: median length in quarters"] = float(np.median(beats))
    edges = ["0", *(f"{edge:g}" for edge in LAST_LENGTHS)]
    for index, least in enumerate(edges):
        most = f" to under {edges[index + 1]}" if index + 1 < len(edges) else " or more"
        found[f"last note: {least}{most} quarters long"] = float((bins == index).mean())
    found["last note fills its bar"] = _mean(
        one.positions[-1] + one.durations[-1] >= one.bar_ticks[-1] for one in laid
    )
    return {**found, **_last_steps(laid)}


def _last_steps(laid: list[Laid]) -> dict[str, float]:
    degree = [int(one.degrees[-1]) for one in laid]
    into = [abs(int(one.intervals[-1])) for one in laid]
    return {
        "last note on the tonic": _mean(step == 0 for step in degree),
        "last note on the third": _mean(
            step == (3 if one.is_minor else 4)
            for one, step in zip(laid, degree, strict=True)
        ),
        "last note on the fifth": _mean(step == 7 for step in degree),
        "last note reached by step": _mean(1 <= size <= STEP for size in into),
        "last note reached by a third": _mean(STEP < size < LEAP for size in into),
        "last note reached by 5 semitones or more": _mean(
            size >= LEAP for size in into
        ),
        "last note repeated": _mean(size == 0 for size in into),
        "last note reached from the fifth": _mean(
            one.degrees[-2] == 7 and one.degrees[-1] != 7 for one in laid
        ),
    }


def _phrase_ends(laid: list[Laid]) -> dict[str, float]:
    """Tell how often bars 4, 8 and 12 end long, and all others but the last."""
    tests: dict[str, Callable[[Laid], np.ndarray]] = {
        "a long note ends": lambda one: one.durations,
        "a long note or a rest ends": lambda one: one.to_next,
    }
    found = {}
    for name, ticks_of in tests.items():
        at_ends: list[bool] = []
        elsewhere: list[bool] = []
        for one in laid:
            last = one.last_of_bar[:-1]
            ticks = ticks_of(one)
            long = (2 * ticks[last] >= one.bar_ticks[last]) | (
                ticks[last] >= 1.5 * np.median(ticks)
            )
            ends = np.isin(one.numbers[last], PHRASE_ENDS)
            at_ends.extend(long[ends].tolist())
            elsewhere.extend(long[~ends].tolist())
        found[f"{name} bars 4, 8, 12"] = _mean(at_ends)
        found[f"{name} other bars"] = _mean(elsewhere)
    return found


def _equal_bars(laid: list[Laid]) -> dict[str, float]:
    """Count bars that equal an earlier one note for note."""
    found = {}
    for lag in LAGS:
        equal = [
            bar == one.by_bar[index]
            for one in laid
            for index, bar in enumerate(one.by_bar[lag:])
            if bar
        ]
        found[f"bars equal to the one {lag} before"] = _mean(equal)
    found["four bars three times in a row"] = _mean(
        _threefold(one.by_bar) for one in laid
    )
    found["bars that are new"] = _mean(
        len({*one.by_bar}) / one.bar_count for one in laid
    )
    return found


def _threefold(bars: list[Bar]) -> bool:
    """Tell whether one four-bar phrase comes three times in a row, at any bar."""
    return any(
        any(bars[at : at + 4])
        and bars[at : at + 4] == bars[at + 4 : at + 8] == bars[at + 8 : at + 12]
        for at in range(len(bars) - 11)
    )


def _leaps(laid: list[Laid]) -> dict[str, float]:
    sizes = np.concatenate([np.abs(one.intervals) for one in laid])
    pairs = np.concatenate(
        [np.stack([one.intervals[:-1], one.intervals[1:]], axis=1) for one in laid]
    )
    leap, then = pairs[np.abs(pairs[:, 0]) >= LEAP].T
    back = np.sign(leap) * np.sign(then) < 0
    return {
        "steps among intervals": float(((sizes > 0) & (sizes <= STEP)).mean()),
        "repeated pitches among intervals": float((sizes == 0).mean()),
        "leaps of 5 semitones or more among intervals": float((sizes >= LEAP).mean()),
        "leaps of 8 semitones or more among intervals": float(
            (sizes >= WIDE_LEAP).mean()
        ),
        "leaps of 5 recovered by a step back": _mean(back & (np.abs(then) <= STEP)),
        "leaps of 5 recovered by a smaller interval back": _mean(
            back & (np.abs(then) < np.abs(leap))
        ),
    }


def _rhythm(laid: list[Laid], common: frozenset[int]) -> dict[str, float]:
    starts = np.concatenate([one.starts for one in laid])
    durations = np.concatenate([one.durations for one in laid])
    broken = [whole for one in laid for whole in _tuplets(one)]
    rests = [(one.to_next - one.durations)[:-1] >= TICKS_PER_STEP for one in laid]
    return {
        "onsets on the 16th grid": float((starts % TICKS_PER_STEP == 0).mean()),
        "onsets on the 16th or triplet grid": float(
            ((starts % TICKS_PER_STEP == 0) | (starts % 4 == 0)).mean()
        ),
        "notes of an uncommon length": float(
            (~np.isin(durations, sorted(common))).mean()
        ),
        "notes shorter than a 16th": float((durations < TICKS_PER_STEP).mean()),
        "tuplets for 100 notes": 100 * len(broken) / len(starts),
        "tuplets that are broken": 1 - _mean(broken) if broken else 0.0,
        "broken tuplets for 100 notes": 100 * (len(broken) - sum(broken)) / len(starts),
        "rests of a 16th or more, for each note": _mean(np.concatenate(rests)),
        "time that rests": _mean(
            1 - one.durations.sum() / (one.melody.end - one.starts[0]) for one in laid
        ),
        "notes that cross a bar line": _mean(
            np.concatenate(
                [one.positions + one.durations > one.bar_ticks for one in laid]
            )
        ),
    }


def _tuplets(one: Laid) -> list[bool]:
    """Find the groups of notes off the grid of 32nds, and tell which are whole.

    A group goes from the last onset on the grid to the next one. It is whole if it
    begins on a half beat, fills one or more of them, a half note at most, and begins
    and ends in one bar.
    """
    ends = np.append(one.starts, one.melody.end)
    on = ends % TRIPLET_GRID == 0
    bars = np.append(one.bars, one.bars[-1])
    wholes, begin = [], 0
    for index in range(1, len(ends)):
        if not on[index]:
            continue
        if index - begin > 1:
            start, end = int(ends[begin]), int(ends[index])
            line = int(one.lines[bars[begin]])
            next_line = int(one.lines[bars[begin] + 1])
            wholes.append(
                bool(on[begin])
                and (start - line) % HALF_BEAT == 0
                and (end - line) % HALF_BEAT == 0
                and end - start <= WIDEST_TUPLET
                and end <= next_line
            )
        begin = index
    if not on[-1]:
        wholes.append(False)
    return wholes


def _keys(laid: list[Laid]) -> dict[str, float]:
    """Tell how many melodies leave their key for four bars, and come back."""
    left = [leaves for one in laid if len(leaves := _leaves_key(one)) > 1]
    before_the_end = [leaves for leaves in left if any(leaves[:-1])]
    return {
        "melodies that leave their key for four bars": _mean(map(any, left)),
        "of these, back in the last four": _mean(
            not leaves[-1] for leaves in before_the_end
        ),
        "notes in the scale of the melody": _mean(one.in_scale.mean() for one in laid),
    }


def _leaves_key(one: Laid) -> list[bool]:
    """Tell of each four bars whether another scale fits them clearly better."""
    leaves = []
    for part in range(0, one.bar_count - 1, 4):
        inside = (one.bars >= part) & (one.bars < part + 4)
        if np.count_nonzero(inside) < FEW_NOTES:
            continue
        ticks = np.bincount(one.degrees[inside], one.durations[inside], 12)
        home = ticks[list(one.scale)].sum()
        best = max(ticks[[(step + up) % 12 for step in MAJOR_SCALE]].sum()
                   for up in range(12))  # fmt: skip
        leaves.append(bool(best - home >= CLEARLY * ticks.sum()))
    return leaves
