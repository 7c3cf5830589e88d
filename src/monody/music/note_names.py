"""Names of notes in English, solfège and German: ``F#``, ``fa sostenido``, ``Fis``.

This is the only place that knows them: keys, ranges and lists of notes are read with
it. Case and accents do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monody.errors import SettingError
from monody.music.near_names import without_accents

LETTERS = ("C", "D", "E", "F", "G", "A", "B")
SOLFEGE = {"do": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B",
           "ut": "C", "so": "G", "ti": "B"}  # fmt: skip
# What only German has. Its B is left out: elsewhere that is B natural.
GERMAN = {"h": "B", "ces": "Cb", "cis": "C#", "des": "Db", "dis": "D#", "es": "Eb",
          "eis": "E#", "fes": "Fb", "fis": "F#", "ges": "Gb", "gis": "G#", "as": "Ab",
          "ais": "A#", "his": "B#"}  # fmt: skip
SHARP_WORDS = ("sharp", "sostenido", "dièse", "diesis")
FLAT_WORDS = ("flat", "bemol", "bémol", "bemolle")

_NAMES = {**{letter.lower(): letter for letter in LETTERS}, **SOLFEGE, **GERMAN}
# Fa is tried before F, and des before D.
_LONGEST_FIRST = sorted(_NAMES, key=len, reverse=True)


def _sign(symbol: str, words: Iterable[str]) -> str:
    """Return a pattern of sharps or flats: ``b``, ``bb``, `` b``, ``-bemol``."""
    plain = "|".join(without_accents(word) for word in words)
    return rf"{symbol}{{1,2}}|\s+{symbol}(?![a-z])|[\s_-]*(?:{plain})(?![a-z])"


_SIGN = re.compile(
    rf"(?P<sharp>{_sign('#', SHARP_WORDS)})|(?P<flat>{_sign('b', FLAT_WORDS)})",
    re.IGNORECASE,
)


class NoteName(NamedTuple):
    """A note's name without its octave. As text it is the English one.

    Example:
        >>> from monody.music.note_names import NoteName
        >>> str(NoteName("B", "b", written="si"))
        'Bb'
    """

    letter: str  # C to B
    sign: str  # "", "#", "b", "##" or "bb"
    written: str  # as it was, in lower case and without a sign of its own: "si"

    def __str__(self) -> str:
        return f"{self.letter}{self.sign}"

    @property
    def is_german(self) -> bool:
        """Whether only German has this name: H, Fis, Es."""
        return self.written in GERMAN

    @property
    def is_plain_b(self) -> bool:
        """Whether it is written B, which in German is B flat."""
        return self.written == "b" and not self.sign


def readings(text: str) -> Iterator[tuple[NoteName, str]]:
    """Yield each name that a text may begin with, and the rest of the text.

    Args:
        text: Such as ``fa# menor``, which begins with ``fa#`` and with ``F``. Which is
            meant, the rest tells.

    Example:
        >>> from monody.music.note_names import readings
        >>> [(str(name), rest) for name, rest in readings("Faeolian")]
        [('F', 'eolian'), ('F', 'aeolian')]
        >>> [(str(name), rest) for name, rest in readings("si bemol 4")]
        [('Bb', ' 4')]
    """
    plain = without_accents(text.strip()).replace("♯", "#").replace("♭", "b")
    for written in _LONGEST_FIRST:
        if not plain.lower().startswith(written):
            continue
        letter, own_sign = _NAMES[written][0], _NAMES[written][1:]
        rest = plain[len(written) :]
        found = None if own_sign else _SIGN.match(rest)
        sign = _sign_of(found) if found else own_sign
        yield NoteName(letter, sign, written), rest[found.end() if found else 0 :]


def note_name(text: str) -> NoteName | None:
    """Return the name that a text is, or None.

    Example:
        >>> from monody.music.note_names import note_name
        >>> [str(note_name(text)) for text in ("do", "Re", "si♭", "H", "dor")]
        ['C', 'D', 'Bb', 'B', 'None']
    """
    return next((name for name, rest in readings(text) if not rest.strip()), None)


def refuse_doubtful_b(names: Iterable[NoteName], setting: str, text: str) -> None:
    """Refuse a B beside a German name: there it may be B flat.

    Args:
        names: Notes that are written side by side.
        setting: The setting that they are the value of, for the error.
        text: That value.

    Raises:
        SettingError: If they have both.

    Example:
        >>> from monody.music.note_names import note_name, refuse_doubtful_b
        >>> names = [note_name("H"), note_name("B")]
        >>> refuse_doubtful_b(names, "key", "H,B")
        Traceback (most recent call last):
            ...
        monody.errors.SettingError: key must say Bb or H for the B in 'H,B': ...
    """
    names = list(names)
    german = next((name.written for name in names if name.is_german), None)
    if german and any(name.is_plain_b for name in names):
        raise SettingError(
            f"{setting} must say Bb or H for the B in {text!r}: beside "
            f"{german.capitalize()}, which is German, it may be either"
        )


def _sign_of(found: re.Match[str]) -> str:
    """Return the sign that was found, as symbols."""
    symbol = "#" if found["sharp"] else "b"
    return 2 * symbol if found[0].lower() == 2 * symbol else symbol
