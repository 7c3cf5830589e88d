"""How well a melody keeps to what it was to follow.

A network is told a key, a form and how each phrase closes, but nothing makes it obey: a
melody may wander into another key, or close by a leap. So each melody is written in
several takes, as musicians record one, and the take that keeps best to its outline is
the one that is kept. It chooses among the network's own melodies and forces no note.
"""

from __future__ import annotations

import math

import numpy as np

from monody.generation.outlines import MelodyOutline
from monody.models.events import UNKNOWN
from monody.models.outline import pitch_class_of, tonic_symbols
from monody.music.form import UNKNOWN_APPROACH, Form
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.pitch import OCTAVE

# What each fault counts. Three sets of weights were tried on songs and dances; none was
# told from real melodies less often than another, beyond chance.
OTHER_KEY, OTHER_APPROACH, OTHER_DEGREE, OTHER_PHRASES = 1.0, 0.7, 0.5, 0.5
AN_OCTAVE_WIDER = 2.0  # or narrower
TWICE_AS_DENSE = 1.0  # or half
NOT_USABLE = 100.0  # whatever else it is


def misfit(
    melody: Melody,
    outline: MelodyOutline,
    form: Form | None,
    failure: str | None = None,
) -> float:
    """Measure how far a melody is from what it was to follow; 0 is not at all.

    Args:
        melody: What was written.
        outline: What it was to follow.
        form: Its form; ``None`` where none was told.
        failure: Why it should not be kept at all, whatever else it is.

    Example:
        A scale in C that was to be in G:

        >>> from monody import Melody
        >>> from monody.generation.fidelity import misfit
        >>> from monody.generation.outlines import MelodyOutline
        >>> from monody.models.outline import tonic_symbol
        >>> from monody.music.keys import KEY_NAMES
        >>> from monody.music.meter import COMMON_TIME
        >>> pitches = [60, 62, 64, 65, 67, 69, 71, 72]
        >>> scale = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate(pitches)])
        >>> def written_in(name):
        ...     key = tonic_symbol(KEY_NAMES.index(name))
        ...     return MelodyOutline(COMMON_TIME, 0, key, style=0, precedent=None)
        >>> [misfit(scale, written_in(key), None) for key in ("C major", "G major")]
        [0.0, 1.0]
    """
    if not len(melody):
        return math.inf
    found = NOT_USABLE * (failure is not None)
    if outline.key != UNKNOWN:
        heard = int(tonic_symbols(MelodyStore.of([melody]))[0])
        found += OTHER_KEY * (heard != outline.key)
    if outline.precedent is not None:
        lowest, highest = outline.precedent.pitches
        wider = int(np.ptp(melody.pitches)) - (highest - lowest)
        found += AN_OCTAVE_WIDER * abs(wider) / OCTAVE
    if form is None:
        return found
    tonic = pitch_class_of(outline.key) if outline.key != UNKNOWN else None
    return found + _unlike(Form.of(melody, tonic), form)


def _unlike(heard: Form, told: Form) -> float:
    """Measure how far the form of a melody is from the one that was told."""
    ends, asked = set(heard.phrase_ends), set(told.phrase_ends)
    found = OTHER_PHRASES * (1 - len(ends & asked) / len(ends | asked))
    if told.cadences and heard.cadences:
        last, aim = heard.cadences[-1], told.cadences[-1]
        found += OTHER_DEGREE * (last.degree != aim.degree)
        is_told = aim.approach != UNKNOWN_APPROACH
        found += OTHER_APPROACH * (is_told and last.approach != aim.approach)
    if sum(told.notes):
        octaves = math.log2(sum(heard.notes) / sum(told.notes))
        found += TWICE_AS_DENSE * abs(octaves)
    return found
