"""Who plays the staves of a MuseScore file.

A `Part` lists its staves and its instrument; the music is in a `Staff` of its own for
each, in the same order. A staff that is linked to an earlier one shows the same notes
once more, as tablature does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

from monody.reading.musescore.lengths import whole_number
from monody.reading.raw_score import MAX_NAME


@dataclass(frozen=True)
class Player:
    """The instrument of a staff.

    Args:
        program: General MIDI program, 0-127.
        is_drum: Whether it is a drum kit.
        name: What the file calls it.
        semitones: From the written to the sounding key; pitches sound as stored.
        is_copy: Whether the staff shows the notes of an earlier one.
    """

    program: int = 0
    is_drum: bool = False
    name: str = ""
    semitones: int = 0
    is_copy: bool = False


def staves_of(score: ET.Element) -> Iterator[tuple[ET.Element, Player]]:
    """Yield the staves that hold music, each with its player.

    Args:
        score: The element `Score`; of version 1, the root.

    Example:
        >>> from xml.etree import ElementTree as ET
        >>> from monody.reading.musescore.players import staves_of
        >>> part = "<Part><Staff/><trackName>Flute</trackName><Instrument><Channel>"
        >>> part += '<program value="73"/></Channel></Instrument></Part>'
        >>> score = ET.fromstring(f'<Score>{part}<Staff id="1"/></Score>')
        >>> [player.name for _, player in staves_of(score)]
        ['Flute']
    """
    players = list(_players(score))
    for place, staff in enumerate(score.findall("Staff")):
        number = whole_number(staff.get("id"), place + 1)
        known = 0 < number <= len(players)
        yield staff, players[number - 1] if known else Player()


def _players(score: ET.Element) -> Iterator[Player]:
    """Yield the player of each staff, in the order of the staves."""
    number = 0
    for part in score.findall("Part"):
        instrument = part.find("Instrument")
        if instrument is None:
            instrument = ET.Element("Instrument")
        player = Player(
            program=_program(instrument),
            is_drum=whole_number(instrument.findtext("useDrumset")) > 0,
            name=_name(part, instrument),
            semitones=whole_number(instrument.findtext("transposeChromatic")),
        )
        for staff in part.findall("Staff"):
            number += 1
            linked = [whole_number(link.text) for link in staff.findall("linkedTo")]
            yield replace(player, is_copy=any(0 < other < number for other in linked))


def _program(instrument: ET.Element) -> int:
    """Return the program of the instrument's first channel."""
    program = instrument.find("Channel/program")
    number = whole_number(None if program is None else program.get("value"))
    return number if 0 <= number <= 127 else 0


def _name(part: ET.Element, instrument: ET.Element) -> str:
    """Return the name of a player."""
    names = (
        instrument.findtext("longName"),
        part.findtext("trackName"),
        instrument.findtext("trackName"),
    )
    for name in names:
        if name and name.strip():
            return " ".join(name.split())[:MAX_NAME]
    return ""
