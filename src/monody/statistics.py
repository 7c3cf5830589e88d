"""What the music of a corpus is like: pitches, note values, meters, keys, lengths.

Everything is counted on the flat arrays of a ``MelodyStore``, a few hundred thousand
notes at a time, so the memory it takes does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from monody.melody import KEY_NAMES, TICKS_PER_QUARTER, Ints
from monody.melody_store import MelodyStore
from monody.pitches import pitch_name

NOTES_AT_A_TIME = 2**18
MELODIES_AT_A_TIME = 2**15

Mask = NDArray[np.bool_]

NOTE_VALUES = {  # ticks, 24 to the quarter
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
OTHER = "other"
UNKNOWN_KEY = "unknown"
LENGTHS = (1, 8, 16, 32, 64, 128, 256, 512, 1024)  # fewest notes in each bin

# How well each pitch class fits a key, the tonic first, as listeners rated it.
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
MAJOR_SPELLINGS = ("C major", "Db major", "D major", "Eb major", "E major", "F major",
                   "F# major", "G major", "Ab major", "A major", "Bb major",
                   "B major")  # fmt: skip
MINOR_SPELLINGS = ("C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor",
                   "F# minor", "G minor", "G# minor", "A minor", "Bb minor",
                   "B minor")  # fmt: skip


def histograms(
    melodies: MelodyStore, chosen: Mask | None = None
) -> dict[str, dict[str, int]]:
    """Count what the melodies are made of.

    Args:
        melodies: Any number of them; they may be memory-mapped.
        chosen: ``(melodies,)``: which of them to count; by default all.

    Returns:
        Counts by label. ``"pitch"``: notes by pitch, low to high (``"C4"`` is middle
        C, 60). ``"duration"``: notes by note value, short to long. ``"meter"`` and
        ``"key"``: melodies by the first meter and by the key, the commonest first; a
        key is the declared one, or ``estimated_keys``'s where the file does not say.
        ``"length"``: melodies by their number of notes.
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


def estimated_keys(melodies: MelodyStore) -> NDArray[np.int8]:
    """Estimate each melody's key from how long each pitch class sounds.

    The key is the one whose profile correlates best with the time spent on each pitch
    class: the Krumhansl-Schmuckler algorithm (C. Krumhansl, "Cognitive Foundations of
    Musical Pitch", 1990, ch. 4) with the probe-tone profiles of C. Krumhansl and E.
    Kessler, "Tracing the dynamic changes in perceived tonal organization in a spatial
    representation of musical keys", Psychological Review 89, 1982.

    Returns:
        ``(melodies,)``: indices into ``KEY_NAMES``, in the usual spelling (F# major and
        Eb minor, not Gb and D#); -1 where all pitch classes sound equally long.
    """
    keys = np.full(len(melodies), -1, np.int8)
    for block in _melody_blocks(melodies):
        keys[block] = _best_keys(_pitch_class_ticks(melodies, block))
    return keys


def hours_of_music(melodies: MelodyStore, chosen: Mask) -> float:
    """Return how long the chosen melodies sound at their own tempos, in hours."""
    minutes, first = 0.0, 0
    for block in _melody_blocks(melodies):
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
    """Count the notes of the chosen melodies."""
    return int(melodies.info["note_count"][chosen].sum(dtype=np.int64))


def _melody_blocks(melodies: MelodyStore) -> Iterator[slice]:
    """Yield the melodies' indices, some at a time."""
    for start in range(0, len(melodies), MELODIES_AT_A_TIME):
        yield slice(start, min(start + MELODIES_AT_A_TIME, len(melodies)))


