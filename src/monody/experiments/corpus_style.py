"""What is usual in a corpus: how its melodies end, and how far they repeat a figure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES, key_tonic
from monody.music.melody_store import MelodyStore
from monody.music.pitch import PITCH_CLASSES
from monody.music.repetition import run_lengths

SHORT_PERCENT = 10  # of last notes are shorter than the shortest that is written


def usual_endings(melodies: MelodyStore) -> dict[str, Any]:
    """Return how the melodies of a corpus end.

    Args:
        melodies: One or more.

    Returns:
        ``tonic``: the share that ends on the tonic of the key that is heard;
        ``last_ticks``: what nine of ten last notes have at least.
    """
    last = np.asarray(melodies.notes)[np.cumsum(melodies.info["note_count"]) - 1]
    tonics = np.array([_tonic(key) for key in estimated_keys(melodies).tolist()])
    short = np.percentile(last[:, 2], SHORT_PERCENT, method="lower")
    return {
        "tonic": float(np.mean(tonics == last[:, 0] % PITCH_CLASSES)),
        "last_ticks": int(short),
    }


def _tonic(key: int) -> int:
    """Return the tonic of an index into ``KEY_NAMES``; -1 of none."""
    return key_tonic(KEY_NAMES[key]) if key >= 0 else -1


FIGURE_NOTES = 64  # notes of the longest figure that is watched


USUAL_PERCENT = 99  # of the training melodies, by their longest repeats


MIN_TIMES, MIN_NOTES = 4, 24  # as far any figure may repeat: the less of both


MAX_MELODIES = 5000  # looked at


def usual_repeats(pitch: NDArray[np.integer], ends: NDArray[np.integer]) -> list[int]:
    """Return how long figures repeat in nearly all melodies.

    Args:
        pitch: ``(notes,)`` of melodies end to end.
        ends: ``(melodies,)``: where the notes of each end.

    Returns:
        For figures of 1, 2, … notes the run of `Repeats.runs` that 99 of 100 melodies
        keep to; no less than a few short figures make.
    """
    ends = ends[:MAX_MELODIES]
    pitch = pitch[: ends[-1]]
    melody = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
    usual = []
    for notes in range(1, FIGURE_NOTES + 1):
        same = np.zeros(len(pitch), np.bool_)
        same[notes:] = (pitch[notes:] == pitch[:-notes]) & (
            melody[notes:] == melody[:-notes]
        )
        longest = np.zeros(len(ends), np.int64)
        np.maximum.at(longest, melody, run_lengths(same))
        most = np.percentile(longest, USUAL_PERCENT, method="higher")
        least = min((MIN_TIMES - 1) * notes, MIN_NOTES)
        usual.append(max(int(most), least))
    return usual
