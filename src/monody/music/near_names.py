"""Names that people type, matched in spite of how they spell them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterable

from monody.translation import in_each_language


def without_accents(text: str) -> str:
    """Return a text with its letters bare.

    Example:
        >>> from monody.music.near_names import without_accents
        >>> without_accents("menor melódica")
        'menor melodica'
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)  # each accent a character of its own
    return "".join(char for char in parts if not unicodedata.combining(char))


def plain_name(name: str, keep: Callable[[str], bool] = str.isalnum) -> str:
    """Reduce a name to the characters that count, in lower case, without accents.

    Args:
        name: As someone typed it.
        keep: Says of a character whether it counts: by default letters and digits.

    Example:
        >>> from monody.music.near_names import plain_name
        >>> plain_name("Acoustic Guitar (nylon)")
        'acousticguitarnylon'
    """
    return "".join(filter(keep, without_accents(name).lower()))


def named_in_each_language(
    names: Iterable[str], keep: Callable[[str], bool] = str.isalnum
) -> dict[str, str]:
    """Return English names by the plain names that they have in each language.

    Args:
        names: English. Where two have a name in common, it means the first; an English
            name means itself.
        keep: As for ``plain_name``.

    Example:
        >>> from monody.music.near_names import named_in_each_language
        >>> named_in_each_language(["flute"])
        {'flute': 'flute', 'flauta': 'flute'}
    """
    names = list(names)
    named: dict[str, str] = {}
    for name in names:
        named.setdefault(plain_name(name, keep), name)
    for name in names:
        for said in in_each_language(name):
            named.setdefault(plain_name(said, keep), name)
    return named


def near_names(
    wanted: str, names: Iterable[str], *, min_letters: int, cutoff: float
) -> list[str]:
    """Return up to three names that contain the wanted one, or else resemble it.

    Args:
        wanted: A plain name.
        names: The plain names that there are.
        min_letters: How long the wanted name must be for names that contain it.
        cutoff: How much a name must resemble the wanted one, 0-1.

    Example:
        >>> from monody.music.near_names import near_names
        >>> near_names("sax", ["altosax", "flute"], min_letters=1, cutoff=0.5)
        ['altosax']
        >>> near_names("fluet", ["altosax", "flute"], min_letters=1, cutoff=0.5)
        ['flute']
    """
    names = list(names)
    near = [name for name in names if len(wanted) >= min_letters and wanted in name][:3]
    return near or difflib.get_close_matches(wanted, names, n=3, cutoff=cutoff)
