"""ABC's keys: ``K:Ddor``, ``K:A mix ^g``, and the properties that come with them.

A key is a tonic and a mode, then accidentals of its own, then a clef and how far the
notes sound from where they are written (3.1.14 and 4.6). ``V:`` has the same
properties (7.1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from monody.music.keys import key_name
from monody.music.pitch import BY_FIFTHS
from monody.music.scale import MODE_SHARPS, is_minor_mode

_MODES = {**MODE_SHARPS, "": MODE_SHARPS["maj"], "m": MODE_SHARPS["min"]}
_MODE_NAME = r"(?:maj|ion|lyd|mix|dor|min|aeo|phr|loc)[a-z]*|m|"
_CLEF = r"(?:alto|auto|bari|bass|clef|drum)"  # begin like a tonic, and are none
# "Dm=c" is D minor with a C natural; in "D m=c" m is the middle of the clef.
_TONIC = re.compile(
    rf"(?!{_CLEF})([A-G])([#b♯♭]?)\s*(?!(?<=\s)m=)({_MODE_NAME})(?![A-Za-z])",
    re.IGNORECASE,
)
_OTHER_MODE = re.compile(rf"(?!(?i:{_CLEF}))([A-G])([#♯♭]|b(?!lues)|)()[A-Za-z]+")
_ACCIDENTAL = re.compile(r"(\^\^|\^|__|_|=)([A-Ga-g])(?![A-Za-z])")
# Possessive, or long words of a hostile file take the square of their length.
_PROPERTY = re.compile(r'((?<![\w=^])m|(?<!\w)[A-Za-z]\w++)\s*+=\s*+("[^"]*"?|\S+)')
_CLEF_OCTAVE = re.compile(r"(?:treble|bass|alto|tenor|perc|auto|[GFC])\d?([+-])8")
_SHARPS = {"": 0, "#": 7, "♯": 7, "b": -7, "♭": -7}
ALTERATIONS = {"^^": 2, "^": 1, "=": 0, "_": -1, "__": -2}
MAX_OCTAVES = 10  # more leads out of all pitches


@dataclass(frozen=True)
class AbcKey:
    """A key signature.

    Args:
        name: Such as "D minor"; ``None`` where there is none.
        alterations: By upper-case letter, the semitones that it raises a note by; those
            that it leaves alone are missing.
    """

    name: str | None = None
    alterations: dict[str, int] = field(default_factory=dict)


def parse_key(value: str) -> AbcKey | None:
    """Read the tonic, the mode and the accidentals of ``K:`` (3.1.14).

    Args:
        value: What follows the colon.

    Returns:
        The key; ``None`` if it names none, only a clef.

    Example:
        >>> from monody.reading.abc.key_field import parse_key
        >>> parse_key("Ador").alterations, parse_key("D exp _b").alterations
        ({'F': 1}, {'B': -1})
        >>> parse_key("Dmix=c").alterations, parse_key("Dfreygish").name
        ({'F': 1, 'C': 0}, 'D major')
        >>> parse_key("clef=bass") is None
        True
    """
    text = value.strip()
    if not text or re.match(r"none\b", text, re.IGNORECASE):
        return AbcKey()
    if re.match(r"H[Pp]\b", text):  # the highland pipes
        return AbcKey(None, {"F": 1, "C": 1} if text.startswith("Hp") else {})
    tonic = _TONIC.match(text) or _mode_of_its_own(text)
    rest = _PROPERTY.sub(" ", text[tonic.end() :] if tonic else text)
    own = {
        letter.upper(): ALTERATIONS[sign] for sign, letter in _ACCIDENTAL.findall(rest)
    }
    if tonic is None:
        return AbcKey(None, own) if own else None
    if re.match(r"\s*exp(?![A-Za-z])", rest):
        return AbcKey(None, own)
    sharps = _sharps(tonic)
    name = key_name(sharps, minor=_is_minor(tonic)) if abs(sharps) <= 7 else None
    return AbcKey(name, {**_signature(sharps), **own})


def _mode_of_its_own(text: str) -> re.Match[str] | None:
    """Find a tonic before a mode that ABC does not know, which is read as major."""
    if re.match(r"[A-G][#b♯♭]?exp(?![A-Za-z])", text):
        return None
    return _OTHER_MODE.match(text)


def _sharps(tonic: re.Match[str]) -> int:
    letter, accidental, mode = tonic.groups()
    return (
        BY_FIFTHS.index(letter.upper())
        - 1  # C has none
        + _SHARPS[accidental.lower()]
        + _MODES[mode.lower()[:3]]
    )


def _is_minor(tonic: re.Match[str]) -> bool:
    return is_minor_mode(tonic.group(3).lower()[:3])


def _signature(sharps: int) -> dict[str, int]:
    """Return the alterations of a signature; flats are negative, some may be double."""
    order = BY_FIFTHS if sharps > 0 else BY_FIFTHS[::-1]  # as signatures have them
    step = 1 if sharps > 0 else -1
    alterations: dict[str, int] = {}
    for place in range(abs(sharps)):
        letter = order[place % 7]
        alterations[letter] = alterations.get(letter, 0) + step
    return alterations


@dataclass(frozen=True)
class VoiceProperties:
    """What a voice is called and how it sounds (4.6, 7.1).

    Args:
        semitones: From the written to the sounding pitch by ``transpose=``.
        octaves: The same by ``octave=``.
        clef_octaves: The same by a clef such as ``treble-8``.
        name: What its player is called.
    """

    semitones: int = 0
    octaves: int = 0
    clef_octaves: int = 0
    name: str = ""

    @cached_property  # it is asked for every note
    def shift(self) -> int:
        """Semitones from the written to the sounding pitch."""
        return self.semitones + 12 * (self.octaves + self.clef_octaves)

    def updated(self, value: str) -> VoiceProperties:
        """Return the properties with those that a field names, in ``K:`` or ``V:``.

        Example:
            >>> from monody.reading.abc.key_field import VoiceProperties
            >>> VoiceProperties().updated("G clef=treble-8 transpose=2").shift
            -10
        """
        changed = self
        for name, text in _PROPERTY.findall(value):
            text = text.strip('"')
            if name in ("name", "nm"):
                changed = replace(changed, name=text)
            number = _whole_number(text)
            if name == "octave" and number is not None and abs(number) <= MAX_OCTAVES:
                changed = replace(changed, octaves=number)
            if (
                name == "transpose"
                and number is not None
                and abs(number) <= 12 * MAX_OCTAVES
            ):
                changed = replace(changed, semitones=number)
        clef = _CLEF_OCTAVE.search(value)
        if clef:
            changed = replace(changed, clef_octaves=1 if clef.group(1) == "+" else -1)
        elif re.search(r"clef\s*=|\b(treble|bass|alto|tenor)\b", value):
            changed = replace(changed, clef_octaves=0)
        return changed


def _whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[+-]?\d{1,5}", text) else None
