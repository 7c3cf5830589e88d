"""Finished English sentences in another language: errors, reasons and repairs.

They arise deep inside, with their values in them, and are kept in files and caches in
English. Whoever shows one asks for it here. The catalogue has each as the f-string by
which it was made, ``no folder {folder}: make it first``; the values are found again by
what is around them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from monody.translation import grouped, marked, spoken, texts

# What others say in sentences of ours: the systems, and click of what was typed.
OF_OTHERS = marked((
    "No such file or directory", "Permission denied", "No space left on device",
    "Is a directory", "Not a directory", "Read-only file system", "File exists",
    "Too many open files", "Input/output error", "File name too long",
    "Invalid argument", "Operation not permitted", "Device or resource busy",
    "Disk quota exceeded", "Too many levels of symbolic links", "Directory not empty",
    "Address already in use", "Stale file handle", "Resource temporarily unavailable",
    "Option {option} requires an argument.", "Option {option} does not take a value.",
    "Invalid value: {message}", "Invalid value for {option}: {message}",
    "Missing argument {argument}.", "Missing option {option}.",
    "{value} is not one of {choices}.", "{value} is not a valid integer.",
    "{value} is not a valid float.", "Missing command.",
    "Option {option} requires {count} arguments.",
    "Argument {argument} takes {count} values.",
    "Show this message and exit.", "Show the version and exit.",
    "[OPTIONS]", "COMMAND [ARGS]...",
))  # fmt: skip
MIN_LETTERS = 3  # of a template: with fewer, it could be any sentence
MAX_CHARACTERS = 4000  # of a sentence; what is longer is no sentence of ours

JOINTS = marked(("or", "and"))
_QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
_TYPED = re.compile(r"--?\{(\w+)\}")  # an option's name is the same in each language
_PITCH = re.compile(r"([A-G])([#b]{0,2})(-?[0-9]{1,2})")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+")
# A figure, perhaps of a unit; versions and addresses have more points, or letters.
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+(?: ?[A-Zµ]?[B%s])?")
_PLACE = re.compile(r"\{(\w*)\}")
# What is put in under these names is the user's, and may look like a text of ours.
_NAMES = frozenset((
    "command", "command_path", "data", "data_dir", "dir", "file", "folder", "id", "key",
    "label", "line", "name", "named", "option", "out", "output", "path", "root", "self",
    "setting", "source", "text", "title", "value",
))  # fmt: skip
# The edges of settings are typed with a point, in every language.
_EDGES = frozenset(("high", "least_bytes", "low", "maximum", "minimum"))


def translated(sentence: str) -> str:
    """Say a sentence in the language of the task; one that is not known stays.

    Args:
        sentence: In English, as it was raised or kept.

    Example:
        >>> from monody.sentences import translated
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     translated("fewer than 8 notes")
        'menos de 8 notas'
    """
    language = spoken()
    if not texts(language) or len(sentence) > MAX_CHARACTERS:
        return sentence
    return _translated(sentence, language)


def pitch_in_words(name: str) -> str:
    """Say the name of a pitch in the language of the task: ``C#4``, or ``do#4``.

    Args:
        name: English. What names no pitch stays as it is.

    Example:
        >>> from monody.sentences import pitch_in_words
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     pitch_in_words("Bb3"), pitch_in_words("4/4")
        ('sib3', '4/4')
    """
    found = _PITCH.fullmatch(name)
    if not found:
        return name
    letter, sign, octave = found.groups()
    return f"{texts(spoken()).get(letter, letter)}{sign}{octave}"


@lru_cache(maxsize=4096)  # a folder has few kinds of faults, and many files
def _translated(sentence: str, language: str) -> str:
    known = texts(language).get(sentence)
    if known is not None:
        return known
    for template, literals in _templates(language):
        if all(literal in sentence for literal in literals):
            found = _pattern(template).fullmatch(sentence)
            if found:
                names = _PLACE.findall(template)
                return _filled(template, names, found.groups(), language)
    return sentence


def _filled(
    template: str, names: Sequence[str], values: Sequence[str], language: str
) -> str:
    """Put the values into the translation; those that are texts of ours, translated."""
    kept = {*_NAMES, *_TYPED.findall(template)}
    said = {
        name: value
        if name in kept or (name in _EDGES and _DECIMAL.fullmatch(value))
        else _said(value, language)
        for name, value in zip(names, values, strict=True)
    }
    filled = texts(language, of_sentences=True)[template]
    return _PLACE.sub(lambda place: said[place[1]], filled)


def _said(value: str, language: str) -> str:
    """Translate a value: a text of ours, a number, a note, or a list of such."""
    if _THOUSANDS.fullmatch(value):
        return grouped(int(value.replace(",", "")))
    if _DECIMAL.fullmatch(value):
        return value.replace(".", ",")
    if _PITCH.fullmatch(value):
        return pitch_in_words(value)
    if not _QUOTED.fullmatch(value):
        said = _translated(value, language)
        if said != value:
            return said
    listed = [texts(language).get(part, "") for part in value.split(", ")]
    if all(listed):
        return ", ".join(listed)
    parts = _QUOTED.split(value)  # what is in quotes is the user's
    for joint in JOINTS:
        said = texts(language).get(joint, joint)
        parts[::2] = [
            re.sub(rf"(?<!\S){joint}(?!\S)", said, part) for part in parts[::2]
        ]
    return "".join(parts)


@lru_cache
def _templates(language: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the texts with values, and what is around these: the most exact first."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for text in texts(language, of_sentences=True):
        literals = tuple(part for part in _PLACE.split(text)[::2] if part)
        letters = sum(map(str.isalpha, "".join(literals)))
        if letters >= MIN_LETTERS:
            found.append((text, literals))
    # One that begins with a word holds those that begin with a value, not they it.
    return sorted(
        found,
        key=lambda one: (one[0][0] == "{", -sum(map(len, one[1])), one[0]),
    )


@lru_cache(maxsize=4096)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = [
        "([0-9,]+)" if name == "count" else f"({_QUOTED.pattern[1:-1]}|.+?)"
        for name in parts[1::2]
    ]
    return re.compile("".join(parts), re.DOTALL)
