"""Music as it is written: measures of notes, the signs between them, and who plays.

Every reader of notation (ABC, MusicXML, MuseScore, kern) makes a `WrittenScore`, in the
order of the page. ``play_order`` and ``performed`` make of it what sounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

# 2⁵·3²·5·7·11·13: whole for 128ths, and for tuplets of 3, 5, 6, 7, 9, 11 and 13.
WRITTEN_TICKS_PER_QUARTER = 1_441_440
WRITTEN_TICKS_PER_WHOLE = 4 * WRITTEN_TICKS_PER_QUARTER


def written_ticks(quarters: Fraction | float) -> int:
    """Convert quarter notes to written ticks, rounded to the nearest.

    Example:
        >>> from fractions import Fraction
        >>> from monody.reading.notation.written_score import written_ticks
        >>> written_ticks(Fraction(1, 3))
        480480
    """
    return round(quarters * WRITTEN_TICKS_PER_QUARTER)


def bar_ticks(numerator: int, denominator: int) -> int:
    """Return the written ticks of a bar in a meter.

    Example:
        >>> from monody.reading.notation.written_score import bar_ticks
        >>> bar_ticks(6, 8) / 1_441_440
        3.0
    """
    return WRITTEN_TICKS_PER_WHOLE * numerator // denominator


class WrittenNote(NamedTuple):
    """A note of a measure, in written ticks.

    Example:
        >>> from monody.reading.notation.written_score import WrittenNote
        >>> WrittenNote(line=0, pitch=60, start=0, ticks=1_441_440).tied
        False
    """

    line: int  # index of its line in the score
    pitch: int  # MIDI pitch as it sounds, which may be out of range
    start: int  # since the beginning of the measure
    ticks: int
    tied: bool = False  # to the next note of its pitch that begins where it ends


@dataclass(frozen=True)
class Line:
    """A voice of a staff: notes that one singer sings, or one hand plays.

    Args:
        staff: The staff that it is written on. Lines of one staff that never sound
            together are one line.
        program: General MIDI program, 0-127.
        is_drum: Whether its notes are those of a drum kit.
        name: What the file calls its player; as untrusted as the rest of the file.
    """

    staff: int
    program: int = 0
    is_drum: bool = False
    name: str = ""


@dataclass
class WrittenMeasure:
    """The music of all lines between two bar lines, and what is written there.

    Times are written ticks since the beginning of the measure.

    Args:
        notes: In any order.
        ticks: Its length, up to the bar line that closes it.
        meters: ``(tick, numerator, denominator)`` of each time signature in it.
        keys: ``(tick, "D minor")`` of each key signature.
        tempos: ``(tick, quarter notes a minute)`` of each tempo.
        opens_repeat: Whether a repeat begins with it.
        plays: How often the music up to its end is played, where a repeat ends with
            it, 2 or more; 0 elsewhere.
        ending: The passes that it is played in, where it is part of an ending.
        double_bar: Whether it closes with a double bar, which a repeat that nothing
            opens goes back to.
        part: The name of the part that begins with it, where the order of parts says
            it.
    """

    notes: list[WrittenNote] = field(default_factory=list)
    ticks: int = 0
    meters: list[tuple[int, int, int]] = field(default_factory=list)
    keys: list[tuple[int, str]] = field(default_factory=list)
    tempos: list[tuple[int, float]] = field(default_factory=list)
    opens_repeat: bool = False
    plays: int = 0
    ending: frozenset[int] = frozenset()
    double_bar: bool = False
    part: str = ""


@dataclass
class WrittenScore:
    """A piece of written music.

    Args:
        lines: Its lines, in the order of the page.
        measures: In the order of the page.
        parts: The names of its parts in the order that they are played in, where the
            file says it.
        repairs: What was wrong with it, and done.
        title: What the file calls it; as untrusted as the rest of the file.
    """

    lines: list[Line]
    measures: list[WrittenMeasure]
    parts: tuple[str, ...] = ()
    repairs: list[str] = field(default_factory=list)
    title: str = ""
