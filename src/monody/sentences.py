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

from monody.translation import marked, spoken

# What others say in sentences of ours: the systems, and click of what was typed.
OF_OTHERS = marked((
    "No such file or directory", "Permission denied", "No space left on device",
    "Is a directory", "Not a directory", "Read-only file system", "File exists",
    "Too many open files", "Input/output error",
    "Option {option} requires an argument.", "Option {option} does not take a value.",
    "Invalid value: {message}", "Invalid value for {option}: {message}",
    "Missing argument {argument}.", "Missing option {option}.",
    "{value} is not one of {choices}.", "{value} is not a valid integer.",
    "{value} is not a valid float.",
))  # fmt: skip
MIN_LETTERS = 3  # of a template: with fewer, it could be any sentence
MAX_CHARACTERS = 4000  # of a sentence; what is longer is no sentence of ours

_PLACE = re.compile(r"\{(\w*)\}")
# What is put in under these names is the user's, and may look like a text of ours.
_NAMES = frozenset((
    "data", "data_dir", "dir", "file", "folder", "id", "label", "line",
    "named", "name", "out", "output", "path", "root", "source", "text", "title",
    "value",
))  # fmt: skip


def translated(sentence: str) -> str:
    """Say a sentence in the language of the task; one that is not known stays.

    Args:
        sentence: In English, as it was raised or kept.

    Example:
        >>> from monody.sentences import translated
        >>>         >>> with speaking("es"):
        ...     translated("fewer than 8 notes")
        'menos de 8 notas'
    """
    language = spoken()
    if not texts(language) or len(sentence) > MAX_CHARACTERS:
        return sentence
    return _translated(sentence, language)


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
    said = {
        name: value
        if name in _NAMES or value[:1] in "'\""
        else _translated(value, language)
        for name, value in zip(names, values, strict=True)
    }
    return _PLACE.sub(lambda place: said[place[1]], texts(language)[template])


@lru_cache
def _templates(language: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the texts with values, and what is around these: the most exact first."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for text in texts(language):
        literals = tuple(part for part in _PLACE.split(text)[::2] if part)
        letters = sum(map(str.isalpha, "".join(literals)))
        if _PLACE.search(text) and letters >= MIN_LETTERS:
            found.append((text, literals))
    return sorted(found, key=lambda one: (-sum(map(len, one[1])), one[0]))


@lru_cache(maxsize=4096)
def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template)
    parts[::2] = map(re.escape, parts[::2])
    parts[1::2] = ["(.+?)"] * (len(parts) // 2)
    return re.compile("".join(parts), re.DOTALL)
