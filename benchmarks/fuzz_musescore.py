"""MuseScore files made by chance, as versions 1 to 4 write them.

Each has what makes its reading hard: voices, tuplets, ties, grace notes, repeats and
endings, octave lines, pickups, changes of meter and key, several staves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import NamedTuple

VERSIONS = {1: "1.14", 2: "2.06", 3: "3.01", 4: "4.20"}
METERS = ((2, 4), (3, 4), (4, 4), (6, 8), (5, 4), (9, 8), (2, 2))
# Names of lengths, in 16ths.
LENGTHS = ((16, "whole"), (8, "half"), (4, "quarter"), (2, "eighth"), (1, "16th"))
SCALE = (0, 2, 4, 5, 7, 9, 11)
TICKS = 120  # of a 16th


@dataclass
class _Score:
    """What is decided once for a whole score."""

    version: int
    rng: random.Random
    pitch: int = 67
    number: int = 1  # of the next tuplet or line of versions 1 and 2
    tick: int = 0
    tied: list[str] = field(default_factory=list)  # for the note that a tie leads to


class _Meter(NamedTuple):
    """The time signature of a measure, and how many 16ths it lasts."""

    over: int
    under: int
    units: int


def musescore_file(rng: random.Random) -> bytes:
    """Write a score of 4 to 30 measures, in one of four versions."""
    score = _Score(rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 4)), rng)
    count = rng.choice((4, 8, 12, 16, 16, 30))
    meters = _meters(count, rng)
    signs = [_signs(score) for _ in range(count)]
    staves = rng.choice((1, 1, 1, 2, 3))
    music = "".join(
        f'<Staff id="{number}">\n{_staff(score, meters, signs)}</Staff>\n'
        for number in range(1, staves + 1)
    )
    inside = f"<Division>480</Division>\n{_title(rng)}{_parts(score, staves)}{music}"
    if score.version > 1:
        inside = f"<Score>\n{inside}</Score>\n"
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    version = VERSIONS[score.version]
    return f'{head}<museScore version="{version}">\n{inside}</museScore>\n'.encode()


def _meters(count: int, rng: random.Random) -> list[_Meter]:
    """Choose the meter of each measure; it seldom changes, and few bars are short."""
    over, under = rng.choice(METERS)
    meters: list[_Meter] = []
    for index in range(count):
        if rng.random() < 0.04:
            over, under = rng.choice(METERS)
        units = over * 16 // under
        if rng.random() < (0.02 if index else 0.3):
            units = rng.randrange(1, units)
        meters.append(_Meter(over, under, units))
    return meters


def _title(rng: random.Random) -> str:
    return f'<metaTag name="workTitle">Tune {rng.randrange(1000)}</metaTag>\n'


def _parts(score: _Score, staves: int) -> str:
    """Write the instruments: one for all staves, or one each."""
    drum = "<useDrumset>1</useDrumset>" if score.rng.random() < 0.05 else ""
    program = score.rng.randrange(128)
    instrument = (
        f"<Instrument><trackName>Flute</trackName>{drum}<transposeChromatic>"
        f"{score.rng.choice((0, 0, -2, 12))}</transposeChromatic>"
        f'<Channel><program value="{program}"/></Channel></Instrument>'
    )
    if score.rng.random() < 0.5:
        own = "<Staff><StaffType group='pitched'/></Staff>" * staves
        return f"<Part>{own}<trackName>Piano</trackName>{instrument}</Part>\n"
    return f"<Part><Staff/>{instrument}</Part>\n" * staves


def _signs(score: _Score) -> str:
    """Choose what a measure has beside its voices: repeats and breaks."""
    rng = score.rng
    signs = ""
    if rng.random() < 0.08:
        signs += "<startRepeat/>\n"
    if rng.random() < 0.1:
        signs += f"<endRepeat>{rng.choice((2, 2, 2, 3, 4))}</endRepeat>\n"
    if rng.random() < 0.03:
        signs += "<LayoutBreak><subtype>section</subtype></LayoutBreak>\n"
    return signs


def _staff(score: _Score, meters: list[_Meter], signs: list[str]) -> str:
    """Write the measures of a staff."""
    measures: list[str] = []
    score.tick = 0
    signature = (0, 0)
    for meter, sign in zip(meters, signs, strict=True):
        over, under, units = meter
        short = units < over * 16 // under
        length = f' len="{units}/16"' if short else ""
        before = "" if (over, under) == signature else _time(score, over, under)
        signature = over, under
        voices = _voices(score, units, before + _sign_in_voice(score))
        measures.append(f"<Measure{length}>\n{sign}{voices}</Measure>\n")
        score.tick += units * TICKS
    return "".join(measures)


def _time(score: _Score, over: int, under: int) -> str:
    key = score.rng.randrange(-7, 8)
    tag = "concertKey" if score.version == 4 else "accidental"
    return (
        f"<KeySig><{tag}>{key}</{tag}></KeySig>\n"
        f"<TimeSig><sigN>{over}</sigN><sigD>{under}</sigD></TimeSig>\n"
    )


def _sign_in_voice(score: _Score) -> str:
    """Write a tempo, an octave line or an ending, where chance wants one."""
    chance = score.rng.random()
    if chance < 0.06:
        return f"<Tempo><tempo>{score.rng.choice((1, 1.5, 2.25))}</tempo></Tempo>\n"
    if chance < 0.1:
        kind = score.rng.choice(("8va", "8vb", "15ma"))
        return _line(score, "Ottava", f"<subtype>{kind}</subtype>")
    if chance < 0.16:
        passes = score.rng.choice(("1", "2", "1, 2", "3"))
        return _line(score, "Volta", f"<endings>{passes}</endings>")
    return ""


def _line(score: _Score, kind: str, inside: str) -> str:
    """Write a line over a measure, in the way of the version."""
    if score.version < 3:
        number, score.number = score.number, score.number + 1
        score.tied.append(f'<endSpanner id="{number}"/>\n')
        return f'<{kind} id="{number}">{inside}</{kind}>\n'
    end = "<next><location><measures>1</measures></location></next>"
    return f'<Spanner type="{kind}"><{kind}>{inside}</{kind}>{end}</Spanner>\n'


def _voices(score: _Score, units: int, before: str) -> str:
    """Write one voice or two."""
    first = before + _music(score, units, "")
    second = ""
    if score.rng.random() < 0.2:
        track = "<track>1</track>" if score.version < 3 else ""
        second = _music(score, units, track)
    if score.version >= 3:
        return "".join(f"<voice>\n{v}</voice>\n" for v in (first, second) if v)
    back = f"<tick>{score.tick}</tick>\n" if second else ""
    return first + back + second


def _music(score: _Score, units: int, track: str) -> str:
    """Fill some 16ths with chords, rests and triplets."""
    rng = score.rng
    if rng.random() < 0.05:
        if rng.random() < 0.2 and score.version == 4:
            return "<MeasureRepeat><subtype>1</subtype></MeasureRepeat>\n"
        return f"<Rest>{track}<durationType>measure</durationType></Rest>\n"
    music = ""
    while units:
        size, name = rng.choice([pair for pair in LENGTHS if pair[0] <= units])
        dots = ""
        if size > 1 and size * 3 // 2 <= units and rng.random() < 0.2:
            size, dots = size * 3 // 2, "<dots>1</dots>"
        if size == 4 and not dots and rng.random() < 0.25:
            music += _triplet(score, track)
        elif rng.random() < 0.1:
            music += f"<Rest>{track}{dots}<durationType>{name}</durationType></Rest>\n"
        else:
            music += _chord(score, name, dots + track)
        units -= size
    return music


def _triplet(score: _Score, track: str) -> str:
    """Write three 8ths in the time of a quarter."""
    ratio = "<normalNotes>2</normalNotes><actualNotes>3</actualNotes>"
    if score.version >= 3:
        notes = "".join(_chord(score, "eighth", track) for _ in range(3))
        return f"<Tuplet>{ratio}</Tuplet>\n{notes}<endTuplet/>\n"
    number, score.number = score.number, score.number + 1
    member = f"<Tuplet>{number}</Tuplet>{track}"
    notes = "".join(_chord(score, "eighth", member) for _ in range(3))
    return f'<Tuplet id="{number}">{ratio}</Tuplet>\n{notes}'


def _chord(score: _Score, length: str, inside: str) -> str:
    """Write a note or a chord a step or more from the last; now and then tied."""
    rng = score.rng
    grace = ""
    if rng.random() < 0.04:
        grace = f"<Chord><grace16/>{_note(score.pitch)}</Chord>\n"
    ends, score.tied = "".join(score.tied), []
    if rng.random() < 0.85:
        step = rng.choice((-3, -2, -1, -1, 1, 1, 2, 4))
        octave, place = divmod(rng.choice(SCALE) + step, 12)
        score.pitch = min(max(60 + 12 * octave + place, 48), 90)
    tie = _tie(score) if rng.random() < 0.06 else ""
    notes = _note(score.pitch, ends + tie)
    if rng.random() < 0.08:
        notes = _note(score.pitch - 4) + notes
    return (
        f"{grace}<Chord>{inside}<durationType>{length}</durationType>{notes}</Chord>\n"
    )


def _note(pitch: int, inside: str = "") -> str:
    return f"<Note>{inside}<pitch>{pitch}</pitch><tpc>14</tpc></Note>"


def _tie(score: _Score) -> str:
    if score.version < 3:
        number, score.number = score.number, score.number + 1
        score.tied.append(f'<endSpanner id="{number}"/>')
        return f'<Tie id="{number}"></Tie>'
    where = "<location><fractions>{}1/4</fractions></location>"
    back = f"<prev>{where.format('-')}</prev>"
    score.tied.append(f'<Spanner type="Tie">{back}</Spanner>')
    return f'<Spanner type="Tie"><Tie></Tie><next>{where.format("")}</next></Spanner>'
