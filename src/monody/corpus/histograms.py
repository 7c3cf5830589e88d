"""Histograms of a corpus: its pitches, note values, meters, keys and lengths.

Notes are counted in the flat arrays of a ``MelodyStore``, a few hundred thousand at a
time, so that memory does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES
from monody.music.melody_blocks import melody_blocks, note_chunks
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.pitch import pitch_name
from monody.translation import marked

Mask = NDArray[np.bool_]
HistogramName = Literal["pitch", "duration", "meter", "key", "length"]
Histograms = dict[HistogramName, dict[str, int]]  # counts by label

NOTE_VALUES = marked(
    {  # ticks, 24 to the quarter
        3: "32nd",
        4: "16th triplet",
        6: "16th",
        8: "8th triplet",
        9: "dotted 16th",
        12: "8th",
        16: "quarter triplet",
        18: "dotted 8th",
        24: "quarter",
        32: "half triplet",
        36: "dotted quarter",
        48: "half",
        72: "dotted half",
        96: "whole",
        144: "dotted whole",
    }
)
OTHER = marked("other")
UNKNOWN_KEY = marked("unknown")
LENGTHS = (1, 8, 16, 32, 64, 128, 256, 512, 1024)  # the least notes of each bin


def histograms(melodies: MelodyStore, chosen: Mask | None = None) -> Histograms:
    """Count pitches, note values, meters, keys and lengths.

    Args:
        melodies: Any number of them; they may be memory-mapped.
        chosen: ``(melodies,)``: which of them to count; by default all.

    Returns:
        Counts by label. ``"pitch"``: notes by pitch, low to high (``"C4"`` is middle
        C, 60). ``"duration"``: notes by note value, short to long. ``"meter"`` and
        ``"key"``: melodies by the longest meter and by the key, the commonest first; a
        key is the declared one, or ``estimated_keys``'s where the file does not say.
        ``"length"``: melodies by their number of notes.

    Example:
        >>> from monody.corpus.histograms import histograms
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> from monody.music.meter import Meter
        >>> three = [Meter(0, 3, 4)]
        >>> waltz = Melody.from_notes([(60, 0, 24), (62, 24, 48)], meters=three)
        >>> found = histograms(MelodyStore.of([waltz]))
        >>> found["pitch"], found["duration"], found["meter"]
        ({'C4': 1, 'C#4': 0, 'D4': 1}, {'quarter': 1, 'half': 1}, {'3/4': 1})
    """
    if chosen is None:
        chosen = np.ones(len(melodies), bool)
    pitches, durations = _note_counts(melodies, chosen)
    return {
        "pitch": _within_range(pitches, pitch_name),
        "duration": _by_note_value(durations),
        "meter": _by_meter(melodies, chosen),
        "key": _by_key(melodies, chosen),
        "length": _by_length(melodies, chosen),
    }


def hours_of_music(melodies: MelodyStore, chosen: Mask) -> float:
    """Return how long the chosen melodies sound at their own tempos, in hours.

    Args:
        melodies: Any number of them; they may be memory-mapped.
        chosen: ``(melodies,)``: which of them count.

    Example:
        >>> from monody.corpus.histograms import hours_of_music
        >>> import numpy as np
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> drone = Melody.from_notes([(60, 0, 24 * 60)], bpm=60.0)  # a minute
        >>> round(60 * hours_of_music(MelodyStore.of([drone]), np.array([True])), 6)
        1.0
    """
    minutes, first = 0.0, 0
    for block in melody_blocks(melodies):
        info = melodies.info[block]
        ends = first + np.cumsum(info["note_count"], dtype=np.int64)
        here = chosen[block] & (info["note_count"] > 0)
        opening = melodies.notes[(ends - info["note_count"])[here]]
        closing = melodies.notes[ends[here] - 1]
        ticks = closing[:, 1] + closing[:, 2] - opening[:, 1]
        minutes += float((ticks / TICKS_PER_QUARTER / info["bpm"][here]).sum())
        first = int(ends[-1])
    return minutes / 60


def notes_in(melodies: MelodyStore, chosen: Mask) -> int:
    """Count the notes of the chosen melodies.

    Args:
        melodies: Any number of them; they may be memory-mapped.
        chosen: ``(melodies,)``: which of them count.
    """
    return int(melodies.info["note_count"][chosen].sum(dtype=np.int64))


def _note_counts(melodies: MelodyStore, chosen: Mask) -> tuple[list[int], list[int]]:
    """Count the notes by pitch and by ticks; the last count is of all longer ones."""
    longest = max(NOTE_VALUES)
    pitches, durations = np.zeros(128, np.int64), np.zeros(longest + 2, np.int64)
    for block in melody_blocks(melodies):
        for place, notes in note_chunks(melodies, block):
            here = chosen[block][place]
            ticks = np.minimum(notes[here, 2], longest + 1)
            pitches += np.bincount(notes[here, 0], minlength=128)
            durations += np.bincount(ticks, minlength=longest + 2)
    return pitches.tolist(), durations.tolist()


def _within_range(counts: list[int], name: Callable[[int], str]) -> dict[str, int]:
    """Name the counts from the first to the last that is not 0, gaps included."""
    found = [index for index, count in enumerate(counts) if count]
    if not found:
        return {}
    return {name(index): counts[index] for index in range(found[0], found[-1] + 1)}


def _by_note_value(by_ticks: list[int]) -> dict[str, int]:
    """Count notes by note value, short to long; ``OTHER`` comes last."""
    counts = {name: by_ticks[ticks] for ticks, name in NOTE_VALUES.items()}
    counts[OTHER] = sum(by_ticks) - sum(counts.values())
    return {name: count for name, count in counts.items() if count}


def _by_meter(melodies: MelodyStore, chosen: Mask) -> dict[str, int]:
    """Count melodies by the meter that each is in for longest."""
    counts = melodies.info["meter_count"]
    first_rows = np.cumsum(counts, dtype=np.int64) - counts
    meters = np.array(melodies.meters[first_rows, 1:])  # (melodies, 2)
    for index in np.flatnonzero(chosen & (counts > 1)).tolist():
        meters[index] = melodies.main_meter(index)[1:]
    meters = meters[chosen]
    (distinct, times) = np.unique(meters, axis=0, return_counts=True)
    return _commonest_first(
        [f"{numerator}/{denominator}" for numerator, denominator in distinct], times
    )


def _by_key(melodies: MelodyStore, chosen: Mask) -> dict[str, int]:
    """Count melodies by their declared key, or else by the estimated one."""
    declared = melodies.info["key"]
    keys = np.where(declared >= 0, declared, estimated_keys(melodies))[chosen]
    distinct, times = np.unique(keys, return_counts=True)
    names = [KEY_NAMES[key] if key >= 0 else UNKNOWN_KEY for key in distinct]
    return _commonest_first(names, times)


def _commonest_first(names: list[str], counts: NDArray[np.int64]) -> dict[str, int]:
    order = np.argsort(-counts, kind="stable")
    return {names[index]: int(counts[index]) for index in order}


def _by_length(melodies: MelodyStore, chosen: Mask) -> dict[str, int]:
    """Count melodies by their number of notes, in bins that double."""
    note_counts = np.maximum(melodies.info["note_count"][chosen], 1)
    bins = np.searchsorted(LENGTHS, note_counts, side="right") - 1
    counts = np.bincount(bins, minlength=len(LENGTHS))
    return _within_range(counts.tolist(), _length_name)


def _length_name(index: int) -> str:
    if index == len(LENGTHS) - 1:
        return marked(f"{LENGTHS[-1]} or more")
    return f"{LENGTHS[index]}-{LENGTHS[index + 1] - 1}"
