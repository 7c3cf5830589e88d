"""What the interpretations of **kern say: meter, key, tempo, order of parts.

Transpositions (``*ITr``, ``*Tr``) and octave lines tell how the music is to be drawn:
the notes of **kern are those that sound. So they are passed over, as clefs are.
"""

from __future__ import annotations

import re

from monody.music.keys import nearest_key_name
from monody.music.pitch import BY_FIFTHS
from monody.music.scale import MODE_SHARPS, is_minor_mode

MAX_PARTS = 1000  # in the order that they are played in
_METER = re.compile(r"\*M([0-9]{1,3}(?:\+[0-9]{1,3}){0,9})/([0-9]{1,3})")
_TEMPO = re.compile(r"\*MM([0-9]{1,5}(?:\.[0-9]{1,6})?)")
_SIGNATURE = re.compile(r"\*k\[([a-gn#-]{0,40})\]")
_KEY = re.compile(r"\*([a-gA-G])([#-]{0,2}):([a-z]{0,3})")
_EXPANSION = re.compile(r"\*>\[([^\]]*)\]")
_PART = re.compile(r"\*>([^\[\]]{1,200})")


def meter_in(token: str) -> tuple[int, int] | None:
    """Return the numerator and denominator of a meter; ``None`` if the token is none.

    Example:
        >>> from monody.reading.kern.interpretations import meter_in
        >>> meter_in("*M3/4"), meter_in("*M3+2/8"), meter_in("*M2/0"), meter_in("*M?")
        ((3, 4), (5, 8), (4, 1), None)
    """
    found = _METER.fullmatch(token)
    if found is None:
        return None
    numerator = sum(map(int, found[1].split("+")))
    denominator = int(found[2])
    # A denominator of 0 is the breve.
    return (numerator, denominator) if denominator else (2 * numerator, 1)


def tempo_in(token: str) -> float | None:
    """Return a tempo, in quarters a minute.

    Example:
        >>> from monody.reading.kern.interpretations import tempo_in
        >>> tempo_in("*MM112"), tempo_in("*MM[Andante]")
        (112.0, None)
    """
    found = _TEMPO.fullmatch(token)
    return float(found[1]) if found else None


def signature_in(token: str) -> str | None:
    """Return the major key of a key signature.

    Example:
        >>> from monody.reading.kern.interpretations import signature_in
        >>> signature_in("*k[b-e-]"), signature_in("*k[]"), signature_in("*clefG2")
        ('Bb major', 'C major', None)
    """
    found = _SIGNATURE.fullmatch(token)
    if found is None:
        return None
    return nearest_key_name(found[1].count("#") - found[1].count("-"), minor=False)


def key_in(token: str) -> str | None:
    """Return the key that is named; of other modes as ``is_minor_mode`` says.

    Example:
        >>> from monody.reading.kern.interpretations import key_in
        >>> key_in("*d:"), key_in("*B-:"), key_in("*d:dor"), key_in("*?:")
        ('D minor', 'Bb major', 'A minor', None)
    """
    found = _KEY.fullmatch(token)
    if found is None:
        return None
    tonic, signs, mode = found.groups()
    mode = mode or ("min" if tonic.islower() else "maj")
    sharps = BY_FIFTHS.index(tonic.upper()) - 1 + MODE_SHARPS.get(mode, 0)
    sharps += 7 * (signs.count("#") - signs.count("-"))
    return nearest_key_name(sharps, minor=is_minor_mode(mode))


def expansion_in(token: str) -> tuple[str, ...] | None:
    """Return the order that parts are played in; lists with a name are passed over.

    Example:
        >>> from monody.reading.kern.interpretations import expansion_in
        >>> expansion_in("*>[A,A,B]"), expansion_in("*>norep[A,B]")
        (('A', 'A', 'B'), None)
    """
    found = _EXPANSION.fullmatch(token)
    if found is None:
        return None
    return tuple(name.strip() for name in found[1].split(",", MAX_PARTS)[:MAX_PARTS])


def part_in(token: str) -> str | None:
    """Return the name of the part that begins.

    Example:
        >>> from monody.reading.kern.interpretations import part_in
        >>> part_in("*>A"), part_in("*>[A,A,B]")
        ('A', None)
    """
    found = _PART.fullmatch(token)
    return found[1] if found else None
