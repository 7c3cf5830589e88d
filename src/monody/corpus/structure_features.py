"""How a melody holds together, as a vector: phrases, cadence, repetition, contour.

``features`` counts what a melody is made of. Here it is looked at in its order: where
in four bars it rests and moves, which bars return, how leaps are answered, where it
climbs to, and how it closes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monody.corpus.features import EXCERPT_BARS, excerpts
from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES, key_tonic
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER, TICKS_PER_STEP, bar_lines
from monody.music.pitch import PITCH_CLASSES

PHRASE_BARS = 4
BARS_BEFORE = (1, 2, 4, 8)
LEAP, WIDE_LEAP, STEP = 5, 8, 2  # semitones
PARTS = 4  # of a melody, whose mean pitches make its contour
DEGREES = (0, 4, 7)  # that melodies close on most: the tonic, the third, the fifth

Floats = NDArray[np.float64]


def structure_features(
    melodies: Sequence[Melody], first_bars: Sequence[Melody] | None = None
) -> Floats:
    """Describe how melodies hold together.

    Endings are those of the whole melodies; all else is of their first bars.

    Args:
        melodies: With one note at least each.
        first_bars: The same, cut; by default to ``EXCERPT_BARS``.

    Returns:
        ``(melodies, width)``.

    Example:
        >>> from monody import Melody
        >>> from monody.corpus.structure_features import structure_features
        >>> scale = Melody.from_notes([(60 + i, 24 * i, 24) for i in range(16)])
        >>> structure_features([scale]).shape
        (1, 52)
    """
    whole = MelodyStore.of(melodies)
    cut = first_bars or excerpts(whole, EXCERPT_BARS)
    keys = estimated_keys(whole).tolist()
    rows = [
        np.concatenate(
            [_ending(melody, key), _phrases(first), _returns(first), _line(first)]
        )
        for melody, first, key in zip(whole, cut, keys, strict=True)
    ]
    return np.array(rows)


def _ending(melody: Melody, key: int) -> Floats:
    """Describe how a melody begins and closes."""
    bar = melody.meters[-1].bar_ticks
    position = (int(melody.starts[-1]) - melody.meters[-1].tick) % bar
    first = int(melody.starts[0]) % melody.meters[0].bar_ticks
    ticks = int(melody.durations[-1])
    approach = int(np.diff(melody.pitches[-2:])[0]) if len(melody) > 1 else 0
    tonic = key_tonic(KEY_NAMES[key]) if key >= 0 else 0
    degree = (int(melody.pitches[-1]) - tonic) % PITCH_CLASSES
    usual = float(np.median(melody.durations))
    return np.array(
        [
            position == 0,
            position / bar,
            first == 0,
            first / melody.meters[0].bar_ticks,
            np.log2(ticks / TICKS_PER_QUARTER),
            np.log2(ticks / usual),
            position + ticks == bar,
            *(degree == each for each in DEGREES),
            approach == 0,
            0 < abs(approach) <= STEP,
            abs(approach) >= LEAP,
            approach > 0,
        ],
        float,
    )


def _bars(melody: Melody) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the bar of each note, and the bar lines."""
    lines = bar_lines(melody.meters, melody.end - 1)
    bar = np.searchsorted(lines, melody.starts, side="right") - 1
    return bar - bar[0], lines[bar[0] :]


def _phrases(melody: Melody) -> Floats:
    """Describe the bars of a phrase beside each other: notes, and their last notes."""
    bar, lines = _bars(melody)
    pickup = 2 * (int(melody.starts[0]) - int(lines[0])) >= melody.meters[0].bar_ticks
    place = bar - pickup  # a pickup comes before the first bar
    bars = max(int(place[-1]) + 1, 1)
    notes = np.bincount(np.maximum(place, 0), minlength=bars)
    last = np.flatnonzero(np.diff(np.append(place, place[-1] + 1)) > 0)  # of each bar
    waits = np.diff(np.append(melody.starts, melody.end))  # from onset to onset
    usual = np.median(waits)
    by_place = [[], [], [], []]  # type: list[list[float]]
    for note in last.tolist():
        by_place[place[note] % PHRASE_BARS].append(float(waits[note] / usual))
    longest = [np.log2(np.mean(each)) if each else 0.0 for each in by_place]
    counts = [
        notes[first::PHRASE_BARS].mean() / notes.mean() if first < bars else 1.0
        for first in range(PHRASE_BARS)
    ]
    return np.array([*longest, *counts, notes.mean(), notes.std()])


def _returns(melody: Melody) -> Floats:
    """Describe how much of a melody comes again some bars later, and how exactly."""
    bar, lines = _bars(melody)
    inside = melody.starts - lines[np.minimum(bar, len(lines) - 1)]
    rows = np.stack([inside, melody.pitches, melody.durations], axis=1)
    sounds = [rows[bar == each].tobytes() for each in range(int(bar[-1]) + 1)]
    rhythms = [rows[bar == each][:, ::2].tobytes() for each in range(int(bar[-1]) + 1)]
    shares = []
    for music in (sounds, rhythms):
        for before in BARS_BEFORE:
            pairs = list(zip(music[before:], music, strict=False))
            shares.append(sum(a == b for a, b in pairs) / max(len(pairs), 1))
        shares.append(len(set(music)) / len(music))
    return np.array(shares)


def _line(melody: Melody) -> Floats:
    """Describe the line of a melody: steps and leaps, its contour, its rhythm."""
    pitches = melody.pitches.astype(np.int64)
    intervals = np.diff(pitches) if len(pitches) > 1 else np.zeros(1, np.int64)
    size = np.abs(intervals)
    leaps = np.flatnonzero(size[:-1] >= LEAP)
    after = intervals[leaps + 1] * np.sign(intervals[leaps])
    recovered = (
        np.mean((after < 0) & (size[leaps + 1] < size[leaps])) if len(leaps) else 0.5
    )
    parts = [each for each in np.array_split(pitches, PARTS) if len(each)]
    contour = [float(each.mean() - pitches.mean()) for each in parts]
    contour += [0.0] * (PARTS - len(parts))
    rests = (melody.starts[1:] - melody.ends[:-1]).clip(0)
    return np.array(
        [
            (size == 0).mean(),
            ((size > 0) & (size <= STEP)).mean(),
            (size >= LEAP).mean(),
            (size >= WIDE_LEAP).mean(),
            recovered,
            (np.diff(np.sign(intervals)) != 0).mean() if len(intervals) > 1 else 0.0,
            *contour,
            np.argmax(pitches) / len(pitches),
            np.ptp(pitches),
            len(np.unique(pitches)) / len(pitches),
            (melody.starts % TICKS_PER_QUARTER == 0).mean(),
            (melody.starts % TICKS_PER_STEP != 0).mean(),
            len(np.unique(melody.durations)),
            (rests >= TICKS_PER_STEP).mean() if len(rests) else 0.0,
            np.log2(melody.durations / TICKS_PER_QUARTER).std(),
        ],
        float,
    )
