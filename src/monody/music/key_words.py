"""Keys in the words of a musician's language: ``D dorian``, or ``re dórico``."""

from __future__ import annotations

from monody.translation import gettext as _
from monody.translation import marked

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
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     key_in_words("Bb minor")
        'si bemol menor'
        >>> key_in_words("D dorian")
        'D dorian'
    """
    tonic, _space, mode = name.partition(" ")
    if mode not in MODES:
        return name
    return _("{note} {mode}").format(note=note_in_words(tonic), mode=_(mode))


def note_in_words(name: str) -> str:
    """Say the name of a note: ``Bb``, or ``si bemol``.

    Args:
        name: English, a letter and its sharps or flats.
    """
    notes = {
        "C": _("C"), "D": _("D"), "E": _("E"), "F": _("F"), "G": _("G"), "A": _("A"),
        "B": _("B"),
    }  # fmt: skip
    signs = {"#": _("{note}#"), "b": _("{note}b")}
    said = notes[name[0]]
    for sign in name[1:]:
        said = signs[sign].format(note=said)
    return said
