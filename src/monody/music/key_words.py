"""Keys in the words of a musician's language: ``D dorian``, or ``re dórico``."""

from __future__ import annotations

from monody.translation import gettext as _
from monody.translation import marked

NOTES = marked(("C", "D", "E", "F", "G", "A", "B"))
SIGNS = {"#": marked("{note}#"), "b": marked("{note}b")}
MODES = marked((
    "major", "minor", "natural minor", "harmonic minor", "melodic minor", "ionian",
    "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian",
    "major pentatonic", "minor pentatonic", "blues", "whole tone", "chromatic",
))  # fmt: skip


def key_in_words(name: str) -> str:
    """Say the name of a key in the language of the task.

    Args:
        name: English, as ``Scale.name`` and ``KEY_NAMES`` have it. A list of notes, and
            what is no key, stays as it is.

    Example:
        >>> from monody.music.key_words import key_in_words
        >>>         >>> with speaking("es"):
        ...     key_in_words("Bb minor")
        'si bemol menor'
        >>> key_in_words("D dorian")
        'D dorian'
    """
    tonic, _space, mode = name.partition(" ")
    if mode not in MODES or tonic[:1] not in NOTES:
        return name
    note = _(tonic[0])
    for sign in tonic[1:]:
        note = _(SIGNS[sign]).format(note=note)
    return _("{note} {mode}").format(note=note, mode=_(mode))
