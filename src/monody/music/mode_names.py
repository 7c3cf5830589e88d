"""Names of modes: ``minor``, ``menor``, ``mineur``, ``minore``, ``Moll``, ``m``."""

from __future__ import annotations

import re
from typing import NamedTuple

from monody.music.near_names import without_accents

# By their English names. Two names of one language are separated by a comma.
MODE_NAMES = {
    # English: (Spanish, French, Italian, German)
    "major": ("mayor", "majeur", "maggiore", "Dur"),
    "minor": ("menor", "mineur", "minore", "Moll"),
    "natural minor": (
        "menor natural", "mineur naturel", "minore naturale",
        "natürlich Moll, natürliches Moll"),
    "harmonic minor": (
        "menor armónica, menor armónico", "mineur harmonique",
        "minore armonica, minore armonico", "harmonisch Moll, harmonisches Moll"),
    "melodic minor": (
        "menor melódica, menor melódico", "mineur mélodique",
        "minore melodica, minore melodico", "melodisch Moll, melodisches Moll"),
    "ionian": ("jónico", "ionien", "ionico", "ionisch"),
    "dorian": ("dórico", "dorien", "dorico", "dorisch"),
    "phrygian": ("frigio", "phrygien", "frigio", "phrygisch"),
    "lydian": ("lidio", "lydien", "lidio", "lydisch"),
    "mixolydian": ("mixolidio", "mixolydien", "misolidio", "mixolydisch"),
    "aeolian": ("eólico, eolio", "éolien", "eolio", "äolisch"),
    "locrian": ("locrio", "locrien", "locrio", "lokrisch"),
    "major pentatonic": (
        "pentatónica mayor, pentatónica", "pentatonique majeur, pentatonique",
        "pentatonica maggiore, pentatonica", "Dur-Pentatonik, pentatonisch"),
    "minor pentatonic": (
        "pentatónica menor, menor pentatónica", "pentatonique mineur",
        "pentatonica minore", "Moll-Pentatonik"),
    "blues": ("blues", "blues", "blues", "Blues"),
    "whole tone": (
        "tonos enteros, de tonos enteros", "par tons", "esatonale", "Ganzton"),
    "chromatic": ("cromática, cromático", "chromatique", "cromatica", "chromatisch"),
}  # fmt: skip
SHORT = {"": "major", "M": "major", "m": "minor", "maj": "major", "min": "minor",
         "ion": "ionian", "dor": "dorian", "phr": "phrygian", "lyd": "lydian",
         "mix": "mixolydian", "aeo": "aeolian", "loc": "locrian",
         "pentatonic": "major pentatonic"}  # fmt: skip


class ModeName(NamedTuple):
    """A mode, and how it was named."""

    mode: str  # the English name
    is_german: bool  # whether only German has the name that was used


def spellings(mode: str) -> list[str]:
    """Return all names of a mode, English first, without the short ones.

    Example:
        >>> from monody.music.mode_names import spellings
        >>> spellings("minor")
        ['minor', 'menor', 'mineur', 'minore', 'Moll']
    """
    others = ", ".join(MODE_NAMES[mode]).split(", ")
    return list(dict.fromkeys([mode, *others]))


def mode_named(text: str) -> ModeName | None:
    """Return the mode that a text names, or None.

    Args:
        text: In any case, with or without accents, spaces and hyphens. Only ``m`` and
            ``M`` differ by case.

    Example:
        >>> from monody.music.mode_names import mode_named
        >>> mode_named("menor armonica")
        ModeName(mode='harmonic minor', is_german=False)
        >>> mode_named("-Moll")
        ModeName(mode='minor', is_german=True)
    """
    wanted = _plain(text)
    return _BY_NAME.get(wanted) or _BY_NAME.get(wanted.lower())


def _plain(text: str) -> str:
    """Reduce a name to the characters that count."""
    return re.sub(r"[\s_-]", "", without_accents(text))


def _by_name() -> dict[str, ModeName]:
    """Return each mode by every name that it has, reduced."""
    named = {}
    for mode, languages in MODE_NAMES.items():
        german = languages[-1].split(", ")
        for name in spellings(mode)[::-1]:  # English last, so that it wins
            named[_plain(name).lower()] = ModeName(mode, name in german)
    short = {name: ModeName(mode, is_german=False) for name, mode in SHORT.items()}
    return {**named, **short}


_BY_NAME = _by_name()