def _note_chunks(
    melodies: MelodyStore, block: slice
) -> Iterator[tuple[NDArray[np.int64], Ints]]:
    """Yield a block's notes ``(n, 3)`` and the place ``(n,)`` in it of their melody."""
    counts = melodies.info["note_count"]
    first = int(counts[: block.start].sum(dtype=np.int64))
    ends = first + np.cumsum(counts[block], dtype=np.int64)
    for start in range(first, int(ends[-1]), NOTES_AT_A_TIME):
        stop = min(start + NOTES_AT_A_TIME, int(ends[-1]))
        place = np.searchsorted(ends, np.arange(start, stop), side="right")
        yield place, melodies.notes[start:stop]


def _note_counts(melodies: MelodyStore, chosen: Mask) -> tuple[list[int], list[int]]:
    """Count the notes by pitch, and by ticks; the last count is of all the longer."""
    longest = max(NOTE_VALUES)
    pitches, durations = np.zeros(128, np.int64), np.zeros(longest + 2, np.int64)
    for block in _melody_blocks(melodies):
        for place, notes in _note_chunks(melodies, block):
            here = chosen[block][place]
            ticks = np.minimum(notes[here, 2], longest + 1)
            pitches += np.bincount(notes[here, 0], minlength=128)
            durations += np.bincount(ticks, minlength=longest + 2)
    return pitches.tolist(), durations.tolist()


def _within_range(counts: list[int], name: Callable[[int], str]) -> dict[str, int]:
    """Name counts from the first that is not 0 to the last, the gaps between too."""
    found = [index for index, count in enumerate(counts) if count]
    if not found:
        return {}
    return {name(index): counts[index] for index in range(found[0], found[-1] + 1)}


def _by_note_value(by_ticks: list[int]) -> dict[str, int]:
    """Count notes by note value, short to long; what has no name comes last."""
    counts = {name: by_ticks[ticks] for ticks, name in NOTE_VALUES.items()}
    counts[OTHER] = sum(by_ticks) - sum(counts.values())
    return {name: count for name, count in counts.items() if count}


def _by_meter(melodies: MelodyStore, chosen: Mask) -> dict[str, int]:
    """Count melodies by the meter that they begin in."""
    counts = melodies.info["meter_count"]
    first_rows = np.cumsum(counts, dtype=np.int64) - counts
    meters = melodies.meters[first_rows[chosen], 1:]
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
        return f"{LENGTHS[-1]} or more"
    return f"{LENGTHS[index]}-{LENGTHS[index + 1] - 1}"


def _pitch_class_ticks(melodies: MelodyStore, block: slice) -> NDArray[np.float64]:
    """Add up the ticks of each pitch class: ``(melodies of the block, 12)``."""
    size = 12 * (block.stop - block.start)
    ticks = np.zeros(size)
    for place, notes in _note_chunks(melodies, block):
        cells = 12 * place + notes[:, 0] % 12
        ticks += np.bincount(cells, weights=notes[:, 2], minlength=size)
    return ticks.reshape(-1, 12)


def _best_keys(ticks: NDArray[np.float64]) -> NDArray[np.int8]:
    """Choose the key whose profile correlates best with ``(melodies, 12)`` ticks."""
    profiles = [
        np.roll(profile, tonic)
        for profile in (MAJOR_PROFILE, MINOR_PROFILE)
        for tonic in range(12)
    ]
    names = (*MAJOR_SPELLINGS, *MINOR_SPELLINGS)
    index = np.array([KEY_NAMES.index(name) for name in names], np.int8)
    # A melody's own spread scales all its correlations alike: it cannot change which
    # is the largest, so only the profiles are brought to one length.
    centred = ticks - ticks.mean(axis=1, keepdims=True)
    correlations = centred @ _standardised(np.array(profiles)).T  # (melodies, 24)
    best: NDArray[np.int8] = index[correlations.argmax(axis=1)]
    return np.where(np.ptp(ticks, axis=1) > 0, best, np.int8(-1))


def _standardised(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring each row to mean 0 and length 1."""
    centred = profiles - profiles.mean(axis=1, keepdims=True)
    scaled: NDArray[np.float64] = centred / np.linalg.norm(
        centred, axis=1, keepdims=True
    )
    return scaled
