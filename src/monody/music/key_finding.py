"""Finding the key that a melody is heard in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.melody_blocks import melody_blocks, note_chunks
from monody.music.melody_store import MelodyStore
from monody.music.pitch import PITCH_CLASSES
from monody.music.scale import Scale, parse_scale

# How well each pitch class fits a key, the tonic first, as listeners rated it (C. L.
# Krumhansl and E. J. Kessler, Psychological Review 89(4), 1982).
MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

MAJOR_SPELLINGS = ("C major", "Db major", "D major", "Eb major", "E major", "F major",
                   "F# major", "G major", "Ab major", "A major", "Bb major",
                   "B major")  # fmt: skip
MINOR_SPELLINGS = ("C minor", "C# minor", "D minor", "Eb minor", "E minor", "F minor",
                   "F# minor", "G minor", "G# minor", "A minor", "Bb minor",
                   "B minor")  # fmt: skip

NO_KEY = "C chromatic"  # all twelve notes, where none stands out


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

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.music.key_finding import estimated_keys
        >>> from monody.music.keys import KEY_NAMES
        >>> chord = Melody.from_notes([(62, 0, 48), (65, 48, 24), (69, 72, 24)])
        >>> KEY_NAMES[estimated_keys(MelodyStore.of([chord]))[0]]
        'D minor'
    """
    keys = np.full(len(melodies), -1, np.int8)
    for block in melody_blocks(melodies):
        keys[block] = _best_keys(_pitch_class_ticks(melodies, block))
    return keys


def heard_scale(pitches: Sequence[int], durations: Sequence[int]) -> Scale:
    """Return the key that some notes are heard in, major or minor.

    See ``estimated_keys``. All twelve notes where none stands out, as without any note.

    Args:
        pitches: ``(notes,)`` MIDI pitches.
        durations: ``(notes,)`` in any unit, whole numbers from 1 up.

    Example:
        >>> from monody.music.key_finding import heard_scale
        >>> heard_scale([60, 64, 67, 72], [24, 12, 12, 48]).name
        'C major'
        >>> heard_scale([], []).name
        'C chromatic'
    """
    classes = np.array(pitches, np.int64) % PITCH_CLASSES  # (notes,)
    weights = np.array(durations, np.float64)
    ticks = np.bincount(classes, weights, PITCH_CLASSES).astype(np.float64)  # (12,)
    key = int(_best_keys(ticks[np.newaxis])[0])
    return parse_scale(KEY_NAMES[key] if key >= 0 else NO_KEY)


def heard_key(melody: Melody) -> str | None:
    """Return the key that a melody is heard in, major or minor.

    Args:
        melody: Any; what its ``key`` says does not count.

    Returns:
        Such as ``"D minor"``; ``None`` where no key stands out.

    Example:
        >>> import monody
        >>> broken_chord = [(60, 0, 24), (64, 24, 24), (67, 48, 24), (60, 72, 24)]
        >>> monody.heard_key(monody.Melody.from_notes(broken_chord))
        'C major'
    """
    heard = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    return None if heard.name == NO_KEY else heard.name


def _pitch_class_ticks(melodies: MelodyStore, block: slice) -> NDArray[np.float64]:
    """Add up the ticks of each pitch class: ``(melodies of the block, 12)``."""
    size = PITCH_CLASSES * (block.stop - block.start)
    ticks = np.zeros(size)
    for place, notes in note_chunks(melodies, block):
        cells = PITCH_CLASSES * place + notes[:, 0] % PITCH_CLASSES  # (notes,)
        ticks += np.bincount(cells, weights=notes[:, 2], minlength=size)
    return ticks.reshape(-1, PITCH_CLASSES)


def _best_keys(ticks: NDArray[np.float64]) -> NDArray[np.int8]:
    """Choose the key whose profile correlates best with ``(melodies, 12)`` ticks."""
    index, profiles = _keys()
    # A melody's own spread scales all its correlations alike: it cannot change which
    # is the largest, so only the profiles are brought to one length.
    centred = ticks - ticks.mean(axis=1, keepdims=True)  # (melodies, 12)
    correlations = centred @ profiles.T  # (melodies, 24)
    best: NDArray[np.int8] = index[correlations.argmax(axis=1)]
    return np.where(np.ptp(ticks, axis=1) > 0, best, np.int8(-1))


@cache
def _keys() -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return the index of each key in ``KEY_NAMES`` and its profile: ``(24, 12)``."""
    profiles = [
        np.roll(profile, tonic)
        for profile in (MAJOR_PROFILE, MINOR_PROFILE)
        for tonic in range(PITCH_CLASSES)
    ]
    names = (*MAJOR_SPELLINGS, *MINOR_SPELLINGS)
    index = np.array([KEY_NAMES.index(name) for name in names], np.int8)
    return index, _standardised(np.array(profiles))


def _standardised(profiles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring each row to mean 0 and length 1."""
    centred = profiles - profiles.mean(axis=1, keepdims=True)
    scaled: NDArray[np.float64] = centred / np.linalg.norm(
        centred, axis=1, keepdims=True
    )
    return scaled
